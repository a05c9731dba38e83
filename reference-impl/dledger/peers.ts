import { errorText } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { RaftRequest, RaftResponse } from '../raft/messages.ts';
import type { RemotingClient, RemotingServer } from '../remoting/types.ts';
import { DLedgerCode } from '../remoting/codes.ts';
import type { RaftDriver } from './driver.ts';
import {
  decodeTransferRequest,
  decodeTransferResponse,
  encodeTransferRequest,
  encodeTransferResponse,
  type TransferRequest,
  type TransferResponse,
} from './transfer.ts';
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
      log.debug({ to, kind: request.kind, reason: errorText(thrown) }, 'no answer from a member');
      return null;
    }
  };
}

/** Passes a change of leaders on to a member; null when no answer came in time. */
export function sendTransferTo(
  client: Pick<RemotingClient, 'invoke'>,
  peers: ReadonlyMap<string, string>,
  timeoutMs: number,
  log: Log,
): (to: string, request: TransferRequest) => Promise<TransferResponse | null> {
  return async (to, request) => {
    try {
      const body = encodeTransferRequest(request);
      const answer = await client.invoke(peers.get(to)!, { code: DLedgerCode.LEADERSHIP_TRANSFER, body }, timeoutMs);
      return decodeTransferResponse(answer.body);
    } catch (thrown) {
      log.debug({ to, reason: errorText(thrown) }, 'no answer to a change of leaders');
      return null;
    }
  };
}

/** Answers the requests of the other members, and for a change of leaders. */
export function handlePeers(server: Pick<RemotingServer, 'handle'>, driver: RaftDriver): void {
  for (const kind of ['vote', 'heartBeat', 'push'] as const) {
    server.handle(requestCodes[kind], async ({ body }) => {
      const request = decodeRequest(kind, body);
      const response = await driver.request(request);
      return { code: dledgerResponseCode, body: encodeResponse(response, request) };
    });
  }
  server.handle(DLedgerCode.LEADERSHIP_TRANSFER, async ({ body }) => {
    const response = await driver.transfer(decodeTransferRequest(body));
    return { code: dledgerResponseCode, body: encodeTransferResponse(response) };
  });
}
