import type { Release } from '../base/release.ts';
import { systemClock } from '../base/clock.ts';
import { uniqKeySource } from '../message/ids.ts';
import type { RemotingClient } from '../remoting/types.ts';
import type { MessageQueue } from './queues.ts';
import { outcomeOfAnswer, type SendOutcome } from './send-outcome.ts';
import { type MessageInit, sendRequest } from './send-request.ts';

/** Wait for the answer of a send, ms: `sendMsgTimeout` of a producer that nobody configured. */
const sendTimeoutMs = 3000;

export interface SentMessage {
  readonly outcome: SendOutcome;
  /** UNIQ_KEY that the message carries: the id that tools show. */
  readonly msgId: string;
}

/** Single sends of tools; whoever sends much uses a `Producer`. */
export interface SendCalls {
  /** One attempt. A refusal is in the outcome; throws what `RemotingClient.invoke` throws. */
  send(address: string, producerGroup: string, queue: MessageQueue, message: MessageInit): Promise<SentMessage>;
}

export function createSendCalls(remoting: RemotingClient, release: Release): SendCalls {
  const uniqKey = uniqKeySource(Uint8Array.of(127, 0, 0, 1), systemClock);
  return {
    async send(address, producerGroup, queue, message) {
      const msgId = uniqKey();
      const context = { release, producerGroup, bornTimestamp: systemClock.nowMs(), uniqKey: () => msgId };
      const answer = await remoting.invoke(address, sendRequest(queue, message, context), sendTimeoutMs);
      return { outcome: outcomeOfAnswer({ ...queue, address }, answer), msgId };
    },
  };
}
