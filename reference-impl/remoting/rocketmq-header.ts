// ROCKETMQ header, big-endian:  0 code i16 | 2 language u8 | 3 version i16 | 5 opaque i32 | 9 flag i32 |
//   13 remarkLength i32 | remark UTF-8 | extFieldsLength i32 | extFields: keyLength i16, key, valueLength i32, value, ...
// A length of 0 reads as null, for a value too: the field is then absent.  Source: RocketMQSerializable, 4.9.7 and 5.3.3.
import { SwitchlabError } from '../base/errors.ts';
import { SerializeType, type ExtFields, type RemotingCommand } from './types.ts';
import { writeText } from './text-writer.ts';
import { TextCache } from './text-cache.ts';
import { languageName, unknownLanguage } from './language.ts';

const fixedBytes = 21;
const texts = new TextCache();

/** Decodes the header in `bytes` from `start` to `end`; throws FRAME_MALFORMED. */
export function decodeRocketmqHeader(bytes: Buffer, start: number, end: number, body: Buffer | null): RemotingCommand {
  if (end - start < fixedBytes) throw malformed('it is too short');
  const remarkStart = start + 17;
  const remarkEnd = remarkStart + fieldLength(bytes.readInt32BE(start + 13), remarkStart, end - 4);
  const extStart = remarkEnd + 4;
  const extEnd = extStart + fieldLength(bytes.readInt32BE(remarkEnd), extStart, end);
  const language = bytes[start + 2]!;
  return {
    code: bytes.readInt16BE(start),
    language: languageName(language) === undefined ? unknownLanguage : language,
    version: bytes.readInt16BE(start + 3),
    opaque: bytes.readInt32BE(start + 5),
    flag: bytes.readInt32BE(start + 9),
    remark: remarkEnd === remarkStart ? null : bytes.toString('utf8', remarkStart, remarkEnd),
    extFields: extEnd === extStart ? null : decodeExtFields(bytes, extStart, extEnd),
    body,
    serializeType: SerializeType.ROCKETMQ,
  };
}

function decodeExtFields(bytes: Buffer, start: number, end: number): ExtFields {
  const extFields: ExtFields = {};
  let position = start;
  while (position < end) {
    if (end - position < 2) throw malformed('a field is cut');
    const keyStart = position + 2;
    const keyEnd = keyStart + fieldLength(bytes.readInt16BE(position), keyStart, end - 4);
    const valueStart = keyEnd + 4;
    const valueEnd = valueStart + fieldLength(bytes.readInt32BE(keyEnd), valueStart, end);
    if (keyEnd > keyStart && valueEnd > valueStart) {
      const key = texts.text(bytes, keyStart, keyEnd);
      if (key !== '__proto__') extFields[key] = texts.text(bytes, valueStart, valueEnd);
    }
    position = valueEnd;
  }
  return extFields;
}

function fieldLength(length: number, start: number, end: number): number {
  if (length < 0 || length > end - start) throw malformed(`a length is ${length}`);
  return length;
}

function malformed(what: string): SwitchlabError {
  return new SwitchlabError('FRAME_MALFORMED', `Binary header: ${what}.`);
}

/** Upper bound of the bytes that `encodeRocketmqHeader` writes. */
export function rocketmqHeaderBytesMax(remark: string | null, extFields: ExtFields | null): number {
  let bytes = fixedBytes + 3 * (remark?.length ?? 0);
  for (const key in extFields) bytes += 6 + 3 * (key.length + extFields[key]!.length);
  return bytes;
}

/** Writes the header at `offset` and returns its length. Code and version keep their low 16 bits, as in Java. */
export function encodeRocketmqHeader(command: Omit<RemotingCommand, 'body'>, out: Buffer, offset: number): number {
  const { code, language, version, opaque, flag, remark, extFields } = command;
  out.writeUInt16BE(code & 0xffff, offset);
  out[offset + 2] = language;
  out.writeUInt16BE(version & 0xffff, offset + 3);
  out.writeInt32BE(opaque, offset + 5);
  out.writeInt32BE(flag, offset + 9);
  const remarkBytes = remark === null ? 0 : out.write(remark, offset + 17);
  out.writeInt32BE(remarkBytes, offset + 13);
  const extStart = offset + fixedBytes + remarkBytes;
  let position = extStart;
  for (const key in extFields) {
    const keyEnd = writeText(out, key, position + 2);
    out.writeInt16BE(keyEnd - position - 2, position);
    position = writeText(out, extFields[key]!, keyEnd + 4);
    out.writeInt32BE(position - keyEnd - 4, keyEnd);
  }
  out.writeInt32BE(position - extStart, extStart - 4);
  return position - offset;
}
