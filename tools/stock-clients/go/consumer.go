package main

import (
	"context"
	"strconv"

	rocketmq "github.com/apache/rocketmq-client-go/v2"
	"github.com/apache/rocketmq-client-go/v2/consumer"
	"github.com/apache/rocketmq-client-go/v2/primitive"
)

// Consumes a topic from its first message in a clustering group, until it is killed. Prints one row per delivered
// message, as java/StockConsumer.java does.
func consume(nameServers []string, topic string) error {
	client, err := rocketmq.NewPushConsumer(
		consumer.WithNameServer(nameServers),
		consumer.WithGroupName("CG_STOCK"),
		consumer.WithConsumeFromWhere(consumer.ConsumeFromFirstOffset),
		consumer.WithConsumeMessageBatchMaxSize(32),
	)
	if err != nil {
		return err
	}
	print := func(_ context.Context, messages ...*primitive.MessageExt) (consumer.ConsumeResult, error) {
		rows := make([][]string, 0, len(messages))
		for _, message := range messages {
			rows = append(rows, deliveryRow(message))
		}
		printRows(rows...)
		return consumer.ConsumeSuccess, nil
	}
	if err := client.Subscribe(topic, consumer.MessageSelector{}, print); err != nil {
		return err
	}
	if err := client.Start(); err != nil {
		return err
	}
	select {}
}

func deliveryRow(message *primitive.MessageExt) []string {
	return []string{keyOf(message), message.Queue.BrokerName, message.StoreHost, strconv.Itoa(message.Queue.QueueId),
		strconv.FormatInt(message.QueueOffset, 10), strconv.FormatInt(message.CommitLogOffset, 10),
		strconv.FormatInt(wallMs(), 10)}
}

func keyOf(message *primitive.MessageExt) string {
	body := string(message.Body)
	if body == message.GetKeys() {
		return body
	}
	return message.GetKeys() + " with body " + body
}
