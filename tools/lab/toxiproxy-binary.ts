import { constants } from 'node:fs';
import { access, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { errorText } from '../../reference-impl/base/errors.ts';
import { cacheFolder } from './folders.ts';
import { withLock } from './lock.ts';
import { SetupError } from './setup-error.ts';

export const toxiproxyVersion = '2.12.0';
const program = 'toxiproxy-server';
const installDeadlineMs = 180_000;

async function isExecutable(file: string): Promise<boolean> {
  return await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function onPath(): Promise<string | null> {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(folder, program);
    if (folder !== '' && (await isExecutable(file))) return file;
  }
  return null;
}

/** Builds the pinned version with the Go tool chain; the Go checksum database vouches for the source. */
async function installWithGo(folder: string): Promise<void> {
  const scratch = path.join(folder, `go-${process.pid}`);
  await execa('go', ['install', `github.com/Shopify/toxiproxy/v2/cmd/server@v${toxiproxyVersion}`], {
    env: { GOBIN: scratch, GOFLAGS: '' },
    timeout: installDeadlineMs,
  });
  await rename(path.join(scratch, 'server'), path.join(folder, program));
  await rm(scratch, { recursive: true });
}

/**
 * Path of a Toxiproxy server: `TOXIPROXY_BIN`, the PATH, the copy in the user's cache folder, or a new copy there, built
 * with Go. Throws `SetupError` that says how to get one.
 */
export async function findToxiproxy(): Promise<string> {
  const named = process.env.TOXIPROXY_BIN;
  if (named) {
    if (await isExecutable(named)) return named;
    throw new SetupError(`TOXIPROXY_BIN names ${named}, which cannot be executed.`);
  }
  const installed = await onPath();
  if (installed !== null) return installed;
  const folder = await cacheFolder('toxiproxy', toxiproxyVersion);
  const cached = path.join(folder, program);
  let failure = '';
  await withLock(path.join(folder, 'lock'), async () => {
    if (await isExecutable(cached)) return;
    await installWithGo(folder).catch((thrown: unknown) => (failure = errorText(thrown).split('\n')[0]!));
  });
  if (await isExecutable(cached)) return cached;
  throw new SetupError(
    `No Toxiproxy server, which every fault on a link needs (${failure}).\n` +
      `Install one: \`go install github.com/Shopify/toxiproxy/v2/cmd/server@v${toxiproxyVersion}\` and set TOXIPROXY_BIN to ` +
      `the program, or put toxiproxy-server ${toxiproxyVersion} from https://github.com/Shopify/toxiproxy/releases on the PATH.`,
  );
}
