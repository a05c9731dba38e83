import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { javaCrc32 } from '../../base/bytes.ts';
import type { Release } from '../../base/release.ts';
import { decodeClusterInfo, encodeClusterInfo } from '../commands/get-broker-cluster-info.ts';
import { decodeBrokerMemberGroup, encodeBrokerMemberGroup } from '../commands/get-broker-member-group.ts';
import { decodeTopicRoute, encodeStandardTopicRoute, encodeTopicRoute } from '../commands/get-routeinfo-by-topic.ts';
import { notifyMinBrokerIdChange } from '../commands/notify-min-broker-id-change.ts';
import { decodeRegisterBroker, encodeRegisterBroker, registerBroker } from '../commands/register-broker.ts';
import {
  decodeCompressedRegisterBroker,
  encodeCompressedRegisterBroker,
} from '../commands/register-broker-compressed.ts';
import { unregisterBroker } from '../commands/unregister-broker.ts';
import { parseFastjson } from '../fastjson.ts';
import { writeFastjson } from '../fastjson-writer.ts';
import { type Command, decodeHeader, encodeHeader, type HeaderSchema } from '../header.ts';
import { dataVersionFields, readDataVersion } from './data-version.ts';
import { fieldsOf, parseFields } from './fields.ts';
import { decodeKvTable, encodeKvTable } from './kv-table.ts';
import { parseTopicConfigLine, readTopicConfig, topicConfigFields, topicConfigLine } from './topic-config.ts';
import { decodeTopicList, encodeTopicList } from './topic-list.ts';

interface Frame {
  readonly code: number;
  readonly version: number;
  readonly extFields: Record<string, string>;
}
interface Entry {
  readonly name: string;
  readonly hex: string;
  readonly decoded: string | Frame;
}

// golden/remoting/namesrv-bodies-*.json: bytes that the stock classes wrote. `hex` is the body, or the frame of a request.
const versions = { old: '4.9.7', new: '5.3.3' } as const;

/** Body of a frame: what follows the four bytes of its length, the four of the header's and the header. */
function bodyOf(frame: Buffer): Buffer {
  return frame.subarray(8 + (frame.readUInt32BE(4) & 0xffffff));
}

/** How to write again what was read from the bytes of the entry with this name. */
const roundTrips: Record<string, (bytes: Buffer, release: Release, text: string) => Uint8Array | string> = {
  'data-version': (bytes, release) => versionText(bytes, release),
  'data-version-fresh': (bytes, release) => versionText(bytes, release),
  'topic-config-serialize-wrapper': (bytes, release) => wrapperText(bytes, release),
  'topic-config-encoded': (_, release, line) => topicConfigLine(parseTopicConfigLine(line, release), release),
  'topic-config-encoded-2': (_, release, line) => topicConfigLine(parseTopicConfigLine(line, release), release),
  'topic-route-data-default': (bytes, release) => encodeTopicRoute(decodeTopicRoute(bytes), release),
  'topic-route-data-standard': (bytes, release) => encodeStandardTopicRoute(decodeTopicRoute(bytes), release),
  'topic-route-data-empty': (bytes, release) => encodeTopicRoute(decodeTopicRoute(bytes), release),
  'cluster-info': (bytes, release) => encodeClusterInfo(decodeClusterInfo(bytes), release),
  'kv-table': (bytes) => encodeKvTable(decodeKvTable(bytes)),
  'topic-list': (bytes) => encodeTopicList(decodeTopicList(bytes)),
  'topic-list-empty': (bytes) => encodeTopicList(decodeTopicList(bytes)),
  'broker-member-group': (bytes) => encodeBrokerMemberGroup(decodeBrokerMemberGroup(bytes)),
};

function versionText(bytes: Buffer, release: Release): string {
  return writeFastjson(dataVersionFields(readDataVersion(parseFastjson(bytes.toString()), release)!, release));
}

