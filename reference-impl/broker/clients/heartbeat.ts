// HEART_BEAT (34) body, JSON, keys in alphabetical order:
//   clientID | consumerDataSet [{consumeFromWhere, consumeType, groupName, messageModel, subscriptionDataSet, unitMode}]
//   | heartbeatFingerprint int (new) | producerDataSet [{groupName}] | withoutSub bool (new)
import { SwitchlabError } from '../../base/errors.ts';
import { type Fields, parseFields, textField } from '../../remoting/bodies/fields.ts';
import { readSubscription, type SubscriptionData } from './subscription.ts';

export interface ConsumerData {
  readonly groupName: string;
  readonly consumeType: string;
  readonly messageModel: string;
  readonly consumeFromWhere: string;
  readonly unitMode: boolean;
  readonly subscriptions: readonly SubscriptionData[];
}

export interface Heartbeat {
  readonly clientID: string;
  readonly consumers: readonly ConsumerData[];
  readonly producerGroups: readonly string[];
  /** New, V2 beats: hash of all subscriptions; 0 for a V1 beat. */
  readonly fingerprint: number;
  /** New, V2 beats: the subscriptions were left out because the broker knows them. */
  readonly withoutSub: boolean;
}

/** Decodes a heartbeat's body; throws BODY_MALFORMED. */
export function readHeartbeat(body: Buffer | null): Heartbeat {
  if (body === null) throw new SwitchlabError('BODY_MALFORMED', 'A heartbeat without a body.');
  const fields = parseFields(body, 'HeartbeatData');
  return {
    clientID: textField(fields, 'clientID') ?? '',
    consumers: listOf(fields.consumerDataSet).map(readConsumer),
    producerGroups: listOf(fields.producerDataSet).map((producer) => textField(producer, 'groupName') ?? ''),
    fingerprint: Number(fields.heartbeatFingerprint ?? 0),
    withoutSub: fields.withoutSub === true,
  };
}

function readConsumer(fields: Fields): ConsumerData {
  return {
    groupName: textField(fields, 'groupName') ?? '',
    consumeType: constant(fields, 'consumeType', 'CONSUME_PASSIVELY'),
    messageModel: constant(fields, 'messageModel', 'CLUSTERING'),
    consumeFromWhere: constant(fields, 'consumeFromWhere', 'CONSUME_FROM_LAST_OFFSET'),
    unitMode: fields.unitMode === true,
    subscriptions: listOf(fields.subscriptionDataSet).map(readSubscription),
  };
}

/** The Go client writes `BroadCasting`, and fastjson takes a constant in any case. */
function constant(fields: Fields, key: string, fallback: string): string {
  return (textField(fields, key) ?? fallback).toUpperCase();
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value : [];
}
