import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterOptions } from './cluster.ts';
import { Inconclusive } from './inconclusive.ts';
import { type ClusterPlan, planCluster } from './plan.ts';
import { readProfile } from './profile.ts';
import { SetupError } from './setup-error.ts';
import { parseTargets, type RoleTexts } from './targets.ts';
import { readTopology } from './topology.ts';

interface Wish {
  readonly nameservers: string;
  readonly brokers: string;
  readonly target: string;
  readonly guest?: string;
  readonly roles?: RoleTexts;
  readonly noToxiproxy?: string;
  readonly configOf?: ClusterOptions['configOf'];
}

async function plan({ nameservers, brokers, target, guest, roles, noToxiproxy, configOf }: Wish): Promise<ClusterPlan> {
  let last = 10_000;
  const next = async () => (last += 10);
  return await planCluster({
    topology: readTopology(`nameservers/${nameservers}`, `brokers/${brokers}`),
    targets: parseTargets(target, guest ?? null, roles),
    profile: readProfile('tuned'),
    config: { broker: { allAckInSyncStateSet: true } },
    configOf: configOf ?? {},
    folder: '/tmp/x',
    ports: { reserve: next, reserveBroker: next },
    noToxiproxy: noToxiproxy ?? null,
    mayEnter: false,
  });
}

const processOf = ({ processes }: ClusterPlan, name: string) => processes.find((process) => process.name === name)!;
const linkOf = ({ links }: ClusterPlan, from: string, to: string) =>
  links.find((link) => link.from.name === from && link.to.name === to);

test('an Apache broker is led through its proxies by configuration and host name', async () => {
  const wish = { nameservers: 'new-with-controller', brokers: 'controller-mode', target: 'apache:5.3.3' };
  const cluster = await plan(wish);
  const [first, second] = [processOf(cluster, 'broker-a-0'), processOf(cluster, 'broker-a-1')];
  const toNamesrv = linkOf(cluster, 'broker-a-0', 'namesrv-0')!.proxies[0]!;
  const toController = linkOf(cluster, 'broker-a-0', 'controller-0')!.proxies[0]!;
  assert.equal(first.config.namesrvAddr, toNamesrv.proxy);
  assert.notEqual(first.config.namesrvAddr, second.config.namesrvAddr);
  assert.equal(first.config.controllerAddr, toController.announced);
  assert.equal(toController.proxy, `${first.hosts['controller-0']}:${toController.announced.split(':')[1]}`);
  assert.notEqual(first.hosts['controller-0'], second.hosts['controller-0']);
  const namesrv = processOf(cluster, 'namesrv-0');
  assert.equal(namesrv.hosts['controller-0'], '127.0.0.1');
  assert.equal(namesrv.config.controllerDLegerPeers, `n0-${toController.announced}`);
  assert.equal(namesrv.config.enableControllerInNamesrv, true);
  const toMaster = linkOf(cluster, 'broker-a-1', 'broker-a-0')!.proxies;
  assert.equal(first.config.brokerIP1, 'broker-a-0');
  assert.deepEqual(
    toMaster.map(({ announced, remoting }) => [announced.split(':')[0], remoting]),
    [
      ['broker-a-0', true],
      ['127.0.0.1', false],
      ['broker-a-0', true],
    ],
  );
  assert.equal(toMaster[0]!.proxy.split(':')[0], second.hosts['broker-a-0']);
  const relay = linkOf(cluster, 'broker-a-1', 'namesrv-0')!.proxies[0]!.relay!;
  assert.deepEqual(relay.dialler, { [toMaster[1]!.announced]: toMaster[1]!.proxy });
  assert.equal(linkOf(cluster, 'broker-a-1', 'controller-0')!.proxies[0]!.relay, null);
});

test('brokers of the old release are led by what relays put into the answers of NameServers', async () => {
  const cluster = await plan({ nameservers: 'old', brokers: 'old', target: 'apache:4.9.7' });
  const toMaster = linkOf(cluster, 'broker-a-1', 'broker-a-0')!.proxies;
  const { relay, listens } = linkOf(cluster, 'broker-a-1', 'namesrv-0')!.proxies[0]!;
  assert.deepEqual(relay!.dialler, Object.fromEntries(toMaster.map(({ announced, proxy }) => [announced, proxy])));
  assert.notEqual(relay!.listens, listens);
  assert.equal(processOf(cluster, 'broker-a-0').config.brokerIP1, '127.0.0.1');
});

test('Apache controllers reach each other through proxies, each by a loopback address of its own', async () => {
  const wish = { nameservers: 'three-controllers', brokers: 'controller-mode', target: 'apache:5.3.3' };
  const cluster = await plan(wish);
  const { hosts } = processOf(cluster, 'controller-1');
  assert.equal(hosts['controller-1'], '127.0.0.1');
  assert.equal(hosts['controller-0'], linkOf(cluster, 'controller-1', 'controller-0')!.proxies[0]!.proxy.split(':')[0]);
  assert.notEqual(hosts['controller-0'], '127.0.0.1');
  const [toBroker] = linkOf(cluster, 'controller-1', 'broker-a-0')!.proxies;
  assert.equal(toBroker!.proxy.split(':')[0], hosts['broker-a-0']);
});

