import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from './folders.ts';
import { startToxiproxy } from './toxiproxy-server.ts';

/** Runs `work` with some environment variables replaced. */
async function withEnv(values: NodeJS.ProcessEnv, work: () => Promise<void>): Promise<void> {
  const saved = { ...process.env };
  Object.assign(process.env, values);
  try {
    await work();
  } finally {
    for (const name of Object.keys(values)) delete process.env[name];
    Object.assign(process.env, saved);
  }
}

test('without a server there is no address, but advice', async () => {
  await using folder = await temporaryFolder();
  const nothing = { TOXIPROXY_BIN: '', PATH: folder.path, XDG_CACHE_HOME: folder.path };
  await withEnv(nothing, async () => {
    await using server = await startToxiproxy({ runFolder: folder.path });
    assert.equal(server.url, null);
    assert.match(server.missing ?? '', /go install .*toxiproxy.*TOXIPROXY_BIN/s);
  });
});

test('TOXIPROXY_BIN that names no program is not passed over', async () => {
  await using folder = await temporaryFolder();
  await withEnv({ TOXIPROXY_BIN: path.join(folder.path, 'none') }, async () => {
    await using server = await startToxiproxy({ runFolder: folder.path });
    assert.match(server.missing ?? '', /TOXIPROXY_BIN names .*none, which cannot be executed/);
  });
});
