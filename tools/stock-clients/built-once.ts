import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { ExecaError } from 'execa';
import { cacheFolder } from '../lab/folders.ts';
import { withLock } from '../lab/lock.ts';
import { SetupError } from '../lab/setup-error.ts';

/**
 * Builds the programs of a source folder into the user's cache, once for each state of the sources.
 * @param name of what is built, part of its place in the cache
 * @param build writes a file or folder; a tool that fails is a `SetupError`
 * @returns where it is: complete or absent
 */
export async function builtOnce(
  name: string,
  sourceFolder: string,
  build: (target: string) => Promise<unknown>,
): Promise<string> {
  const hash = createHash('sha256');
  for (const file of readdirSync(sourceFolder).sort()) hash.update(readFileSync(path.join(sourceFolder, file)));
  const built = path.join(await cacheFolder('stock-clients'), `${name}-${hash.digest('hex').slice(0, 16)}`);
  await withLock(`${built}.lock`, async () => {
    if (existsSync(built)) return;
    const scratch = `${built}.new`;
    await rm(scratch, { recursive: true, force: true });
    try {
      await build(scratch);
    } catch (thrown) {
      if (!(thrown instanceof ExecaError)) throw thrown;
      const said = String(thrown.stderr).slice(-1000);
      throw new SetupError(`The programs in ${sourceFolder} could not be built: ${thrown.shortMessage}\n${said}`, {
        cause: thrown,
      });
    }
    await rename(scratch, built);
  });
  return built;
}
