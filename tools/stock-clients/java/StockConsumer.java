import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.MessageExt;

/**
 * Consumes a topic from its first message in a clustering group, until it is killed.
 * Prints one line per delivered message, its columns parted by tabs: key, brokerName, storeHost, queueId, queueOffset,
 * physicalOffset, readMs. A body that is not the key shows behind the key.
 * Arguments: NameServers, topic.
 */
public final class StockConsumer {
  private StockConsumer() {}

  public static void main(String[] args) throws Exception {
    DefaultMQPushConsumer consumer = new DefaultMQPushConsumer("CG_STOCK");
    consumer.setNamesrvAddr(args[0]);
    consumer.setPollNameServerInterval(Integer.getInteger("routePollMs"));
    consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    consumer.setConsumeMessageBatchMaxSize(32);
    consumer.subscribe(args[1], "*");
    consumer.registerMessageListener((MessageListenerConcurrently) StockConsumer::print);
    consumer.start();
  }

  private static ConsumeConcurrentlyStatus print(List<MessageExt> messages, ConsumeConcurrentlyContext context) {
    StringBuilder lines = new StringBuilder();
    for (MessageExt message : messages) {
      String host = message.getStoreHost().toString();
      String columns = String.join("\t", keyOf(message), context.getMessageQueue().getBrokerName(),
          host.substring(host.lastIndexOf('/') + 1), String.valueOf(message.getQueueId()),
          String.valueOf(message.getQueueOffset()), String.valueOf(message.getCommitLogOffset()),
          String.valueOf(System.currentTimeMillis()));
      lines.append(columns).append('\n');
    }
    System.out.print(lines);
    System.out.flush();
    return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
  }

  private static String keyOf(MessageExt message) {
    String body = new String(message.getBody(), StandardCharsets.UTF_8);
    return body.equals(message.getKeys()) ? body : message.getKeys() + " with body " + body;
  }
}
