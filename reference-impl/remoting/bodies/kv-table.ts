// KVTable, body of 219 and of registration answers:  table {text: text}
import { writeFastjson } from '../fastjson-writer.ts';
import { parseFields, record, textKeyed } from './fields.ts';

export function encodeKvTable(table: ReadonlyMap<string, string>): Buffer {
  return Buffer.from(writeFastjson({ table: record(table, String) }));
}

/** Throws BODY_MALFORMED. */
export function decodeKvTable(body: Uint8Array | null): Map<string, string> {
  return textKeyed(parseFields(body, 'KVTable').table, 'table', String);
}
