// TopicList, body of 206, 224, 304 and 311-313:  brokerAddr (304 only) | topicList [text]
import { writeFastjson } from '../fastjson-writer.ts';
import { parseFields, textField, textList } from './fields.ts';

export interface TopicList {
  readonly brokerAddr: string | null;
  readonly topicList: readonly string[];
}

export function encodeTopicList({ brokerAddr, topicList }: TopicList): Buffer {
  return Buffer.from(writeFastjson({ brokerAddr, topicList }));
}

/** Throws BODY_MALFORMED. */
export function decodeTopicList(body: Uint8Array | null): TopicList {
  const fields = parseFields(body, 'TopicList');
  return { brokerAddr: textField(fields, 'brokerAddr'), topicList: textList(fields.topicList, 'topicList') };
}
