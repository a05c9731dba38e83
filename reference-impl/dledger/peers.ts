import { errorText } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { RaftRequest, RaftResponse } from '../raft/messages.ts';
import type { RemotingClient, RemotingServer } from '../remoting/types.ts';
import type { RaftDriver } from './driver.ts';
import {
  decodeRequest,
  decodeResponse,
  dledgerResponseCode,
  encodeRequest,
  encodeResponse,
  requestCodes,
} from './wire.ts';

/** Sends a member's requests to the others; null when no answer came in time. */
export function sendTo(
  client: Pick<RemotingClient, 'invoke'>,
  peers: ReadonlyMap<string, string>,
  timeoutMs: number,
  log: Log,
): (to: string, request: RaftRequest) => Promise<RaftResponse | null> {
  return async (to, request) => {
    try {
      const code = requestCodes[request.kind];
      const { body } = await client.invoke(peers.get(to)!, { code, body: encodeRequest(request) }, timeoutMs);
      return decodeResponse(request.kind, body);
    } catch (thrown) {
      log.debug({ to, kind: request.kind, reason: errorText(thrown) }, 'no answer from a controller');
      return null;
    }
  };
}

/** Answers the requests of the other members. */
export function handlePeers(server: Pick<RemotingServer, 'handle'>, driver: RaftDriver): void {
  for (const kind of ['vote', 'heartBeat', 'push'] as const) {
    server.handle(requestCodes[kind], async ({ body }) => {
      const request = decodeRequest(kind, body);
      const response = await driver.request(request);
      return { code: dledgerResponseCode, body: encodeResponse(response, request) };
    });
  }
}
