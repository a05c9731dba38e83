import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { parse } from 'yaml';
import { shardOf } from './arguments.ts';
import { projectRoot } from './run.ts';

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
  readonly shell?: string;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}
interface Workflow {
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly 'runs-on': string;
        readonly needs?: string;
        readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
        readonly steps: readonly Step[];
      }
    >
  >;
}

const read = (file: string) => readFileSync(path.join(projectRoot, file), 'utf8');
const actionFiles = ['action.yml', '.github/actions/merge/action.yml'];
const workflowFiles = globSync('.github/workflows/*.yml', { cwd: projectRoot });
const actions = new Map(actionFiles.map((file) => [file, parse(read(file)) as Action]));
const workflows = new Map(workflowFiles.map((file) => [file, parse(read(file)) as Workflow]));
const steps = [
  ...[...actions.values()].flatMap(({ runs }) => runs.steps),
  ...[...workflows.values()].flatMap(({ jobs }) => Object.values(jobs).flatMap((job) => job.steps)),
];

test('workflows and actions run scripts that the project has', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const commands = steps.flatMap(({ run }) => run?.match(/npm (?:run [\w-]+|test)/g) ?? []);
  assert.deepEqual([...new Set(commands)].sort(), [
    'npm run conformance',
    'npm run matrix',
    'npm run report',
    'npm test',
  ]);
  for (const command of commands) assert.ok(scripts[command.replace(/^npm (run )?/, '')], command);
});

test('the options that they give are options of the command', async () => {
  const help = async (script: string, ...args: string[]) =>
    (await execa(process.execPath, [`tools/cli/${script}.ts`, ...args, '--help'], { cwd: projectRoot })).stdout;
  const known = `${await help('conformance')} ${await help('matrix')} ${await help('report', 'merge')}`;
  const used = steps.flatMap(({ run }) => run?.match(/--[a-z][\w-]*/g) ?? []);
  assert.ok(used.includes('--shard') && used.includes('--name'));
  for (const option of used) assert.ok(known.includes(`${option} <`), option);
});

test('an action declares the inputs it reads, and gets no others', () => {
  for (const [file, { inputs, runs }] of actions) {
    assert.equal(runs.using, 'composite');
    const asked = [...read(file).matchAll(/inputs\.(\w+)/g)].map(([, name]) => name!);
    assert.deepEqual([...new Set(asked)].sort(), Object.keys(inputs).sort(), file);
    // A composite action has no shell of its own, and an input inside a script would be run.
    for (const { run, shell } of runs.steps)
      assert.ok(run === undefined || (shell === 'bash' && !run.includes('inputs.')));
  }
  const local = steps.filter(({ uses }) => uses?.startsWith('./'));
  assert.equal(local.length, 2);
  for (const { uses, with: given } of local) {
    const action = actions.get(path.join(uses!, 'action.yml'))!;
    for (const name of Object.keys(given ?? {})) assert.ok(action.inputs[name], `${uses}: ${name}`);
  }
});

test('the jobs of a matrix are all shards of one run, and the report waits for them', () => {
  const { jobs } = workflows.get('.github/workflows/ci.yml')!;
  for (const sharded of ['conformance', 'matrix']) {
    const shards = jobs[sharded]!.strategy!.matrix.shard!.map(shardOf);
    assert.deepEqual(
      shards.map(({ index, of }) => [index, of]),
      shards.map((_, i) => [i + 1, shards.length]),
    );
  }
  assert.equal(jobs['matrix-report']!.needs, 'matrix');
  assert.equal(jobs.report!.needs, 'conformance');
  assert.deepEqual(jobs.report!.strategy!.matrix.target, jobs.conformance!.strategy!.matrix.target);
});

test('artifacts have paths that the platform takes', () => {
  const artifacts = steps.filter(({ uses }) => /^actions\/(up|down)load-artifact@/.test(uses ?? ''));
  assert.equal(artifacts.length, 6);
  // It refuses `.` and `..`, and the folder of a local action has the former.
  for (const { with: given } of artifacts) assert.doesNotMatch(String(given!.path), /\.\.|\.\/|action_path/);
});