test('a reference process is told announced addresses and dials every one through a proxy', async () => {
  const cluster = await plan({
    nameservers: 'three-controllers',
    brokers: 'controller-mode',
    target: 'reference',
  });
  const announced = cluster.servers.filter(({ role }) => role === 'controller').map(({ ports }) => ports[0].announced);
  const broker = processOf(cluster, 'broker-a-0');
  assert.equal(broker.config.controllerAddr, announced.join(';'));
  const proxies = cluster.links.flatMap(({ from, proxies }) => (from.name === 'broker-a-0' ? proxies : []));
  assert.deepEqual(broker.dials, Object.fromEntries(proxies.map(({ announced, proxy }) => [announced, proxy])));
  assert.equal(linkOf(cluster, 'broker-a-0', 'broker-a-1')!.proxies.length, 3);
  for (const [from, to] of [['controller-0', 'controller-2'] as const, ['controller-1', 'broker-a-0'] as const]) {
    assert.equal(linkOf(cluster, from, to)!.unbreakable, null);
  }
  const all = cluster.links.flatMap(({ proxies }) => proxies.map(({ proxy }) => proxy));
  assert.equal(new Set(all).size, all.length);
});

test('roles come from the configuration in a fixed group, and keys only to releases that know them', async () => {
  const cluster = await plan({ nameservers: 'old-and-controller', brokers: 'old', target: 'reference' });
  const [master, slave] = [processOf(cluster, 'broker-a-0').config, processOf(cluster, 'broker-a-1').config];
  assert.deepEqual([master.brokerRole, master.brokerId], ['ASYNC_MASTER', 0]);
  assert.deepEqual([slave.brokerRole, slave.brokerId], ['SLAVE', 1]);
  for (const key of ['bindAddress', 'allAckInSyncStateSet', 'brokerHeartbeatInterval', 'enableControllerMode']) {
    assert.equal(Object.hasOwn(master, key), false, key);
  }
  assert.equal(master.haSendHeartbeatInterval, 1000);
  assert.equal(linkOf(cluster, 'broker-a-0', 'controller-0'), undefined);
});

test('controller-mode brokers without any controller are told an address where nobody listens', async () => {
  const cluster = await plan({ nameservers: 'old', brokers: 'controller-mode', target: 'reference' });
  const { controllerAddr, allAckInSyncStateSet } = processOf(cluster, 'broker-a-0').config;
  const taken = cluster.servers.flatMap(({ ports }) => ports.map(({ announced }) => announced));
  assert.ok(typeof controllerAddr === 'string' && !taken.includes(controllerAddr));
  assert.equal(allAckInSyncStateSet, true);
});

test('without Toxiproxy every connection is direct and every link says why it cannot be cut', async () => {
  for (const target of ['reference', 'apache:5.3.3']) {
    const wish = { nameservers: 'new-with-controller', brokers: 'controller-mode', target, noToxiproxy: 'none here' };
    const cluster = await plan(wish);
    assert.ok(cluster.links.every(({ proxies, unbreakable }) => proxies.length === 0 && unbreakable === 'none here'));
    assert.equal(processOf(cluster, 'broker-a-0').config.namesrvAddr, '127.0.0.1:10010');
  }
});

test('keys of a single process go over everything else, as far as its release knows them', async () => {
  const configOf = { 'broker-a-0': { brokerRole: 'SYNC_MASTER', asyncLearner: true } };
  const fixed = await plan({ nameservers: 'old', brokers: 'old', target: 'reference', configOf });
  assert.equal(processOf(fixed, 'broker-a-0').config.brokerRole, 'SYNC_MASTER');
  assert.equal(processOf(fixed, 'broker-a-1').config.brokerRole, 'SLAVE');
  assert.equal(processOf(fixed, 'broker-a-0').config.asyncLearner, undefined);
});

