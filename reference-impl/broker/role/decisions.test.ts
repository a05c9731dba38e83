import { systemDisk } from '../../base/disk.ts';
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { mostNamed } from './controller-list.ts';
import {
  formatAppliedIdentity,
  formatIdentity,
  IdentityFiles,
  parseAppliedIdentity,
  parseIdentity,
} from './identity.ts';
import { acksNeeded, inSyncCount, slaveAvailable } from './replication-rules.ts';
import { decideRole, mustAsk, newerGroup, type ReplicaGroup } from './role-decision.ts';

const golden = new URL('../../../golden/controller/', import.meta.url);

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'identity-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('identity files are byte for byte those that 5.3.3 wrote', () => {
  const final = readFileSync(new URL('brokerIdentity', golden), 'utf8');
  assert.deepEqual(parseIdentity(final), { clusterName: 'DefaultCluster', brokerName: 'broker-a', brokerId: 1 });
  assert.equal(formatIdentity(parseIdentity(final)!), final);
  const temporary = readFileSync(new URL('brokerIdentity-temp', golden), 'utf8');
  assert.equal(parseAppliedIdentity(temporary)?.registerCheckCode, '127.0.0.1:41010;1795462008267');
  assert.equal(formatAppliedIdentity(parseAppliedIdentity(temporary)!), temporary);
  for (const text of ['', 'a#b', 'a#b#0', 'a#b#x', 'a#b#1#c']) assert.equal(parseIdentity(text), null);
  for (const text of ['a#b#1', 'a#b#1#']) assert.equal(parseAppliedIdentity(text), null);
});

test('an id is asked for, applied for with a check code, and kept', (t) => {
  const path = join(folderOf(t), 'store', 'brokerIdentity');
  const files = () => new IdentityFiles(systemDisk, path, 'C', 'b');
  assert.deepEqual(files().step(), { next: 'ASK_NEXT_ID' });
  const applied = files().begin(3, '127.0.0.1:1;99');
  assert.equal(readFileSync(`${path}-temp`, 'utf8'), 'C#b#3#127.0.0.1:1;99');
  assert.deepEqual(files().step(), { next: 'APPLY', applied });
  files().refuse();
  assert.deepEqual(files().step(), { next: 'ASK_NEXT_ID' });
  files().grant(files().begin(4, '127.0.0.1:1;100'));
  assert.equal(readFileSync(path, 'utf8'), 'C#b#4');
  assert.ok(!existsSync(`${path}-temp`));
  assert.deepEqual(files().step(), { next: 'DONE', brokerId: 4 });
  assert.throws(() => new IdentityFiles(systemDisk, path, 'C', 'other').step(), { code: 'STORE_CORRUPT' });
});

test('a damaged temporary file counts as none', (t) => {
  const path = join(folderOf(t), 'brokerIdentity');
  writeFileSync(`${path}-temp`, 'C#b#');
  assert.deepEqual(new IdentityFiles(systemDisk, path, 'C', 'b').step(), { next: 'ASK_NEXT_ID' });
});

function group(masterBrokerId: number | null, masterEpoch: number, setEpoch = masterEpoch): ReplicaGroup {
  const members = new Set(masterBrokerId === null ? [] : [masterBrokerId]);
  const masterAddress = masterBrokerId === null ? null : `127.0.0.1:${masterBrokerId}`;
  return { masterBrokerId, masterAddress, masterEpoch, syncStateSet: { members, epoch: setEpoch } };
}

