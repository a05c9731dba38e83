import { ResponseCode } from '../../remoting/codes.ts';
import { type Command, encodeHeader, type HeaderInit, type HeaderSchema } from '../../remoting/header.ts';
import type { RemotingCommand } from '../../remoting/types.ts';
import type { SimulatedClient } from './network.ts';
import type { World } from './world.ts';

const callTimeoutMs = 400;

/** Asks one controller after the other until it finds the leader, as brokers and tools do. */
export class ControllerCalls {
  readonly controllers: readonly string[];
  readonly client: SimulatedClient;
  readonly #world: World;
  #controller: string;

  constructor(world: World, controllers: readonly string[], client: SimulatedClient) {
    this.#world = world;
    this.controllers = controllers;
    this.client = client;
    this.#controller = controllers[0]!;
  }

  /** The answer of one controller, null for none; after a refusal another one is asked the next time. */
  async call<Q extends HeaderSchema>(
    command: Command<Q, HeaderSchema>,
    header: HeaderInit<Q>,
    body: Uint8Array | null = null,
  ): Promise<RemotingCommand | null> {
    const request = { code: command.code, extFields: encodeHeader(command.request, header), body };
    try {
      const answer = await this.client.invoke(this.#controller, request, callTimeoutMs);
      if (answer.code === ResponseCode.CONTROLLER_NOT_LEADER) this.#tryAnother();
      return answer;
    } catch {
      this.#tryAnother(); // Lost on its way: for the asker the same as a controller that is down.
      return null;
    }
  }

  #tryAnother(): void {
    this.#controller = this.controllers[this.#world.random.int(this.controllers.length)]!;
  }
}
