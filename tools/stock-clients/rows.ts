import type { Attempt, Delivery, OutcomeKind } from '../check/ledger.ts';

// Lines of java/StockProducer.java and java/StockConsumer.java: columns parted by tabs, an empty one has no value.

const attemptColumns = 11;
const deliveryColumns = 7;

/** One call of send, as the producer printed it. Throws when the line has another shape. */
export function attemptOf(line: string, topic: string): Attempt {
  const columns = split(line, attemptColumns);
  const [key, attemptNo, brokerName, queueId, sentMs, answeredMs, outcome, code, queueOffset, offsetMsgId, remark] =
    columns as [string, ...string[]];
  return {
    producer: 'stock-producer',
    key,
    attemptNo: Number(attemptNo),
    topic,
    brokerName: brokerName!,
    queueId: Number(queueId),
    sentMs: Number(sentMs),
    answeredMs: Number(answeredMs),
    outcome: outcome as OutcomeKind,
    code: numberOrNull(code!),
    remark: remark === '' ? null : remark!,
    queueOffset: numberOrNull(queueOffset!),
    offsetMsgId: offsetMsgId === '' ? null : offsetMsgId!,
  };
}

/** One delivered message, as the consumer printed it; `address` is the broker that stored it. Throws as above. */
export function deliveryOf(line: string, topic: string): Delivery {
  const [key, brokerName, address, queueId, queueOffset, physicalOffset, readMs] = split(line, deliveryColumns);
  return {
    consumer: 'stock-consumer',
    key: key!,
    topic,
    brokerName: brokerName!,
    address: address!,
    queueId: Number(queueId),
    queueOffset: Number(queueOffset),
    physicalOffset: Number(physicalOffset),
    readMs: Number(readMs),
  };
}

function split(line: string, count: number): string[] {
  const columns = line.split('\t');
  if (columns.length !== count) throw new Error(`A stock client printed what is no row: ${line}`);
  return columns;
}

function numberOrNull(text: string): number | null {
  return text === '' ? null : Number(text);
}
