import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const folder = mkdtempSync(join(tmpdir(), 'mqnamesrv-'));
after(() => rmSync(folder, { recursive: true }));

const mqnamesrv = fileURLToPath(new URL('mqnamesrv.ts', import.meta.url));
const deadlineMs = 20_000;

interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

class Process {
  out = '';
  err = '';
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #closed: Promise<unknown>;

  constructor(args: readonly string[], env: NodeJS.ProcessEnv) {
    const options = ['--disable-warning=ExperimentalWarning', mqnamesrv, ...args];
    this.#child = spawn(process.execPath, options, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: deadlineMs });
    this.#closed = once(this.#child, 'close');
    this.#child.stdout.on('data', (chunk) => (this.out += String(chunk)));
    this.#child.stderr.on('data', (chunk) => (this.err += String(chunk)));
  }

  async finished(): Promise<Finished> {
    await this.#closed;
    return { code: this.#child.exitCode, out: this.out, err: this.err };
  }

  /** Resolves with the addresses of the ready line; rejects when the process ends without one. */
  async ready(): Promise<Record<string, string>> {
    for (;;) {
      const line = /^ready (.*)$/m.exec(this.out);
      if (line !== null) return JSON.parse(line[1]!) as Record<string, string>;
      const ended = this.#closed.then(() => {
        throw new Error(`ended without a ready line: ${this.err}`);
      });
      await Promise.race([once(this.#child.stdout, 'data'), ended]);
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

const home = { ...process.env, ROCKETMQ_HOME: folder, HOME: folder };

function run(args: readonly string[], env: NodeJS.ProcessEnv = home): Promise<Finished> {
  return new Process(args, env).finished();
}

function confFile(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

for (const release of ['old', 'new'] as const) {
  test(`${release}: prints the texts of RocketMQ, then the ready line, and ends cleanly at SIGTERM`, async () => {
    const file = confFile(`${release}.conf`, `listenPort=0\nkvConfigPath=${folder}/kv.json\n`);
    const namesrv = new Process(['-c', file, '--release', release], home);
    const { remoting } = await namesrv.ready();
    const address = release === 'new' ? `, address ${remoting}` : '';
    assert.deepEqual(namesrv.out.split('\n'), [
      `load config properties file OK, ${file}`,
      `The Name Server boot success. serializeType=JSON${address}`,
      `ready {"remoting":"${remoting}"}`,
      '',
    ]);
    namesrv.kill('SIGTERM');
    assert.equal((await namesrv.finished()).code, 0);
  });
}

test('-h prints the usage', async () => {
  const { code, out } = await run(['-h']);
  assert.equal(code, 0);
  assert.match(out, /^usage: mqnamesrv .*--configFile/s);
});

test('an unknown option: exit 1, usage on standard output, reason on standard error', async () => {
  const { code, out, err } = await run(['--nonsense']);
  assert.equal(code, 1);
  assert.match(out, /^usage: mqnamesrv/);
  assert.match(err, /--nonsense.*\[COMMAND_LINE_INVALID\]/s);
});

test('an unknown release: exit 1', async () => {
  const { code, err } = await run(['--release', 'newest']);
  assert.equal(code, 1);
  assert.match(err, /--release newest is none of old, new/);
});

test('a missing file: exit 255, named', async () => {
  const { code, out, err } = await run(['-c', '/nonexistent/ns.conf']);
  assert.equal(code, 255);
  assert.equal(out, '');
  assert.match(err, /\/nonexistent\/ns\.conf.*\[CONFIG_FILE_MISSING\]/);
});

test('no ROCKETMQ_HOME: exit 254, but -p prints', async () => {
  const { ROCKETMQ_HOME: _, ...homeless } = home;
  const refused = await run([], homeless);
  assert.equal(refused.code, 254);
  assert.match(refused.err, /^Please set the ROCKETMQ_HOME variable in your environment to match the location/);
  const printed = await run(['-p'], homeless);
  assert.equal(printed.code, 0);
  assert.match(printed.out, /^listenPort=9876$/m);
});

test('-p prints what the file set, of the keys that the release knows', async () => {
  const file = confFile('p.conf', 'listenPort=1234\nscanNotActiveBrokerInterval=77\n');
  const printed = await run(['-p', '-c', file]);
  assert.match(printed.out, /^listenPort=1234$/m);
  assert.match(printed.out, /^scanNotActiveBrokerInterval=77$/m);
  const old = await run(['--printConfigItem', '--release', 'old', '--configFile', file]);
  assert.doesNotMatch(old.out, /scanNotActiveBrokerInterval/);
});

test('the file of a NameServer is not that of the controller in it', async () => {
  const text = 'enableControllerInNamesrv=true\ncontrollerDLegerPeers=n0-127.0.0.1:1\ncontrollerDLegerSelfId=n0\n';
  const file = confFile('embedded.conf', text);
  const { out } = await run(['-p', '-c', file]);
  assert.deepEqual(out.match(/(?<=^configStorePath=).*$/gm), [file, join(folder, 'controller/controller.properties')]);
});

test('a long option may be shortened', async () => {
  const { code, out } = await run(['--printC']);
  assert.equal(code, 0);
  assert.match(out, /^listenPort=9876$/m);
});

test('oddities of the file are logged with file, line and the nearest key', async () => {
  const file = confFile('odd.conf', 'listenPort=0\n\nsupportActingMastr=true\nwaitSecondsForService=4x\n');
  const { err } = await run(['-p', '-c', file]);
  assert.match(err, /odd\.conf, line 3: supportActingMastr: unknown key; did you mean supportActingMaster\?/);
  assert.match(err, /odd\.conf, line 4: waitSecondsForService: not of type int: the default stays/);
});

test('a port in use: exit 255, named', async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const { port } = holder.address() as { port: number };
  const { code, out, err } = await run(['-c', confFile('used.conf', `listenPort=${port}\n`)]);
  holder.close();
  assert.equal(code, 255);
  assert.doesNotMatch(out, /ready/);
  assert.match(err, new RegExp(`127\\.0\\.0\\.1:${port}.*\\[PORT_IN_USE\\]`, 's'));
});

test('a controller in the same process: its text and its address are in the output', async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const { port } = holder.address() as { port: number };
  await new Promise((resolve) => holder.close(resolve));
  const text = `listenPort=0\nenableControllerInNamesrv=true\ncontrollerDLegerGroup=g\ncontrollerDLegerSelfId=n0
controllerDLegerPeers=n0-127.0.0.1:${port}\ncontrollerStorePath=${folder}/controller\nkvConfigPath=${folder}/kv2.json\n`;
  const namesrv = new Process(['-c', confFile('embedded.conf', text)], home);
  const addresses = await namesrv.ready();
  assert.deepEqual(Object.values(addresses).includes(`127.0.0.1:${port}`), true);
  assert.match(namesrv.out, /^The ControllerManager boot success\. serializeType=JSON$/m);
  namesrv.kill('SIGINT');
  assert.equal((await namesrv.finished()).code, 0);
});
