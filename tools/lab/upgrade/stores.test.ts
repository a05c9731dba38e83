import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../folders.ts';
import type { SiteMember } from './site.ts';
import { clearStore, copyFiles, deleteFiles, placeIn, placeOf } from './store-files.ts';
import { epochFiles, hasDledgerLog, logEndsOnDisk, namesInStore } from './stores.ts';

const golden = new URL('../../../golden/store/', import.meta.url);

/** A broker that does not run, with a store of a real release. */
function brokerWith(archive: string, folder: string): SiteMember {
  execFileSync('tar', ['-xzf', new URL(`${archive}.tar.gz`, golden).pathname, '-C', folder]);
  const prepared = { config: {}, folder, process: { state: 'ended' } };
  return { name: archive, storeFolder: path.join(folder, 'store'), prepared } as unknown as SiteMember;
}

test('the log of a stopped broker ends behind its last whole message', async () => {
  const ends: Record<string, number> = {
    'old-4.9.7': 37_038,
    'old-4.9.7-killed': 37_038,
    'new-5.3.3': 42_542,
    'new-5.3.3-killed': 42_147,
  };
  for (const [archive, maxOffset] of Object.entries(ends)) {
    await using folder = await temporaryFolder();
    assert.deepEqual(logEndsOnDisk(brokerWith(archive, folder.path)), { minOffset: 0, maxOffset }, archive);
  }
});

test('a DLedger log is told from a plain one', async () => {
  await using plain = await temporaryFolder();
  await using dledger = await temporaryFolder();
  assert.equal(hasDledgerLog(brokerWith('old-4.9.7', plain.path)), false);
  const member = brokerWith('old-4.9.7-dledger', dledger.path);
  assert.equal(hasDledgerLog(member), true);
  assert.deepEqual(logEndsOnDisk(member), { minOffset: 0, maxOffset: 0 });
});

test('clearing keeps what is excepted, and leaves no empty folder', async () => {
  await using folder = await temporaryFolder();
  const member = brokerWith('old-4.9.7', folder.path);
  const topics = namesInStore(member, 'topics');
  assert.ok(topics.includes('TopicA'));
  await clearStore(member, ['config/topics.json', 'config/subscriptionGroup.json']);
  assert.deepEqual(readdirSync(member.storeFolder!), ['config']);
  assert.deepEqual(readdirSync(path.join(member.storeFolder!, 'config')).sort(), [
    'subscriptionGroup.json',
    'topics.json',
  ]);
  assert.deepEqual(namesInStore(member, 'topics'), topics);
  assert.deepEqual(logEndsOnDisk(member), { minOffset: 0, maxOffset: 0 });
});

test('a log that is kept apart, in two folders, is copied, kept and cleared with its store', async () => {
  await using folder = await temporaryFolder();
  const member = brokerWith('old-4.9.7', folder.path);
  const ends = logEndsOnDisk(member);
  const logs = ['left', 'right'].map((name) => path.join(folder.path, name));
  const segments = readdirSync(path.join(member.storeFolder!, 'commitlog')).sort();
  assert.equal(segments.length, 2);
  for (const [i, log] of logs.entries()) {
    mkdirSync(log);
    renameSync(path.join(member.storeFolder!, 'commitlog', segments[i]!), path.join(log, segments[i]!));
  }
  Object.assign(member.prepared.config, { storePathCommitLog: logs.join(',') });
  assert.deepEqual(logEndsOnDisk(member), ends);
  const prepared = { config: {}, folder: folder.path } as SiteMember['prepared'];
  const copy = { ...member, storeFolder: path.join(folder.path, 'copy'), prepared };
  await copyFiles(placeOf(member), placeOf(copy));
  assert.deepEqual(logEndsOnDisk(copy), ends);
  await clearStore(member, []);
  assert.deepEqual(logEndsOnDisk(member), { minOffset: 0, maxOffset: 0 });
  await copyFiles(placeOf(copy), placeOf(member));
  assert.deepEqual(readdirSync(logs[0]!).sort(), segments);
  assert.deepEqual(logEndsOnDisk(member), ends);
});

test('a copied store has the same log, and epoch files go with their backup', async () => {
  await using folder = await temporaryFolder();
  const member = brokerWith('new-5.3.3', folder.path);
  const copy = { ...member, storeFolder: path.join(folder.path, 'copy') };
  await copyFiles(placeOf(member), placeIn(copy.storeFolder));
  assert.deepEqual(logEndsOnDisk(copy), logEndsOnDisk(member));
  for (const name of ['epochFileCheckpoint', 'epochFileCheckpoint.bak'])
    writeFileSync(path.join(copy.storeFolder, name), '');
  assert.equal(epochFiles(copy).length, 2);
  assert.equal(await deleteFiles(copy, ['epochFileCheckpoint', 'epochFileCheckpoint.bak']), 2);
  assert.equal(epochFiles(copy).length, 0);
  assert.ok(existsSync(path.join(copy.storeFolder, 'commitlog')));
});

test('the store of a process that runs is not touched', async () => {
  await using folder = await temporaryFolder();
  const member = brokerWith('old-4.9.7', folder.path);
  Object.assign(member.prepared.process, { state: 'running' });
  await assert.rejects(clearStore(member, []), /runs: its store cannot be touched/);
});
