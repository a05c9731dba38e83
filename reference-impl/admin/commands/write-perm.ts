import type { AdminContext, AdminCommand } from '../command.ts';
import { given } from '../command.ts';
import { requiredOption } from '../options.ts';

const options = () => [requiredOption('b', 'brokerName', 'broker name')];

/** wipeWritePerm: 205 to every NameServer of -n. */
export const wipeWritePerm: AdminCommand = {
  name: 'wipeWritePerm',
  description: 'Wipe write perm of broker in all name server you defined in the -n param.',
  javaClass: 'WipeWritePermSubCommand',
  releases: ['old', 'new'],
  options,
  run: (context) => everyNamesrv(context, 'wipe', (address, name) => context.operator.wipeWritePerm(address, name)),
};

/** addWritePerm: 327 to every NameServer of -n. */
export const addWritePerm: AdminCommand = {
  name: 'addWritePerm',
  description: 'Add write perm of broker in all name server you defined in the -n param.',
  javaClass: 'AddWritePermSubCommand',
  releases: ['old', 'new'],
  options,
  run: (context) => everyNamesrv(context, 'add', (address, name) => context.operator.addWritePerm(address, name)),
};

/** A NameServer that fails does not keep the next from being told. */
async function everyNamesrv(
  context: AdminContext,
  verb: 'wipe' | 'add',
  change: (address: string, brokerName: string) => Promise<number>,
): Promise<void> {
  const brokerName = given(context, 'b');
  for (const address of context.namesrvAddrs) {
    const text = `${verb} write perm of broker[${brokerName}] in name server[${address}]`;
    try {
      context.print(`${text} OK, ${await change(address, brokerName)}\n`);
    } catch (thrown) {
      context.print(`${text} Failed\n`);
      context.warn(thrown);
    }
  }
}
