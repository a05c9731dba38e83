import type { ControllerConfig } from '../config/controller.ts';
import type { LiveConfig } from '../config/live.ts';
import { parseProperties } from '../config/properties.ts';
import { ResponseCode } from '../remoting/codes.ts';
import type { ResponseInit } from '../remoting/types.ts';

const alwaysBlack = ['configBlackList', 'configStorePath', 'rocketmqHome'];

/** 1009: takes over the keys of the body, unless one of them is black-listed. */
export function updateConfig(config: LiveConfig<ControllerConfig>, body: Uint8Array | null): ResponseInit {
  const pairs = parseProperties(Buffer.from(body ?? []).toString(), 'update request');
  const black = new Set([...alwaysBlack, ...config.current.configBlackList.split(';').map((key) => key.trim())]);
  if (pairs.some(({ key }) => black.has(key))) {
    return { code: ResponseCode.NO_PERMISSION, remark: 'Can not update config in black list.' };
  }
  config.update(pairs);
  return { code: ResponseCode.SUCCESS };
}

/** 1010: `key=value` lines. The key that a file calls `processReadEvent` is shown by the name of its field. */
export function configText(config: LiveConfig<ControllerConfig>): ResponseInit {
  const lines = config.text().trimEnd().split('\n');
  const shown = lines.map((line) => line.replace(/^processReadEvent=/, 'isProcessReadEvent='));
  shown.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return { code: ResponseCode.SUCCESS, body: Buffer.from(`${shown.join('\n')}\n`) };
}

function keyOf(line: string): string {
  return line.slice(0, line.indexOf('='));
}
