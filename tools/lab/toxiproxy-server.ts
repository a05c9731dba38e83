import path from 'node:path';
import { Toxiproxy } from 'toxiproxy-node-client';
import { temporaryFolder } from './folders.ts';
import { reservePort } from './ports.ts';
import { createProcess } from './processes.ts';
import { SetupError } from './setup-error.ts';
import { unnoted } from './timeline.ts';
import { findToxiproxy } from './toxiproxy-binary.ts';

export interface ToxiproxyServer extends AsyncDisposable {
  /** Address of its API, null when there is no server: every fault on a link is inconclusive then. */
  readonly url: string | null;
  /** How to get a server, when there is none. */
  readonly missing: string | null;
}

const readyDeadlineMs = 10_000;

/** Starts the Toxiproxy server of a run on a loopback port, with its log in `runFolder`; disposal ends it. */
export async function startToxiproxy({ runFolder }: { runFolder: string }): Promise<ToxiproxyServer> {
  let command: string;
  try {
    command = await findToxiproxy();
  } catch (thrown) {
    if (!(thrown instanceof SetupError)) throw thrown;
    return { url: null, missing: thrown.message, [Symbol.asyncDispose]: async () => undefined };
  }
  const port = await reservePort();
  const url = `http://127.0.0.1:${port}`;
  const api = new Toxiproxy(url);
  const folder = await temporaryFolder();
  const server = createProcess({
    name: 'toxiproxy',
    command,
    args: ['-host', '127.0.0.1', '-port', String(port)],
    env: { LOG_LEVEL: 'warn' },
    workingFolder: folder.path,
    logFile: path.join(runFolder, 'toxiproxy.log'),
    note: unnoted,
    isReady: async () => (await api.getVersion()) !== '',
  });
  await server.start();
  await server.waitReady(readyDeadlineMs);
  return {
    url,
    missing: null,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
