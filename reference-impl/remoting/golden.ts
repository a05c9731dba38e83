import { readFileSync } from 'node:fs';
import { decodeFrame } from './frame.ts';
import { FrameSplitter } from './frame-splitter.ts';
import type { RemotingCommand } from './types.ts';

/** One entry of a file in `golden/`, made by or recorded from the Apache releases. Used by tests only. */
export interface GoldenEntry {
  readonly name: string;
  readonly version: '4.9.7' | '5.3.3';
  readonly description: string;
  readonly decoded: Readonly<Record<string, unknown>> | null;
  readonly decodedByReceiver?: Readonly<Record<string, unknown>>;
  readonly hex: string;
  readonly responseHex?: string;
}

/** @param path below `golden/` */
export function readGolden(path: string): GoldenEntry[] {
  return JSON.parse(readFileSync(new URL(`../../golden/${path}`, import.meta.url), 'utf8')) as GoldenEntry[];
}

/** Whether `bytes` are exactly one frame, not a body. */
export function isFrame(bytes: Buffer): boolean {
  return bytes.length >= 8 && bytes.readInt32BE(0) === bytes.length - 4 && bytes[4]! <= 1;
}

/** Decodes bytes that are exactly one frame. */
export function decodeWhole(bytes: Buffer): RemotingCommand {
  const frames = new FrameSplitter();
  frames.push(bytes);
  if (!frames.next() || frames.pending) throw new Error('not exactly one frame');
  return decodeFrame(frames);
}

/** A frame without body around the JSON header `header`, which need not be one. */
export function jsonFrame(header: string): Buffer {
  const bytes = Buffer.from(header);
  const frame = Buffer.concat([Buffer.alloc(8), bytes]);
  frame.writeInt32BE(4 + bytes.length, 0);
  frame.writeInt32BE(bytes.length, 4);
  return frame;
}
