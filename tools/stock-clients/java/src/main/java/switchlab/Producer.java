package switchlab;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;

/**
 * Sends `count` messages with the stock client and prints one line per outcome:
 * `ack <key> <status> <queueId> <queueOffset> <offsetMsgId>` or `fail <key> <exception>`, then `done <acked> <ms>`.
 * Arguments: namesrvAddr topic count windowSize [bodyBytes]. A window of 1 sends one after the other.
 */
public final class Producer {
    public static void main(String[] args) throws Exception {
        String topic = args[1];
        int count = Integer.parseInt(args[2]);
        int window = Integer.parseInt(args[3]);
        byte[] filler = new byte[args.length > 4 ? Integer.parseInt(args[4]) : 0];
        DefaultMQProducer producer = new DefaultMQProducer("switchlab_producer");
        producer.setNamesrvAddr(args[0]);
        producer.start();
        Semaphore free = new Semaphore(window);
        CountDownLatch left = new CountDownLatch(count);
        int[] acked = new int[1];
        long startMs = System.currentTimeMillis();
        for (int i = 0; i < count; i++) {
            String key = "k" + i;
            byte[] body = (key + " " + new String(filler, StandardCharsets.ISO_8859_1)).getBytes(StandardCharsets.UTF_8);
            free.acquire();
            producer.send(new Message(topic, "Tag" + i % 3, key, body), new SendCallback() {
                @Override
                public void onSuccess(SendResult result) {
                    synchronized (acked) {
                        acked[0]++;
                        System.out.println("ack " + key + " " + result.getSendStatus() + " "
                            + result.getMessageQueue().getQueueId() + " " + result.getQueueOffset() + " "
                            + result.getOffsetMsgId());
                    }
                    free.release();
                    left.countDown();
                }

                @Override
                public void onException(Throwable failure) {
                    synchronized (acked) {
                        System.out.println("fail " + key + " " + failure);
                    }
                    free.release();
                    left.countDown();
                }
            });
        }
        left.await();
        System.out.println("done " + acked[0] + " " + (System.currentTimeMillis() - startMs));
        producer.shutdown();
    }
}
