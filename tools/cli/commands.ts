/** One command of `switchlab`; each has an npm script of its name. */
export interface SwitchlabCommand {
  readonly name: string;
  /** Module that runs it, from here. */
  readonly script: string;
  readonly about: string;
  /** What follows `npm run <name> -- `, and what it is for. Empty: its own help has examples. */
  readonly examples: readonly (readonly [line: string, what: string])[];
  /** It has no `--help`. */
  readonly mute?: true;
}

const bin = '../../reference-impl/bin';

export const commands: readonly SwitchlabCommand[] = [
  {
    name: 'conformance',
    script: './conformance.ts',
    about: 'judges an implementation by the documented behaviour',
    examples: [
      ['', 'every feature, on the reference'],
      ['features/compatibility', 'the compatibility table'],
      ['features/compatibility --target apache:5.3.3,apache:4.9.7', 'on releases of Apache RocketMQ'],
      ['--target my-target.yaml --tags @CTL-CMP-07', 'one requirement, on an implementation of yours'],
      ['features/upgrade/restart.feature:8 --seed 7', 'one scenario again'],
    ],
  },
  {
    name: 'matrix',
    script: './matrix.ts',
    about: 'the compatibility table for every pair of an old and a new target',
    examples: [
      ['--old apache:4.9.7 --new apache:5.3.3,apache:5.5.0,reference:new', 'every cell for each pair, and mixed ones'],
      ['--old apache:4.9.7 --new apache:5.5.0 --no-mixed', 'that pair alone, beside the reference'],
      ['--old apache:4.9.7 --new apache:5.3.3,apache:5.5.0 --budget 10m', 'what shows most in ten minutes'],
    ],
  },
  { name: 'rehearse', script: './rehearse.ts', about: 'plays an upgrade on your files, with a runbook', examples: [] },
  { name: 'doctor', script: './doctor.ts', about: 'finds mistakes in configuration files', examples: [] },
  {
    name: 'report',
    script: './report.ts',
    about: 'compares, merges and shows runs',
    examples: [
      ['compare test-results/before test-results/after', 'what changed'],
      ['merge test-results/shard-1 test-results/shard-2 --name whole', 'one report of two shards'],
      ['durations test-results/whole', 'balance shards by what this run took'],
    ],
  },
  {
    name: 'requirements',
    script: './requirements.ts',
    about: 'which documented statement has which scenario',
    examples: [
      ['', 'all of them; exit code 1 when one has none and no reason'],
      ['--json', 'for a script, by `npm run -s requirements`'],
    ],
  },
  {
    name: 'drill',
    script: './drill.ts',
    about: 'SIGKILL at seeded moments under load',
    examples: [
      ['--moments 50', 'the reference'],
      ['--target apache:5.3.3 --moments 10 --seed 3', 'a release of Apache RocketMQ, other moments'],
    ],
  },
  {
    name: 'simulate',
    script: '../../reference-impl/controller/simulation/run.ts',
    about: 'controllers of the reference under seeded faults',
    examples: [
      ['--schedules 10000', 'more schedules'],
      ['--seed 4711 --schedules 1', 'one schedule again'],
    ],
  },
  {
    name: 'bench',
    script: '../bench/bench.ts',
    about: 'measures throughput, boot and failover',
    examples: [
      ['send', 'messages a second, latency, CPU'],
      ['failover --target apache:5.3.3', 'a release of Apache RocketMQ'],
    ],
  },
  {
    name: 'cluster',
    script: './cluster.ts',
    about: 'boots a cluster for people, and takes it down',
    examples: [
      ['up pair', 'a NameServer with its controller, and two brokers'],
      ['up production --target apache:5.3.3', 'three controllers and three brokers of Apache RocketMQ'],
      ['up nameservers/three-controllers brokers/controller-mode', 'from parts'],
      ['status', 'who lives, who is master, who is in sync'],
      ['down', 'end it, remove its data'],
    ],
  },
  {
    name: 'list',
    script: './list.ts',
    about: 'targets, features, plans, profiles, topologies',
    examples: [
      ['targets', 'what can be judged'],
      ['plans --json', 'for a script, by `npm run -s list`'],
    ],
  },
  {
    name: 'mqnamesrv',
    script: `${bin}/mqnamesrv.ts`,
    about: 'a NameServer of the reference',
    examples: [['-c configs/samples/namesrv.conf', 'with its controller; ROCKETMQ_HOME must be set']],
  },
  {
    name: 'mqcontroller',
    script: `${bin}/mqcontroller.ts`,
    about: 'a controller of the reference',
    examples: [['-c configs/samples/production/controller-1.conf', 'ROCKETMQ_HOME must be set']],
  },
  {
    name: 'mqbroker',
    script: `${bin}/mqbroker.ts`,
    about: 'a broker of the reference',
    examples: [
      ['-c configs/samples/broker-0.conf', 'ROCKETMQ_HOME must be set'],
      ['-m', 'the important settings, and their defaults'],
    ],
  },
  {
    name: 'mqadmin',
    script: `${bin}/mqadmin.ts`,
    about: 'administration, as in RocketMQ',
    examples: [
      ['', 'its commands'],
      ['help getSyncStateSet', 'the options of one'],
      ['clusterList -n 127.0.0.1:9876', 'brokers and who is master'],
    ],
    mute: true,
  },
];

/** Examples of a command as its help ends with them. */
export function renderExamples({ name, examples }: SwitchlabCommand): string {
  const lines = examples.map(([line, what]) => [`npm run ${name}${line === '' ? '' : ` -- ${line}`}`, what] as const);
  const width = Math.max(...lines.map(([line]) => line.length));
  return ['', 'Examples:', ...lines.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`)].join('\n');
}