/** The wrapper that old brokers and tests of both releases send alone. */
function wrapperText(bytes: Buffer, release: Release): string {
  const wrapper = parseFields(bytes, 'wrapper');
  const table = Object.entries(fieldsOf(wrapper.topicConfigTable, 'topicConfigTable')).map(([name, topic]) => {
    return [name, topicConfigFields(readTopicConfig(topic, name), release)];
  });
  return writeFastjson({
    dataVersion: dataVersionFields(readDataVersion(wrapper.dataVersion, release)!, release),
    topicConfigTable: Object.fromEntries(table) as object,
  });
}

function sameHeader(command: Command<HeaderSchema, HeaderSchema>, { code, extFields }: Frame): void {
  assert.equal(code, command.code);
  assert.deepEqual(encodeHeader(command.request, decodeHeader(command.request, extFields)), extFields);
}

for (const release of ['old', 'new'] as const) {
  const file = new URL(`../../../golden/remoting/namesrv-bodies-${versions[release]}.json`, import.meta.url);
  for (const { name, hex, decoded } of JSON.parse(readFileSync(file, 'utf8')) as Entry[]) {
    const bytes = Buffer.from(hex, 'hex');
    test(`${versions[release]} ${name}`, () => {
      if (name === 'cluster-info-shared-object') {
        assert.throws(() => decodeClusterInfo(bytes), { code: 'BODY_MALFORMED', message: /\$ref/ });
      } else if (typeof decoded === 'object') {
        checkFrame(name, decoded, bytes, release);
      } else if (name.startsWith('register') || name.startsWith('live')) {
        checkFrame(name, JSON.parse(decoded) as Frame, bytes, release);
      } else {
        assert.equal(String(roundTrips[name]!(bytes, release, bytes.toString())), bytes.toString());
      }
    });
  }
}

function checkFrame(name: string, frame: Frame, bytes: Buffer, release: Release): void {
  if (name === 'unregister-broker') return sameHeader(unregisterBroker, frame);
  if (name === 'notify-min-broker-id-change') return sameHeader(notifyMinBrokerIdChange, frame);
  sameHeader(registerBroker, frame);
  const body = bodyOf(bytes);
  assert.equal(frame.extFields.bodyCrc32, String(javaCrc32(body)));
  if (frame.extFields.compressed === 'true') {
    const again = encodeCompressedRegisterBroker(decodeCompressedRegisterBroker(body, frame.version, release), release);
    // The zlib of Node packs differently: what both inflate to must be the same bytes.
    assert.equal(inflateSync(again).toString('latin1'), inflateSync(body).toString('latin1'));
  } else {
    const again = encodeRegisterBroker(decodeRegisterBroker(body, frame.version, release), release);
    assert.equal(again.toString(), body.toString());
  }
}

test('an old NameServer refuses the topic lines of a new broker', () => {
  assert.throws(() => parseTopicConfigLine('TopicTest 8 8 6 SINGLE_TAG {}', 'old'), { code: 'BODY_MALFORMED' });
});

test('an empty body registers nothing', () => {
  const body = decodeRegisterBroker(null, 479, 'new');
  assert.equal(body.topicConfigTable.size, 0);
  assert.deepEqual(body.dataVersion, { counter: 0, stateVersion: 0, timestamp: 0 });
});

test('a damaged body is refused', () => {
  assert.throws(() => decodeRegisterBroker(Buffer.from('{"x'), 479, 'new'), { code: 'BODY_MALFORMED' });
  assert.throws(() => decodeCompressedRegisterBroker(Buffer.from('{}'), 479, 'new'), { code: 'BODY_MALFORMED' });
});

test('the standard form escapes what is not ASCII', () => {
  const route = decodeTopicRoute(Buffer.from('{"orderTopicConf":"主:4"}'));
  assert.match(encodeStandardTopicRoute(route, 'new').toString(), /"orderTopicConf":"\\u4E3B:4"/);
});
