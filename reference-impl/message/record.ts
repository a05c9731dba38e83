import { javaCrc32, readInt64, viewOf, writeInt64 } from '../base/bytes.ts';
import type { Release } from '../base/release.ts';
import { SysFlag, type Host, type MessageToStore, type StoredMessage } from './types.ts';

// Commit log record, big-endian (store.md 3), positions with IPv4 hosts:
//    0 totalSize i32           | 4 magic i32        | 8 bodyCRC i32         | 12 queueId i32
//   16 flag i32                | 20 queueOffset i64 | 28 physicalOffset i64 | 36 sysFlag i32
//   40 bornTimestamp i64       | 48 bornHost: ip 4|16, port i32
//   56 storeTimestamp i64      | 64 storeHost: ip 4|16, port i32
//   72 reconsumeTimes i32      | 76 preparedTransactionOffset i64
//   84 bodyLength i32, body    | topicLength u8 (V1) or i16 (V2), topic | propertiesLength i16, properties
// Each IPv6 host moves what follows by 12. The end of a segment is closed by: bytesLeft i32 | blankMagic i32.

export const magicV1 = 0xdaa320a7 | 0;
export const magicV2 = 0xdaa320ab | 0;
export const blankMagic = 0xcbd43194 | 0;
/** Bytes of the mark that closes a segment; a record is appended only if so many stay free behind it. */
export const blankSize = 8;

/** Fixed part with IPv4 hosts and a V1 topic. */
export const recordSizeMin = 91;
export const propertiesSizeMax = 32767;

export const recordPosition = { magic: 4, queueId: 12, queueOffset: 20, physicalOffset: 28, sysFlag: 36 } as const;

const topicSizeMaxV1 = 127;
const topicSizeMaxV2 = 255;

/**
 * Version that a record of this topic takes; null when the topic is too long. New writes V2 for names of more than 127
 * characters, which only retry topics may have.
 * @param bytes UTF-8 of the name
 */
export function recordMagic(topic: string, bytes: Uint8Array, release: Release): number | null {
  if (bytes.length <= topicSizeMaxV1) return magicV1;
  const mayBeLong = release === 'new' && topic.startsWith('%RETRY%') && topic.length > topicSizeMaxV1;
  return mayBeLong && bytes.length <= topicSizeMaxV2 ? magicV2 : null;
}

/** Upper bound of the bytes that `encodeRecord` writes for this message. */
export function recordSizeBound(message: MessageToStore, topic: Uint8Array): number {
  // A UTF-16 unit takes at most 3 bytes of UTF-8; both hosts may be IPv6, the topic length may take two bytes.
  return recordSizeMin + 25 + message.body.length + topic.length + 3 * message.properties.length;
}

/**
 * Encodes a record at `at`, where the caller has made room for `recordSizeBound` bytes.
 * @param topic the UTF-8 bytes of message.topic, at most 127 for V1
 * @returns the record's size; -1 when the properties take more than 32767 bytes
 */
export function encodeRecord(
  bytes: Buffer,
  view: DataView,
  at: number,
  message: MessageToStore,
  topic: Uint8Array,
  magic: number,
  queueOffset: number,
  physicalOffset: number,
  storeTimestamp: number,
): number {
  const { body, bornHost, storeHost } = message;
  const v6Flags =
    (bornHost.ip.length === 16 ? SysFlag.BORN_HOST_V6 : 0) | (storeHost.ip.length === 16 ? SysFlag.STORE_HOST_V6 : 0);
  view.setInt32(at + 4, magic);
  view.setInt32(at + 8, body.length === 0 ? 0 : javaCrc32(body));
  view.setInt32(at + 12, message.queueId);
  view.setInt32(at + 16, message.flag);
  writeInt64(view, at + 20, queueOffset);
  writeInt64(view, at + 28, physicalOffset);
  view.setInt32(at + 36, (message.sysFlag & ~(SysFlag.BORN_HOST_V6 | SysFlag.STORE_HOST_V6)) | v6Flags);
  writeInt64(view, at + 40, message.bornTimestamp);
  let next = writeHost(bytes, view, at + 48, bornHost);
  writeInt64(view, next, storeTimestamp);
  next = writeHost(bytes, view, next + 8, storeHost);
  view.setInt32(next, message.reconsumeTimes);
  writeInt64(view, next + 4, message.preparedTransactionOffset);
  view.setInt32(next + 12, body.length);
  bytes.set(body, next + 16);
  next += 16 + body.length;
  if (magic === magicV2) {
    view.setInt16(next, topic.length);
    next += 2;
  } else {
    view.setInt8(next++, topic.length);
  }
  bytes.set(topic, next);
  next += topic.length;
  const propertiesSize = message.properties === '' ? 0 : bytes.write(message.properties, next + 2);
  if (propertiesSize > propertiesSizeMax) return -1;
  view.setInt16(next, propertiesSize);
  const size = next + 2 + propertiesSize - at;
  view.setInt32(at, size);
  return size;
}

