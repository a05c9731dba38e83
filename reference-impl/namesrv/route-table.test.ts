import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { labTopic } from './lab.ts';
import { type Registration, registerBroker } from './registration.ts';
import { pickRoute } from './route.ts';
import { createRouteTable, liveKey, type RouteTable } from './route-table.ts';
import { type Leaving, leavingBroker, silentBrokers, unregisterBrokers } from './unregistration.ts';

type Step =
  | { readonly kind: 'register'; readonly registration: Registration }
  | { readonly kind: 'leave'; readonly leaving: Leaving }
  | { readonly kind: 'scan' };

/** A broker of one of two sets in one of two clusters; a set has one cluster, as RocketMQ demands. */
const broker = fc.record({
  set: fc.constantFrom('a', 'b'),
  id: fc.integer({ min: 0, max: 2 }),
  port: fc.integer({ min: 1, max: 4 }),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(broker, fc.subarray(['t1', 't2', 't3']), fc.nat(3), fc.option(fc.boolean())).map(registering),
  },
  { weight: 3, arbitrary: broker.map(leaving) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'scan' }) },
);

type Broker = { set: string; id: number; port: number };

const fields = ({ set, id, port }: Broker) => ({
  clusterName: `cluster-${set}`,
  brokerName: set,
  brokerAddr: `${set}:${port}`,
  brokerId: id,
});

function registering([one, topics, version, enableActingMaster]: [Broker, string[], number, boolean | null]): Step {
  const registration = {
    ...fields(one),
    haServerAddr: `${one.set}:ha`,
    zoneName: null,
    enableActingMaster,
    heartbeatTimeoutMillis: 500,
    connectionId: one.port,
    body: {
      dataVersion: { counter: version, stateVersion: version, timestamp: 0 },
      topicConfigTable: new Map(topics.map((topic) => [topic, labTopic(topic)])),
      filterServerList: [],
      topicQueueMappingInfoMap: new Map(),
    },
  };
  return { kind: 'register', registration };
}

function leaving(one: Broker): Step {
  return { kind: 'leave', leaving: fields(one) };
}

function apply(table: RouteTable, one: Step, nowMs: number): void {
  if (one.kind === 'register') registerBroker(table, one.registration, nowMs, false);
  else if (one.kind === 'leave') unregisterBrokers(table, [one.leaving]);
  else
    unregisterBrokers(
      table,
      silentBrokers(table, nowMs).map((live) => leavingBroker(table, live)),
    );
}

function checkInvariants(table: RouteTable): void {
  for (const [name, { cluster, brokerAddrs }] of table.brokerAddrTable) {
    assert.ok(table.clusterAddrTable.get(cluster)?.has(name), 'every set is in its cluster');
    const addrs = [...brokerAddrs.values()];
    assert.equal(new Set(addrs).size, addrs.length, 'an address has one id');
    for (const addr of addrs) {
      assert.ok(
        table.release === 'old' || table.brokerLiveTable.has(liveKey(table, cluster, addr)),
        'a listed broker lives',
      );
    }
  }
  for (const [cluster, names] of table.clusterAddrTable) {
    assert.ok(names.size > 0, 'no cluster is empty');
    for (const name of names) assert.equal(table.brokerAddrTable.get(name)?.cluster, cluster);
  }
  for (const [topic, queues] of table.topicQueueTable) {
    assert.ok(queues.size > 0, 'no topic is without queues');
    for (const name of queues.keys()) assert.ok(table.brokerAddrTable.has(name), 'queues belong to a set');
    assert.notEqual(pickRoute(table, topic, true), null);
  }
}

for (const release of ['old', 'new'] as const) {
  test(`${release}: the tables agree with each other whatever happens`, () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const table = createRouteTable(release);
        steps.forEach((one, i) => {
          apply(table, one, i * 100);
          checkInvariants(table);
        });
      }),
      { numRuns: 300 },
    );
  });

  test(`${release}: after everybody was silent long enough nothing is left`, () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const table = createRouteTable(release);
        // Old believes the id of a 104: one that names a wrong id leaves an address behind that never expires.
        const honest = steps.filter(({ kind }) => release === 'new' || kind !== 'leave');
        honest.forEach((one, i) => apply(table, one, i * 100));
        apply(table, { kind: 'scan' }, 10_000_000);
        assert.equal(table.brokerLiveTable.size, 0);
        for (const { brokerAddrs } of table.brokerAddrTable.values()) assert.equal(brokerAddrs.size, 0);
      }),
    );
  });
}
