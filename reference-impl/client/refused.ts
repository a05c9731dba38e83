import { SwitchlabError } from '../base/errors.ts';
import type { RemotingCommand } from '../remoting/types.ts';
import { ResponseCode } from '../remoting/codes.ts';

/** A server answered with another code than success: `responseCode` and `remark` are its own. */
export class RefusedError extends SwitchlabError {
  override name = 'RefusedError';
  readonly address: string;
  readonly requestCode: number;
  readonly responseCode: number;
  readonly remark: string;

  constructor(address: string, requestCode: number, answer: RemotingCommand) {
    super('REQUEST_REFUSED', `${address} answered code ${answer.code}: ${answer.remark ?? 'no remark'}.`);
    this.address = address;
    this.requestCode = requestCode;
    this.responseCode = answer.code;
    this.remark = answer.remark ?? '';
  }
}

/** Throws RefusedError unless the answer is a success. The remark of a success means nothing (remoting.md 6). */
export function expectSuccess(address: string, requestCode: number, answer: RemotingCommand): RemotingCommand {
  if (answer.code === ResponseCode.SUCCESS) return answer;
  throw new RefusedError(address, requestCode, answer);
}

/** The response code of a refusal, null for anything else that was thrown. */
export function refusalCode(thrown: unknown): number | null {
  return thrown instanceof RefusedError ? thrown.responseCode : null;
}
