// Auto-switch replication, one TCP connection that the slave opens; big-endian. 5.1.1 and later.
//   slave -> master   handshake  0 state i32 = 1 | 4 syncFromLastFile i16 | 6 asyncLearner i16 | 8 slaveBrokerId i64
//                     report     0 state i32 = 2 | 4 maxOffset i64
//   master -> slave   handshake  0 state i32 = 1 | 4 bodySize i32 | 8 masterMaxOffset i64 | 16 lastEpoch i32 | 20 body
//                                body, oldest first: per entry  0 epoch i32 | 4 startOffset i64
//                     transfer   0 state i32 = 2 | 4 bodySize i32 | 8 offset i64 | 16 epoch i32
//                                | 20 epochStartOffset i64 | 28 confirmOffset i64 | 36 data      bodySize 0: heartbeat
// Source: AutoSwitchHAClient and AutoSwitchHAConnection, 5.3.3. (5.0.0 to 5.1.0 put an address into the handshake.)
import { readInt64, viewOf, writeInt64 } from '../base/bytes.ts';
import { SwitchlabError } from '../base/errors.ts';
import type { EpochStart } from './epoch-list.ts';
import type { FrameFormat } from './frame-reader.ts';

/** `HAConnectionState` ordinals that travel. */
export const HaState = { HANDSHAKE: 1, TRANSFER: 2 } as const;

/** The Java side reads the epoch list into a buffer of this many entries. */
export const handshakeEntriesMax = 1000;

export interface SlaveHandshake {
  readonly kind: 'handshake';
  readonly syncFromLastFile: boolean;
  readonly asyncLearner: boolean;
  readonly slaveBrokerId: number;
}

export interface SlaveReport {
  readonly kind: 'report';
  readonly maxOffset: number;
}

export type SlaveFrame = SlaveHandshake | SlaveReport;

/** The epoch list, `bodySize` bytes, follows. */
export interface MasterHandshake {
  readonly kind: 'handshake';
  readonly bodySize: number;
  readonly masterMaxOffset: number;
  readonly lastEpoch: number;
}

/** `bodySize` log bytes that belong at `offset` follow, all written in `epoch`. */
export interface MasterTransfer {
  readonly kind: 'transfer';
  readonly bodySize: number;
  readonly offset: number;
  readonly epoch: number;
  readonly epochStartOffset: number;
  readonly confirmOffset: number;
}

export type MasterFrame = MasterHandshake | MasterTransfer;

function malformed(text: string): SwitchlabError {
  return new SwitchlabError('FRAME_MALFORMED', `Auto-switch replication: ${text}.`);
}

function sizeByState(prefix: DataView, handshake: number, transfer: number): number {
  const state = prefix.getInt32(0);
  if (state === HaState.HANDSHAKE) return handshake;
  if (state === HaState.TRANSFER) return transfer;
  throw malformed(`a frame of state ${state}`);
}

export const slaveFrameFormat: FrameFormat<SlaveFrame> = {
  prefixSize: 4,
  headerSize: (prefix) => sizeByState(prefix, 16, 12),
  decode(header) {
    if (header.getInt32(0) === HaState.TRANSFER) return { kind: 'report', maxOffset: readInt64(header, 4) };
    return {
      kind: 'handshake',
      syncFromLastFile: header.getInt16(4) === 1,
      asyncLearner: header.getInt16(6) === 1,
      slaveBrokerId: readInt64(header, 8),
    };
  },
  bodySize: () => 0,
};

export const masterFrameFormat: FrameFormat<MasterFrame> = {
  prefixSize: 4,
  headerSize: (prefix) => sizeByState(prefix, 20, 36),
  decode(header) {
    const bodySize = header.getInt32(4);
    if (bodySize < 0) throw malformed(`a frame names ${bodySize} bytes`);
    const offset = readInt64(header, 8);
    const epoch = header.getInt32(16);
    if (header.getInt32(0) === HaState.HANDSHAKE) return masterHandshake(bodySize, offset, epoch);
    const epochStartOffset = readInt64(header, 20);
    return { kind: 'transfer', bodySize, offset, epoch, epochStartOffset, confirmOffset: readInt64(header, 28) };
  },
  bodySize: (header) => header.bodySize,
};

function masterHandshake(bodySize: number, masterMaxOffset: number, lastEpoch: number): MasterHandshake {
  if (bodySize % 12 !== 0 || bodySize > handshakeEntriesMax * 12) throw malformed(`an epoch list of ${bodySize} bytes`);
  return { kind: 'handshake', bodySize, masterMaxOffset, lastEpoch };
}

export function encodeSlaveHandshake(handshake: Omit<SlaveHandshake, 'kind'>): Buffer {
  const frame = Buffer.alloc(16);
  const view = viewOf(frame);
  view.setInt32(0, HaState.HANDSHAKE);
  view.setInt16(4, handshake.syncFromLastFile ? 1 : 0);
  view.setInt16(6, handshake.asyncLearner ? 1 : 0);
  writeInt64(view, 8, handshake.slaveBrokerId);
  return frame;
}

export function encodeSlaveReport(maxOffset: number): Buffer {
  const frame = Buffer.allocUnsafe(12);
  const view = viewOf(frame);
  view.setInt32(0, HaState.TRANSFER);
  writeInt64(view, 4, maxOffset);
  return frame;
}

/** Header and body; of a longer list the newest `handshakeEntriesMax` entries. */
export function encodeMasterHandshake(
  masterMaxOffset: number,
  lastEpoch: number,
  epochs: readonly EpochStart[],
): Buffer {
  const sent = epochs.slice(-handshakeEntriesMax);
  const frame = Buffer.allocUnsafe(20 + 12 * sent.length);
  const view = viewOf(frame);
  view.setInt32(0, HaState.HANDSHAKE);
  view.setInt32(4, 12 * sent.length);
  writeInt64(view, 8, masterMaxOffset);
  view.setInt32(16, lastEpoch);
  sent.forEach((entry, i) => {
    view.setInt32(20 + 12 * i, entry.epoch);
    writeInt64(view, 24 + 12 * i, entry.startOffset);
  });
  return frame;
}

/** @param body a whole handshake body */
export function decodeEpochs(body: Buffer): EpochStart[] {
  const view = viewOf(body);
  return Array.from({ length: body.length / 12 }, (_, i) => ({
    epoch: view.getInt32(12 * i),
    startOffset: readInt64(view, 12 * i + 4),
  }));
}

/** The header alone; the data follows it. */
export function encodeMasterTransfer(transfer: Omit<MasterTransfer, 'kind'>): Buffer {
  const frame = Buffer.allocUnsafe(36);
  const view = viewOf(frame);
  view.setInt32(0, HaState.TRANSFER);
  view.setInt32(4, transfer.bodySize);
  writeInt64(view, 8, transfer.offset);
  view.setInt32(16, transfer.epoch);
  writeInt64(view, 20, transfer.epochStartOffset);
  writeInt64(view, 28, transfer.confirmOffset);
  return frame;
}
