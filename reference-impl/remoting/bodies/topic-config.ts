// TopicConfig:  attributes {text: text} (new) | order boolean | perm int | readQueueNums int | topicFilterType
//             | topicName | topicSysFlag int | writeQueueNums int
// As a line of a compressed registration:  name read write perm filterType [attributes as JSON (new)], one blank between.
import { SwitchlabError } from '../../base/errors.ts';
import type { Release } from '../../base/release.ts';
import { parseFastjson } from '../fastjson.ts';
import { writeFastjson } from '../fastjson-writer.ts';
import { booleanField, fieldsOf, numberField, record, textField, textKeyed } from './fields.ts';

export interface TopicConfig {
  readonly topicName: string;
  readonly readQueueNums: number;
  readonly writeQueueNums: number;
  /** 4 read, 2 write, 1 inherit, 8 priority. */
  readonly perm: number;
  /** SINGLE_TAG or MULTI_TAG. */
  readonly topicFilterType: string;
  /** 1 unit, 2 unit-sub. Not in a compressed registration. */
  readonly topicSysFlag: number;
  /** Not in a compressed registration. */
  readonly order: boolean;
  /** Release new only. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** Reads one topic; missing members take the defaults of the Java class. */
export function readTopicConfig(value: unknown, topicName: string): TopicConfig {
  const fields = fieldsOf(value, 'TopicConfig');
  return {
    topicName: textField(fields, 'topicName') ?? topicName,
    readQueueNums: numberField(fields, 'readQueueNums', 16),
    writeQueueNums: numberField(fields, 'writeQueueNums', 16),
    perm: numberField(fields, 'perm', 6),
    topicFilterType: textField(fields, 'topicFilterType') ?? 'SINGLE_TAG',
    topicSysFlag: numberField(fields, 'topicSysFlag', 0),
    order: booleanField(fields, 'order'),
    attributes: textKeyed(fields.attributes, 'attributes', String),
  };
}

/** The members that `release` writes. */
export function topicConfigFields(topic: TopicConfig, release: Release): object {
  const { order, perm, readQueueNums, topicFilterType, topicName, topicSysFlag, writeQueueNums } = topic;
  const fields = { order, perm, readQueueNums, topicFilterType, topicName, topicSysFlag, writeQueueNums };
  return release === 'old' ? fields : { attributes: record(topic.attributes, String), ...fields };
}

/** Writes the line of a compressed registration. */
export function topicConfigLine(topic: TopicConfig, release: Release): string {
  const { topicName, readQueueNums, writeQueueNums, perm, topicFilterType } = topic;
  const line = `${topicName} ${readQueueNums} ${writeQueueNums} ${perm} ${topicFilterType}`;
  return release === 'old' ? line : `${line} ${writeFastjson(record(topic.attributes, String))}`;
}

/**
 * Reads the line of a compressed registration as `release` does: old wants exactly five items, new takes five or more and
 * loses attributes that hold a blank. Throws BODY_MALFORMED.
 */
export function parseTopicConfigLine(line: string, release: Release): TopicConfig {
  const items = line.split(' ');
  const [topicName = '', read, write, perm, topicFilterType = '', attributes = '{}'] = items;
  const numbers = { readQueueNums: Number(read), writeQueueNums: Number(write), perm: Number(perm) };
  const legal = release === 'old' ? items.length === 5 : items.length >= 5;
  if (!legal || !Object.values(numbers).every(Number.isInteger)) {
    throw new SwitchlabError('BODY_MALFORMED', `Topic line "${line}" is illegal.`);
  }
  return {
    topicName,
    ...numbers,
    topicFilterType,
    topicSysFlag: 0,
    order: false,
    attributes: textKeyed(items.length > 6 ? null : parseFastjson(attributes), 'attributes', String),
  };
}
