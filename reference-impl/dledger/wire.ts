// DLedger messages as bodies of remoting frames: JSON objects, keys in alphabetical order, null fields left out, byte arrays
// in Base64. Response frames have remoting code 200 whatever the `code` inside says.
//   vote       51001  ledgerEndIndex, ledgerEndTerm / voteResult
//   heartBeat  51002  nothing of its own / nothing
//   push       51004  type, commitIndex, entry | batchEntry[], totalSize, and derived: batch, count, firstEntryIndex,
//                     lastEntryIndex / index, count, beginIndex, endIndex
//   every one         code, group, leaderId, localId, remoteId, term
// Source: io.openmessaging.storage.dledger.protocol 0.3.1.2, written by fastjson.
import { type Entry, entrySize } from '../raft/entry.ts';
import {
  type PushRequest,
  type PushType,
  RaftCode,
  type RaftRequest,
  type RaftResponse,
  type VoteResult,
} from '../raft/messages.ts';
import { DLedgerCode } from '../remoting/codes.ts';
import { type Bean, decodeBean, encodeBean, integer, malformed, text } from './bean.ts';

export const requestCodes = {
  vote: DLedgerCode.VOTE,
  heartBeat: DLedgerCode.HEART_BEAT,
  push: DLedgerCode.PUSH,
} as const;

/** Remoting code of every answer. */
export const dledgerResponseCode = 200;

export function encodeRequest(request: RaftRequest): Buffer {
  if (request.kind === 'push') return encodePush(request);
  const { group, leaderId, localId, remoteId, term } = request;
  const code = RaftCode.SUCCESS;
  if (request.kind === 'heartBeat') return encodeBean({ code, group, leaderId, localId, remoteId, term });
  const { ledgerEndIndex, ledgerEndTerm } = request;
  return encodeBean({ code, group, leaderId, ledgerEndIndex, ledgerEndTerm, localId, remoteId, term });
}

/** Written by hand, key by key in their order: a leader encodes every message once for each of its followers. */
function encodePush({ type, commitIndex, entries, group, leaderId, localId, remoteId, term }: PushRequest): Buffer {
  const [first] = entries;
  const batch = entries.length > 1;
  const { SUCCESS } = RaftCode;
  const envelope = { group, leaderId, localId, remoteId };
  const [groupText, leader, local, remote] = Object.values(envelope).map((value) => JSON.stringify(value));
  const entry = batch || first === undefined ? '' : `"entry":${entryText(first)},`;
  const size = batch ? entries.reduce((sum, { body }) => sum + entrySize(body), 0) : 0;
  return Buffer.from(
    `{"batch":${batch},"batchEntry":[${batch ? entries.map(entryText).join() : ''}],"code":${SUCCESS},` +
      `"commitIndex":${commitIndex},"count":${entries.length},${entry}"firstEntryIndex":${first?.index ?? -1},` +
      `"group":${groupText},"lastEntryIndex":${entries.at(-1)?.index ?? -1},"leaderId":${leader},"localId":${local},` +
      `"remoteId":${remote},"term":${term},"totalSize":${size},"type":"${type}"}`,
  );
}

/** The text of an entry that is being pushed: the same for every follower. */
const entryTexts = new WeakMap<Entry, string>();

function entryText(entry: Entry): string {
  let text = entryTexts.get(entry);
  if (text === undefined) {
    text = JSON.stringify(entryBean(entry));
    entryTexts.set(entry, text);
  }
  return text;
}

/** The keys in their order. */
export function entryBean({ index, term, pos, body }: Entry): Bean {
  return {
    body: Buffer.from(body.buffer, body.byteOffset, body.length).toString('base64'),
    bodyCrc: 0,
    chainCrc: 0,
    channel: 0,
    index,
    magic: 1,
    pos,
    size: entrySize(body),
    term,
  };
}

/** The answer to `request`: successful votes and pushes repeat group and ids of the request, as DLedger's do. */
export function encodeResponse(response: RaftResponse, request: RaftRequest): Buffer {
  const { code, term } = response;
  if (response.kind === 'heartBeat') return encodeBean({ code, term });
  const { group } = request;
  if (response.kind === 'push') {
    const { index, count, beginIndex, endIndex } = response;
    return encodeBean({ beginIndex, code, count, endIndex, group, index, term });
  }
  const { leaderId, localId, remoteId } = request;
  return encodeBean({ code, group, leaderId, localId, remoteId, term, voteResult: response.voteResult });
}

/** Throws BODY_MALFORMED. */
export function decodeRequest(kind: RaftRequest['kind'], body: Uint8Array | null): RaftRequest {
  const bean = decodeBean(body);
  const envelope = {
    group: text(bean, 'group'),
    localId: text(bean, 'localId'),
    remoteId: text(bean, 'remoteId'),
    leaderId: text(bean, 'leaderId'),
    term: integer(bean, 'term', -1),
  };
  if (kind === 'heartBeat') return { kind, ...envelope };
  if (kind === 'vote') {
    const ledgerEndIndex = integer(bean, 'ledgerEndIndex', -1);
    return { kind, ...envelope, ledgerEndIndex, ledgerEndTerm: integer(bean, 'ledgerEndTerm', -1) };
  }
  const batch = Array.isArray(bean.batchEntry) ? (bean.batchEntry as Bean[]) : [];
  const entries = bean.entry === undefined ? batch : [bean.entry as Bean];
  const type = text(bean, 'type') as PushType;
  if (!['APPEND', 'COMMIT', 'COMPARE', 'TRUNCATE'].includes(type)) throw malformed(`push type "${type}"`);
  return { kind, ...envelope, type, commitIndex: integer(bean, 'commitIndex', -1), entries: entries.map(decodeEntry) };
}

function decodeEntry(bean: Bean): Entry {
  const body = Buffer.from(text(bean, 'body'), 'base64');
  return { index: integer(bean, 'index'), term: integer(bean, 'term'), pos: integer(bean, 'pos'), body };
}

/** The response to a request of this kind; optional fields may be missing. Throws BODY_MALFORMED. */
export function decodeResponse(kind: RaftRequest['kind'], body: Uint8Array | null): RaftResponse {
  const bean = decodeBean(body);
  const common = { code: integer(bean, 'code', RaftCode.SUCCESS), term: integer(bean, 'term', -1) };
  if (kind === 'heartBeat') return { kind, ...common };
  if (kind === 'vote') return { kind, ...common, voteResult: (bean.voteResult ?? 'UNKNOWN') as VoteResult };
  return {
    kind,
    ...common,
    index: integer(bean, 'index', -1),
    count: integer(bean, 'count', 1),
    beginIndex: integer(bean, 'beginIndex', -1),
    endIndex: integer(bean, 'endIndex', -1),
  };
}
