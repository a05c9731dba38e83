import type { Command, HeaderInit, HeaderOf, HeaderSchema } from '../remoting/header.ts';
import { decodeHeader, defineCommand, encodeHeader } from '../remoting/header.ts';
import { parseFastjson } from '../remoting/fastjson.ts';
import type { RemotingClient, RequestInit } from '../remoting/types.ts';
import { expectSuccess } from './refused.ts';

/** Time-out of one call: `DefaultMQAdminExt` and the producer both wait this long. */
export const callTimeoutMs = 5000;

/** A successful answer. */
export interface Answer<R extends HeaderSchema> {
  readonly header: HeaderOf<R>;
  readonly body: Buffer | null;
}

/** A command whose request and response have no header fields: only its code and body count. */
export function bareCommand(code: number): Command<HeaderSchema, HeaderSchema> {
  return defineCommand({ code, request: {}, response: {} });
}

/** Builds the request of a command. */
export function requestOf<Q extends HeaderSchema, R extends HeaderSchema>(
  command: Command<Q, R>,
  header: HeaderInit<Q>,
  body: Uint8Array | null = null,
): RequestInit {
  return { code: command.code, extFields: encodeHeader(command.request, header), body };
}

/** One request to one address. Throws RefusedError for any answer but success, and what `RemotingClient.invoke` throws. */
export async function call<Q extends HeaderSchema, R extends HeaderSchema>(
  remoting: RemotingClient,
  address: string,
  command: Command<Q, R>,
  header: HeaderInit<Q>,
  body: Uint8Array | null = null,
): Promise<Answer<R>> {
  const answer = await remoting.invoke(address, requestOf(command, header, body), callTimeoutMs);
  expectSuccess(address, command.code, answer);
  return { header: decodeHeader(command.response, answer.extFields), body: answer.body };
}

/** The body as fastjson text; null when there is none. Throws BODY_MALFORMED. */
export function jsonBody(body: Buffer | null): unknown {
  return body === null ? null : parseFastjson(body.toString('utf8'));
}
