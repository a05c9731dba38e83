import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Cluster } from '../cluster.ts';
import { type Folder, temporaryFolder } from '../folders.ts';
import { ProcessExit } from '../process-exit.ts';
import { type Profile, readProfile } from '../profile.ts';
import { SetupError } from '../setup-error.ts';
import { assertSupported } from '../support.ts';
import { parseTargets } from '../targets.ts';
import type { Topology } from '../topology.ts';
import { ConditionFailure, until } from '../until.ts';
import { Unsupported } from '../unsupported.ts';
import { commandTarget } from './command.ts';

let folder: Folder;
before(async () => {
  folder = await temporaryFolder();
});
after(async () => {
  await folder[Symbol.asyncDispose]();
});

let files = 0;
function yamlFile(text: string): string {
  const file = path.join(folder.path, `target-${files++}.yaml`);
  writeFileSync(file, text);
  return file;
}

const compressed = readProfile('compressed');
/** Deadlines of a reader of this test's patience. */
const impatient: Profile = { ...compressed, deadlines: { ...compressed.deadlines, ready: 1_500, stop: 1_000 } };
const lonelyNamesrv: Topology = {
  namesrvs: [{ release: 'new', controller: false, guest: false, config: {} }],
  controllers: [],
  brokers: [],
};

/** Starts a NameServer of a target whose command is this Node program. */
async function start(program: string, more = '', topology = lonelyNamesrv, profile = impatient): Promise<Cluster> {
  const script = path.join(folder.path, `program-${files++}.mjs`);
  writeFileSync(script, program);
  const command = JSON.stringify([process.execPath, script, '{config}']);
  const target = yamlFile(`name: liar\nrelease: new\ncommands: { namesrv: ${command} }\n${more}`);
  const targets = parseTargets(target);
  const evidenceFolder = path.join(folder.path, `evidence-${files++}`);
  return await Cluster.start(topology, { targets, profile, seed: 1, evidenceFolder, toxiproxyUrl: null });
}

/** Answers whatever it is asked by the same bytes, which is an answer for the lab. */
const serve = `
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
const port = Number(/listenPort=(\\d+)/.exec(readFileSync(process.argv[2], 'utf8'))[1]);
createServer((socket) => socket.on('error', () => {}).on('data', (bytes) => socket.write(bytes)))
  .listen(port, '127.0.0.1', () => console.log('boot success'));
`;

test('an honest one starts, and stops by its own signal', async () => {
  const honest = `${serve}\nprocess.on('SIGINT', () => { console.log('bye'); process.exit(0); });`;
  await using cluster = await start(honest, 'ready: { output: boot success }\nstop: { signal: SIGINT }');
  const namesrv = cluster.process('namesrv-0');
  await namesrv.stop(5_000);
  assert.match(readFileSync(namesrv.logFile, 'utf8'), /bye\n$/);
  cluster.assertNoUnexpectedExit();
});

test('one that says it is ready and does not serve fails at the deadline', async () => {
  const lying = start("console.log('boot success'); setInterval(() => {}, 1000);", 'ready: { output: boot success }');
  await assert.rejects(lying, (thrown) => {
    assert.ok(thrown instanceof ConditionFailure);
    assert.match(thrown.message, /namesrv-0 serves: not within 1\.5 s/);
    return true;
  });
});

test('one that serves and never says that it is ready fails at the deadline', async () => {
  await assert.rejects(start(serve, 'ready: { output: never said }'), ConditionFailure);
});

test('one that accepts connections and never answers fails at the deadline, unless its file says that this will do', async () => {
  const mute = serve.replace('socket.write(bytes)', 'bytes');
  await assert.rejects(start(mute), ConditionFailure);
  await using cluster = await start(mute, 'ready: { probe: connect }');
  cluster.assertNoUnexpectedExit();
});

test('its output is that since its start, whatever lines it prints', async () => {
  const twice = serve.replace('boot success', 'boot success\\n--- after that');
  await using cluster = await start(twice, 'ready: { output: boot success }');
  cluster.assertNoUnexpectedExit();
});

test('one that ends early fails with its last words, or with none', async () => {
  await assert.rejects(start("console.log('no disk'); process.exit(3);"), (thrown) => {
    assert.ok(thrown instanceof ProcessExit);
    assert.match(thrown.message, /namesrv-0 ended by itself: exit code 3\.\n[^]*no disk$/);
    return true;
  });
  await assert.rejects(start(''), /namesrv-0 ended by itself: exit code 0/);
});

test('one that ends after it was ready fails the scenario that does not notice', async () => {
  await using cluster = await start(`${serve}\nprocess.on('SIGUSR2', () => process.exit(9));`);
  const namesrv = cluster.process('namesrv-0');
  process.kill(namesrv.pid!, 'SIGUSR2');
  await until(
    'it ended',
    () => namesrv.state,
    (state) => state === 'ended',
    { deadlineMs: 5_000 },
  );
  assert.throws(() => cluster.assertNoUnexpectedExit(), /ended by itself: exit code 9/);
});

test('one that ignores its stop signal fails the stop, and is gone', async () => {
  await using cluster = await start(`${serve}\nprocess.on('SIGTERM', () => {});`);
  const namesrv = cluster.process('namesrv-0');
  await assert.rejects(namesrv.stop(300), (thrown) => {
    assert.ok(thrown instanceof ConditionFailure);
    assert.match(thrown.message, /still ran 0\.3 s after SIGTERM, and was killed/);
    return true;
  });
  assert.equal(namesrv.state, 'ended');
});

