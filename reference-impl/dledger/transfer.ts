// LEADERSHIP_TRANSFER (51005): a tool, or the leader itself, tells the leader to give way to a member; the leader appends
// nothing more and passes the request on with the end of its log; the member catches up, asks for the next term, and
// answers once it leads or follows. Response: code, term.
// Source: DLedgerServer.handleLeadershipTransfer, DLedgerLeaderElector 0.3.1.2.
import type { Clock } from '../base/clock.ts';
import { RaftCode } from '../raft/messages.ts';
import type { RaftNode } from '../raft/node.ts';
import { type Bean, decodeBean, encodeBean, integer, text } from './bean.ts';

export interface TransferRequest {
  readonly group: string;
  readonly localId: string;
  readonly remoteId: string;
  readonly leaderId: string;
  readonly term: number;
  readonly transferId: string;
  readonly transfereeId: string;
  readonly takeLeadershipLedgerIndex: number;
}

export interface TransferResponse {
  readonly code: number;
  readonly term: number;
}

export function encodeTransferRequest(request: TransferRequest): Buffer {
  return encodeBean({ code: RaftCode.SUCCESS, ...request });
}

/** Throws BODY_MALFORMED. */
export function decodeTransferRequest(body: Uint8Array | null): TransferRequest {
  const bean = decodeBean(body);
  return {
    group: text(bean, 'group'),
    localId: text(bean, 'localId'),
    remoteId: text(bean, 'remoteId'),
    leaderId: text(bean, 'leaderId'),
    term: integer(bean, 'term', -1),
    transferId: text(bean, 'transferId'),
    transfereeId: text(bean, 'transfereeId'),
    takeLeadershipLedgerIndex: integer(bean, 'takeLeadershipLedgerIndex', -1),
  };
}

export function encodeTransferResponse({ code, term }: TransferResponse): Buffer {
  const bean: Bean = { code, term };
  return encodeBean(bean);
}

/** Throws BODY_MALFORMED. */
export function decodeTransferResponse(body: Uint8Array | null): TransferResponse {
  const bean = decodeBean(body);
  return { code: integer(bean, 'code', RaftCode.SUCCESS), term: integer(bean, 'term', -1) };
}

/** Entries that a member may lack when the leader gives way to it. */
const behindMax = 1000;
const catchUpMs = 1000;
const stepMs = 10;

export interface TransferOptions {
  readonly node: RaftNode;
  readonly group: string;
  readonly selfId: string;
  readonly peerIds: readonly string[];
  readonly clock: Clock;
  /** Longest time from the end of catching up to the end of the vote, ms. */
  readonly voteMs: number;
  readonly send: (to: string, request: TransferRequest) => Promise<TransferResponse | null>;
}

/** One member's part in a change of leaders by request. */
export class LeadershipTransfer {
  readonly #options: TransferOptions;

  constructor(options: TransferOptions) {
    this.#options = options;
  }

  handle(request: TransferRequest): Promise<TransferResponse> | TransferResponse {
    const { selfId, group } = this.#options;
    if (request.remoteId !== selfId) return this.#answer(RaftCode.UNKNOWN_MEMBER);
    if (request.group !== group) return this.#answer(RaftCode.UNKNOWN_GROUP);
    if (request.transferId === selfId) return this.giveWay(request.transfereeId, request.term);
    if (request.transfereeId === selfId) return this.#take(request);
    return this.#answer(RaftCode.UNEXPECTED_ARGUMENT);
  }

  /** Leader: lets `transfereeId` take over. Goes on leading when that does not work. */
  async giveWay(transfereeId: string, term: number): Promise<TransferResponse> {
    const { node, group, selfId, peerIds, send } = this.#options;
    const { role, currTerm, endIndex } = node.status;
    if (!peerIds.includes(transfereeId)) return this.#answer(RaftCode.UNKNOWN_MEMBER);
    if (term !== currTerm) return this.#answer(RaftCode.INCONSISTENT_TERM);
    if (role !== 'LEADER') return this.#answer(RaftCode.NOT_LEADER);
    if (endIndex - node.matchIndexOf(transfereeId) >= behindMax) return this.#answer(RaftCode.FALL_BEHIND_TOO_MUCH);
    if (node.transferee !== null) return this.#answer(RaftCode.LEADER_TRANSFERRING);
    node.giveWayTo(transfereeId);
    const ids = { localId: selfId, remoteId: transfereeId, leaderId: selfId, transferId: selfId, transfereeId };
    const response = await send(transfereeId, { group, term, ...ids, takeLeadershipLedgerIndex: endIndex });
    if (node.status.currTerm === term) node.giveWayTo(null);
    return response ?? this.#answer(RaftCode.NETWORK_ERROR);
  }

  async #take(request: TransferRequest): Promise<TransferResponse> {
    const { node, voteMs } = this.#options;
    const status = () => node.status;
    if (request.transferId !== status().leaderId) return this.#answer(RaftCode.INCONSISTENT_LEADER);
    const caughtUp = await this.#until(catchUpMs, () => status().endIndex >= request.takeLeadershipLedgerIndex);
    if (!caughtUp) return this.#answer(RaftCode.TAKE_LEADERSHIP_FAILED);
    if (request.term !== status().currTerm) return this.#answer(RaftCode.INCONSISTENT_TERM);
    node.takeLeadership();
    await this.#until(voteMs, () => status().role !== 'CANDIDATE' || status().currTerm > request.term + 1);
    const { role, currTerm } = status();
    const leads = role === 'LEADER' && currTerm === request.term + 1;
    return this.#answer(leads ? RaftCode.SUCCESS : RaftCode.TAKE_LEADERSHIP_FAILED);
  }

  /** False when the condition did not come to hold in time. */
  #until(deadlineMs: number, condition: () => boolean): Promise<boolean> {
    const { clock } = this.#options;
    const endMs = clock.nowMs() + deadlineMs;
    return new Promise((resolve) => {
      const look = () => {
        if (condition()) resolve(true);
        else if (clock.nowMs() >= endMs) resolve(false);
        else clock.after(stepMs, look);
      };
      look();
    });
  }

  #answer(code: number): TransferResponse {
    return { code, term: this.#options.node.status.currTerm };
  }
}

/**
 * Whom a leader gives way to by itself, once a second: of the preferred members that are alive, the one that lacks least.
 * Null: nobody, or this member is preferred itself.
 */
export function preferredTransferee(node: RaftNode, selfId: string, preferred: readonly string[]): string | null {
  const { role, endIndex } = node.status;
  if (role !== 'LEADER' || node.transferee !== null || preferred.includes(selfId)) return null;
  const behind = (peer: string) => endIndex - node.matchIndexOf(peer);
  const able = preferred.filter((peer) => node.isAlive(peer) && behind(peer) < behindMax);
  return able.sort((a, b) => behind(a) - behind(b))[0] ?? null;
}
