import { SwitchlabError } from '../base/errors.ts';
import type { RemotingCommand } from '../remoting/types.ts';
import { ResponseCode } from '../remoting/codes.ts';

/** A server answered with another code than success: `responseCode` and `remark` are its own. */
export class RefusedError extends SwitchlabError {
  override name = 'RefusedError';
  readonly address: string;
  readonly responseCode: number;
  readonly remark: string;

  constructor(address: string, responseCode: number, remark: string | null) {
    super('REQUEST_REFUSED', `${address} answered code ${responseCode}: ${remark ?? 'no remark'}.`);
    this.address = address;
    this.responseCode = responseCode;
    this.remark = remark ?? '';
  }
}

/** Throws RefusedError unless the answer is a success. The remark of a success means nothing (remoting.md 6). */
export function expectSuccess(address: string, answer: RemotingCommand): RemotingCommand {
  if (answer.code === ResponseCode.SUCCESS) return answer;
  throw new RefusedError(address, answer.code, answer.remark);
}

/** The response code of a refusal, null for anything else that was thrown. */
export function refusalCode(thrown: unknown): number | null {
  return thrown instanceof RefusedError ? thrown.responseCode : null;
}
