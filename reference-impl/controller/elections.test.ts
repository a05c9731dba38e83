import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock, Timer } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { controllerConfig } from '../config/controller.ts';
import type { RaftStatus } from '../raft/node.ts';
import type { Connection } from '../remoting/types.ts';
import { DecisionQueue } from './decision-queue.ts';
import { Elections } from './elections.ts';
import { RoleNotifier } from './role-notifier.ts';
import { decodeEvent } from './state/events.ts';
import { LiveBrokers } from './state/liveness.ts';
import { ReplicasInfo } from './state/replicas.ts';

/** A clock whose timers run as `pass` moves it. */
class HandClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<{ atMs: number; readonly periodMs: number | null; readonly callback: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    return this.#add(delayMs, null, callback);
  }

  every(periodMs: number, callback: () => void, firstMs = periodMs): Timer {
    return this.#add(firstMs, periodMs, callback);
  }

  /** Lets time pass, timer by timer, with everything that follows from each. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
      this.#nowMs = next?.atMs ?? endMs;
      if (next === undefined) return;
      if (next.periodMs === null) this.#timers.delete(next);
      else next.atMs += next.periodMs;
      next.callback();
      await settle();
    }
  }

  #add(delayMs: number, periodMs: number | null, callback: () => void): Timer {
    const timer = { atMs: this.#nowMs + delayMs, periodMs, callback };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** One controller with brokers 1 (the master) and 2, both in the set; what is proposed is applied at once. */
class Bench {
  readonly clock = new HandClock();
  readonly replicas = new ReplicasInfo();
  readonly elections: Elections;
  serving = true;

  constructor() {
    const config = controllerConfig({});
    const live = new LiveBrokers();
    const serving = () => this.serving;
    const driver = {
      get status() {
        return { serving: serving() } as RaftStatus;
      },
      propose: (bodies: readonly Uint8Array[]) => {
        for (const body of bodies) this.replicas.apply(decodeEvent(body)!);
        return Promise.resolve();
      },
    };
    const living = (clusterName: string, brokerName: string, id: number) =>
      live.living(clusterName, brokerName, id, this.clock.nowMs());
    const context = { replicas: this.replicas, living, enableElectUncleanMaster: false };
    const { clock } = this;
    this.elections = new Elections({
      config: () => config,
      replicas: this.replicas,
      live,
      queue: new DecisionQueue({ driver, context, readsThroughLog: () => false, clock, log: silentLog }),
      notifier: new RoleNotifier({ invokeOneway: async () => {} }, silentLog),
      isServing: serving,
      clock,
      log: silentLog,
    });
    const set = { clusterName: 'DefaultCluster', brokerName: 'broker-a' };
    for (const id of [1, 2]) {
      const broker = { brokerAddress: `127.0.0.1:${id}`, newBrokerId: id, registerCheckCode: `${id}` };
      this.replicas.apply({ eventType: 'APPLY_BROKER_ID_EVENT', ...set, ...broker });
    }
    this.replicas.apply({
      eventType: 'ELECT_MASTER_EVENT',
      brokerName: 'broker-a',
      newMasterBrokerId: 1,
      newMasterElected: true,
    });
    this.replicas.apply({ eventType: 'ALTER_SYNC_STATE_SET_EVENT', brokerName: 'broker-a', newSyncStateSet: [1, 2] });
    this.elections.start();
  }

  get master(): number | null {
    return this.replicas.set('broker-a')!.masterBrokerId;
  }

  heard(brokerId: number, connection: Connection = connectionOf()): void {
    this.elections.heard(
      {
        clusterName: 'DefaultCluster',
        brokerName: 'broker-a',
        brokerId,
        brokerAddress: `127.0.0.1:${brokerId}`,
        timeoutMs: 10_000,
        epoch: 1,
        maxOffset: 0,
        confirmOffset: 0,
        electionPriority: 2147483647,
      },
      connection,
    );
  }
}

function connectionOf(): Connection & { hangUp(): void } {
  const listeners: (() => void)[] = [];
  const connection = {
    onClose: (listener: () => void) => void listeners.push(listener),
    hangUp: () => listeners.forEach((listener) => listener()),
    close: () => {},
  };
  return connection as unknown as Connection & { hangUp(): void };
}

test('a master that falls silent is replaced when its heartbeat is too old, not at the next scan', async () => {
  const bench = new Bench();
  const { clock } = bench;
  await clock.pass(300);
  bench.heard(1);
  for (let i = 0; i < 10; i++) {
    bench.heard(2);
    await clock.pass(1000);
  }
  assert.equal(bench.master, 1, 'its last heartbeat is 10000 ms old, which is not too old');
  await clock.pass(1);
  assert.equal(bench.master, 2);
});

test('heartbeats that go on keep the master', async () => {
  const bench = new Bench();
  for (let i = 0; i < 60; i++) {
    bench.heard(1);
    bench.heard(2);
    await bench.clock.pass(1000);
  }
  assert.equal(bench.master, 1);
});

test('who begins to lead replaces at once a master that it saw going', async () => {
  const bench = new Bench();
  bench.serving = false;
  const master = connectionOf();
  bench.heard(1, master);
  bench.heard(2);
  master.hangUp();
  await bench.clock.pass(1000);
  assert.equal(bench.master, 1, 'a follower elects nobody');
  bench.serving = true;
  bench.elections.leadershipChanged();
  await settle();
  assert.equal(bench.master, 2);
});

test('who begins to lead keeps a master that it has not heard, and one that came back', async () => {
  const unheard = new Bench();
  unheard.serving = false;
  unheard.elections.leadershipChanged();
  unheard.heard(2);
  unheard.serving = true;
  unheard.elections.leadershipChanged();
  await unheard.clock.pass(4900);
  assert.equal(unheard.master, 1);
  await unheard.clock.pass(200);
  assert.equal(unheard.master, 2, 'the scan of inactive masters');

  const back = new Bench();
  back.serving = false;
  const first = connectionOf();
  back.heard(1, first);
  back.heard(2);
  first.hangUp();
  back.heard(1);
  back.serving = true;
  back.elections.leadershipChanged();
  await back.clock.pass(4900);
  assert.equal(back.master, 1);
});
