import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { execa } from 'execa';
import { projectRoot } from './run.ts';

const goldenStores = path.join(projectRoot, 'golden/store');
const samples = path.join(projectRoot, 'configs/samples');
/** Of golden stores. */
const sizes = 'mappedFileSizeCommitLog=32768 mappedFileSizeConsumeQueue=6000 maxHashSlotNum=100 maxIndexNum=400';

/** A user's cluster: sample files, and golden stores of some of its brokers. */
export interface UsersCluster {
  readonly plan: string;
  readonly files: readonly string[];
  /** Golden store by broker file. */
  readonly stores: Readonly<Record<string, string>>;
}

/** Writes the user's files into a folder. */
export async function writeCluster(folder: string, { files, stores }: UsersCluster): Promise<void> {
  for (const file of files) await execa('cp', ['-r', path.join(samples, file), folder]);
  for (const [file, store] of Object.entries(stores)) {
    const place = path.join(folder, 'stores', file);
    mkdirSync(place, { recursive: true });
    await execa('tar', ['-xzf', path.join(goldenStores, `${store}.tar.gz`), '-C', place]);
  }
}

/** Checksum, size and time of every file below a folder. */
export function stateOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map(({ parentPath, name }) => path.join(parentPath, name)).sort();
  return Object.fromEntries(
    files.map((file) => {
      const sum = createHash('sha256').update(readFileSync(file)).digest('hex');
      return [file, `${sum} ${statSync(file).size} ${statSync(file).mtimeMs}`];
    }),
  );
}

/** Starts a rehearsal of the files in a folder; those in its `added` join. @param script what Node runs */
export function rehearse(
  t: TestContext,
  folder: string,
  { plan, stores }: Pick<UsersCluster, 'plan' | 'stores'>,
  { script = ['tools/cli/rehearse.ts'], more = [] }: { script?: readonly string[]; more?: readonly string[] } = {},
) {
  const name = `test-rehearse-${path.basename(folder)}`;
  const given = Object.keys(stores).map((file) => `${file}=${path.join(folder, 'stores', file, 'store')}`);
  const entries = readdirSync(folder);
  const paths = entries.filter((entry) => entry !== 'stores' && entry !== 'added');
  const args = ['--plan', plan, ...paths, '--set', ...sizes.split(' '), '--name', name, ...more];
  if (given.length > 0) args.push('--store', ...given);
  if (entries.includes('added')) args.push('--add', 'added');
  const run = execa(process.execPath, ['--disable-warning=ExperimentalWarning', ...script, ...args], {
    cwd: projectRoot,
    env: { INIT_CWD: folder },
    reject: false,
    all: true,
  });
  const results = path.join(projectRoot, 'test-results', name);
  t.after(async () => {
    run.kill('SIGKILL');
    await run;
    rmSync(results, { recursive: true, force: true });
  });
  return { run, name, results };
}
