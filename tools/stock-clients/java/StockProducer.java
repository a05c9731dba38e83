import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.common.ClientErrorCode;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;

/**
 * Sends messages with unique keys at an even pace, each again until it is acknowledged; key and body are the same text.
 * Prints one line per call of send, its columns parted by tabs (an empty one has no value): key, attemptNo, brokerName,
 * queueId, sentMs, answeredMs, outcome, code, queueOffset, offsetMsgId, remark.
 * Arguments: NameServers, topic, number of messages, messages per second.
 */
public final class StockProducer {
  private static final int THREADS = 32;
  private static final int PAUSE_AFTER_FAILURE_MS = 50;

  private final DefaultMQProducer producer = new DefaultMQProducer("PG_STOCK");
  private final AtomicInteger taken = new AtomicInteger();
  private final String topic;
  private final int count;
  private final long nanosPerMessage;

  private StockProducer(String namesrvAddr, String topic, int count, int perSecond) {
    producer.setNamesrvAddr(namesrvAddr);
    producer.setPollNameServerInterval(Integer.getInteger("routePollMs"));
    this.topic = topic;
    this.count = count;
    this.nanosPerMessage = TimeUnit.SECONDS.toNanos(1) / perSecond;
  }

  public static void main(String[] args) throws Exception {
    new StockProducer(args[0], args[1], Integer.parseInt(args[2]), Integer.parseInt(args[3])).run();
  }

  private void run() throws Exception {
    producer.start();
    askForRoute();
    long startNanos = System.nanoTime();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    for (int i = 0; i < THREADS; i++) {
      threads.execute(() -> sendShare(startNanos));
    }
    threads.shutdown();
    threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS); // the runner sets the deadline
    System.exit(0); // a clean shutdown takes seconds and tells nobody anything
  }

  /** On a busy machine the classes that ask for a route take a cold JVM longer to load than a send may last. */
  private void askForRoute() {
    try {
      producer.fetchPublishMessageQueues(topic);
    } catch (MQClientException e) {
      // Nobody knows the topic: the sends say so.
    }
  }

  private void sendShare(long startNanos) {
    try {
      for (int n = taken.getAndIncrement(); n < count; n = taken.getAndIncrement()) {
        TimeUnit.NANOSECONDS.sleep(startNanos + n * nanosPerMessage - System.nanoTime());
        String key = "stock-" + n;
        for (int attemptNo = 1; !send(key, attemptNo); attemptNo++) {
          TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_FAILURE_MS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One call of send, with the retries of the stock client inside. Says whether the message was acknowledged. */
  private boolean send(String key, int attemptNo) throws InterruptedException {
    Message message = new Message(topic, "", key, key.getBytes(StandardCharsets.UTF_8));
    long sentMs = System.currentTimeMillis();
    try {
      SendResult result = producer.send(message);
      String outcome = result.getSendStatus().name();
      print(key, attemptNo, result.getMessageQueue().getBrokerName(), result.getMessageQueue().getQueueId(), sentMs,
          System.currentTimeMillis(), outcome, 0, result.getQueueOffset(), result.getOffsetMsgId(), null);
      return outcome.equals("SEND_OK");
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      Integer code = codeOf(e);
      print(key, attemptNo, null, null, sentMs, System.currentTimeMillis(), outcomeOf(code), code, null, null,
          e.toString().replaceAll("\\s+", " "));
      return false;
    }
  }

  /** Refused: a broker answered with another code, or the client had nobody to send to. */
  private static String outcomeOf(Integer code) {
    boolean unanswered = code == null || code == -1 || code == ClientErrorCode.CONNECT_BROKER_EXCEPTION
        || code == ClientErrorCode.ACCESS_BROKER_TIMEOUT;
    return unanswered ? "unknown" : "refused";
  }

  private static Integer codeOf(Exception e) {
    if (e instanceof MQBrokerException) {
      return ((MQBrokerException) e).getResponseCode();
    }
    return e instanceof MQClientException ? ((MQClientException) e).getResponseCode() : null;
  }

  private static void print(Object... columns) {
    String[] texts = Arrays.stream(columns).map(column -> column == null ? "" : column.toString()).toArray(String[]::new);
    System.out.println(String.join("\t", texts));
  }
}
