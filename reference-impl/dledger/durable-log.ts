import type { StoredLog } from '../raft/log.ts';
import type { Ready } from '../raft/node.ts';
import type { HardState } from '../raft/member.ts';

/** The disk of one member, as its driver uses it: the durable half of the Raft contract. */
export interface DurableLog extends StoredLog {
  /** As read at the start. */
  readonly hardState: HardState;
  /** What the disk knows to be committed and need not be applied again; -1: everything is. */
  readonly appliedAtStart: number;
  /** Stores term, vote and entries; without a promise they are as durable as they are meant to be when it returns. */
  persist(ready: Pick<Ready, 'hardState' | 'entries'>): Promise<void> | void;
  /** Notes how far entries are committed. */
  writeCheckpoint(committedIndex: number): void;
  close(): void;
}
