// Deliberate defects, from outside the code they break: a store, a role, a request or a disk is changed on its way. Each one
// must be found by the schedules, or the simulation proves nothing.
import type { DiskDefect } from '../../base/simulation/disk.ts';
import type { ControlledBrokerRole } from '../../broker/role/types.ts';
import { decodeSyncStateSet, encodeSyncStateSet } from '../../remoting/bodies/sync-state-set.ts';
import { RequestCode, ResponseCode } from '../../remoting/codes.ts';
import type { RemotingClient, RemotingCommand, RequestInit } from '../../remoting/types.ts';
import type { MessageStore } from '../../store/types.ts';

type Client = Pick<RemotingClient, 'invoke' | 'invokeOneway'>;

/** What a defect may replace; absent: nothing. */
export interface Defect {
  readonly disk?: DiskDefect;
  /** Machines lose their power in every schedule. */
  readonly losesPower?: boolean;
  /** What replication sees of the store. */
  readonly store?: (store: MessageStore) => MessageStore;
  readonly client?: (client: Client, fullBrokerIds: () => readonly number[]) => Client;
  /** What acknowledgements see of the role. */
  readonly acknowledgedBy?: (role: ControlledBrokerRole) => ControlledBrokerRole;
}

export const defects = {
  /** A producer is told before every member has its message. */
  ACKNOWLEDGES_EARLY: { acknowledgedBy: (role) => instead(role, { replicatedOffset: () => Infinity }) },
  /** Sends to a former master are answered when its log is that long again. */
  ACKNOWLEDGES_FOR_FORMER_ROLE: {
    acknowledgedBy: (role) =>
      instead(role, {
        name: () => 'SYNC_MASTER' as const,
        masterEpoch: () => 1,
        fenced: () => false,
        replicatedOffset: () => (role.name === 'SLAVE' ? Infinity : role.replicatedOffset),
      }),
  },
  /** Consumers see what is written, whoever has it. */
  SHOWS_UNREPLICATED: {
    store: (store) => instead(store, { setConfirmOffset: () => () => store.setConfirmOffset(store.writtenOffset) }),
  },
  /** A slave keeps what its master does not have. */
  KEEPS_TAIL: { store: (store) => instead(store, { truncateTo: () => () => {} }) },
  /** A slave reports what it has not written. */
  REPORTS_UNWRITTEN: {
    store(store) {
      const listeners: (() => void)[] = [];
      const tellAtOnce = () => {
        for (const listener of listeners) listener();
      };
      return instead(store, {
        safeOffset: () => store.maxPhyOffset,
        onProgress: () => (listener: () => void) => {
          listeners.push(listener);
          store.onProgress(listener);
        },
        appendRaw: () => (offset: number, data: Uint8Array) => {
          store.appendRaw(offset, data);
          tellAtOnce();
        },
      });
    },
  },
  /** One frame holds the bytes of two epochs. */
  FRAME_SPANS_EPOCHS: {
    store: (store) => instead(store, { readRaw: () => (offset: number) => store.readRaw(offset, 700) }),
  },
  /** Every replica is proposed for the SyncStateSet, whatever it has. */
  JOINS_BEFORE_CAUGHT_UP: {
    client: (client, fullBrokerIds) =>
      altering(client, (request, send) => {
        const { syncStateSet, syncStateSetEpoch } = decodeSyncStateSet(Buffer.from(request.body!));
        const all = [...new Set([...syncStateSet, ...fullBrokerIds()])];
        return send({ ...request, body: encodeSyncStateSet({ syncStateSet: all, syncStateSetEpoch }) });
      }),
  },
  /** A master that is alone counts itself as the whole set before the controller agreed. */
  SHRINKS_ALONE: {
    client: (client) =>
      altering(client, (request, send) => {
        const { syncStateSet, syncStateSetEpoch } = decodeSyncStateSet(Buffer.from(request.body!));
        const answer = send(request);
        if (syncStateSet.length > 1) return answer;
        answer.catch(() => {}); // The defect is that nobody waits for it.
        const body = encodeSyncStateSet({ syncStateSet, syncStateSetEpoch: syncStateSetEpoch + 1 });
        return Promise.resolve({ code: ResponseCode.SUCCESS, extFields: {}, body } as unknown as RemotingCommand);
      }),
  },
  /** A crash takes the newest epoch away. */
  FORGETS_EPOCH: { disk: { loses: /epochFileCheckpoint$/ } },
  /** Flushes are answered before they are done. */
  FLUSHES_LATER: { losesPower: true, disk: { liesAboutFlush: true } },
} as const satisfies Record<string, Defect>;

export type DefectName = keyof typeof defects;

/** `target` with some members replaced; the others are its own. */
function instead<T extends object>(target: T, members: { readonly [K in keyof T]?: () => T[K] }): T {
  return new Proxy(target, {
    get(_, key) {
      const member = members[key as keyof T];
      if (member !== undefined) return member();
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** A client whose requests for another SyncStateSet go through `alter`. */
function altering(
  client: Client,
  alter: (request: RequestInit, send: (request: RequestInit) => Promise<RemotingCommand>) => Promise<RemotingCommand>,
): Client {
  return {
    invokeOneway: (address, request, timeoutMs) => client.invokeOneway(address, request, timeoutMs),
    invoke: (address, request, timeoutMs) => {
      const send = (changed: RequestInit) => client.invoke(address, changed, timeoutMs);
      return request.code === RequestCode.CONTROLLER_ALTER_SYNC_STATE_SET ? alter(request, send) : send(request);
    },
  };
}
