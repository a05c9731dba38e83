// UPDATE_BROKER_CONFIG (25)  body `key=value` lines in properties syntax; nothing is answered
// GET_BROKER_CONFIG (26)     response ext version (DataVersion as JSON), body `key=value` lines
import { errorText } from '../../base/errors.ts';
import { RequestCode, ResponseCode } from '../../remoting/codes.ts';
import { writeFastjson } from '../../remoting/fastjson-writer.ts';
import type { RemotingCommand, ResponseInit } from '../../remoting/types.ts';
import type { Broker, Handlers } from '../broker.ts';
import { blackListed, readUpdate } from '../settings.ts';

/** Requests of tools about the configuration: 25, 26. */
export function configHandlers(broker: Broker): Handlers {
  const { settings, release } = broker;
  return {
    [RequestCode.UPDATE_BROKER_CONFIG]: (request) => update(broker, request),
    [RequestCode.GET_BROKER_CONFIG]: () => ({
      code: ResponseCode.SUCCESS,
      extFields: { version: writeFastjson(settings.version.fields(release)) },
      body: Buffer.from(settings.text()),
    }),
  };
}

function update(broker: Broker, request: RemotingCommand): ResponseInit {
  const { settings, registration, topics, role, release } = broker;
  try {
    const pairs = readUpdate(request.body);
    if (release === 'new' && blackListed(broker.config, pairs)) {
      return { code: ResponseCode.NO_PERMISSION, remark: 'Can not update config in black list.' };
    }
    settings.update(pairs);
    if (pairs.some((pair) => pair.key === 'brokerPermission')) {
      topics.bumpVersion(role.masterEpoch);
      void registration.registerAll();
    }
    return { code: ResponseCode.SUCCESS };
  } catch (thrown) {
    return { code: ResponseCode.SYSTEM_ERROR, remark: errorText(thrown) };
  }
}
