import type { ConfigOwner } from '../client/config-calls.ts';
import { RefusedError } from '../client/refused.ts';
import { cell } from './columns.ts';
import { type AdminContext, given } from './command.ts';

/**
 * What the get…Config commands print of one process: its heading, then a row for each key. The real tool prints the keys
 * in the hash order of the Java that runs it; these come in the order of the answer.
 */
export function configText(heading: string, config: ReadonlyMap<string, string>): string {
  const rows = [...config].map(([key, value]) => `${cell(key, -50)}=  ${value}\n`);
  return `============${heading}============\n${rows.join('')}`;
}

/** Sets -k to -v at every address, also behind one that refuses; throws the first refusal when all were asked. */
export async function updateConfigs(
  context: AdminContext,
  owner: ConfigOwner,
  addresses: readonly string[],
): Promise<void> {
  let refused: RefusedError | null = null;
  for (const address of addresses) {
    try {
      await context.operator.updateConfig(owner, address, given(context, 'k'), given(context, 'v'));
    } catch (thrown) {
      if (!(thrown instanceof RefusedError)) throw thrown;
      refused ??= thrown;
    }
  }
  if (refused !== null) throw refused;
}

/** `[a, b]`, then what was set. */
export function configUpdateText(context: AdminContext, addresses: readonly string[]): string {
  return `[${addresses.join(', ')}]\n${given(context, 'k')} : ${given(context, 'v')}\n`;
}
