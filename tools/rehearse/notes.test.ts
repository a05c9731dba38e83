import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../lab/folders.ts';
import { readPlan } from '../lab/upgrade/plan-file.ts';
import { notesOf } from './notes.ts';
import { sampleControllers, sampleServers } from './samples.fixture.ts';

test('a SYNC_MASTER that enters controller mode waits for nobody any more, unless its file says so', () => {
  const servers = sampleServers(['production-4.9', ...sampleControllers]);
  const notes = notesOf(readPlan('master-slave-aligned'), servers);
  assert.equal(notes.length, 3);
  assert.match(notes[0]!, /^broker-a has a SYNC_MASTER.*allAckInSyncStateSet=true/);
  assert.deepEqual(notesOf(readPlan('nameservers-one-by-one'), servers), []);
});

test('where controllers give the roles, those of the rehearsal may be others', () => {
  const notes = notesOf(readPlan('rolling-restart'), sampleServers(['production']));
  assert.equal(notes.length, 1);
  assert.match(notes[0]!, /getSyncStateSet names the master/);
});

test('a broker whose host nothing tells is called by its name, and listens where brokers do', async () => {
  await using folder = await temporaryFolder();
  const file = path.join(folder.path, 'broker-x.conf');
  const listed = 'namesrvAddr = mq-ns-1.example.com:9876';
  writeFileSync(file, `brokerName = x\n${listed}\nstorePathRootDir = /data/store\n`);
  writeFileSync(path.join(folder.path, 'namesrv.conf'), 'listenPort = 9876\n');
  const servers = sampleServers(['.'], { base: folder.path });
  const broker = servers.find(({ role }) => role === 'broker')!;
  assert.equal(broker.address, 'broker-x:10911');
  assert.match(notesOf(readPlan('nameservers-one-by-one'), servers)[0]!, /--host .*broker-x\.conf=/);
});
