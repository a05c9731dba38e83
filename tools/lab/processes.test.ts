import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { execa } from 'execa';
import { type Folder, temporaryFolder } from './folders.ts';
import { Inconclusive } from './inconclusive.ts';
import { ProcessExit } from './process-exit.ts';
import { reapOrphans } from './process-registry.ts';
import { createProcess } from './processes.ts';
import type { Note } from './timeline.ts';
import { ConditionFailure, until } from './until.ts';

let folder: Folder;
before(async () => {
  folder = await temporaryFolder();
});
after(async () => {
  await folder[Symbol.asyncDispose]();
});

/** A Node process that runs `script` and is ready once it has printed `ready`. */
function nodeProcess(name: string, script: string) {
  const logFile = path.join(folder.path, `${name}.log`);
  const events: string[] = [];
  const isReady = async () => readFileSync(logFile, 'utf8').split('\n').includes('ready');
  const spec = { command: process.execPath, args: ['-e', script], env: { WORD: 'hello' }, workingFolder: folder.path };
  const note: Note = (event) => events.push('what' in event ? event.what : '');
  return Object.assign(createProcess({ name, ...spec, logFile, isReady, note }), { events });
}

const serve = "console.log('ready'); console.log(process.env.WORD); setInterval(() => {}, 1000);";
const stateOf = (pid: number | undefined) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]![0];
const gone = (pid: number | undefined) => !existsSync(`/proc/${pid}`) || stateOf(pid) === 'Z';

test('starts, serves, stops and starts again, with one log', async () => {
  await using child = nodeProcess('again', serve);
  await child.start();
  await child.waitReady(5000);
  await child.stop(5000);
  assert.equal(child.state, 'ended');
  await child.start();
  await until(
    'the second log',
    () => readFileSync(child.logFile, 'utf8').match(/hello/g)?.length,
    (n) => n === 2,
    {
      deadlineMs: 5000,
    },
  );
  assert.equal(child.unexpectedExit, null);
  assert.deepEqual(child.events.slice(0, 4), ['started', 'serves', 'SIGTERM', 'ended, SIGTERM']);
});

test('pauses and resumes', async () => {
  await using child = nodeProcess('pause', serve);
  await child.start();
  child.pause();
  await until(
    'stopped',
    () => stateOf(child.pid),
    (state) => state === 'T',
    { deadlineMs: 2000 },
  );
  child.resume();
  await until(
    'running',
    () => stateOf(child.pid),
    (state) => state !== 'T',
    { deadlineMs: 2000 },
  );
});

test('an exit that nobody asked for is remembered, with the end of the log', async () => {
  await using child = nodeProcess('dies', "console.log('last words'); process.exit(7)");
  await child.start();
  await assert.rejects(child.waitReady(5000), (thrown) => {
    assert.ok(thrown instanceof ProcessExit);
    assert.match(thrown.message, /dies ended by itself: exit code 7\.\n[^]*last words$/);
    return true;
  });
  assert.ok(child.unexpectedExit instanceof ProcessExit);
});

test('a process that ignores SIGTERM fails the stop and is killed', async () => {
  await using child = nodeProcess('stubborn', `process.on('SIGTERM', () => {}); ${serve}`);
  await child.start();
  await child.waitReady(5000);
  await assert.rejects(child.stop(300), /still ran 0\.3 s after SIGTERM/);
  assert.ok(gone(child.pid));
});

test('a process that never serves fails at the deadline and says what was seen', async () => {
  await using child = nodeProcess('mute', 'setInterval(() => {}, 1000)');
  await child.start();
  await assert.rejects(child.waitReady(200), (thrown) => {
    assert.ok(thrown instanceof ConditionFailure);
    assert.match(thrown.message, /mute serves: not within 0\.2 s\. Last seen: false/);
    return true;
  });
});

test('a program that is not there, and a signal to an ended process, are inconclusive', async () => {
  const spec = { command: 'no-such-program', args: [], env: {}, workingFolder: folder.path };
  const logFile = path.join(folder.path, 'none.log');
  const child = createProcess({ name: 'none', ...spec, logFile, isReady: async () => true, note: () => undefined });
  await assert.rejects(child.start(), Inconclusive);
  await assert.rejects(child.kill(), Inconclusive);
});

const moduleUrl = (file: string) => JSON.stringify(path.join(import.meta.dirname, file));

/** A module that starts a child through the lab and hands its pid to `tell`. */
const startChild = (tell: string) => `
  import { createProcess } from ${moduleUrl('processes.ts')};
  const logFile = ${JSON.stringify(path.join(folder.path, 'orphan.log'))};
  const spec = { name: 'orphan', command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'], env: {} };
  const child = createProcess({ ...spec, workingFolder: '/', logFile, isReady: async () => true, note() {} });
  await child.start();
  ${tell}(child.pid);`;

/** Runs a module as a runner of its own; resolves with what it printed. */
async function runner(module: string): Promise<string> {
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', module];
  const { stdout } = await execa(process.execPath, args, { reject: false });
  return stdout;
}

test('children end with the runner that exits', async () => {
  const pid = Number(await runner(`${startChild('console.log')} process.exit(0);`));
  await until(
    'the child is gone',
    () => gone(pid),
    (isGone) => isGone,
    { deadlineMs: 2000 },
  );
});

test('children of a killed runner are reaped by the next one', async () => {
  const pid = Number(await runner(`${startChild('console.log')} process.kill(process.pid, 'SIGKILL');`));
  assert.equal(gone(pid), false);
  assert.ok((await reapOrphans()) >= 1);
  await until(
    'the child is gone',
    () => gone(pid),
    (isGone) => isGone,
    { deadlineMs: 2000 },
  );
});

test('children of a terminated worker thread are reaped by its process', async () => {
  const post = "import { parentPort } from 'node:worker_threads'; const post = (pid) => parentPort.postMessage(pid);";
  const printed = await runner(`
    import { once } from 'node:events';
    import { Worker } from 'node:worker_threads';
    import { reapOrphans } from ${moduleUrl('process-registry.ts')};
    const worker = new Worker(${JSON.stringify(`${post} ${startChild('post')} for (;;);`)}, { eval: true });
    const [pid] = await once(worker, 'message');
    await worker.terminate();
    console.log(pid, await reapOrphans());`);
  const [pid, reaped] = printed.split(' ').map(Number);
  assert.ok(reaped! >= 1, printed);
  await until(
    'the child is gone',
    () => gone(pid),
    (isGone) => isGone,
    { deadlineMs: 2000 },
  );
});
