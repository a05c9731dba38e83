import { crc32 } from 'node:zlib';

const two32 = 4294967296;

/** Big-endian i64 at `offset` as a number. Precise to 2^53; -1 and Long.MIN_VALUE style values come out exactly too. */
export function readInt64(view: DataView, offset: number): number {
  return view.getInt32(offset) * two32 + view.getUint32(offset + 4);
}

/** Writes a safe integer as big-endian i64. Two 32-bit writes: ten times cheaper than a BigInt. */
export function writeInt64(view: DataView, offset: number, value: number): void {
  view.setInt32(offset, Math.floor(value / two32));
  view.setUint32(offset + 4, value >>> 0);
}

/** A DataView over exactly the bytes of `bytes`. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** CRC-32 as RocketMQ stores it: zlib polynomial, top bit cleared. */
export function javaCrc32(bytes: Uint8Array): number {
  return crc32(bytes) & 0x7fffffff;
}

/**
 * `java.lang.String.hashCode`: i32 over UTF-16 units.
 * @param start hash of a text before this one: the result is that of both together
 */
export function javaHashCode(text: string, start = 0): number {
  let hash = start;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0;
  return hash;
}
