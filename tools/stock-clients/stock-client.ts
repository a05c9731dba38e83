import { Inconclusive } from '../lab/inconclusive.ts';
import { SetupError } from '../lab/setup-error.ts';
import { missingTools } from '../lab/tools-present.ts';
import { Unsupported } from '../lab/unsupported.ts';
import type { CommandLine } from './client-program.ts';
import { goClientVersion, prepareGoClient } from './go-client.ts';
import { javaTools, prepareJavaClient } from './java-client.ts';

/** A client as its makers published it, with programs of ours that send and consume through it. */
export interface StockClient {
  /** `java:5.3.3`, `go`: as features write it. */
  readonly name: string;
  readonly version: string;
  /** How often its programs ask NameServers for routes, ms. What a client learns of a switch, it may learn that late. */
  readonly routePollMs: number;
  /**
   * Writes what the program needs into `folder`.
   * @param args NameServers joined by semicolons and a topic; for a producer, messages and messages per second too
   */
  command(program: 'producer' | 'consumer', args: readonly string[], folder: string): Promise<CommandLine>;
}

interface Kind {
  readonly version: string;
  /** Programs that must be on the PATH. */
  readonly needs: readonly string[];
  readonly prepare: () => Promise<StockClient>;
}

const kinds: Readonly<Record<string, Kind>> = {
  'java:4.9.7': { version: '4.9.7', needs: javaTools, prepare: () => prepareJavaClient('4.9.7') },
  'java:5.3.3': { version: '5.3.3', needs: javaTools, prepare: () => prepareJavaClient('5.3.3') },
  go: { version: goClientVersion, needs: ['go'], prepare: prepareGoClient },
};

export const stockClientNames: readonly string[] = Object.keys(kinds);

/** Its name and version as reports list them; empty without a client. */
export function stockClientVersions(name: string | null): Record<string, string> {
  return name === null ? {} : { [`client ${name}`]: kinds[name]!.version };
}

/**
 * Fetches and builds it, into the user's cache. Throws `Unsupported` when this machine lacks a tool for it, and
 * `Inconclusive` when the tools fail.
 */
export async function prepareStockClient(name: string): Promise<StockClient> {
  return await prepared(name, kinds[name]!.needs, kinds[name]!.prepare);
}

/** @param needs programs that must be on the PATH */
export async function prepared<T>(what: string, needs: readonly string[], prepare: () => Promise<T>): Promise<T> {
  const missing = await missingTools(...needs);
  if (missing.length > 0)
    throw new Unsupported(`${what} cannot run on this machine: there is no ${missing.join(' and no ')} on the PATH.`);
  return await prepare().catch((thrown: unknown) => {
    throw thrown instanceof SetupError ? new Inconclusive(thrown.message, { cause: thrown }) : thrown;
  });
}
