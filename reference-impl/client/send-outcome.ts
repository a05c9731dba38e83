import { errorText, SwitchlabError } from '../base/errors.ts';
import { ResponseCode } from '../remoting/codes.ts';
import type { RemotingCommand } from '../remoting/types.ts';

/** Codes that a client gives itself (`ClientErrorCode`): they never travel. Nothing was sent. */
export const ClientErrorCode = {
  CONNECT_BROKER_EXCEPTION: 10001,
  BROKER_NOT_EXIST_EXCEPTION: 10003,
  NOT_FOUND_TOPIC_EXCEPTION: 10005,
} as const;

/**
 * What became of one send. The first four are `SendStatus`: the message is in the master's log, at the place given.
 * `refused`: the broker said no, or nothing was sent. `unknown`: sent without an answer that decides, so perhaps stored.
 */
export type SendKind =
  | 'SEND_OK'
  | 'FLUSH_DISK_TIMEOUT'
  | 'FLUSH_SLAVE_TIMEOUT'
  | 'SLAVE_NOT_AVAILABLE'
  | 'refused'
  | 'unknown';

export interface SendOutcome {
  readonly kind: SendKind;
  /** Response code, a `ClientErrorCode`, or null without an answer. */
  readonly code: number | null;
  /** The broker's remark, or why there is no answer. */
  readonly remark: string | null;
  readonly brokerName: string;
  /** Where it was sent, null when nowhere. */
  readonly address: string | null;
  /** The queue that the broker named; the one asked for otherwise. */
  readonly queueId: number;
  /** Of the (first) message; null unless stored. */
  readonly queueOffset: number | null;
  /** Id by place, of a batch one per message joined by commas; null unless stored. */
  readonly offsetMsgId: string | null;
}

const kindByCode: Readonly<Record<number, SendKind>> = {
  [ResponseCode.SUCCESS]: 'SEND_OK',
  [ResponseCode.FLUSH_DISK_TIMEOUT]: 'FLUSH_DISK_TIMEOUT',
  [ResponseCode.FLUSH_SLAVE_TIMEOUT]: 'FLUSH_SLAVE_TIMEOUT',
  [ResponseCode.SLAVE_NOT_AVAILABLE]: 'SLAVE_NOT_AVAILABLE',
};

/** Where a send went: what its outcome repeats. */
export interface SendTarget {
  readonly brokerName: string;
  readonly address: string | null;
  readonly queueId: number;
}

/** The outcome of an answered send. A success that names no place is `unknown`: the answer cannot be believed. */
export function outcomeOfAnswer(target: SendTarget, answer: RemotingCommand): SendOutcome {
  const kind = kindByCode[answer.code];
  if (kind === undefined)
    return isUndecided(answer) ? undecidedSend(target, answer) : refusedSend(target, answer.code, answer.remark);
  const { msgId, queueId, queueOffset } = answer.extFields ?? {};
  if (msgId === undefined || queueId === undefined || queueOffset === undefined) {
    return unknownSend(target, `code ${answer.code} without msgId, queueId or queueOffset`);
  }
  return {
    kind,
    code: answer.code,
    remark: answer.remark,
    brokerName: target.brokerName,
    address: target.address,
    queueId: Number(queueId),
    queueOffset: Number(queueOffset),
    offsetMsgId: msgId,
  };
}

/**
 * The leader of a DLedger commit log gave up waiting for its majority, or gave up its role: the message is in its log, and
 * may be committed later or be cut. It says so with the words for a busy page cache.
 */
function isUndecided({ code, remark }: RemotingCommand): boolean {
  const busy = remark?.startsWith('[PC_SYNCHRONIZED]') === true || remark === 'UNKNOWN_ERROR';
  return code === ResponseCode.SYSTEM_ERROR && busy;
}

function undecidedSend(target: SendTarget, { code, remark }: RemotingCommand): SendOutcome {
  return { ...refusedSend(target, code, remark), kind: 'unknown' };
}

/** The outcome of a send that a broker, or the client itself, refused. */
export function refusedSend(target: SendTarget, code: number, remark: string | null): SendOutcome {
  const { brokerName, address, queueId } = target;
  return { kind: 'refused', code, remark, brokerName, address, queueId, queueOffset: null, offsetMsgId: null };
}

/** The outcome of a send without an answer. Only what certainly never left counts as refused. */
export function outcomeOfFailure(target: SendTarget, error: unknown): SendOutcome {
  const code = error instanceof SwitchlabError ? error.code : null;
  if (code === 'REMOTING_CONNECT_FAILED' || code === 'REMOTING_TOO_MANY_REQUESTS' || code === 'FRAME_TOO_LARGE') {
    return refusedSend(target, ClientErrorCode.CONNECT_BROKER_EXCEPTION, errorText(error));
  }
  return unknownSend(target, errorText(error));
}

function unknownSend({ brokerName, address, queueId }: SendTarget, remark: string): SendOutcome {
  return { kind: 'unknown', code: null, remark, brokerName, address, queueId, queueOffset: null, offsetMsgId: null };
}
