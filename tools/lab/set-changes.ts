import type { ReplicasInfo } from '../../reference-impl/client/controller-calls.ts';
import { encodeSyncStateSet } from '../../reference-impl/remoting/bodies/sync-state-set.ts';
import { ResponseCode } from '../../reference-impl/remoting/codes.ts';
import { controllerAlterSyncStateSet } from '../../reference-impl/remoting/commands/controller-alter-sync-state-set.ts';
import { encodeHeader } from '../../reference-impl/remoting/header.ts';
import { ask } from './ask.ts';
import type { PlannedServer } from './plan-servers.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure } from './until.ts';

/** Who asks for a smaller SyncStateSet, all else as it should be. */
export type Sender = 'the master' | 'a slave' | 'the master of an older epoch' | 'a master with an older set';

const codeOf: Record<Sender, number> = {
  'the master': ResponseCode.SUCCESS,
  'a slave': ResponseCode.CONTROLLER_INVALID_MASTER,
  'the master of an older epoch': ResponseCode.CONTROLLER_FENCED_MASTER_EPOCH,
  'a master with an older set': ResponseCode.CONTROLLER_FENCED_SYNC_STATE_SET_EPOCH,
};

/** Requests to change the SyncStateSet of a trial's group (1001), as brokers send them and as they should not. */
export class SetChanges {
  readonly #trial: Trial;
  #answer: { readonly sender: Sender; readonly code: number; readonly remark: string | null } | null = null;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /** Asks `controller` to take all slaves but the sender out of the set. */
  async request(sender: Sender, controller: PlannedServer, info: ReplicasInfo): Promise<void> {
    const { code, remark } = await ask(this.#trial, controller, requestOf(this.#trial.group, sender, info));
    this.#answer = { sender, code, remark };
    this.#trial.options.observe('answered', code, `${sender} asked for a smaller set: ${code} ${remark}`);
  }

  /** Throws unless the last request got the code that its sender deserves. */
  isAnsweredAsDue(): void {
    if (this.#answer === null) throw new Error('The scenario asked for no change before this step.');
    const { sender, code, remark } = this.#answer;
    if (code !== codeOf[sender]) throw new ConditionFailure(`${sender} got ${code} ${remark}, not ${codeOf[sender]}.`);
  }

  /** Throws unless the last request was answered by a controller that does not lead. */
  isRefusedByFollower(): void {
    const code = this.#answer?.code;
    if (code !== ResponseCode.CONTROLLER_NOT_LEADER)
      throw new ConditionFailure(`Answered with ${code}, not ${ResponseCode.CONTROLLER_NOT_LEADER}.`);
  }
}

function requestOf(brokerName: string, sender: Sender, info: ReplicasInfo) {
  const { masterBrokerId, masterEpoch, syncStateSetEpoch, inSyncReplicas } = info;
  const slave = inSyncReplicas.find(({ brokerId }) => brokerId !== masterBrokerId);
  if (masterBrokerId === null || slave === undefined)
    throw new ConditionFailure(`The set must have a master and a slave: ${JSON.stringify(info)}`);
  const { code, request } = controllerAlterSyncStateSet;
  const older = (what: Sender) => (sender === what ? 1 : 0);
  const header = {
    brokerName,
    masterBrokerId: sender === 'a slave' ? slave.brokerId : masterBrokerId,
    masterEpoch: masterEpoch - older('the master of an older epoch'),
    invokeTime: Date.now(),
  };
  const body = encodeSyncStateSet({
    syncStateSet: [header.masterBrokerId],
    syncStateSetEpoch: syncStateSetEpoch - older('a master with an older set'),
  });
  return { code, extFields: encodeHeader(request, header), body };
}
