package switchlab;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.MessageExt;

/**
 * Consumes with the stock push consumer until `count` different messages came or `seconds` passed. Prints `started`, and at
 * the end `done <different> <deliveries> <ms>`; exits with 1 when messages are missing.
 * Arguments: namesrvAddr topic group count seconds [subscription] [failOnce]. With `failOnce` the first delivery of every
 * message is refused, so that it comes again through the retry topic.
 */
public final class Consumer {
    public static void main(String[] args) throws Exception {
        int count = Integer.parseInt(args[3]);
        long deadlineMs = System.currentTimeMillis() + 1000 * Long.parseLong(args[4]);
        boolean failOnce = args.length > 6 && args[6].equals("failOnce");
        Set<String> seen = ConcurrentHashMap.newKeySet();
        AtomicInteger deliveries = new AtomicInteger();
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(args[2]);
        consumer.setNamesrvAddr(args[0]);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.subscribe(args[1], args.length > 5 ? args[5] : "*");
        consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
            boolean again = false;
            for (MessageExt message : messages) {
                deliveries.incrementAndGet();
                if (failOnce && message.getReconsumeTimes() == 0) {
                    again = true;
                    continue;
                }
                seen.add(new String(message.getBody(), StandardCharsets.UTF_8).split(" ")[0]);
            }
            return again ? ConsumeConcurrentlyStatus.RECONSUME_LATER : ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        long startMs = System.currentTimeMillis();
        consumer.start();
        System.out.println("started");
        while (seen.size() < count && System.currentTimeMillis() < deadlineMs) {
            Thread.sleep(20);
        }
        System.out.println("done " + seen.size() + " " + deliveries.get() + " " + (System.currentTimeMillis() - startMs));
        consumer.shutdown();
        System.exit(seen.size() >= count ? 0 : 1);
    }
}
