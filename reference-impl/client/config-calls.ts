import { RequestCode } from '../remoting/codes.ts';
import type { RemotingClient } from '../remoting/types.ts';
import { bareCommand, call } from './call.ts';

/** Who keeps a configuration that tools read and change. */
export type ConfigOwner = 'broker' | 'namesrv' | 'controller';

const commands = {
  broker: { get: bareCommand(RequestCode.GET_BROKER_CONFIG), update: bareCommand(RequestCode.UPDATE_BROKER_CONFIG) },
  namesrv: { get: bareCommand(RequestCode.GET_NAMESRV_CONFIG), update: bareCommand(RequestCode.UPDATE_NAMESRV_CONFIG) },
  controller: {
    get: bareCommand(RequestCode.GET_CONTROLLER_CONFIG),
    update: bareCommand(RequestCode.UPDATE_CONTROLLER_CONFIG),
  },
} as const;

/** Configuration of one running process, by its address. Each throws RefusedError with the process's code. */
export interface ConfigCalls {
  /** Keys and values as text, in the order of the answer: sorted from a new process, in no order from an old one. */
  config(owner: ConfigOwner, address: string): Promise<ReadonlyMap<string, string>>;
  /** Refused with 16 for a key of the black list; a key that the process does not know is ignored. */
  updateConfig(owner: ConfigOwner, address: string, key: string, value: string): Promise<void>;
}

export function createConfigCalls(remoting: RemotingClient): ConfigCalls {
  return {
    async config(owner, address) {
      const { body } = await call(remoting, address, commands[owner].get, {});
      return new Map(configLines(body?.toString('utf8') ?? ''));
    },
    async updateConfig(owner, address, key, value) {
      await call(remoting, address, commands[owner].update, {}, Buffer.from(`${key}=${value}\n`));
    },
  };
}

/** Both sides write plain `key=value` lines: no escapes, though Java reads them as java.util.Properties. */
function configLines(text: string): [key: string, value: string][] {
  const lines = text.split('\n').filter((line) => line.includes('='));
  return lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
}
