// HEART_BEAT (34), client -> every broker it knows, every 30 s. Body (JSON, members in alphabetical order):
//   clientID | consumerDataSet [{consumeFromWhere, consumeType, groupName, messageModel, subscriptionDataSet [{classFilterMode,
//   codeSet [i32], expressionType, subString, subVersion ms, tagsSet [text], topic}], unitMode}]
//   | heartbeatFingerprint i32 (new) | producerDataSet [{groupName}] | withoutSub boolean (new)
// Source: HeartbeatData, 4.9.7 and 5.3.3.
import type { Release } from '../base/release.ts';
import { RequestCode } from '../remoting/codes.ts';
import { writeFastjson } from '../remoting/fastjson-writer.ts';
import type { RequestInit } from '../remoting/types.ts';

export interface ConsumerBeat {
  readonly clientId: string;
  readonly consumerGroup: string;
  readonly topic: string;
  /** Of the subscription: ms at which it was made. */
  readonly subVersion: number;
}

/** The heartbeat of a pull consumer that subscribes to every message of one topic. */
export function consumerHeartbeat(
  { clientId, consumerGroup, topic, subVersion }: ConsumerBeat,
  release: Release,
): RequestInit {
  const subscription = {
    classFilterMode: false,
    codeSet: [],
    expressionType: 'TAG',
    subString: '*',
    subVersion,
    tagsSet: [],
    topic,
  };
  const consumer = {
    consumeFromWhere: 'CONSUME_FROM_LAST_OFFSET',
    consumeType: 'CONSUME_ACTIVELY',
    groupName: consumerGroup,
    messageModel: 'CLUSTERING',
    subscriptionDataSet: [subscription],
    unitMode: false,
  };
  const beat = {
    clientID: clientId,
    consumerDataSet: [consumer],
    heartbeatFingerprint: release === 'new' ? 0 : null,
    producerDataSet: [],
    withoutSub: release === 'new' ? false : null,
  };
  return {
    code: RequestCode.HEART_BEAT,
    extFields: release === 'new' ? {} : null,
    body: Buffer.from(writeFastjson(beat)),
  };
}
