import { SwitchlabError } from '../base/errors.ts';
import { type HaServer, type HaSocket, systemNetwork } from './network.ts';
import type { HaOptions } from './types.ts';

type ListenerOptions = Pick<HaOptions, 'bindAddress' | 'haListenPort' | 'network'>;

/** Replicas and probes; more are refused. */
const connectionsMax = 64;

/** The HA port of a broker: hands every connection on. */
export class HaListener {
  readonly #options: ListenerOptions;
  readonly #server: HaServer;

  constructor(options: ListenerOptions, accept: (socket: HaSocket) => void) {
    this.#options = options;
    this.#server = (options.network ?? systemNetwork).createServer(accept);
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
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject);
        this.#server.once('listening', resolve);
        this.#server.listen({ host, port });
      });
    } catch (thrown) {
      throw new SwitchlabError('PORT_IN_USE', `HA port ${host}:${port} cannot be opened.`, { cause: thrown });
    }
  }

  /** Stops accepting; the owner of the connections closes them. */
  stop(): void {
    this.#server.close();
  }
}
