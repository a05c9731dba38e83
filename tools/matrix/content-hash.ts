import { createHash } from 'node:crypto';
import { globSync, lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { execaSync } from 'execa';
import { parse } from 'yaml';

const root = path.resolve(import.meta.dirname, '../..');

/** Everything beside the targets that decides what a cell of the table comes to, clients of the lab among it, stock clients not. */
const judges = [
  'package-lock.json',
  'configs/{topologies,profiles}/**',
  'features/compatibility/table.feature',
  'matrix/known-deviations/**',
  'matrix/{regressions,releases,since}.yaml',
  'steps/**',
  'tools/{lab,check}/**',
  'tools/report/{deviations,evidence,messages,regressions,types}.ts',
  'tools/cli/{conformance,judge-results,run-formatter}.ts',
  'reference-impl/{base,config,remoting,message,client,admin}/**',
];

/** Of its sources, which are read once: they are those that this process runs on. */
let reference: string | null = null;
let java: string | null = null;

/** Of the features, steps, lab and configuration that play the table, and the Node they run on. */
export function hashOfJudge(): string {
  return hashOf([process.version, ...contents(judges)]);
}

/** Of everything of this project that plays, anew at each call: line-ups that start later play later sources. */
export function hashOfSources(): string {
  return hashOf(contents([...judges, 'reference-impl/**', 'tools/stock-clients/**']));
}

/**
 * Of what a target is made of: the sources of the reference, the version of a release, names and sizes of the files of a
 * distribution, and for these two the Java that runs them; the text of a target file and of its templates. What a target file
 * starts is not looked at.
 * @param text one target as a user writes it
 */
export function hashOfTarget(text: string): string {
  if (text.startsWith('reference:')) return hashOf([text, (reference ??= hashOf(contents(['reference-impl/**'])))]);
  if (text.startsWith('apache:')) return hashOf([text, javaHere()]);
  if (text.startsWith('dist:')) return hashOf([text, javaHere(), ...sizes(text.slice('dist:'.length))]);
  return hashOf([readFileSync(text, 'utf8'), ...templatesOf(text).map((file) => readFileSync(file, 'utf8'))]);
}

/** What a Java process runs on, as far as it is seen from outside. */
function javaHere(): string {
  java ??= execaSync('java', ['-version'], { reject: false, all: true }).all ?? '';
  return [java, process.env.JAVA_HOME, process.env.JAVA_OPT_EXT].join('\n');
}

/** Files that a target file names as templates of configurations. */
function templatesOf(file: string): string[] {
  const yaml = parse(readFileSync(file, 'utf8')) as { config?: { templates?: Record<string, string> } } | null;
  return Object.values(yaml?.config?.templates ?? {}).map((name) => path.resolve(path.dirname(file), name));
}

/** Of a stock client: its name, which has its version or stands for that of `go.mod`, the programs that use it, and Java. */
export function hashOfStockClient(name: string): string {
  return hashOf([name, name.startsWith('java:') ? javaHere() : '', ...contents(['tools/stock-clients/**'])]);
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
