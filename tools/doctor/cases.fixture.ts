import {
  addresses,
  broker,
  controller,
  controllerKeys,
  file,
  fixedBroker,
  jRaft,
  namesrv,
  peers,
  store,
} from './cluster.fixture.ts';
import type { ConfFile } from './conf-file.ts';

/** A cluster in which exactly `finds` is found, and one that resembles it in which nothing is. */
export interface CaseOfClusters {
  readonly finds: readonly string[];
  readonly bad: readonly ConfFile[];
  readonly nearMiss: readonly ConfFile[];
  readonly probes?: readonly string[];
}

const usual = [controller(), broker(0), broker(1)];
/** The usual cluster with another controller, or another first broker. */
const withController = (other: ConfFile) => [other, broker(0), broker(1)];
const withBroker = (other: ConfFile, ...more: ConfFile[]) => [controller(), other, broker(1), ...more];
const onPairOf = (keys: Parameters<typeof broker>[1]) => [controller(), broker(0, keys), broker(1, keys)];

const embedded = { enableControllerInNamesrv: true, ...controllerKeys(0) };
const identity = (id: number) => ({ cluster: 'production', broker: 'broker-a', id });
const epochs = (...starts: number[]) => starts.map((startOffset, i) => ({ epoch: i + 1, startOffset }));
const loopbackPeer = 'n0-127.0.0.1:9878';
/** A lab on one machine: nothing to find. */
const lab = [
  controller(0, { controllerDLegerPeers: loopbackPeer }),
  broker(0, {
    brokerIP1: '127.0.0.1',
    brokerIP2: '127.0.0.1',
    namesrvAddr: '127.0.0.1:9876',
    controllerAddr: '127.0.0.1:9878',
  }),
];

/** A broker whose file sets its port twice. */
const setTwice = (...values: string[]) =>
  fixedBroker(0, {}, { more: values.map((value, i) => ({ key: 'listenPort', value, line: 50 + i })) });

