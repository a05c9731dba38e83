import { ResponseCode } from '../../remoting/codes.ts';
import type { ExtFields, ResponseInit } from '../../remoting/types.ts';
import type { ControllerEvent } from '../state/events.ts';
import type { LiveBroker } from '../state/liveness.ts';
import type { ReplicasInfo } from '../state/replicas.ts';

/** What a leader decides from: the replicated state, and who lives at this moment. */
export interface DecisionContext {
  readonly replicas: ReplicasInfo;
  readonly living: (clusterName: string, brokerName: string, brokerId: number) => LiveBroker | undefined;
  readonly enableElectUncleanMaster: boolean;
}

/** The answer to a request, and the events that must be committed before it is given. */
export interface Decision {
  readonly response: ResponseInit;
  readonly events: readonly ControllerEvent[];
}

export function answer(extFields: ExtFields | null, body: Uint8Array | null = null): Decision {
  return { response: { code: ResponseCode.SUCCESS, extFields, body }, events: [] };
}

export function refuse(code: number, remark: string, extFields: ExtFields | null = null): Decision {
  return { response: { code, remark, extFields }, events: [] };
}

export function withEvent(decision: Decision, event: ControllerEvent): Decision {
  return { ...decision, events: [event] };
}
