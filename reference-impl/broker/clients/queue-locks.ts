// LOCK_BATCH_MQ (41), UNLOCK_BATCH_MQ (42), JSON bodies:
//   request   {"clientId","consumerGroup","mqSet":[{"brokerName","queueId","topic"}]}, new adds "onlyThisBroker"
//   answer 41 {"lockOKMQSet":[…]}: the queues this client now holds
import { fieldsOf, numberField, parseFields, textField } from '../../remoting/bodies/fields.ts';

export interface MessageQueue {
  readonly brokerName: string;
  readonly queueId: number;
  readonly topic: string;
}

export interface LockRequest {
  readonly clientId: string;
  readonly consumerGroup: string;
  readonly mqSet: readonly MessageQueue[];
}

/** A lock lives this long after its last renewal. */
const lockMaxLiveMs = 60_000;

/** Queues held by consumers that consume in order, by group. Memory only. */
export class QueueLocks {
  readonly #groups = new Map<string, Map<string, { clientId: string; renewedMs: number }>>();

  /** Locks or renews; returns the queues that `clientId` now holds. */
  lock({ consumerGroup, clientId, mqSet }: LockRequest, nowMs: number): MessageQueue[] {
    let locks = this.#groups.get(consumerGroup);
    if (locks === undefined) {
      locks = new Map();
      this.#groups.set(consumerGroup, locks);
    }
    const held = locks;
    return mqSet.filter((queue) => {
      const key = keyOf(queue);
      const owner = held.get(key);
      const free = owner === undefined || owner.clientId === clientId || nowMs - owner.renewedMs > lockMaxLiveMs;
      if (free) held.set(key, { clientId, renewedMs: nowMs });
      return free;
    });
  }

  unlock({ consumerGroup, clientId, mqSet }: LockRequest): void {
    const locks = this.#groups.get(consumerGroup);
    for (const queue of mqSet) {
      const key = keyOf(queue);
      if (locks?.get(key)?.clientId === clientId) locks.delete(key);
    }
    if (locks?.size === 0) this.#groups.delete(consumerGroup);
  }

  /** True while some queue of the group is locked: new then sends failed retries to the DLQ at once. */
  anyHeld(group: string, nowMs: number): boolean {
    const locks = this.#groups.get(group);
    return locks !== undefined && [...locks.values()].some((owner) => nowMs - owner.renewedMs <= lockMaxLiveMs);
  }
}

/** Decodes the body of 41 or 42; an empty object locks nothing. */
export function readLockRequest(body: Buffer | null): LockRequest {
  const fields = parseFields(body, 'LockBatchRequestBody');
  return {
    clientId: textField(fields, 'clientId') ?? '',
    consumerGroup: textField(fields, 'consumerGroup') ?? '',
    mqSet: (Array.isArray(fields.mqSet) ? fields.mqSet : []).map(readQueue),
  };
}

function readQueue(value: unknown): MessageQueue {
  const fields = fieldsOf(value, 'MessageQueue');
  return {
    brokerName: textField(fields, 'brokerName') ?? '',
    queueId: numberField(fields, 'queueId', 0),
    topic: textField(fields, 'topic') ?? '',
  };
}

function keyOf({ brokerName, queueId, topic }: MessageQueue): string {
  return `${topic}@${queueId}@${brokerName}`;
}
