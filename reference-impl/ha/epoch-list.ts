// Which master wrote which bytes: ascending entries, each from its start to the next one's. Pure; `epoch-file.ts` keeps it.
//
// Both fields ascend strictly, as in EpochFileCache of 5.3.3. One rule differs. There, an entry whose start is not above
// the last start is dropped, so after two elections without a record in between the newer master's records are kept
// under the older epoch: a replica with an unagreed tail of that older epoch then finds a common entry and keeps its
// tail, which differs from the master's bytes (apache/rocketmq #9942). Here the newer epoch **replaces** the last entry
// when both start at the same offset: the older one covers no byte. The list stays strictly ascending, which is all that
// a Java peer checks, every master appends an entry as documented, and a replica with such a tail cuts it.
import type { EpochEntry } from './types.ts';

/** One entry as kept and sent. */
export interface EpochStart {
  readonly epoch: number;
  readonly startOffset: number;
}

/** The list with `entry` at its end, or null when it does not ascend. */
export function appendEpoch(list: readonly EpochStart[], entry: EpochStart): readonly EpochStart[] | null {
  const last = list.at(-1);
  if (last !== undefined && (last.epoch >= entry.epoch || last.startOffset > entry.startOffset)) return null;
  return [...(last?.startOffset === entry.startOffset ? list.slice(0, -1) : list), entry];
}

/** Without the entries of `epoch` and later: a master that takes over writes them anew. */
export function dropEpochsFrom(list: readonly EpochStart[], epoch: number): readonly EpochStart[] {
  return list.filter((entry) => entry.epoch < epoch);
}

/** After a cut of the log at `offset`: without the entries that start there or later. */
export function dropStartsFrom(list: readonly EpochStart[], offset: number): readonly EpochStart[] {
  return list.filter((entry) => entry.startOffset < offset);
}

/** After old segments went: without the entries that end before `minOffset`. The last one stays. */
export function dropEndsBefore(list: readonly EpochStart[], minOffset: number): readonly EpochStart[] {
  return list.filter((_, i) => (list[i + 1]?.startOffset ?? Infinity) > minOffset - 1);
}

/** @param end end of the last entry: Infinity, or the end of the log */
export function withEnds(list: readonly EpochStart[], end: number): readonly EpochEntry[] {
  return list.map(({ epoch, startOffset }, i) => ({ epoch, startOffset, endOffset: list[i + 1]?.startOffset ?? end }));
}

/**
 * The entry that the byte at `offset` belongs to. Bytes before the first entry are older than controller mode: they
 * travel under the first entry's name and end where it starts. Null for an empty list.
 */
export function epochAt(list: readonly EpochStart[], offset: number): EpochEntry | null {
  const first = list[0];
  if (first === undefined) return null;
  if (offset < first.startOffset) return { ...first, endOffset: first.startOffset };
  const at = list.findLastIndex((entry) => entry.startOffset <= offset);
  const { epoch, startOffset } = list[at]!;
  return { epoch, startOffset, endOffset: list[at + 1]?.startOffset ?? Infinity };
}

/** Entries that the handshake of RocketMQ has room for. */
const toldMax = 1_000;

/**
 * The entries that a handshake tells: the list, and when that begins with the log, every older epoch as one without a
 * byte before it. A master that replaced an empty first epoch, or never heard of it, has no entry in common with a slave
 * that knows only that one. A slave of this project helps itself (`commonEnd`); a Java slave would never join again, and
 * with these it cuts what it wrote in such an epoch.
 */
export function toldEpochs(list: readonly EpochStart[]): readonly EpochStart[] {
  const first = list[0];
  if (first === undefined || first.startOffset > 0) return list;
  const older = Math.max(0, Math.min(first.epoch - 1, toldMax - list.length));
  return [...Array.from({ length: older }, (_, i) => ({ epoch: first.epoch - older + i, startOffset: 0 })), ...list];
}

/** A log as a handshake describes it. */
export interface LogHistory {
  readonly epochs: readonly EpochStart[];
  readonly maxOffset: number;
}

/**
 * Where a slave cuts its log so that it is a prefix of the master's: the newest entry that both have, up to the nearer
 * of its two ends (`EpochFileCache.findConsistentPoint`). After a crash a slave's list may run ahead of its log; the result
 * may then be beyond that log, of which nothing is cut. Null: nothing shows what the two have in common, an operator has
 * to decide. Two cases go beyond RocketMQ, which never lets such a slave join again:
 * - Both lists start at the same offset with different epochs: nobody copied anything of the slave's first epoch.
 * - A slave without entries holds records from before controller mode only: its master's end where its list starts.
 */
export function commonEnd(slave: LogHistory, master: LogHistory): number | null {
  const masterStart = master.epochs[0]?.startOffset ?? master.maxOffset;
  if (slave.epochs.length === 0) return Math.min(slave.maxOffset, masterStart);
  const masterEntries = withEnds(master.epochs, master.maxOffset);
  for (const own of withEnds(slave.epochs, slave.maxOffset).toReversed()) {
    const same = masterEntries.find((entry) => entry.epoch === own.epoch && entry.startOffset === own.startOffset);
    if (same !== undefined) return Math.min(own.endOffset, same.endOffset);
  }
  return slave.epochs[0]!.startOffset === masterStart ? Math.min(masterStart, slave.maxOffset) : null;
}
