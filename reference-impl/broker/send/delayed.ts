import type { Release } from '../../base/release.ts';
import { decodeProperties, encodeProperties } from '../../message/properties.ts';
import { recordMagic } from '../../message/record.ts';
import type { MessageToStore } from '../../message/types.ts';
import { SCHEDULE_TOPIC } from '../topics/topic-name.ts';

/** Whether a delayed message can be stored again under its own topic when it is due: one that cannot must not wait. */
export function fitsItsTopic({ topic }: MessageToStore, release: Release): boolean {
  return recordMagic(topic, Buffer.from(topic), release) !== null;
}

/**
 * A message with a delay level, moved to the queue of that level: REAL_TOPIC and REAL_QID keep where it belongs.
 * Levels beyond the last one count as the last.
 */
export function delayed(
  message: MessageToStore,
  delayLevel: number,
  levelMax: number,
  release: Release,
): MessageToStore {
  const level = Math.min(delayLevel, levelMax);
  const properties = decodeProperties(message.properties);
  properties.set('DELAY', String(level));
  properties.set('REAL_TOPIC', message.topic);
  properties.set('REAL_QID', String(message.queueId));
  for (const name of ['TIMER_DELAY_SEC', 'TIMER_DELAY_MS', 'TIMER_DELIVER_MS']) properties.delete(name);
  return {
    ...message,
    topic: SCHEDULE_TOPIC,
    queueId: level - 1,
    properties: encodeProperties(properties, release),
  };
}
