import type { Release } from '../base/release.ts';
import type { LiveConfig } from '../config/live.ts';
import type { NamesrvConfig } from '../config/namesrv.ts';
import { parseProperties, type PropertyLine } from '../config/properties.ts';
import { RequestCode, ResponseCode } from '../remoting/codes.ts';
import type { RemotingServer, ResponseInit } from '../remoting/types.ts';

/** The configuration: 318 changes it, 319 shows it. */
export function handleConfig(server: RemotingServer, config: LiveConfig<NamesrvConfig>, release: Release): void {
  server.handle(RequestCode.UPDATE_NAMESRV_CONFIG, ({ body }) => {
    if (body === null) return { code: ResponseCode.SUCCESS };
    let pairs: PropertyLine[];
    try {
      // Java reads the bytes of the request as ISO-8859-1, like a file.
      pairs = parseProperties(body.toString('latin1'), 'request');
    } catch {
      // The only failure is a damaged escape; RocketMQ does not say more than this.
      return { code: ResponseCode.SYSTEM_ERROR, remark: 'string2Properties error' };
    }
    const refused = refuse(pairs, config.current, release);
    if (refused !== null) return refused;
    config.update(pairs);
    return { code: ResponseCode.SUCCESS };
  });
  server.handle(RequestCode.GET_NAMESRV_CONFIG, () => ({
    code: ResponseCode.SUCCESS,
    body: Buffer.from(config.text()),
  }));
}

/** One protected key refuses the whole text. 4.9.7 protects its two paths only. */
function refuse(pairs: readonly PropertyLine[], config: NamesrvConfig, release: Release): ResponseInit | null {
  const paths = ['configStorePath', 'kvConfigPath'];
  const listed = config.configBlackList.split(';').map((key) => key.trim());
  const black = release === 'old' ? paths : [...paths, 'configBlackList', 'rocketmqHome', ...listed];
  if (!pairs.some(({ key }) => black.includes(key))) return null;
  const remark = release === 'old' ? 'Can not update config path' : 'Can not update config in black list.';
  return { code: ResponseCode.NO_PERMISSION, remark };
}
