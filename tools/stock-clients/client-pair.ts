import path from 'node:path';
import type { Cluster } from '../lab/cluster.ts';
import { createLedger, type Ledger } from '../lab/traffic/ledger-files.ts';
import { ConditionFailure, until } from '../lab/until.ts';
import { hostsOf } from './hosts.ts';
import type { JavaClient, JavaProgram } from './java-client.ts';
import { attemptOf, deliveryOf } from './rows.ts';

export interface ClientPairOptions {
  readonly cluster: Cluster;
  readonly topic: string;
  readonly client: JavaClient;
  readonly messages: number;
  readonly perSecond: number;
  /** Takes the ledger and what the clients log. */
  readonly folder: string;
}

/** A JVM starts and all messages go through, on a busy machine. */
const producedDeadline = { deadlineMs: 60_000, pollMs: 10 };
/** A stock consumer that lost its broker waits 3 s before it pulls again; its long polls take up to 15 s. */
const deliveredDeadline = { deadlineMs: 60_000 };

/** A stock producer and a stock push consumer on one topic, each in a JVM of its own, with their ledger. */
export class ClientPair implements AsyncDisposable {
  readonly ledger: Ledger;
  readonly #options: ClientPairOptions;
  readonly #acknowledged = new Set<string>();
  readonly #delivered = new Set<string>();
  readonly #resources = new AsyncDisposableStack();
  #producer!: JavaProgram;
  #consumer!: JavaProgram;

  constructor(options: ClientPairOptions) {
    this.#options = options;
    this.ledger = this.#resources.use(createLedger(options.folder));
  }

  /** Resolves when both JVMs run; sending begins as soon as the client is up. */
  async start(): Promise<void> {
    const { cluster, topic, client, messages, perSecond, folder } = this.#options;
    const run = (mainClass: string, ...more: number[]) => ({
      mainClass,
      args: [cluster.addresses('namesrv').join(';'), topic, ...more.map(String)],
      folder: path.join(folder, mainClass),
      hosts: hostsOf(cluster),
    });
    const consumer = client.start(run('StockConsumer'), (line) => {
      const row = deliveryOf(line, topic);
      this.#delivered.add(row.key);
      this.ledger.delivered(row);
    });
    this.#consumer = this.#resources.use(await consumer);
    const producer = client.start(run('StockProducer', messages, perSecond), (line) => {
      const row = attemptOf(line, topic);
      if (row.outcome === 'SEND_OK') this.#acknowledged.add(row.key);
      this.ledger.attempted(row);
    });
    this.#producer = this.#resources.use(await producer);
  }

  /** Resolves when so many messages are acknowledged. Throws `ProcessExit`, or `ConditionFailure` at the deadline. */
  async produced(count: number): Promise<void> {
    const look = () => {
      this.#assertWell();
      return { acknowledged: this.#acknowledged.size, lastSend: this.ledger.attempts.at(-1) };
    };
    const enough = ({ acknowledged }: ReturnType<typeof look>) => acknowledged >= count;
    await until(`${count} messages are acknowledged`, look, enough, producedDeadline);
  }

  /** Resolves when every message is acknowledged, and delivered or overdue. */
  async finished(): Promise<void> {
    await this.produced(this.#options.messages);
    await this.#producer.ended;
    const missing = () => {
      this.#assertWell();
      return [...this.#acknowledged].filter((key) => !this.#delivered.has(key)).length;
    };
    await until('every message was delivered', missing, (count) => count === 0, deliveredDeadline).catch(leaveToJudge);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }

  #assertWell(): void {
    const failure = this.#producer.failure ?? this.#consumer.failure;
    if (failure !== null) throw failure;
  }
}

/** What is missing at the deadline is for the ledger to name. */
function leaveToJudge(thrown: unknown): void {
  if (!(thrown instanceof ConditionFailure)) throw thrown;
}