export const cases: readonly CaseOfClusters[] = [
  {
    finds: ['D1/loopback'],
    bad: withController(
      controller(0, { controllerDLegerPeers: `${loopbackPeer};n1-10.0.0.2:9878;n2-10.0.0.3:9878` }),
    ).slice(0, 1),
    nearMiss: lab,
  },
  {
    finds: ['D2/peers'],
    bad: withController(controller(0, { controllerDLegerPeers: peers.replace('n1-', 'n0-') })),
    nearMiss: usual,
  },
  {
    finds: ['D2/peers'],
    bad: [controller(0, { controllerDLegerPeers: peers.replaceAll(';', ',') })],
    nearMiss: [controller(0, { controllerDLegerPeers: `${peers};` })],
  },
  {
    finds: ['D2/peers'],
    bad: [controller(0, { controllerDLegerPeers: peers.replaceAll(';', '; ') })],
    nearMiss: [controller(0)],
  },
  {
    finds: ['D2/self-id'],
    bad: withController(jRaft({ jRaftServerId: '10.0.0.4:9880' })),
    nearMiss: withController(jRaft()),
  },
  {
    finds: ['D2/group-missing'],
    bad: withController(controller(0, { controllerDLegerGroup: null })),
    nearMiss: withController(jRaft({ jRaftGroupId: null })),
  },
  {
    finds: ['D2/peers-differ'],
    bad: [
      controller(0),
      controller(1, { controllerDLegerPeers: `${peers};n3-10.0.0.4:9878` }),
      broker(0, { controllerAddr: `${addresses};10.0.0.4:9878` }),
      broker(1, { controllerAddr: `${addresses};10.0.0.4:9878` }),
    ],
    nearMiss: [controller(0), controller(1), broker(0), broker(1)],
  },
  {
    finds: ['D2/single'],
    bad: [controller(0, { controllerDLegerPeers: 'n0-10.0.0.1:9878' })],
    nearMiss: lab,
  },
  {
    finds: ['D2/even'],
    bad: [controller(0, { controllerDLegerPeers: `${peers};n3-10.0.0.4:9878` })],
    nearMiss: [controller(0, { controllerDLegerPeers: `${peers};n3-10.0.0.4:9878;n4-10.0.0.5:9878` })],
  },
  {
    finds: ['D3/port'],
    bad: [namesrv({ ...embedded, listenPort: 9878 })],
    nearMiss: [namesrv(embedded)],
  },
  {
    finds: ['D4/empty'],
    bad: withBroker(broker(0, { controllerAddr: null })),
    nearMiss: withBroker(fixedBroker(0, { brokerName: 'broker-b' })),
  },
  {
    finds: ['D4/port'],
    bad: withBroker(broker(0, { controllerAddr: `${addresses};10.0.0.4` })),
    nearMiss: usual,
  },
  {
    finds: ['D4/port'],
    bad: withBroker(broker(0, { controllerAddr: 'controllers.example.com', fetchControllerAddrByDnsLookup: true })),
    nearMiss: withBroker(
      broker(0, { controllerAddr: 'controllers.example.com:9878', fetchControllerAddrByDnsLookup: true }),
    ),
  },
  {
    finds: ['D4/blank'],
    bad: withBroker(broker(0, { controllerAddr: addresses.replaceAll(';', '; ') })),
    nearMiss: withBroker(broker(0, { controllerAddr: ` ${addresses} ` })),
  },
  {
    finds: ['D4/other-names'],
    bad: withBroker(broker(0, { controllerAddr: addresses.replace('10.0.0.1', 'controller-1') })),
    nearMiss: [
      controller(0, { controllerDLegerPeers: peers.replace('10.0.0.1', 'Controller-1') }),
      broker(0, { controllerAddr: addresses.replace('10.0.0.1', 'controller-1') }),
    ],
  },
  {
    finds: ['D4/stranger'],
    bad: withBroker(broker(0, { controllerAddr: `${addresses};10.0.0.4:9878` })),
    nearMiss: [broker(0, { controllerAddr: `${addresses};10.0.0.4:9878` })],
  },
  {
    finds: ['D4/raft-port'],
    bad: [jRaft(), broker(0, { controllerAddr: addresses.replaceAll('9878', '9880') })],
    nearMiss: [jRaft(), broker(0)],
  },
  {
    finds: ['D5/no-switch'],
    bad: withBroker(broker(0, { controllerAddr: 'controllers.example.com:9878' })),
    nearMiss: [
      controller(0, { controllerDLegerPeers: 'n0-localhost:9878' }),
      broker(0, {
        brokerIP1: '127.0.0.1',
        brokerIP2: '127.0.0.1',
        namesrvAddr: '127.0.0.1:9876',
        controllerAddr: '127.0.0.1:9878',
      }),
    ],
  },
  {
    // A name may be that of a single controller: without the files of several nothing tells.
    finds: ['D5/no-switch'],
    bad: withBroker(broker(0, { controllerAddr: 'controllers.example.com:9878' })),
    nearMiss: [broker(0, { controllerAddr: 'controllers.example.com:9878' })],
  },
  {
    finds: ['D5/one-of-them'],
    bad: withBroker(broker(0, { controllerAddr: '10.0.0.2:9878', fetchControllerAddrByDnsLookup: true })),
    nearMiss: withBroker(
      broker(0, { controllerAddr: 'controllers.example.com:9878', fetchControllerAddrByDnsLookup: true }),
    ),
  },
  {
    finds: ['D6/other-release'],
    bad: [fixedBroker(0, { enableControllerMode: true }, { version: '4.9.7' })],
    nearMiss: [fixedBroker(0, { haSlaveFallbehindMax: 1024 }, { version: '4.9.7' })],
  },
  {
    finds: ['D6/other-release'],
    bad: [fixedBroker(0, { storePathBrokerIdentity: '/data/identity' }, { version: '5.1.0' })],
    nearMiss: [fixedBroker(0, { storePathBrokerIdentity: '/data/identity' }, { version: '5.1.1' })],
  },
  {
    finds: ['D6/other-release'],
    bad: [fixedBroker(0, { haSlaveFallbehindMax: 1024 })],
    nearMiss: [fixedBroker(0)],
  },
  {
    finds: ['D6/value'],
    bad: withBroker(broker(0, { slaveReadEnable: 'true ' })),
    nearMiss: withBroker(broker(0, { slaveReadEnable: 'TRUE' })),
  },
  {
    finds: ['D6/twice'],
    bad: [setTwice('10911', '10921')],
    nearMiss: [setTwice('10911', '10911')],
  },
  {
    finds: ['D7/acting-master'],
    bad: withBroker(broker(0, { haMaxGapNotInSync: 1024 })),
    nearMiss: [fixedBroker(0, { haMaxGapNotInSync: 1024, enableSlaveActingMaster: true, minInSyncReplicas: 1 })],
  },
  {
    finds: ['D7/fixed-roles'],
    bad: [fixedBroker(0, { minInSyncReplicas: 2 })],
    nearMiss: [fixedBroker(0, { minInSyncReplicas: 2, enableSlaveActingMaster: true })],
  },
  {
    finds: ['D7/mode-off'],
    bad: [fixedBroker(0, { controllerAddr: addresses })],
    nearMiss: [fixedBroker(0, { controllerAddr: '' })],
  },
  {
    finds: ['D8/placeholder'],
    bad: withBroker(broker(0, { brokerRole: 'SLAVE', brokerId: -1 })),
    nearMiss: usual,
  },
  {
    finds: ['D8/slave-id'],
    bad: [fixedBroker(1, { brokerId: 0 })],
    nearMiss: [fixedBroker(1)],
  },
  {
    finds: ['D8/master-id'],
    bad: [fixedBroker(0, { brokerId: 3 })],
    nearMiss: [fixedBroker(0, { brokerId: -1, enableDLegerCommitLog: true })],
  },
  {
    finds: ['D8/doubled'],
    bad: [fixedBroker(1), fixedBroker(2, { brokerId: 1 })],
    nearMiss: [fixedBroker(1), fixedBroker(2, { brokerId: 1, brokerName: 'broker-b' })],
  },
  {
    finds: ['D9/hash'],
    bad: [controller(), broker(0, { brokerName: 'broker#a' })],
    nearMiss: [controller(), broker(0, { brokerName: 'broker_a' })],
  },
  {
    finds: ['D10/folder'],
    bad: [fixedBroker(0), fixedBroker(1, { listenPort: 10921 }, { host: '10.0.1.1' })],
    nearMiss: [
      fixedBroker(0),
      fixedBroker(1, { listenPort: 10921, storePathRootDir: '/data/store-1' }, { host: '10.0.1.1' }),
    ],
  },
  {
    finds: ['D11/split'],
    bad: [
      controller(),
      broker(0, {}, { store: store({ identity: identity(1), epochs: epochs(0, 500, 800) }) }),
      broker(1, {}, { store: store({ identity: identity(2), epochs: epochs(0, 450) }) }),
    ],
    nearMiss: [
      controller(),
      broker(0, {}, { store: store({ identity: identity(1), epochs: epochs(0, 500, 800) }) }),
      broker(1, {}, { store: store({ identity: identity(2), epochs: epochs(0, 500) }) }),
    ],
  },
  {
    finds: ['D11/stale'],
    bad: [
      controller(0, {}, { controllerStore: { path: 'c', exists: true, empty: true } }),
      broker(0, {}, { store: store({ identity: identity(1), epochs: epochs(0) }) }),
    ],
    // Another member has the data, or may have it.
    nearMiss: [
      controller(0, {}, { controllerStore: { path: 'c', exists: true, empty: true } }),
      controller(1, {}, { controllerStore: { path: 'c', exists: true, empty: false } }),
      broker(0, {}, { store: store({ identity: identity(1), epochs: epochs(0) }) }),
    ],
  },
  {
    finds: ['D12/wildcard'],
    bad: withBroker(broker(0, { brokerIP1: '0.0.0.0' })),
    nearMiss: withBroker(broker(0, { bindAddress: '0.0.0.0' })),
  },
  {
    finds: ['D12/loopback'],
    bad: [fixedBroker(0, { brokerIP1: '127.0.0.1', brokerIP2: '127.0.0.1' })],
    nearMiss: [fixedBroker(0, { brokerIP1: '127.0.0.1', brokerIP2: '127.0.0.1', namesrvAddr: 'localhost:9876' })],
  },
  {
    finds: ['D12/ha-master'],
    bad: [fixedBroker(0), fixedBroker(1, { haMasterAddress: '10.0.1.1:10911' })],
    nearMiss: [fixedBroker(0), fixedBroker(1, { haMasterAddress: '10.0.1.1:10912' })],
  },
  {
    finds: ['D13/within'],
    bad: withBroker(broker(0, { haListenPort: 10909 })),
    nearMiss: withBroker(broker(0, { haListenPort: 10910 })),
  },
  {
    // A release 4.9 knows no other HA port than the one after listenPort.
    finds: ['D13/between'],
    bad: [
      fixedBroker(0, { haListenPort: 20912 }, { version: '4.9.7' }),
      fixedBroker(1, { listenPort: 10912, storePathRootDir: '/data/1' }, { version: '4.9.7', host: '10.0.1.1' }),
    ],
    nearMiss: [
      fixedBroker(0, { haListenPort: 20912 }),
      fixedBroker(1, { listenPort: 10912, storePathRootDir: '/data/1' }, { host: '10.0.1.1' }),
    ],
  },
  {
    finds: ['D13/between'],
    bad: [
      fixedBroker(0, { metricsExporterType: 'PROM' }),
      file('rmq-proxy.json', 'proxy', { metricsExporterType: 'PROM', grpcServerPort: 8081 }, { host: '10.0.1.1' }),
    ],
    nearMiss: [
      fixedBroker(0, { metricsExporterType: 'PROM' }),
      file(
        'rmq-proxy.json',
        'proxy',
        { metricsExporterType: 'PROM', metricsPromExporterPort: 5558 },
        { host: '10.0.1.1' },
      ),
    ],
  },
  {
    finds: ['D13/between'],
    bad: [namesrv({}, { host: '10.0.0.1' }), controller(0, { controllerDLegerPeers: peers.replace('9878', '9876') })],
    nearMiss: [namesrv({}, { host: '10.0.0.1' }), controller(0)],
  },
  {
    finds: ['D14/namesrvs'],
    bad: [fixedBroker(0), fixedBroker(1, { brokerClusterName: 'staging' })],
    nearMiss: [fixedBroker(0), fixedBroker(1, { brokerClusterName: 'staging', namesrvAddr: '10.0.0.8:9876' })],
  },
  {
    finds: ['D15/renamed'],
    bad: [controller(0, { controllerStorePath: null }, { version: '5.1.4' })],
    nearMiss: [controller(0, { controllerStorePath: '/data/DledgerController' }, { version: '5.1.4' })],
  },
  {
    finds: ['D15/missing'],
    bad: [controller(0, {}, { controllerStore: { path: 'c', exists: false, empty: true } })],
    nearMiss: [controller(0, {}, { controllerStore: { path: 'c', exists: true, empty: false } })],
  },
  {
    finds: ['D16/acting-master'],
    bad: withBroker(broker(0, { enableSlaveActingMaster: true })),
    nearMiss: [fixedBroker(0, { enableSlaveActingMaster: true })],
  },
  {
    finds: ['D16/dledger-store'],
    bad: withBroker(broker(0, {}, { store: store({ dledgerFolder: 'dledger-n0' }) })),
    nearMiss: [
      fixedBroker(
        0,
        { enableDLegerCommitLog: true, brokerRole: null, brokerId: null },
        { store: store({ dledgerFolder: 'dledger-n0' }) },
      ),
    ],
  },
  {
    finds: ['D16/kernel'],
    bad: withController(controller(0, { jRaftGroupId: 'mq' })),
    nearMiss: withController(jRaft()),
  },
  {
    finds: ['D17/min-all'],
    bad: onPairOf({ minInSyncReplicas: 2 }),
    nearMiss: onPairOf({ minInSyncReplicas: 1 }),
  },
  {
    // A learner is never in the set: two replicas and a learner are two.
    finds: ['D17/min-all'],
    bad: [...onPairOf({ minInSyncReplicas: 2 }), broker(2, { asyncLearner: true })],
    nearMiss: [...onPairOf({ minInSyncReplicas: 2 }), broker(2, { minInSyncReplicas: 2 })],
  },
  {
    finds: ['D17/min-differs'],
    bad: [...onPairOf({ minInSyncReplicas: 2 }), broker(2)],
    nearMiss: [...onPairOf({ minInSyncReplicas: 2 }), broker(2, { minInSyncReplicas: 2 })],
  },
  {
    finds: ['D17/acks-above'],
    bad: onPairOf({ inSyncReplicas: 3, allAckInSyncStateSet: null }),
    nearMiss: [
      ...onPairOf({ inSyncReplicas: 2, allAckInSyncStateSet: null }),
      broker(2, { inSyncReplicas: 2, allAckInSyncStateSet: null }),
    ],
  },
  {
    finds: ['D17/acks-all'],
    bad: onPairOf({ inSyncReplicas: 2, allAckInSyncStateSet: null }),
    nearMiss: [
      ...onPairOf({ inSyncReplicas: 2, allAckInSyncStateSet: null }),
      broker(2, { inSyncReplicas: 2, allAckInSyncStateSet: null }),
    ],
  },
  {
    finds: ['D17/acks-ignored'],
    bad: onPairOf({ inSyncReplicas: 2 }),
    nearMiss: onPairOf({ inSyncReplicas: 1 }),
  },
  {
    finds: ['D18/chosen'],
    bad: onPairOf({ allAckInSyncStateSet: false }),
    nearMiss: usual,
  },
  {
    finds: ['D8/ignored', 'D18/sync-master'].toSorted(),
    bad: onPairOf({ allAckInSyncStateSet: null, brokerRole: 'SYNC_MASTER' }),
    nearMiss: [fixedBroker(0), fixedBroker(1)],
  },
  {
    finds: ['D18/waits-for-nobody'],
    bad: [fixedBroker(0, { brokerRole: 'SYNC_MASTER' }), fixedBroker(1)],
    nearMiss: [fixedBroker(0, { brokerRole: 'SYNC_MASTER', inSyncReplicas: 2 }), fixedBroker(1)],
  },
  {
    finds: ['D18/memory'],
    bad: onPairOf({ flushDiskType: 'ASYNC_FLUSH' }),
    nearMiss: usual,
  },
  {
    finds: ['D18/chosen', 'D18/unclean'],
    bad: [controller(0, { enableElectUncleanMaster: true }), ...onPairOf({ allAckInSyncStateSet: false }).slice(1)],
    nearMiss: [controller(0, { enableElectUncleanMaster: false }), broker(0), broker(1)],
  },
  {
    finds: ['D19/old-namesrv'],
    bad: [namesrv({}, { version: '4.9.7' }), broker(0), broker(1)],
    nearMiss: [namesrv({}, { version: '4.9.7' }), ...usual],
  },
  {
    finds: ['D19/no-controller'],
    bad: [namesrv(), broker(0), broker(1)],
    nearMiss: [namesrv(embedded), broker(0), broker(1)],
  },
  {
    finds: ['D19/new-broker'],
    bad: withController(controller(0, {}, { version: '5.1.0', assumed: true })),
    nearMiss: withController(controller(0, {}, { version: '5.1.1' })),
  },
  {
    finds: ['D19/mixed-controllers'],
    bad: [controller(0, {}, { version: '5.1.0', assumed: true }), controller(1)],
    nearMiss: [controller(0, {}, { version: '5.1.1' }), controller(1)],
  },
  {
    finds: ['D20/ha'],
    bad: [broker(0, { haListenPort: 20912 }, { version: '5.3.1', assumed: true })],
    nearMiss: [broker(0, { haListenPort: 20912 }, { version: '5.3.2', assumed: true })],
    probes: ['10.0.1.1:20912'],
  },
  {
    // The port is that of this broker, the machine is another one.
    finds: ['D20/ha'],
    bad: [broker(1, { haListenPort: 20912 }, { version: '5.3.1', assumed: true })],
    nearMiss: [broker(0, { haListenPort: 20912 }, { version: '5.3.1', assumed: true })],
    probes: ['10.0.1.2:20912'],
  },
  {
    finds: ['D21/default'],
    bad: [jRaft({ jRaftControllerRPCAddr: null })],
    nearMiss: [jRaft()],
  },
  {
    finds: ['D21/separator'],
    bad: [jRaft({ jRaftControllerRPCAddr: addresses })],
    nearMiss: [jRaft()],
  },
  {
    finds: ['D21/order'],
    bad: [jRaft({ jRaftControllerRPCAddr: '10.0.0.2:9878,10.0.0.1:9878,10.0.0.3:9878' })],
    nearMiss: [jRaft({ jRaftControllerRPCAddr: '10.1.0.1:9878,10.1.0.2:9878,10.1.0.3:9878' })],
  },
  {
    finds: ['D22/only'],
    bad: [controller(), broker(0, { asyncLearner: true })],
    nearMiss: [...usual, broker(2, { asyncLearner: true })],
  },
  {
    finds: ['D18/unclean-lossless', 'D22/unclean'],
    bad: [controller(0, { enableElectUncleanMaster: true }), broker(0), broker(1), broker(2, { asyncLearner: true })],
    nearMiss: [...usual, broker(2, { asyncLearner: true })],
  },
  {
    finds: ['D22/first'],
    bad: [
      controller(),
      broker(0, {}, { store: store({}) }),
      broker(1, {}, { store: store({}) }),
      broker(2, { asyncLearner: true }),
    ],
    nearMiss: [
      controller(),
      broker(0, {}, { store: store({ identity: identity(1) }) }),
      broker(1, {}, { store: store({}) }),
      broker(2, { asyncLearner: true }),
    ],
  },
  {
    finds: ['D23/port'],
    bad: withBroker(broker(0, { namesrvAddr: '10.0.0.9;10.0.0.8:9876' })),
    nearMiss: withBroker(broker(0, { namesrvAddr: '10.0.0.9:9876;ns-2:9876;' })),
  },
  {
    finds: ['D23/blank'],
    bad: withBroker(broker(0, { namesrvAddr: '10.0.0.9:9876; 10.0.0.8:9876' })),
    nearMiss: withBroker(broker(0, { namesrvAddr: '' })),
  },
];