/** Decodes the record at `at`, which `recordSizeAt` has found whole. Body and addresses are views of `bytes`. */
export function decodeRecord(bytes: Buffer, at = 0, view: DataView = viewOf(bytes)): StoredMessage {
  const magic = view.getInt32(at + 4);
  const sysFlag = view.getInt32(at + 36);
  const bornIpLength = sysFlag & SysFlag.BORN_HOST_V6 ? 16 : 4;
  const storeIpLength = sysFlag & SysFlag.STORE_HOST_V6 ? 16 : 4;
  const storeAt = at + 52 + bornIpLength;
  const tailAt = storeAt + 12 + storeIpLength;
  const bodyLength = view.getInt32(tailAt + 12);
  const topicLengthAt = tailAt + 16 + bodyLength;
  const topicAt = topicLengthAt + (magic === magicV2 ? 2 : 1);
  const topicLength = magic === magicV2 ? view.getInt16(topicLengthAt) : view.getUint8(topicLengthAt);
  const propertiesAt = topicAt + topicLength + 2;
  return {
    size: view.getInt32(at),
    magic,
    bodyCrc: view.getInt32(at + 8),
    queueId: view.getInt32(at + 12),
    flag: view.getInt32(at + 16),
    queueOffset: readInt64(view, at + 20),
    physicalOffset: readInt64(view, at + 28),
    sysFlag,
    bornTimestamp: readInt64(view, at + 40),
    bornHost: { ip: bytes.subarray(at + 48, at + 48 + bornIpLength), port: view.getInt32(at + 48 + bornIpLength) },
    storeTimestamp: readInt64(view, storeAt),
    storeHost: {
      ip: bytes.subarray(storeAt + 8, storeAt + 8 + storeIpLength),
      port: view.getInt32(storeAt + 8 + storeIpLength),
    },
    reconsumeTimes: view.getInt32(tailAt),
    preparedTransactionOffset: readInt64(view, tailAt + 4),
    body: bytes.subarray(tailAt + 16, topicLengthAt),
    topic: bytes.toString('utf8', topicAt, topicAt + topicLength),
    properties: bytes.toString('utf8', propertiesAt, propertiesAt + view.getInt16(propertiesAt - 2)),
  };
}

/** Decodes records back to back, as a pull answer carries them. Stops silently at a cut last record, as clients do. */
export function decodeRecords(bytes: Buffer): StoredMessage[] {
  const view = viewOf(bytes);
  const messages: StoredMessage[] = [];
  let at = 0;
  for (;;) {
    const size = recordSizeAt(view, at, bytes.length - at);
    if (size <= 0) return messages;
    messages.push(decodeRecord(bytes, at, view));
    at += size;
  }
}

/** `recordSizeAt`: nothing that could be a record or a mark starts here. */
export const notARecord = -1;
/** `recordSizeAt`: more bytes are needed to tell. */
export const incompleteRecord = -2;
/** `recordSizeAt`: the mark that closes a segment. */
export const blankRecord = 0;

/**
 * Size of the record at `at`, from its size and magic alone.
 * @param available bytes that exist from `at`
 * @returns its size, or blankRecord, notARecord, incompleteRecord
 */
export function recordSizeAt(view: DataView, at: number, available: number): number {
  if (available < blankSize) return incompleteRecord;
  const magic = view.getInt32(at + 4);
  if (magic === blankMagic) return blankRecord;
  if (magic !== magicV1 && magic !== magicV2) return notARecord;
  const size = view.getInt32(at);
  if (size < recordSizeMin) return notARecord;
  return size > available ? incompleteRecord : size;
}

/** Place in the commit log that the record at `at` names. */
export function physicalOffsetOf(view: DataView, at: number): number {
  return readInt64(view, at + recordPosition.physicalOffset);
}

/** Position, relative to the record, of the body's length: behind both hosts. */
export function bodyLengthPosition(sysFlag: number): number {
  return 84 + (sysFlag & SysFlag.BORN_HOST_V6 ? 12 : 0) + (sysFlag & SysFlag.STORE_HOST_V6 ? 12 : 0);
}

/** storeTimestamp of the record at `at`, ms. */
export function storeTimestampOf(view: DataView, at: number): number {
  return readInt64(view, at + (view.getInt32(at + 36) & SysFlag.BORN_HOST_V6 ? 68 : 56));
}

/** Position of the properties' length, or -1 when the parts of the record at `at` do not add up to `size`. */
export function propertiesLengthPosition(view: DataView, at: number, size: number): number {
  const bodyAt = at + bodyLengthPosition(view.getInt32(at + 36)) + 4;
  const end = at + size;
  if (bodyAt > end) return -1;
  const bodyLength = view.getInt32(bodyAt - 4);
  const topicLengthSize = view.getInt32(at + 4) === magicV2 ? 2 : 1;
  const topicLengthAt = bodyAt + bodyLength;
  if (bodyLength < 0 || topicLengthAt + topicLengthSize + 2 > end) return -1;
  const topicLength = topicLengthSize === 2 ? view.getInt16(topicLengthAt) : view.getInt8(topicLengthAt);
  const position = topicLengthAt + topicLengthSize + topicLength;
  if (topicLength < 0 || position + 2 > end) return -1;
  const propertiesLength = view.getInt16(position);
  return propertiesLength >= 0 && position + 2 + propertiesLength === end ? position : -1;
}

/** Compares the body of the record at `at`, whose parts add up, with its CRC. */
export function isBodyIntact(bytes: Buffer, view: DataView, at: number): boolean {
  const bodyAt = at + bodyLengthPosition(view.getInt32(at + 36)) + 4;
  const bodyLength = view.getInt32(bodyAt - 4);
  return bodyLength === 0 || javaCrc32(bytes.subarray(bodyAt, bodyAt + bodyLength)) === view.getInt32(at + 8);
}

function writeHost(bytes: Buffer, view: DataView, at: number, host: Host): number {
  const { ip } = host;
  for (let i = 0; i < ip.length; i++) bytes[at + i] = ip[i]!;
  view.setInt32(at + ip.length, host.port);
  return at + ip.length + 4;
}
