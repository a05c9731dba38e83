import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { cacheFolder } from '../lab/folders.ts';
import { withLock } from '../lab/lock.ts';

const sourceFolder = path.join(import.meta.dirname, 'java');

/**
 * Compiles the programs of `java/` against the jars in `lib`. Returns the class folder in the user's cache: complete or
 * absent, one for each release and state of the sources.
 */
export async function compilePrograms(version: string, lib: string): Promise<string> {
  const sources = readdirSync(sourceFolder).map((name) => path.join(sourceFolder, name));
  const hash = createHash('sha256');
  for (const source of sources) hash.update(readFileSync(source));
  const classes = path.join(await cacheFolder('stock-clients'), `${version}-${hash.digest('hex').slice(0, 16)}`);
  await withLock(`${classes}.lock`, async () => {
    if (existsSync(classes)) return;
    const scratch = `${classes}.new`;
    await rm(scratch, { recursive: true, force: true });
    await execa('javac', ['-proc:none', '--release', '11', '-d', scratch, '-cp', path.join(lib, '*'), ...sources]);
    await rename(scratch, classes);
  });
  return classes;
}