test('a role follows from the larger epoch only', () => {
  const slave = { brokerId: 2, masterEpoch: 3, isMaster: false, asyncLearner: false };
  const master = { ...slave, isMaster: true };
  const learner = { ...slave, asyncLearner: true };
  assert.equal(decideRole(slave, group(2, 4)).take, 'MASTER');
  assert.equal(decideRole(slave, group(1, 4)).take, 'SLAVE');
  assert.equal(decideRole(master, group(1, 4)).take, 'SLAVE');
  assert.equal(decideRole(master, group(2, 4)).take, 'MASTER');
  assert.equal(decideRole(master, group(2, 3, 9)).take, 'SET');
  assert.equal(decideRole(slave, group(1, 3, 9)).take, 'NOTHING');
  assert.equal(decideRole(slave, group(2, 2)).take, 'NOTHING');
  assert.equal(decideRole(slave, group(null, 4)).take, 'ELECTION');
  assert.equal(decideRole(slave, group(null, 2)).take, 'NOTHING');
  assert.equal(decideRole(learner, group(null, 4)).take, 'NOTHING');
  assert.equal(decideRole(learner, group(2, 4)).take, 'DECLINE');
  assert.equal(decideRole(learner, group(1, 4)).take, 'SLAVE');
  assert.ok(newerGroup(group(1, 4), group(2, 3, 9)));
  assert.ok(newerGroup(group(1, 4, 6), group(1, 4, 5)));
});

test('the leader is whom a majority names, as soon as it does', async () => {
  const never = new Promise<string>(() => {});
  const failed = () => Promise.reject(new Error('refused'));
  const names = (...list: (string | null)[]) => list.map((name) => Promise.resolve(name));
  assert.equal(await mostNamed([never, ...names('a:1', 'a:1')]), 'a:1');
  assert.equal(await mostNamed([failed(), failed(), ...names('a:1')]), 'a:1');
  assert.equal(await mostNamed(names('a:1', 'b:1', 'b:1', null)), 'b:1');
  assert.equal(await mostNamed(names(null, null)), null);
  assert.equal(await mostNamed([]), null);
});

test('acks needed, as the parameter table has it', () => {
  const plain = {
    inSyncReplicas: 2,
    minInSyncReplicas: 1,
    enableAutoInSyncReplicas: false,
    enableSlaveActingMaster: false,
    haMaxGapNotInSync: 1000,
  };
  // Plain master and slave: no parameter but inSyncReplicas counts.
  assert.equal(acksNeeded({ ...plain, minInSyncReplicas: 5, enableAutoInSyncReplicas: true }, 1), 2);
  const acting = { ...plain, enableSlaveActingMaster: true };
  assert.equal(acksNeeded(acting, 2), 2);
  assert.equal(acksNeeded(acting, 1), null);
  assert.equal(acksNeeded({ ...acting, enableAutoInSyncReplicas: true }, 1), 1);
  assert.equal(acksNeeded({ ...acting, enableAutoInSyncReplicas: true, minInSyncReplicas: 2 }, 1), null);
  assert.equal(inSyncCount(acting, 5000, [4001, 4000]), 2);
});

test('an old slave is available while it is connected and near enough', () => {
  assert.equal(slaveAvailable(1000, 0, 1000, 100), false);
  assert.equal(slaveAvailable(1000, 1, 900, 100), false);
  assert.equal(slaveAvailable(1000, 2, 901, 100), true);
});

test('a notification of an epoch that this broker has begun before is not believed', () => {
  const told = (masterBrokerId: number, masterEpoch: number): ReplicaGroup => ({
    masterBrokerId,
    masterAddress: 'h:1',
    masterEpoch,
    syncStateSet: { members: new Set([masterBrokerId]), epoch: 3 },
  });
  const restarted = { brokerId: 1, masterEpoch: 0, isMaster: false, asyncLearner: false };
  assert.equal(mustAsk(restarted, 2, told(1, 2)), true);
  assert.equal(mustAsk(restarted, 2, told(1, 1)), true);
  // Nobody can have joined a set whose master has not begun; another master is followed at once.
  assert.equal(mustAsk(restarted, 2, told(1, 3)), false);
  assert.equal(mustAsk(restarted, 2, told(2, 2)), false);
  assert.equal(mustAsk({ ...restarted, masterEpoch: 2, isMaster: true }, 2, told(1, 2)), false);
});
