import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostText } from '../message/host.ts';
import { offsetMsgId, hostHex } from '../message/ids.ts';
import { decodeProperties, PropertyName } from '../message/properties.ts';
import type { StoredMessage } from '../message/types.ts';
import { cell, timeText } from './columns.ts';
import type { AdminContext } from './command.ts';
import { hashOrder } from './java-order.ts';
import { messageTracks } from './message-track.ts';

/** UNIQ_KEY of a message, or its id by place when it has none: the id that tools show. */
export function shownMsgId(message: StoredMessage): string {
  return decodeProperties(message.properties).get(PropertyName.UNIQ_KEY) ?? placeId(message);
}

/**
 * Prints a message with every field, writes its body to a file, and tells what each consumer group did with it.
 * @param received properties that the real client adds to a pulled message
 */
export async function printMessage(
  context: AdminContext,
  message: StoredMessage,
  received: Readonly<Record<string, string | number>> = {},
): Promise<void> {
  const properties = decodeProperties(message.properties);
  const shown = new Map([
    ...properties,
    ...Object.entries(received).map(([name, value]) => [name, String(value)] as const),
  ]);
  const names = hashOrder(shown.keys(), context.release === 'new' ? 128 : 16);
  const lines: readonly (readonly [string, string | number])[] = [
    ['OffsetID:', placeId(message)],
    ['Topic:', message.topic],
    ['Tags:', `[${properties.get(PropertyName.TAGS) ?? 'null'}]`],
    ['Keys:', `[${properties.get(PropertyName.KEYS) ?? 'null'}]`],
    ['Queue ID:', message.queueId],
    ['Queue Offset:', message.queueOffset],
    ['CommitLog Offset:', message.physicalOffset],
    ['Reconsume Times:', message.reconsumeTimes],
    ['Born Timestamp:', timeText(message.bornTimestamp)],
    ['Store Timestamp:', timeText(message.storeTimestamp)],
    ['Born Host:', hostText(message.bornHost)],
    ['Store Host:', hostText(message.storeHost)],
    ['System Flag:', message.sysFlag],
    ['Properties:', `{${names.map((name) => `${name}=${shown.get(name)}`).join(', ')}}`],
    ['Message Body Path:', writeBody(message)],
  ];
  for (const [name, value] of lines) context.print(`${cell(name, -20)} ${value}\n`);
  const tracks = await messageTracks(context, message);
  // Old runs the lines together.
  const end = context.release === 'new' ? '\n' : '';
  context.print(tracks.length === 0 ? '\n\nWARN: No Consumer' : `\n\n${tracks.map((track) => track + end).join('')}`);
}

function placeId({ storeHost, physicalOffset }: StoredMessage): string {
  return offsetMsgId(hostHex(storeHost), physicalOffset);
}

function writeBody(message: StoredMessage): string {
  const folder = join(tmpdir(), 'rocketmq', 'msgbodys');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, shownMsgId(message));
  writeFileSync(file, message.body);
  return file;
}
