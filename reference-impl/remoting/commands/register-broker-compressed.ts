// Body of REGISTER_BROKER with compressed=true: one zlib stream (RFC 1950, level 9) of, every length i32 big-endian,
//   length, DataVersion JSON | count, count x (length, topic line) | length, filter server list JSON
//   | new: count, count x (length, TopicQueueMappingInfo JSON)
// topicSysFlag and order are not carried. Readers take the last section only from senders of version 413 and later.
// Source: RegisterBrokerBody.encode and decode, 4.9.7 and 5.3.3.
import { constants, deflateSync, inflateSync } from 'node:zlib';
import { SwitchlabError, errorText } from '../../base/errors.ts';
import type { Release } from '../../base/release.ts';
import { dataVersionFields, readDataVersion } from '../bodies/data-version.ts';
import { textList } from '../bodies/fields.ts';
import { parseTopicConfigLine, topicConfigLine } from '../bodies/topic-config.ts';
import { readMappingInfo } from '../bodies/topic-queue-mapping-info.ts';
import { parseFastjson } from '../fastjson.ts';
import { writeFastjson } from '../fastjson-writer.ts';
import { noDataVersion, type RegisterBrokerBody } from './register-broker.ts';

const mappingsSince = 413;
/** A table of a million topics stays below: what inflates to more is an attack or damage. */
const inflatedBytesMax = 256 * 1024 * 1024;

/** Writes the compressed body as `release` does. */
export function encodeCompressedRegisterBroker(body: RegisterBrokerBody, release: Release): Buffer {
  const parts: Buffer[] = [];
  const int = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    parts.push(bytes);
  };
  const text = (value: string) => {
    const bytes = Buffer.from(value);
    int(bytes.length);
    parts.push(bytes);
  };
  text(writeFastjson(dataVersionFields(body.dataVersion, release)));
  int(body.topicConfigTable.size);
  for (const topic of body.topicConfigTable.values()) text(topicConfigLine(topic, release));
  text(writeFastjson(body.filterServerList));
  if (release === 'new') {
    int(body.topicQueueMappingInfoMap.size);
    for (const info of body.topicQueueMappingInfoMap.values()) text(writeFastjson(info));
  }
  return deflateSync(Buffer.concat(parts), { level: constants.Z_BEST_COMPRESSION });
}

/** Reads the compressed body of a sender with `version` as `release` does. Throws BODY_MALFORMED. */
export function decodeCompressedRegisterBroker(
  body: Uint8Array,
  version: number,
  release: Release,
): RegisterBrokerBody {
  try {
    const reader = new SectionReader(inflateSync(body, { maxOutputLength: inflatedBytesMax }));
    const dataVersion = readDataVersion(parseFastjson(reader.text()), release) ?? noDataVersion;
    const topics = reader.list().map((line) => parseTopicConfigLine(line, release));
    const filterServerList = textList(parseFastjson(reader.text()), 'filterServerList');
    const mappings = release === 'new' && version >= mappingsSince ? reader.list() : [];
    const infos = mappings.map((json) => readMappingInfo(parseFastjson(json)));
    return {
      dataVersion,
      topicConfigTable: new Map(topics.map((topic) => [topic.topicName, topic])),
      filterServerList,
      topicQueueMappingInfoMap: new Map(infos.map((info) => [info.topic, info])),
    };
  } catch (thrown) {
    const text = `Failed to decode RegisterBrokerBody: ${errorText(thrown)}`;
    throw new SwitchlabError('BODY_MALFORMED', text, { cause: thrown });
  }
}

/** Reads lengths, counts and texts one after the other; a read beyond the end throws RangeError. */
class SectionReader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  text(): string {
    const length = this.#int();
    if (length < 0 || this.#offset + length > this.#bytes.length) throw new RangeError(`length ${length}`);
    this.#offset += length;
    return this.#bytes.toString('utf8', this.#offset - length, this.#offset);
  }

  list(): string[] {
    const texts: string[] = [];
    for (let count = this.#int(); count > 0; count--) texts.push(this.text());
    return texts;
  }

  #int(): number {
    this.#offset += 4;
    return this.#bytes.readInt32BE(this.#offset - 4);
  }
}
