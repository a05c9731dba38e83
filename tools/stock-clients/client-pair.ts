import path from 'node:path';
import type { Attempt } from '../check/ledger.ts';
import type { Cluster } from '../lab/cluster.ts';
import { createLedger, type Ledger } from '../lab/traffic/ledger-files.ts';
import { ConditionFailure, until } from '../lab/until.ts';
import { type ClientProgram, startProgram } from './client-program.ts';
import { namesrvAccess } from './namesrv-access.ts';
import { attemptOf, deliveryOf } from './rows.ts';
import type { StockClient } from './stock-client.ts';

export interface ClientPairOptions {
  readonly cluster: Cluster;
  readonly topic: string;
  readonly client: StockClient;
  readonly messages: number;
  readonly perSecond: number;
  /** Takes the ledger and what the clients log. */
  readonly folder: string;
}

/**
 * A JVM starts and all messages go through, on a busy machine. A client may ask for routes every 30 s and spend three
 * times 3 s on a send to a frozen broker.
 */
const producedDeadline = { deadlineMs: 120_000, pollMs: 10 };
/** A pull that a frozen broker never answers takes 30 s, and the route of the next one may be 30 s old. */
const deliveredDeadline = { deadlineMs: 90_000 };

/** A stock producer and a stock push consumer on one topic, each in a process of its own, with their ledger. */
export class ClientPair implements AsyncDisposable {
  readonly ledger: Ledger;
  readonly #options: ClientPairOptions;
  readonly #acknowledged = new Set<string>();
  readonly #delivered = new Set<string>();
  readonly #resources = new AsyncDisposableStack();
  #producer!: ClientProgram;
  #consumer: ClientProgram | null = null;

  constructor(options: ClientPairOptions) {
    this.#options = options;
    this.ledger = this.#resources.use(createLedger(options.folder));
  }

  /** Resolves when both programs run; sending begins as soon as the client is up. */
  async start(): Promise<void> {
    const common = await this.#common();
    const { topic } = this.#options;
    this.#consumer = await this.#run('consumer', common, (line) => {
      const row = deliveryOf(line, topic);
      this.#delivered.add(row.key);
      this.ledger.delivered(row);
    });
    await this.#startProducer(common);
  }

  /** Runs the producer alone until its first call of send has ended, however. Throws as `produced` does. */
  async firstSend(): Promise<Attempt> {
    await this.#startProducer(await this.#common());
    const look = () => {
      this.#assertWell();
      return this.ledger.attempts[0] ?? null;
    };
    const first = await until('a first send has ended', look, (attempt) => attempt !== null, producedDeadline);
    await this.#producer[Symbol.asyncDispose]();
    return first!;
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

  /** Arguments of both programs. */
  async #common(): Promise<string[]> {
    const { cluster, topic } = this.#options;
    return [(await namesrvAccess(cluster, this.#resources)).join(';'), topic];
  }

  async #startProducer(common: readonly string[]): Promise<void> {
    const { topic, messages, perSecond } = this.#options;
    this.#producer = await this.#run('producer', [...common, String(messages), String(perSecond)], (line) => {
      const row = attemptOf(line, topic);
      if (row.outcome === 'SEND_OK') this.#acknowledged.add(row.key);
      this.ledger.attempted(row);
    });
  }

  async #run(program: 'producer' | 'consumer', args: readonly string[], onLine: (line: string) => void) {
    const { client, folder: evidence } = this.#options;
    const folder = path.join(evidence, program);
    const logFile = path.join(evidence, `${program}.log`);
    const title = `${program} of ${client.name}`;
    const line = await client.command(program, args, folder);
    return this.#resources.use(await startProgram({ ...line, title, folder, logFile }, onLine));
  }

  #assertWell(): void {
    const failure = this.#producer.failure ?? this.#consumer?.failure ?? null;
    if (failure !== null) throw failure;
  }
}

/** What is missing at the deadline is for the ledger to name. */
function leaveToJudge(thrown: unknown): void {
  if (!(thrown instanceof ConditionFailure)) throw thrown;
}
