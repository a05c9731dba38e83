// Dependency-free start of every npm script: installs what the lock file names when it is missing or stale, then goes on
// with the script on the pinned Node. Usage: node prelude.mjs script.ts [arguments…]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const pinnedNode = path.join(root, 'node_modules/node/bin/node');
const installedLock = path.join(root, 'node_modules/.package-lock.json');

/** Whether node_modules is what the lock file names: npm writes its own copy of it last, without what this machine cannot run. */
function isInstalled() {
  if (!existsSync(pinnedNode) || !existsSync(installedLock)) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const installed = packagesOf(installedLock);
  return Object.entries(packagesOf(path.join(root, 'package-lock.json'))).every(
    ([name, { integrity, optional }]) =>
      name === '' || (name in installed ? installed[name].integrity === integrity : optional),
  );
}

function install() {
  if (isInstalled()) return;
  console.error('Installing dependencies (npm ci) …');
  const { status, error } = spawnSync('npm', ['ci'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status === 0 && isInstalled()) return;
  console.error(`Set-up failed: npm ci ended with ${error ?? status}. Check the registry access and run it by hand.`);
  process.exit(3);
}

install();

const env = { ...process.env };
env.PATH = `${path.dirname(pinnedNode)}${path.delimiter}${path.join(root, 'node_modules/.bin')}${path.delimiter}${env.PATH}`;
// Coverage and the compile cache exclude each other: cached code reports no coverage.
if (!env.NODE_V8_COVERAGE) env.NODE_COMPILE_CACHE ??= path.join(root, '.cache/compile');

const [script, ...args] = process.argv.slice(2);
const child = spawn(pinnedNode, ['--disable-warning=ExperimentalWarning', path.resolve(root, script), ...args], {
  // By the channel the script notices when this process is killed.
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  env,
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
