import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { SwitchlabError } from '../base/errors.ts';
import type { HaOptions } from './types.ts';

/** Replicas and probes; more are refused. */
const connectionsMax = 64;

/** The HA port of a broker: hands every connection on. */
export class HaListener {
  readonly #options: Pick<HaOptions, 'bindAddress' | 'haListenPort'>;
  readonly #server: Server;

  constructor(options: Pick<HaOptions, 'bindAddress' | 'haListenPort'>, accept: (socket: Socket) => void) {
    this.#options = options;
    this.#server = createServer(accept);
    this.#server.maxConnections = connectionsMax;
  }

  /** Port actually bound. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : this.#options.haListenPort;
  }

  /** Rejects with PORT_IN_USE. */
  async start(): Promise<void> {
    const { bindAddress: host, haListenPort: port } = this.#options;
    try {
      await once(this.#server.listen({ host, port }), 'listening');
    } catch (thrown) {
      throw new SwitchlabError('PORT_IN_USE', `HA port ${host}:${port} cannot be opened.`, { cause: thrown });
    }
  }

  /** Stops accepting; the owner of the connections closes them. */
  stop(): void {
    this.#server.close();
  }
}
