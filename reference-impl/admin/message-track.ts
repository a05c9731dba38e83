import type { ConsumerConnection } from '../client/group-calls.ts';
import { type RefusedError, refusalCode } from '../client/refused.ts';
import { hostText } from '../message/host.ts';
import { decodeProperties, PropertyName } from '../message/properties.ts';
import type { StoredMessage } from '../message/types.ts';
import { ResponseCode } from '../remoting/codes.ts';
import type { AdminContext } from './command.ts';
import { causeText } from './failure.ts';
import { topicMasters } from './masters.ts';

type TrackType =
  | 'CONSUMED'
  | 'CONSUMED_BUT_FILTERED'
  | 'PULL'
  | 'NOT_CONSUME_YET'
  | 'NOT_ONLINE'
  | 'CONSUME_BROADCASTING'
  | 'UNKNOWN';

/** What one group did with a message (`MessageTrack.toString`). */
function trackText(consumerGroup: string, trackType: TrackType, exceptionDesc: string | null): string {
  return `MessageTrack [consumerGroup=${consumerGroup}, trackType=${trackType}, exceptionDesc=${exceptionDesc}]`;
}

/** One line per group that consumes the message's topic. */
export async function messageTracks(context: AdminContext, message: StoredMessage): Promise<string[]> {
  const [address] = await topicMasters(context, message.topic);
  if (address === undefined) return [];
  const tracks: string[] = [];
  for (const group of await context.operator.consumerGroupsOf(address, message.topic)) {
    tracks.push(await trackOf(context, message, group));
  }
  return tracks;
}

async function trackOf(context: AdminContext, message: StoredMessage, group: string): Promise<string> {
  try {
    const [address] = await topicMasters(context, `%RETRY%${group}`);
    if (address === undefined) return trackText(group, 'UNKNOWN', null);
    const connection = await context.operator.consumerConnection(address, group);
    return trackText(group, await typeOf(context, message, group, connection), null);
  } catch (thrown) {
    if (refusalCode(thrown) === ResponseCode.CONSUMER_NOT_ONLINE) {
      return trackText(
        group,
        'NOT_ONLINE',
        `CODE:${ResponseCode.CONSUMER_NOT_ONLINE} DESC:${(thrown as RefusedError).remark}`,
      );
    }
    return trackText(group, 'UNKNOWN', causeText(thrown, context.release));
  }
}

async function typeOf(
  context: AdminContext,
  message: StoredMessage,
  group: string,
  connection: ConsumerConnection,
): Promise<TrackType> {
  if (connection.consumeType === 'CONSUME_ACTIVELY') return 'PULL';
  if (connection.messageModel === 'BROADCASTING') return 'CONSUME_BROADCASTING';
  if (!(await isConsumed(context, message, group))) return 'NOT_CONSUME_YET';
  const tagsSet = connection.subscriptionTable[message.topic]?.tagsSet ?? [];
  const tags = decodeProperties(message.properties).get(PropertyName.TAGS) ?? '';
  return tagsSet.length === 0 || tagsSet.includes('*') || tagsSet.includes(tags) ? 'CONSUMED' : 'CONSUMED_BUT_FILTERED';
}

/** The group's offset, in the broker that stored the message, lies behind it. */
async function isConsumed(context: AdminContext, message: StoredMessage, group: string): Promise<boolean> {
  const address = hostText(message.storeHost);
  if (!(await topicMasters(context, message.topic)).includes(address)) return false;
  const { queues } = await context.operator.consumeStats(address, group, message.topic);
  return queues.some(
    ({ queue, consumerOffset }) =>
      queue.topic === message.topic && queue.queueId === message.queueId && consumerOffset > message.queueOffset,
  );
}
