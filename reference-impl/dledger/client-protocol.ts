// What tools ask a DLedger member, besides its peers:
//   METADATA (50000)  nothing / leaderId, peers {id: address}
//   GET (50002)       beginIndex, maxSize (not looked at) / entries [the one at beginIndex]; the leader answers
// Source: DLedgerServer.handleMetadata, handleGet 0.3.1.2. APPEND is for whoever owns the log; PULL is never answered there.
import { RaftCode } from '../raft/messages.ts';
import type { StoredLog } from '../raft/log.ts';
import type { RaftStatus } from '../raft/node.ts';
import { DLedgerCode } from '../remoting/codes.ts';
import type { RemotingServer } from '../remoting/types.ts';
import { type Bean, decodeBean, encodeBean, integer, text } from './bean.ts';
import { dledgerResponseCode, entryBean } from './wire.ts';

export interface AskedMember {
  readonly group: string;
  readonly selfId: string;
  readonly peers: ReadonlyMap<string, string>;
  readonly log: StoredLog;
  readonly status: () => RaftStatus;
}

/** Answers the requests of tools. */
export function handleTools(server: Pick<RemotingServer, 'handle'>, member: AskedMember): void {
  const answers = { [DLedgerCode.METADATA]: metadata, [DLedgerCode.GET]: get };
  for (const [code, answer] of Object.entries(answers)) {
    server.handle(Number(code), ({ body }) => {
      const request = decodeBean(body);
      const refusal = misdirected(member, request);
      const bean = refusal === null ? answer(member, request) : { code: refusal };
      const { leaderId } = member.status();
      const group = text(request, 'group');
      return {
        code: dledgerResponseCode,
        body: encodeBean({ group, leaderId: leaderId ?? undefined, term: -1, ...bean }),
      };
    });
  }
}

function misdirected({ group, selfId }: AskedMember, request: Bean): number | null {
  if (text(request, 'remoteId') !== selfId) return RaftCode.UNKNOWN_MEMBER;
  return text(request, 'group') === group ? null : RaftCode.UNKNOWN_GROUP;
}

function metadata({ peers }: AskedMember): Bean {
  return { code: RaftCode.SUCCESS, peers: Object.fromEntries(peers) };
}

function get({ log, status }: AskedMember, request: Bean): Bean {
  if (status().role !== 'LEADER') return { code: RaftCode.NOT_LEADER, entries: [] };
  const entry = log.entry(integer(request, 'beginIndex'));
  if (entry === undefined) return { code: RaftCode.INDEX_OUT_OF_RANGE, entries: [] };
  return { code: RaftCode.SUCCESS, entries: [entryBean(entry)] };
}
