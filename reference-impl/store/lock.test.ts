import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { lockFolder } from '../base/folder-lock.ts';
import { openStore } from './open.ts';
import { storeOptions, temporaryFolder } from './store.fixture.ts';

/** Another process that locks the store and then waits to be killed. */
async function holder(t: TestContext, root: string) {
  const script = `
    import { lockFolder } from ${JSON.stringify(new URL('../base/folder-lock.ts', import.meta.url).href)};
    await lockFolder(${JSON.stringify(root)});
    process.stdout.write('locked');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test('a second process is refused and told who holds the store; its death by SIGKILL frees it', async (t) => {
  const root = temporaryFolder(t);
  const child = await holder(t, root);
  await assert.rejects(openStore(storeOptions(root)), (error: Error & { code: string }) => {
    assert.equal(error.code, 'STORE_LOCKED');
    assert.match(error.message, /^Lock failed,MQ already started: /);
    assert.ok(error.message.includes(`process ${child.pid}`));
    return true;
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const store = await openStore(storeOptions(root));
  await store.close();
});

test('a frozen process keeps its store', async (t) => {
  const root = temporaryFolder(t);
  const child = await holder(t, root);
  child.kill('SIGSTOP');
  await assert.rejects(lockFolder(root), { code: 'STORE_LOCKED', message: /a process that does not answer/ });
});

test('closing a store frees it, and one process cannot open it twice', async (t) => {
  const root = temporaryFolder(t);
  const store = await openStore(storeOptions(root));
  await assert.rejects(openStore(storeOptions(root)), { code: 'STORE_LOCKED' });
  await store.close();
  await (await openStore(storeOptions(root))).close();
});
