import { ResponseCode } from '../../remoting/codes.ts';
import { type Command, encodeHeader, type HeaderInit, type HeaderSchema } from '../../remoting/header.ts';
import type { RemotingCommand } from '../../remoting/types.ts';
import type { SimulatedClient } from '../../remoting/simulation/network.ts';
import type { World } from './world.ts';

const callTimeoutMs = 400;

/** Asks one controller after the other until it finds the leader, as brokers and tools do. */
export class ControllerCalls {
  readonly controllers: readonly string[];
  readonly client: SimulatedClient;
  /** Index of the one that is asked now. */
  #asked: number;

  constructor(world: World, controllers: readonly string[], client: SimulatedClient) {
    this.controllers = controllers;
    this.client = client;
    this.#asked = world.random.int(controllers.length);
  }

  /** The answer of one controller, null for none; after a refusal the next one is asked the next time. */
  async call<Q extends HeaderSchema>(
    command: Command<Q, HeaderSchema>,
    header: HeaderInit<Q>,
    body: Uint8Array | null = null,
  ): Promise<RemotingCommand | null> {
    const request = { code: command.code, extFields: encodeHeader(command.request, header), body };
    try {
      const answer = await this.client.invoke(this.controllers[this.#asked]!, request, callTimeoutMs);
      if (answer.code === ResponseCode.CONTROLLER_NOT_LEADER) this.#tryNext();
      return answer;
    } catch {
      this.#tryNext(); // Lost on its way: for the asker the same as a controller that is down.
      return null;
    }
  }

  #tryNext(): void {
    this.#asked = (this.#asked + 1) % this.controllers.length;
  }
}
