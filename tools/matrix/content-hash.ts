import { createHash } from 'node:crypto';
import { globSync, lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** Everything beside the targets that decides what a cell of the table comes to, clients of the lab among it. */
const judges = [
  'package-lock.json',
  'configs/{topologies,profiles}/**',
  'features/compatibility/table.feature',
  'matrix/known-deviations/**',
  'steps/**',
  'tools/{lab,check}/**',
  'tools/report/deviations.ts',
  'reference-impl/{base,config,remoting,message,client,admin}/**',
];

/** Of its sources, which are read once: they are those that this process runs on. */
let reference: string | null = null;

/** Of the features, steps, lab and configuration that play the table, and the Node they run on. */
export function hashOfJudge(): string {
  return hashOf([process.version, ...contents(judges)]);
}

/**
 * Of what a target is made of: the sources of the reference, the version of a release, names and sizes of the files of a
 * distribution, the text of a target file. What a target file starts is not looked at.
 * @param text one target as a user writes it
 */
export function hashOfTarget(text: string): string {
  if (text.startsWith('reference:')) return hashOf([text, (reference ??= hashOf(contents(['reference-impl/**'])))]);
  if (text.startsWith('dist:')) return hashOf([text, ...sizes(text.slice('dist:'.length))]);
  return text.startsWith('apache:') ? hashOf([text]) : hashOf([readFileSync(text, 'utf8')]);
}

/** The parts are told apart: two lists that read the same when joined have different hashes. */
export function hashOf(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex').slice(0, 32);
}

/** Name and text of each file, without tests. */
function contents(patterns: readonly string[]): string[] {
  const files = globSync(patterns, {
    cwd: root,
    withFileTypes: true,
    exclude: (entry) => entry.name.endsWith('.test.ts'),
  });
  return files
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .sort()
    .flatMap((file) => [path.relative(root, file), readFileSync(file, 'latin1')]);
}

function sizes(folder: string): string[] {
  return globSync('**', { cwd: folder })
    .sort()
    .map((file) => `${file} ${lstatSync(path.join(folder, file)).size}`);
}
