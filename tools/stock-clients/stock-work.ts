import path from 'node:path';
import type { MasterLoss } from '../lab/master-loss.ts';
import { isStoredElsewhere } from '../lab/master-loss.ts';
import { writeRecovery } from '../lab/recovery.ts';
import { drain } from '../lab/traffic/drain.ts';
import type { Trial } from '../lab/trial.ts';
import { ConditionFailure } from '../lab/until.ts';
import { assertNone } from '../lab/violations.ts';
import { ClientPair } from './client-pair.ts';
import { judge, repeats } from './judge.ts';
import { recoveryTimes } from './recovery-times.ts';
import { prepareStockClient, type StockClient } from './stock-client.ts';
import { createStockTopic, stockTopic } from './stock-topic.ts';

const messages = 10_000;
/** A pace that leaves a fault at half time a second of production, whatever the broker could take. */
const perSecond = 4_000;
/** How the clients, Java and Go, put it that no NameServer knows the topic. */
const noRoute = /route info/i;

/** A stock producer and a stock consumer at work on the group of a trial, and what becomes of their messages. */
export class StockWork implements AsyncDisposable {
  readonly #trial: Trial;
  #work: { readonly client: StockClient; readonly pair: ClientPair } | null = null;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /** Resolves when half of the messages are acknowledged. */
  async isHalfDone(clientName: string): Promise<void> {
    await this.#start(clientName);
    await this.#running.pair.produced(messages / 2);
  }

  /** Resolves when every message is acknowledged, and delivered or overdue. */
  async isDone(clientName: string): Promise<void> {
    await this.#start(clientName);
    await this.comesToItsEnd();
  }

  /** Resolves when every message of the work that was begun is acknowledged, and delivered or overdue. */
  async comesToItsEnd(): Promise<void> {
    await this.#running.pair.finished();
  }

  /** A producer finds nobody to send to. */
  async findsNoRoute(clientName: string): Promise<void> {
    await this.#prepare(clientName);
    const { outcome, code, remark } = await this.#running.pair.firstSend();
    const text = `a send of ${clientName} came to: ${outcome}, ${remark ?? `code ${code}`}`;
    this.#trial.options.observe('no route', outcome === 'refused', text);
    if (outcome !== 'refused' || !noRoute.test(remark ?? '')) throw new ConditionFailure(`Expected no route; ${text}`);
  }

  /** The rest of the messages is acknowledged without help. How long the client was without a master goes into the report. */
  async goesOn({ server, atMs, fault }: Pick<MasterLoss['lost'], 'server' | 'atMs' | 'fault'>): Promise<void> {
    const { client, pair } = this.#running;
    await pair.finished();
    const { attempts, deliveries } = pair.ledger;
    const times = recoveryTimes({
      attempts,
      deliveries,
      lostAtMs: atMs,
      isStoredElsewhere: (attempt) => isStoredElsewhere(attempt, server),
    });
    const { name, version, routePollMs } = client;
    const { evidenceFolder, observe } = this.#trial.options;
    writeRecovery({ client: name, version, fault, ...times, routePollMs }, evidenceFolder);
    const text = `${name}: first send acknowledged ${times.sendMs} ms after the master ${fault}, first delivery of what the new one took after ${times.deliveryMs} ms`;
    observe('recovery', times.sendMs, text);
  }

  /**
   * Every acknowledged message was delivered and can be read from the master, in its place and in order.
   * @param lostAtMs when the group lost its master; null when it did not, so that nothing may fail or come twice
   */
  async keepsEverything(lostAtMs: number | null): Promise<void> {
    const { views, options } = this.#trial;
    const { attempts, deliveries } = this.#running.pair.ledger;
    const log = await drain(views.operator, stockTopic.topicName, 'verdict');
    const text = `${messages} messages in ${attempts.length} sends; ${log.length} readable, ${deliveries.length} delivered, ${repeats(deliveries)} of them again`;
    options.observe('ledger', messages, text);
    assertNone(judge({ attempts, deliveries, log, lostAtMs }), options.evidenceFolder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#work?.pair[Symbol.asyncDispose]();
  }

  async #start(clientName: string): Promise<void> {
    await this.#prepare(clientName);
    await this.#trial.isOnline();
    await createStockTopic(this.#trial);
    await this.#running.pair.start();
  }

  async #prepare(clientName: string): Promise<void> {
    const { cluster, hasTraffic } = this.#trial;
    const { evidenceFolder } = this.#trial.options;
    const client = await prepareStockClient(clientName);
    const { topicName: topic } = stockTopic;
    // Beside the lab's own clients, whose ledger is that of the scenario.
    const folder = hasTraffic ? path.join(evidenceFolder, 'stock-client') : evidenceFolder;
    const pair = new ClientPair({ cluster, topic, client, messages, perSecond, folder });
    this.#work = { client, pair };
  }

  get #running() {
    if (this.#work === null) throw new Error('No stock client of the scenario is at work before this step.');
    return this.#work;
  }
}
