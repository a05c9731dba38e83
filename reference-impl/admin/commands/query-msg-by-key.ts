import { decodeProperties, PropertyName } from '../../message/properties.ts';
import type { StoredMessage } from '../../message/types.ts';
import { refusalCode } from '../../client/refused.ts';
import { ResponseCode } from '../../remoting/codes.ts';
import { cell } from '../columns.ts';
import { type AdminCommand, type AdminContext, given, integer } from '../command.ts';
import { ToolFailure } from '../failure.ts';
import { topicMasters } from '../masters.ts';
import { shownMsgId } from '../message-text.ts';
import { option, requiredOption } from '../options.ts';

/** queryMsgByKey: 105, then 12 to every master; what only shares the key's hash is left out. */
export const queryMsgByKey: AdminCommand = {
  name: 'queryMsgByKey',
  description: 'Query Message by Key.',
  javaClass: 'QueryMsgByKeySubCommand',
  releases: ['old', 'new'],
  options: (release) => [
    requiredOption('t', 'topic', release === 'new' ? 'Topic name' : 'topic name'),
    requiredOption('k', 'msgKey', 'Message Key'),
    ...(release === 'new'
      ? [
          option('b', 'beginTimestamp', 'Begin timestamp(ms). default:0, eg:1676730526212'),
          option('e', 'endTimestamp', 'End timestamp(ms). default:Long.MAX_VALUE, eg:1676730526212'),
          option('m', 'maxNum', 'The maximum number of messages returned by the query, default:64'),
          option('c', 'cluster', 'Cluster name or lmq parent topic, lmq is used to find the route.'),
        ]
      : []),
  ],
  notBuilt: ['c'],
  async run(context) {
    const topic = given(context, 't');
    const key = given(context, 'k');
    const found: StoredMessage[] = [];
    for (const address of await topicMasters(context, topic))
      found.push(...(await query(context, address, topic, key)));
    if (found.length === 0) {
      throw new ToolFailure(ResponseCode.NO_MESSAGE, 'query message by key finished, but no message.');
    }
    context.print(keyRow('#Message ID', '#QID', '#Offset'));
    for (const message of found) context.print(keyRow(shownMsgId(message), message.queueId, message.queueOffset));
  },
};

async function query(context: AdminContext, address: string, topic: string, key: string): Promise<StoredMessage[]> {
  const range = {
    beginTimestamp: integer(context, 'b', 0),
    endTimestamp: integer(context, 'e', Number.MAX_SAFE_INTEGER),
  };
  try {
    const messages = await context.operator.queryMessage(address, {
      topic,
      key,
      maxNum: integer(context, 'm', 64),
      ...range,
    });
    return messages.filter((message) => keysOf(message).includes(key));
  } catch (thrown) {
    // A master without a match says so with a code of its own; another one may have some.
    if (refusalCode(thrown) === ResponseCode.QUERY_NOT_FOUND) return [];
    throw thrown;
  }
}

function keysOf(message: StoredMessage): string[] {
  return (decodeProperties(message.properties).get(PropertyName.KEYS) ?? '').split(' ');
}

function keyRow(id: string, queueId: string | number, offset: string | number): string {
  return `${cell(id, -50)} ${cell(queueId, 4)} ${cell(offset, 40)}\n`;
}
