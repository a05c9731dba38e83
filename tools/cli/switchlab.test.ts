import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { commands, renderExamples } from './commands.ts';
import { projectRoot } from './run.ts';

const switchlab = (...args: string[]) =>
  execa(process.execPath, ['--disable-warning=ExperimentalWarning', 'tools/cli/switchlab.ts', ...args], {
    cwd: projectRoot,
    reject: false,
  });

test('every command has an npm script of its name, and only commands are behind the entry', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const entry = 'node tools/cli/prelude.mjs tools/cli/switchlab.ts';
  assert.equal(scripts.switchlab, entry);
  const behind = Object.entries(scripts).filter(([name, line]) => name !== 'switchlab' && line.startsWith(entry));
  const expected = commands.map(({ name }) => [name, `${entry} ${name}`]);
  assert.deepEqual(Object.fromEntries(behind), Object.fromEntries(expected));
  for (const { script } of commands) assert.ok(existsSync(path.resolve(import.meta.dirname, script)), script);
});

test('each help has examples', async () => {
  // Of those whose examples the entry adds to the help, one stands for all.
  const kinds = commands.filter(({ name, examples, mute }) => mute || examples.length === 0 || name === 'drill');
  assert.equal(kinds.length, 4);
  const helps = await Promise.all(kinds.map(({ name }) => switchlab(name, '--help')));
  for (const [i, { exitCode, stdout }] of helps.entries()) {
    const command = kinds[i]!;
    assert.equal(exitCode, 0, command.name);
    assert.match(stdout, new RegExp(`\nExamples:\n  npm run ${command.name}\\b`), command.name);
    if (command.examples.length > 0) assert.ok(stdout.endsWith(renderExamples(command)), command.name);
  }
});

test('examples name files that are there', () => {
  const words = commands.flatMap(({ examples }) => examples.flatMap(([line]) => line.split(' ')));
  const files = words.filter((word) => /^(features|configs)\//.test(word)).map((word) => word.split(':')[0]!);
  assert.ok(files.length >= 4);
  for (const file of files) assert.ok(existsSync(path.join(projectRoot, file)), file);
});

test('an unknown command gets the nearest name, none at all the list, both exit code 3', async () => {
  const wrong = await switchlab('conformnce', '--target', 'reference');
  assert.equal(wrong.exitCode, 3);
  assert.match(wrong.stderr, /unknown command 'conformnce'\n\(Did you mean conformance\?\)/);
  const none = await switchlab();
  assert.equal(none.exitCode, 3);
  for (const { name } of commands) assert.match(none.stderr, new RegExp(`^  ${name} `, 'm'));
  assert.equal((await switchlab('--help')).exitCode, 0);
});

test('a selection in which nothing is, or nothing of what is asked for, is refused before anything starts', async () => {
  const table = 'features/compatibility/table.feature';
  const refused = async (args: string[], why: RegExp) => {
    const { exitCode, stderr } = await switchlab('conformance', ...args);
    assert.equal(exitCode, 3, args.join(' '));
    assert.match(stderr, why);
  };
  await refused(['--tags', '@CTL-NONE-01', '--shard', '1/1'], /No scenario is in features with tags/);
  await refused([table, 'features/typo'], /No scenario is in features\/typo/);
  await refused(['features/identity', '--client-target', 'go'], /--client-target go takes part in features\/comp/);
  await refused([table, '--guest', 'apache:5.3.3'], /--guest apache:5\.3\.3 takes part in features\/mixed/);
});

test('arguments reach a command as they were given', async () => {
  const { stdout } = await switchlab('list', 'topologies', '--json');
  const listed = JSON.parse(stdout) as { name: string; about: string }[];
  assert.ok(listed.some(({ name, about }) => name === 'pair' && about.startsWith('A NameServer')));
  const unknown = await switchlab('list', 'colours');
  assert.equal(unknown.exitCode, 3);
  assert.match(unknown.stderr, /Allowed choices are targets, features/);
  // The option -h of an mqadmin command is its own.
  assert.match((await switchlab('mqadmin', 'clusterList', '-h')).stdout, /usage: mqadmin clusterList/);
});
