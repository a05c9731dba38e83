import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Cluster } from './cluster.ts';
import { type Folder, temporaryFolder } from './folders.ts';
import { readProfile } from './profile.ts';
import { SetupError } from './setup-error.ts';
import { parseTargets } from './targets.ts';
import type { Topology } from './topology.ts';
import { startToxiproxy, type ToxiproxyServer } from './toxiproxy-server.ts';

let folder: Folder;
let toxiproxy: ToxiproxyServer;
before(async () => {
  folder = await temporaryFolder();
  toxiproxy = await startToxiproxy({ runFolder: folder.path });
});
after(async () => {
  await toxiproxy[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function start(target: string, topology: Topology) {
  const targets = parseTargets(target);
  await targets.prepare();
  const evidenceFolder = path.join(folder.path, target.replace(':', '-'));
  const options = { targets, profile: readProfile(targets.defaultProfile), seed: 1, evidenceFolder };
  return { evidenceFolder, cluster: await Cluster.start(topology, { ...options, toxiproxyUrl: toxiproxy.url }) };
}

const lonelyNamesrv = (release: 'old' | 'new'): Topology => ({
  namesrvs: [{ release, controller: false, guest: false, config: {} }],
  controllers: [],
  brokers: [],
});

for (const target of ['reference:new', 'reference:old', 'apache:5.3.3', 'apache:4.9.7']) {
  test(`${target}: a NameServer starts, leaves its evidence and is gone afterwards`, async (context) => {
    const release = parseTargets(target).new.name === target ? 'new' : 'old';
    let pid: number | undefined;
    let evidence = '';
    try {
      const { cluster, evidenceFolder } = await start(target, lonelyNamesrv(release));
      await using running = cluster;
      running.assertNoUnexpectedExit();
      pid = running.process('namesrv-0').pid;
      evidence = evidenceFolder;
    } catch (thrown) {
      if (!(thrown instanceof SetupError)) throw thrown;
      context.skip(thrown.message.split('\n')[0]);
      return;
    }
    assert.equal(existsSync(`/proc/${pid}`), false);
    assert.match(readFileSync(path.join(evidence, 'namesrv-0.conf'), 'utf8'), /^listenPort=\d+$/m);
    for (const file of ['namesrv-0.log', 'cluster.json', 'timeline.ndjson'])
      assert.ok(existsSync(path.join(evidence, file)));
  });
}
