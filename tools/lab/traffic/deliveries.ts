import { PropertyName, propertyOf, propertyPattern } from '../../../reference-impl/message/properties.ts';
import type { StoredMessage } from '../../../reference-impl/message/types.ts';
import type { Delivery } from '../../check/ledger.ts';

/** Where and by whom a message was read. */
export interface ReadFrom {
  readonly consumer: string;
  readonly brokerName: string;
  readonly address: string;
}

const keysPattern = propertyPattern(PropertyName.KEYS);

/** KEYS of a message, '' when it has none: what the ledger knows a message by. */
export function keyOf(message: StoredMessage): string {
  return propertyOf(message.properties, keysPattern) ?? '';
}

/** The ledger row of a message read now. */
export function deliveryOf(message: StoredMessage, from: ReadFrom): Delivery {
  return {
    consumer: from.consumer,
    key: keyOf(message),
    topic: message.topic,
    brokerName: from.brokerName,
    address: from.address,
    queueId: message.queueId,
    queueOffset: message.queueOffset,
    physicalOffset: message.physicalOffset,
    readMs: Date.now(),
  };
}
