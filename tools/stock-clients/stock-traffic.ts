import path from 'node:path';
import type { Attempt } from '../check/ledger.ts';
import { Inconclusive } from '../lab/inconclusive.ts';
import { drain } from '../lab/traffic/drain.ts';
import { createLedger } from '../lab/traffic/ledger-files.ts';
import type { Trial } from '../lab/trial.ts';
import { ConditionFailure, until } from '../lab/until.ts';
import { hostsOf } from './hosts.ts';
import type { JavaClient } from './java-client.ts';
import { judge, repeats } from './judge.ts';
import { attemptOf, deliveryOf } from './rows.ts';

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
/** A JVM starts and all messages go through, on a busy machine. */
const producedDeadline = { deadlineMs: 60_000, pollMs: 10 };
/** A stock consumer that lost its broker waits 3 s before it pulls again; its long polls take up to 15 s. */
const deliveredDeadline = { deadlineMs: 60_000 };

/**
 * A stock producer and a stock push consumer, each in a JVM of its own, on one topic. Returns what to print.
 * Throws `ConditionFailure` when a promise is broken, `Inconclusive` when the kill came too late.
 */
export async function playStockTraffic(options: StockTrafficOptions): Promise<string> {
  const { trial, topic, client, folder, kill } = options;
  const { cluster, views } = trial;
  await using ledger = createLedger(folder);
  const acknowledged = new Set<string>();
  const delivered = new Set<string>();
  const run = (mainClass: string, ...more: string[]) => ({
    mainClass,
    args: [cluster.addresses('namesrv').join(';'), topic, ...more],
    folder: path.join(folder, mainClass),
    hosts: hostsOf(cluster),
  });
  await using consumer = await client.start(run('StockConsumer'), (line) => {
    const row = deliveryOf(line, topic);
    delivered.add(row.key);
    ledger.delivered(row);
  });
  await using producer = await client.start(run('StockProducer', String(messages), String(perSecond)), (line) => {
    const row = attemptOf(line, topic);
    if (row.outcome === 'SEND_OK') acknowledged.add(row.key);
    ledger.attempted(row);
  });

  const failIfEnded = () => {
    const failure = producer.failure ?? consumer.failure;
    if (failure !== null) throw failure;
  };
  const look = () => {
    failIfEnded();
    return { acknowledged: acknowledged.size, lastSend: ledger.attempts.at(-1) };
  };
  const produced = (count: number) =>
    until(`${count} messages are acknowledged`, look, () => acknowledged.size >= count, producedDeadline);
  let killedAtMs: number | null = null;
  if (kill !== null) {
    await produced(messages / 2);
    await kill();
    killedAtMs = Date.now();
  }
  await produced(messages);
  await producer.ended;

  const missing = () => {
    failIfEnded();
    return [...acknowledged].filter((key) => !delivered.has(key)).length;
  };
  await until('every message was delivered', missing, (count) => count === 0, deliveredDeadline).catch(leaveToJudge);
  consumer.endInput();
  await consumer.ended;
  failIfEnded();

  const { attempts, deliveries } = ledger;
  const log = await drain(views.operator, topic, 'verdict');
  const violations = judge({ attempts, deliveries, log, killedAtMs });
  if (violations.length > 0)
    throw new ConditionFailure(violations.map(({ check, text }) => `${check}: ${text}`).join('\n'));
  const sent = `${acknowledged.size} acknowledged in ${attempts.length} sends`;
  const got = `all delivered, ${repeats(deliveries)} of them again`;
  return `${sent}, ${got}${killedAtMs === null ? '' : aroundKill(attempts, killedAtMs)}`;
}

/** What is missing at the deadline is for the ledger to name. */
function leaveToJudge(thrown: unknown): void {
  if (!(thrown instanceof ConditionFailure)) throw thrown;
}

function aroundKill(attempts: readonly Attempt[], killedAtMs: number): string {
  const after = attempts.filter(({ sentMs, outcome }) => sentMs > killedAtMs && outcome === 'SEND_OK');
  if (after.length === 0) throw new Inconclusive('Every message was sent before the master was gone.');
  const firstMs = Math.min(...after.map(({ answeredMs }) => answeredMs)) - killedAtMs;
  return `; ${after.length} sent after the kill of the master, the first acknowledged ${firstMs} ms after it`;
}