test('a command that is not there is inconclusive, with its name', async () => {
  const target = yamlFile('name: x\nrelease: new\ncommands: { namesrv: [no-such-program] }');
  const evidenceFolder = path.join(folder.path, `evidence-${files++}`);
  const options = { targets: parseTargets(target), profile: impatient, seed: 1, evidenceFolder, toxiproxyUrl: null };
  await assert.rejects(Cluster.start(lonelyNamesrv, options), /namesrv-0:.*no-such-program/);
});

test('what it has no command for, or does not claim to do, is unsupported, with the ability', async () => {
  const withController = { ...lonelyNamesrv, namesrvs: [{ ...lonelyNamesrv.namesrvs[0]!, controller: true }] };
  await assert.rejects(start(serve, 'supports: [namesrv]', withController), (thrown) => {
    assert.ok(thrown instanceof Unsupported);
    assert.match(thrown.message, /liar does not support controller-in-namesrv/);
    return true;
  });
  const apart = { ...lonelyNamesrv, controllers: [{ guest: false, config: {} }] };
  await assert.rejects(start(serve, '', apart), Unsupported);
  await assert.rejects(start(serve, 'supports: []'), /does not support namesrv/);
});

test('scenarios with a tag that its file lists are unsupported, with the reason', () => {
  const text = "name: x\nrelease: new\ncommands: { broker: [x] }\nlacks: { '@CTL-RIP-04': it has no pool }";
  const targets = parseTargets(yamlFile(text));
  assertSupported(targets, ['@CTL-RIP-03']);
  assert.throws(() => assertSupported(targets, ['@CTL-RIP-03', '@CTL-RIP-04']), /@CTL-RIP-04: it has no pool/);
  const bare = parseTargets(yamlFile(text.replace("'@CTL-RIP-04'", 'CTL-RIP-04')));
  assert.throws(() => assertSupported(bare, ['@CTL-RIP-04']), Unsupported);
});

test('keys are renamed, dropped and set, and a template takes them by name', () => {
  writeFileSync(
    path.join(folder.path, 'broker.tmpl'),
    'port = {{port}}\nstore = "{{storePathRootDir}}"\nnone = {{x}}\n',
  );
  const config =
    'config: { rename: { listenPort: port }, drop: [brokerIP2], set: { quiet: true }, templates: { broker: broker.tmpl } }';
  const target = commandTarget(yamlFile(`name: x\nrelease: new\ncommands: { broker: [x] }\n${config}`));
  const keys = { listenPort: 7, brokerIP2: '127.0.0.1', storePathRootDir: '/s' };
  assert.equal(target.configText!('namesrv', keys), 'port=7\nstorePathRootDir=/s\nquiet=true\n');
  assert.equal(target.configText!('broker', keys), 'port = 7\nstore = "/s"\nnone = \n');
});

test('the command line says how it is led through proxies', () => {
  const dialling = (argument: string) =>
    commandTarget(yamlFile(`name: x\nrelease: new\ncommands: { broker: [x, '${argument}'] }`)).dialling;
  assert.deepEqual(
    [dialling('{config}'), dialling('--hosts={hosts}'), dialling('{dials}')],
    ['configuration', 'hosts', 'address-book'],
  );
  const both = 'name: x\nrelease: new\ncommands: { controller: [x], broker: [x] }\n';
  assert.equal(commandTarget(yamlFile(`${both}environment: { BOOK: '{dials}' }`)).dialling, 'address-book');
});

test('a file that means nothing is refused with its place', () => {
  const whole = 'name: x\nrelease: new\ncommands: { broker: [x] }\n';
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['release: new\ncommands: {}', /name must be a text/],
    ['name: x\nrelease: newer', /release must be one of old, new/],
    [`${whole}colour: red`, /has unknown keys: colour/],
    ["name: x\nrelease: new\ncommands: { broker: [x, '{port}'] }", /\{port\} is unknown, known are \{config\}/],
    [`${whole}supports: [flying]`, /"flying" is unknown/],
    [`${whole}supports: [namesrv]`, /namesrv has no command/],
    [`${whole}lacks: { CTL-RIB-04: none }`, /no feature has the tag @CTL-RIB-04/],
    [`${whole}profile: quick`, /profile must be one of compressed, tuned, documented/],
    [
      "name: x\nrelease: new\ncommands: { controller: [x], broker: [x, '{dials}'] }",
      /\{dials\} is given to the broker alone/,
    ],
    [`${whole}stop: { signal: SIGSTOP }`, /signal must be one of SIGTERM/],
    [`${whole}ready: { output: '(' }`, /output: Invalid regular expression/],
    [`${whole}config: { templates: { broker: nowhere.tmpl } }`, /broker: ENOENT/],
  ];
  for (const [text, expected] of wrong) {
    assert.throws(
      () => commandTarget(yamlFile(text)),
      (thrown) => thrown instanceof SetupError && expected.test(thrown.message),
      text,
    );
  }
  assert.throws(() => commandTarget(path.join(folder.path, 'nowhere.yaml')), SetupError);
});
