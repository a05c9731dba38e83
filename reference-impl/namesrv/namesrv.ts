import type { Clock } from '../base/clock.ts';
import type { Release } from '../base/release.ts';
import type { LiveConfig } from '../config/live.ts';
import type { NamesrvConfig } from '../config/namesrv.ts';
import type { KvConfig } from './kv-config.ts';
import type { MinBrokerIdChange, RouteTable } from './route-table.ts';
import type { Leaving } from './unregistration.ts';

/** What the handlers of one NameServer share. */
export interface Namesrv {
  readonly release: Release;
  readonly table: RouteTable;
  readonly kv: KvConfig;
  readonly config: LiveConfig<NamesrvConfig>;
  readonly clock: Clock;
  readonly startedMs: number;
  /** Takes brokers out of the table, at once (old) or in the next batch (new). False when the queue is full. */
  leave(leaving: readonly Leaving[]): boolean;
  /** Tells the brokers of a set of its new smallest id, when that is configured. */
  tell(change: MinBrokerIdChange): void;
}
