import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { readBrokerStore } from '../doctor/store-facts.ts';
import { type Folder, temporaryFolder } from '../lab/folders.ts';
import { type GivenStore, harmsOf } from './store-harms.ts';

const golden = path.resolve(import.meta.dirname, '../../golden');
const firstSegment = 'commitlog/00000000000000000000';

interface Wanted extends Partial<Omit<GivenStore, 'store'>> {
  readonly archive?: string;
  /** Does something to the store folder. */
  readonly change?: (folder: string) => void;
}

/** A real store, as the user gives it for `<of>`. */
function given(folder: Folder, of: string, { archive = 'old-4.9.7', change, ...facts }: Wanted = {}): GivenStore {
  const place = path.join(folder.path, of);
  mkdirSync(place);
  execFileSync('tar', ['-xzf', path.join(golden, `store/${archive}.tar.gz`), '-C', place]);
  const store = path.join(place, 'store');
  change?.(store);
  const read = readBrokerStore(store, { root: '', identity: '', epochs: '' });
  return { of, group: 'broker-a', roles: 'fixed', isMaster: false, store: read, ...facts };
}

const identityOf = (name: string) => (store: string) =>
  copyFileSync(path.join(golden, 'controller/brokerIdentity'), path.join(store, name));

/** Ends the log of a store behind its n-th message: what follows is zero, and no later file is there. */
function shorten(store: string, messages: number): void {
  const file = path.join(store, firstSegment);
  const bytes = readFileSync(file);
  let at = 0;
  for (let i = 0; i < messages; i++) at += bytes.readInt32BE(at);
  writeFileSync(file, bytes.fill(0, at));
  for (const name of readdirSync(path.join(store, 'commitlog')).slice(1))
    writeFileSync(path.join(store, 'commitlog', name), Buffer.alloc(bytes.length));
}

function expectHarm(harms: readonly string[], ...texts: readonly RegExp[]): void {
  assert.equal(harms.length, texts.length, harms.join('\n'));
  texts.forEach((text, i) => assert.match(harms[i]!, text));
}

test('replicas of one log do no harm, also when the slave lacks the end', async () => {
  await using folder = await temporaryFolder();
  const master = given(folder, 'a0', { isMaster: true });
  assert.deepEqual(harmsOf([master, given(folder, 'a1')], false), []);
  const change = (store: string) => shorten(store, 5);
  assert.deepEqual(harmsOf([master, given(folder, 'a2', { change })], false), []);
});

test('a slave whose log is longer than that of its master', async () => {
  await using folder = await temporaryFolder();
  const change = (store: string) => shorten(store, 5);
  const master = given(folder, 'a0', { isMaster: true, change });
  expectHarm(
    harmsOf([master, given(folder, 'a1')], false),
    /^a1: its log ends at 37038, behind .* a0 at \d+: .*CTL-UPG-03/,
  );
});

test('logs of two pasts', async () => {
  await using folder = await temporaryFolder();
  const change = (store: string) => {
    const bytes = readFileSync(path.join(store, firstSegment));
    writeFileSync(path.join(store, firstSegment), bytes.fill(7, 1000, 1001));
  };
  const stores = [given(folder, 'a0', { isMaster: true }), given(folder, 'a1', { change })];
  expectHarm(harmsOf(stores, false), /^a1: its log differs from that of a0 from offset 1000 on/);
  const elected = (store: GivenStore): GivenStore => ({ ...store, roles: 'elected' });
  assert.deepEqual(harmsOf(stores.map(elected), true), []);
});

test('a DLedger store below a plain broker, and the reverse', async () => {
  await using folder = await temporaryFolder();
  const dledger = given(folder, 'd', { archive: 'old-4.9.7-dledger' });
  expectHarm(harmsOf([dledger], false), /^d: .*DLedger log \(dledger-n0\).*CTL-UPG-05/);
  assert.deepEqual(harmsOf([{ ...dledger, roles: 'dledger' }], false), []);
  expectHarm(harmsOf([given(folder, 'p', { roles: 'dledger' })], false), /^p: its store has a plain commit log/);
});

test('what former controllers left, with and without their data', async () => {
  await using folder = await temporaryFolder();
  const epochs = (store: string) =>
    copyFileSync(path.join(golden, 'ha/epochFileCheckpoint'), path.join(store, 'epochFileCheckpoint'));
  const left = given(folder, 'e', { change: epochs });
  expectHarm(
    harmsOf([left], false),
    /^e: its store has epochFileCheckpoint of former controllers.*Delete what is left/,
  );
  const elected = { ...left, roles: 'elected' as const };
  expectHarm(harmsOf([elected], false), /^e: .*Give the stores of the controllers, too/);
  assert.deepEqual(harmsOf([elected], true), []);
});

test('one identity in two stores, and one of another group', async () => {
  await using folder = await temporaryFolder();
  const wanted: Wanted = { change: identityOf('brokerIdentity'), roles: 'elected' };
  const twins = [given(folder, 'i0', wanted), given(folder, 'i1', wanted)];
  expectHarm(harmsOf(twins, true), /^i1: .*brokerIdentity of that of i0.*CTL-ID-02/);
  const other = { ...twins[0]!, group: 'broker-b' };
  expectHarm(
    harmsOf([other], true),
    /^i0: its store belongs to broker-a of DefaultCluster, and brokerName is broker-b/,
  );
});
