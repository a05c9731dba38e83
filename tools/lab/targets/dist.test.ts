import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Cluster } from '../cluster.ts';
import { type Folder, temporaryFolder } from '../folders.ts';
import { readProfile } from '../profile.ts';
import { SetupError } from '../setup-error.ts';
import { parseTargets } from '../targets.ts';
import type { Topology } from '../topology.ts';
import { Unsupported } from '../unsupported.ts';
import { installApache } from './apache-installation.ts';
import { distTarget } from './dist.ts';
import { until } from '../until.ts';

let folder: Folder;
before(async () => {
  folder = await temporaryFolder();
});
after(async () => {
  await folder[Symbol.asyncDispose]();
});

// In the form of the scripts of a distribution: one for each role starts another one, which starts the program and waits.
const roleScript = (main: string) => `sh "$ROCKETMQ_HOME/bin/runserver.sh" -Drole=1 ${main} $@\n`;
const javaScript = `JAVA_OPT="\${JAVA_OPT} -server -Xms4g -Xmx4g -XX:+AlwaysPreTouch \${JAVA_OPT_EXT}"
java \${JAVA_OPT} -cp "$ROCKETMQ_HOME/lib/*" $@
`;
/** Stands for the JVM: says what it is given, and serves. */
const nodeScript = `echo "options \${JAVA_OPT_EXT}"
"${process.execPath}" "$ROCKETMQ_HOME/server.mjs" "$4"
`;
const server = `
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
const port = Number(/listenPort=(\\d+)/.exec(readFileSync(process.argv[2], 'utf8'))[1]);
createServer((socket) => socket.on('error', () => {}).on('data', (bytes) => socket.write(bytes)))
  .listen(port, '127.0.0.1', () => console.log('pid ' + process.pid));
process.on('SIGTERM', () => setTimeout(() => { console.log('closed cleanly'); process.exit(0); }, 300));
`;

interface Distribution {
  readonly version: string;
  readonly roles: readonly string[];
  readonly runserver: string;
}

let folders = 0;
function distribution({ version, roles, runserver }: Distribution): string {
  const home = path.join(folder.path, `rocketmq-${folders++}`);
  for (const name of ['bin', 'lib']) mkdirSync(path.join(home, name), { recursive: true });
  const main = (role: string) => (role === 'namesrv' ? 'namesrv.NamesrvStartup' : `${role}.Startup`);
  for (const role of roles)
    writeFileSync(path.join(home, 'bin', `mq${role}`), roleScript(`org.apache.rocketmq.${main(role)}`));
  writeFileSync(path.join(home, 'bin', 'runserver.sh'), runserver);
  writeFileSync(path.join(home, 'server.mjs'), server);
  if (version !== '') writeFileSync(path.join(home, 'lib', `rocketmq-broker-${version}.jar`), '');
  return home;
}

const everyRole = ['namesrv', 'controller', 'broker'];
const lonelyNamesrv: Topology = {
  namesrvs: [{ release: 'new', controller: false, guest: false, config: {} }],
  controllers: [],
  brokers: [],
};

async function start(home: string, topology = lonelyNamesrv): Promise<Cluster> {
  const targets = parseTargets(`dist:${home}`);
  const evidenceFolder = path.join(home, 'evidence');
  return await Cluster.start(topology, {
    targets,
    profile: readProfile(targets.defaultProfile),
    seed: 1,
    evidenceFolder,
    toxiproxyUrl: null,
  });
}

const logOf = (cluster: Cluster) => readFileSync(cluster.process('namesrv-0').logFile, 'utf8');
const servingPid = (cluster: Cluster) => Number(/^pid (\d+)$/m.exec(logOf(cluster))![1]);
const runs = (pid: number) =>
  existsSync(`/proc/${pid}`) && !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));

test('a folder is what its libraries say, and plays the roles that it has scripts for', () => {
  const whole = distTarget(distribution({ version: '5.3.3', roles: everyRole, runserver: javaScript }));
  assert.deepEqual([whole.release, whole.apacheVersion, whole.dialling], ['new', '5.3.3', 'hosts']);
  assert.ok(whole.support.abilities.has('controller'));
  const old = distTarget(distribution({ version: '4.9.7-ours', roles: ['namesrv', 'broker'], runserver: javaScript }));
  assert.deepEqual([old.release, old.apacheVersion], ['old', '4.9.7']);
  assert.match(old.version, /^RocketMQ 4\.9\.7-ours in /);
  assert.equal(old.support.abilities.has('controller'), false);
});

test('a folder that is no distribution is refused with what it lacks', () => {
  assert.throws(() => distTarget(path.join(folder.path, 'nowhere')), /no bin\/mqbroker or no lib/);
  const unversioned = distribution({ version: '', roles: everyRole, runserver: javaScript });
  assert.throws(() => distTarget(unversioned), /no rocketmq-broker-<version>\.jar/);
  assert.throws(() => parseTargets('dist:'), SetupError);
});

test('signals pass both scripts: it stops cleanly, freezes, and is gone when it is killed', async () => {
  const home = distribution({ version: '5.3.3', roles: everyRole, runserver: nodeScript });
  await using cluster = await start(home);
  const namesrv = cluster.process('namesrv-0');
  assert.match(logOf(cluster), /options -Xms64m .*-Duser\.home=/);
  const first = servingPid(cluster);
  assert.notEqual(first, namesrv.pid);
  namesrv.pause();
  const look = () => readFileSync(`/proc/${first}/stat`, 'latin1');
  await until('it stands still', look, (stat) => /\) T /.test(stat), { deadlineMs: 5_000 });
  namesrv.resume();
  await namesrv.stop(10_000);
  assert.equal(runs(first), false);
  assert.match(logOf(cluster), /closed cleanly/);
  await namesrv.start();
  await namesrv.waitReady(20_000);
  const pids = [...logOf(cluster).matchAll(/^pid (\d+)$/gm)].map(([, pid]) => Number(pid));
  await namesrv.kill();
  assert.equal(runs(pids.at(-1)!), false);
});

test('a role without a script is unsupported', async () => {
  const home = distribution({ version: '5.3.3', roles: ['namesrv', 'broker'], runserver: nodeScript });
  const withController = { ...lonelyNamesrv, controllers: [{ guest: false, config: {} }] };
  await assert.rejects(start(home, withController), Unsupported);
});

test('the libraries of a real release start through such scripts, with a small heap', async (context) => {
  const home = distribution({ version: '5.3.3', roles: everyRole, runserver: javaScript });
  try {
    const { lib } = await installApache('5.3.3', 'new');
    symlinkSync(lib, path.join(home, 'lib', 'release'));
    writeFileSync(path.join(home, 'bin', 'runserver.sh'), javaScript.replace('/lib/*', '/lib/release/*'));
  } catch (thrown) {
    if (!(thrown instanceof SetupError)) throw thrown;
    context.skip(thrown.message.split('\n')[0]);
    return;
  }
  await using cluster = await start(home);
  cluster.assertNoUnexpectedExit();
  assert.match(logOf(cluster), /boot success/);
  await cluster.process('namesrv-0').stop(60_000);
});
