/** Where a DLedger store keeps its bytes. Writes may be lost by a crash until `flush` resolved; small texts are durable at once. */
export interface StoreDisk {
  /** For error texts. */
  readonly name: string;
  open(name: 'data' | 'index', segmentBytes: number): SegmentedBytes;
  /** Text of a small file, null when it was never written. */
  readText(name: 'currterm' | 'checkpoint'): string | null;
  /** Replaces a small file in one step; it is durable when this returns. */
  replaceText(name: 'currterm' | 'checkpoint', text: string): void;
}

/** A byte sequence cut into segments of one size. What was never written reads as zeros. */
export interface SegmentedBytes {
  /** First positions, ascending. */
  readonly starts: readonly number[];
  /** Bytes at `position`, zeros where nothing was written; fewer than `length` at the end of a segment, none beyond the last. */
  read(position: number, length: number): Buffer;
  /** Writes within one segment, creating it when it is the next one. */
  write(position: number, bytes: Uint8Array): void;
  /** Makes zeros of everything from `position` on. */
  truncate(position: number): void;
  /** Resolves when everything written is on disk. */
  flush(): Promise<void>;
  close(): void;
}