test('in a mixed group every process reaches a controller by its one name, each in its own way', async () => {
  const mixed = { target: 'reference', guest: 'apache:5.3.3' };
  const cluster = await plan({ nameservers: 'two-controllers-and-a-guest', brokers: 'guest-follows', ...mixed });
  const names = cluster.processes.map(({ name, target }) => [name, target.name]);
  assert.deepEqual(Object.fromEntries(names), {
    'namesrv-0': 'reference:new',
    'controller-0': 'reference:new',
    'controller-1': 'reference:new',
    'controller-2': 'apache:5.3.3',
    'broker-a-0': 'reference:new',
    'broker-a-1': 'apache:5.3.3',
  });
  const announced = cluster.servers.filter(({ role }) => role === 'controller').map(({ ports }) => ports[0].announced);
  assert.ok(announced.every((address, i) => address.startsWith(`controller-${i}:`)));
  for (const { role, config } of cluster.processes) {
    if (role === 'broker') assert.equal(config.controllerAddr, announced.join(';'));
    if (role === 'controller') assert.match(String(config.controllerDLegerPeers), new RegExp(`n2-${announced[2]}$`));
  }
  const [ours, guest] = [processOf(cluster, 'controller-0'), processOf(cluster, 'controller-2')];
  const toGuest = linkOf(cluster, 'controller-0', 'controller-2')!.proxies[0]!;
  assert.equal(ours.dials[announced[2]!], toGuest.proxy);
  const fromGuest = linkOf(cluster, 'controller-2', 'controller-0')!.proxies[0]!;
  assert.equal(fromGuest.proxy, `${guest.hosts['controller-0']}:${announced[0]!.split(':')[1]}`);
  assert.equal(linkOf(cluster, 'broker-a-0', 'broker-a-1')!.unbreakable, null);
  const fromSlave = linkOf(cluster, 'broker-a-1', 'broker-a-0')!.proxies;
  const told = Object.fromEntries(fromSlave.map(({ announced, proxy }) => [announced, proxy]));
  assert.deepEqual(linkOf(cluster, 'broker-a-1', 'namesrv-0')!.proxies[0]!.relay!.dialler, told);
  const remoting = Object.fromEntries(
    fromSlave.filter((port) => port.remoting).map((port) => [port.announced, port.proxy]),
  );
  assert.deepEqual(linkOf(cluster, 'broker-a-1', 'controller-0')!.proxies[0]!.relay!.dialler, remoting);
  assert.deepEqual(linkOf(cluster, 'controller-0', 'broker-a-1')!.proxies[0]!.relay!.server, remoting);
  assert.equal(linkOf(cluster, 'controller-0', 'broker-a-1')!.proxies.length, 1);
  const gap = (port: number) =>
    Number(fromSlave[0]!.proxy.split(':')[1]) - Number(fromSlave[port]!.proxy.split(':')[1]);
  assert.deepEqual([gap(1), gap(2)], [-1, 2]);
  assert.match(linkOf(cluster, 'controller-2', 'broker-a-0')!.unbreakable!, /apache:5\.3\.3 dials broker-a-0/);
});

test('a cluster with a guest needs one, of the same release', async () => {
  const wish = { nameservers: 'guest-with-controller', brokers: 'controller-mode', target: 'reference' };
  await assert.rejects(plan(wish), Inconclusive);
  await assert.rejects(plan({ ...wish, guest: 'apache:4.9.7' }), SetupError);
});

test('roles of other targets stand in one cluster, and a link that nobody can break says why', async () => {
  const wish = { nameservers: 'new-with-controller', brokers: 'controller-mode', target: 'reference' };
  const cluster = await plan({ ...wish, roles: { namesrv: 'apache:5.3.3' } });
  const names = cluster.servers.map(({ name, target }) => [name, target.name]);
  assert.deepEqual(Object.fromEntries(names), {
    'namesrv-0': 'apache:5.3.3',
    'controller-0': 'apache:5.3.3',
    'broker-a-0': 'reference:new',
    'broker-a-1': 'reference:new',
  });
  const unbroken = cluster.links
    .filter(({ unbreakable }) => unbreakable !== null)
    .map(({ from, to }) => [from.name, to.name]);
  assert.deepEqual(unbroken, [
    ['controller-0', 'broker-a-0'],
    ['controller-0', 'broker-a-1'],
  ]);
  const other = await plan({ ...wish, roles: { broker: 'apache:5.3.3' } });
  assert.ok(other.links.every(({ unbreakable }) => unbreakable === null));
});

test('members of a DLedger group are told the same peers, and each dials the others through proxies', async () => {
  const cluster = await plan({ nameservers: 'old', brokers: 'old-dledger', target: 'reference' });
  const members = [0, 1, 2].map((i) => processOf(cluster, `broker-a-${i}`));
  const [first] = members;
  assert.match(String(first!.config.dLegerPeers), /^n0-127\.0\.0\.1:\d+;n1-127\.0\.0\.1:\d+;n2-127\.0\.0\.1:\d+$/);
  for (const [i, { config }] of members.entries()) {
    assert.equal(config.dLegerPeers, first!.config.dLegerPeers);
    assert.equal(config.dLegerSelfId, `n${i}`);
    assert.equal(config.enableDLegerCommitLog, true);
    assert.equal(config.brokerRole, undefined);
  }
  const peer = String(first!.config.dLegerPeers).split(';n1-')[1]!.split(';')[0]!;
  const link = linkOf(cluster, 'broker-a-0', 'broker-a-1')!;
  assert.equal(link.proxies.length, 4);
  assert.equal(first!.dials[peer], link.proxies.find(({ announced }) => announced === peer)!.proxy);
});
