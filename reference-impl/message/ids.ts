import { randomBytes } from 'node:crypto';
import { readInt64, viewOf } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Host } from './types.ts';

// Offset msgId, upper-case hex of:  storeHost ip 4|16, port i32 | physicalOffset i64            16 or 28 bytes
// UNIQ_KEY, upper-case hex of:      ip 4|16 | pid i16 | class loader hash i32 | ms since the local start of month i32 | counter i16
// Both have 32 or 56 characters: the text does not tell which one it is.

const hexByte = Array.from({ length: 256 }, (_, i) => i.toString(16).toUpperCase().padStart(2, '0'));

/** Hex of a host as offset msgIds begin with it; compute it once per storeHost. */
export function hostHex(host: Host): string {
  let text = '';
  for (const byte of host.ip) text += hexByte[byte]!;
  return text + hex32(host.port);
}

/** @param storeHostHex from `hostHex` */
export function offsetMsgId(storeHostHex: string, physicalOffset: number): string {
  return storeHostHex + hex32(Math.floor(physicalOffset / 4294967296)) + hex32(physicalOffset | 0);
}

/** Null unless the text has the form of an offset msgId. */
export function parseOffsetMsgId(id: string): { readonly storeHost: Host; readonly physicalOffset: number } | null {
  const bytes = idBytes(id);
  if (bytes === null) return null;
  const view = viewOf(bytes);
  const ipLength = bytes.length - 12;
  return {
    storeHost: { ip: bytes.subarray(0, ipLength), port: view.getInt32(ipLength) },
    physicalOffset: readInt64(view, ipLength + 4),
  };
}

export interface UniqKey {
  readonly ip: Uint8Array;
  readonly pid: number;
  readonly classLoaderHash: number;
  /** The id keeps no year and month. */
  readonly msSinceMonthStart: number;
  readonly counter: number;
}

/** Null unless the text has the form of a UNIQ_KEY. */
export function parseUniqKey(id: string): UniqKey | null {
  const bytes = idBytes(id);
  if (bytes === null) return null;
  const view = viewOf(bytes);
  const at = bytes.length - 12;
  return {
    ip: bytes.subarray(0, at),
    pid: view.getUint16(at),
    classLoaderHash: view.getInt32(at + 2),
    msSinceMonthStart: view.getInt32(at + 6),
    counter: view.getUint16(at + 10),
  };
}

/** Makes the UNIQ_KEYs of one process (`MessageClientIDSetter`): the random part stands for the class loader hash. */
export function uniqKeySource(ip: Uint8Array, clock: Clock): () => string {
  let fixed = '';
  for (const byte of ip) fixed += hexByte[byte]!;
  fixed += hex16(process.pid) + hex32(randomBytes(4).readInt32BE());
  let monthStartMs = 0;
  let nextMonthMs = 0;
  let counter = 0;
  return () => {
    const nowMs = clock.nowMs();
    if (nowMs >= nextMonthMs) {
      const now = new Date(nowMs);
      monthStartMs = new Date(now.getFullYear(), now.getMonth(), 1).getTime();
      nextMonthMs = new Date(now.getFullYear(), now.getMonth() + 1, 1).getTime();
    }
    const id = fixed + hex32(nowMs - monthStartMs) + hex16(counter);
    counter = (counter + 1) & 0xffff;
    return id;
  };
}

function idBytes(id: string): Buffer | null {
  return /^([0-9A-Fa-f]{32}|[0-9A-Fa-f]{56})$/.test(id) ? Buffer.from(id, 'hex') : null;
}

function hex32(value: number): string {
  return hex16(value >>> 16) + hex16(value);
}

function hex16(value: number): string {
  return hexByte[(value >>> 8) & 0xff]! + hexByte[value & 0xff]!;
}
