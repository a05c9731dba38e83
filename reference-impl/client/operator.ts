import type { AddressBook } from '../base/address.ts';
import type { Log } from '../base/log.ts';
import type { Release } from '../base/release.ts';
import { createRemotingClient } from '../remoting/client.ts';
import { type BrokerCalls, createBrokerCalls } from './broker-calls.ts';
import { type ConfigCalls, createConfigCalls } from './config-calls.ts';
import { type ControllerCalls, createControllerCalls } from './controller-calls.ts';
import { createGroupCalls, type GroupCalls } from './group-calls.ts';
import { createNamesrvCalls, type NamesrvCalls } from './namesrv-calls.ts';
import { createOffsetCalls, type OffsetCalls } from './offset-calls.ts';
import { createOneNamesrvCalls, type OneNamesrvCalls } from './one-namesrv-calls.ts';
import { createSendCalls, type SendCalls } from './send-calls.ts';

export interface ClientOptions {
  /** `host:port`, tried in order when one does not answer. */
  readonly namesrvAddrs: readonly string[];
  /** Whose version the frames carry. */
  readonly release: Release;
  readonly log: Log;
  readonly addressBook: AddressBook;
}

/** Every single call that tools make, as promises of plain data. */
export interface Operator
  extends NamesrvCalls,
    OneNamesrvCalls,
    BrokerCalls,
    GroupCalls,
    OffsetCalls,
    SendCalls,
    ControllerCalls,
    ConfigCalls,
    AsyncDisposable {
  close(): Promise<void>;
}

/** Opens no connection before the first call. */
export function createOperator({ namesrvAddrs, release, log, addressBook }: ClientOptions): Operator {
  const remoting = createRemotingClient({ release, log, addressBook });
  const close = () => remoting.close();
  return {
    ...createNamesrvCalls(remoting, namesrvAddrs),
    ...createOneNamesrvCalls(remoting),
    ...createBrokerCalls(remoting),
    ...createGroupCalls(remoting, release),
    ...createOffsetCalls(remoting),
    ...createSendCalls(remoting, release),
    ...createControllerCalls(remoting),
    ...createConfigCalls(remoting),
    close,
    [Symbol.asyncDispose]: close,
  };
}
