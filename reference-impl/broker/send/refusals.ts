import { ResponseCode } from '../../remoting/codes.ts';
import type { ResponseInit } from '../../remoting/types.ts';
import type { AppendRefusal } from '../../store/types.ts';
import { type Broker, isSlave } from '../broker.ts';

/** Refusals that depend on the broker alone. */
export const rejected: ResponseInit = {
  code: ResponseCode.SYSTEM_BUSY,
  remark: '[REJECTREQUEST]system busy, start flow control for a while',
};

export const overloaded: ResponseInit = {
  code: ResponseCode.SYSTEM_BUSY,
  remark: '[OVERLOAD]system busy, start flow control for a while',
};

export const replicasNotEnough: ResponseInit = {
  code: ResponseCode.SYSTEM_ERROR,
  remark: 'in-sync replicas not enough',
};

const notAvailableRemark =
  "service not available now. It may be caused by one of the following reasons: the broker's disk is full, " +
  'messages are put to the slave, message store has been shut down, etc.';

export const notAvailable: ResponseInit = { code: ResponseCode.SERVICE_NOT_AVAILABLE, remark: notAvailableRemark };

const pageCacheBusy: ResponseInit = {
  code: ResponseCode.SYSTEM_ERROR,
  remark: '[PC_SYNCHRONIZED]broker busy, start flow control for a while',
};

/** Why this broker stores nothing now, whatever the message; null when it does. */
export function storeRefusal(broker: Broker): ResponseInit | null {
  if (isSlave(broker)) return broker.release === 'new' ? rejected : notAvailable;
  return broker.role.fenced ? notAvailable : null;
}

/** The store's refusal as an answer. */
export function appendRefusal(broker: Broker, refusal: AppendRefusal): ResponseInit {
  if (refusal === 'SERVICE_NOT_AVAILABLE') return notAvailable;
  if (refusal === 'UNKNOWN_ERROR') return { code: ResponseCode.SYSTEM_ERROR, remark: 'UNKNOWN_ERROR' };
  if (refusal === 'OS_PAGE_CACHE_BUSY') return pageCacheBusy;
  const limit = broker.config.maxMessageSize;
  const remark =
    'the message is illegal, maybe msg body or properties length not matched. ' +
    `msg body length limit ${limit}B, msg properties length limit 32KB.`;
  return { code: ResponseCode.MESSAGE_ILLEGAL, remark };
}
