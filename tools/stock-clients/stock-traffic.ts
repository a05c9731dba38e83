import type { Attempt } from '../check/ledger.ts';
import { Inconclusive } from '../lab/inconclusive.ts';
import { drain } from '../lab/traffic/drain.ts';
import type { Trial } from '../lab/trial.ts';
import { ConditionFailure } from '../lab/until.ts';
import { ClientPair } from './client-pair.ts';
import type { JavaClient } from './java-client.ts';
import { judge, repeats } from './judge.ts';

export interface StockTrafficOptions {
  readonly trial: Trial;
  readonly topic: string;
  readonly client: JavaClient;
  /** Takes the ledger and what the clients log. */
  readonly folder: string;
  /** Called when half of the messages are acknowledged; kills the master. Null: nothing is killed. */
  readonly kill: (() => Promise<void>) | null;
}

const messages = 10_000;
/** A pace that leaves a kill at half time a second of production, whatever the broker could take. */
const perSecond = 4_000;

/**
 * Sends and consumes with the stock clients, and judges it. Returns what to print. Throws `ConditionFailure` when a
 * promise is broken, `Inconclusive` when the kill came too late.
 */
export async function playStockTraffic(options: StockTrafficOptions): Promise<string> {
  const { trial, topic, client, folder, kill } = options;
  await using pair = new ClientPair({ cluster: trial.cluster, topic, client, messages, perSecond, folder });
  await pair.start();
  let killedAtMs: number | null = null;
  if (kill !== null) {
    await pair.produced(messages / 2);
    await kill();
    killedAtMs = Date.now();
  }
  await pair.finished();

  const { attempts, deliveries } = pair.ledger;
  const log = await drain(trial.views.operator, topic, 'verdict');
  const violations = judge({ attempts, deliveries, log, killedAtMs });
  if (violations.length > 0)
    throw new ConditionFailure(violations.map(({ check, text }) => `${check}: ${text}`).join('\n'));
  const text = `${messages} acknowledged in ${attempts.length} sends, all delivered, ${repeats(deliveries)} of them again`;
  return killedAtMs === null ? text : `${text}; ${aroundKill(attempts, killedAtMs)}`;
}

function aroundKill(attempts: readonly Attempt[], killedAtMs: number): string {
  const after = attempts.filter(({ sentMs, outcome }) => sentMs > killedAtMs && outcome === 'SEND_OK');
  if (after.length === 0) throw new Inconclusive('Every message was sent before the master was gone.');
  const firstMs = Math.min(...after.map(({ answeredMs }) => answeredMs)) - killedAtMs;
  return `${after.length} sent after the kill of the master, the first acknowledged ${firstMs} ms after it`;
}
