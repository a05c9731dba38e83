import type { Log } from '../base/log.ts';
import type { Release } from '../base/release.ts';
import type { BrokerConfig } from '../config/broker.ts';
import type { Host } from '../message/types.ts';
import type { RemotingClient, RequestHandler } from '../remoting/types.ts';
import type { MessageStore } from '../store/types.ts';
import type { Clients } from './clients/clients.ts';
import type { QueueLocks } from './clients/queue-locks.ts';
import type { GroupTable } from './groups/group-table.ts';
import type { OffsetTable } from './offsets/offset-table.ts';
import type { Registration } from './registration/registration.ts';
import type { BrokerRole } from './role/types.ts';
import type { ScheduleService } from './schedule/schedule-service.ts';
import type { Settings } from './settings.ts';
import type { BrokerStats } from './stats/broker-stats.ts';
import type { TopicTable } from './topics/topic-table.ts';

/** What the handlers of one broker share. */
export interface Broker {
  readonly release: Release;
  readonly log: Log;
  /** Settings as they are now: code 25 changes them. */
  readonly config: Readonly<BrokerConfig>;
  readonly settings: Settings;
  /** `brokerIP1:listenPort`, as announced. */
  readonly address: string;
  /** The same address as records keep it. */
  readonly storeHost: Host;
  /** ms since the epoch */
  readonly bootTimestamp: number;
  readonly store: MessageStore;
  readonly role: BrokerRole;
  readonly topics: TopicTable;
  readonly groups: GroupTable;
  readonly offsets: OffsetTable;
  readonly clients: Clients;
  readonly locks: QueueLocks;
  readonly schedule: ScheduleService;
  readonly registration: Registration;
  readonly stats: BrokerStats;
  readonly remotingClient: RemotingClient;
}

/** Handlers by request code. */
export type Handlers = Readonly<Record<number, RequestHandler>>;

/** True when this broker serves as a slave. */
export function isSlave(broker: Broker): boolean {
  return broker.role.name === 'SLAVE';
}
