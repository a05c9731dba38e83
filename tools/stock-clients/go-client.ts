import { readFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { builtOnce } from './built-once.ts';
import type { StockClient } from './stock-client.ts';

const sourceFolder = path.join(import.meta.dirname, 'go');
/** The first build fetches the client and compiles it with all that it stands on. */
const buildDeadlineMs = 240_000;
/** `_PullNameServerInterval` of the client; there is no setting. */
const routePollMs = 30_000;

/** As `go/go.mod` names it. */
export const goClientVersion = /rocketmq-client-go\/v2 v(\S+)/.exec(
  readFileSync(path.join(sourceFolder, 'go.mod'), 'utf8'),
)![1]!;

/** Builds the programs of `go/` with the client that its `go.mod` names. Throws `SetupError`. */
export async function prepareGoClient(): Promise<StockClient> {
  const program = await builtOnce('go', sourceFolder, async (target) => {
    const args = ['build', '-buildvcs=false', '-o', target, '.'];
    await execa('go', args, { cwd: sourceFolder, timeout: buildDeadlineMs });
  });
  return {
    name: 'go',
    version: goClientVersion,
    routePollMs,
    command: async (role, args) => ({ command: program, args: [role, ...args], env: {} }),
  };
}
