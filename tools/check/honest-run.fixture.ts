import { type Random, seededRandom } from '../../reference-impl/base/random.ts';
import type { Attempt, Delivery, OutcomeKind } from './ledger.ts';

const outcomes: readonly OutcomeKind[] = ['SEND_OK', 'SEND_OK', 'SEND_OK', 'FLUSH_SLAVE_TIMEOUT', 'refused', 'unknown'];

/** A ledger as a correct broker leaves it behind, from a seed: material for the tests of the checkers. */
export function honestRun(seed: number, messages: number): { attempts: Attempt[]; log: Delivery[] } {
  const random = seededRandom(seed);
  const attempts: Attempt[] = [];
  const log: Delivery[] = [];
  const nextOffset = new Map<number, number>();
  let clockMs = 1000;
  for (let n = 0; n < messages; n++) {
    const producer = `p${random.int(2)}`;
    const queueId = random.int(3);
    for (let attemptNo = 1; attemptNo <= 3; attemptNo++) {
      clockMs += random.int(3);
      const attempt = { producer, key: `run-${producer}-${n}`, attemptNo, queueId, sentMs: clockMs };
      const outcome = outcomes[random.int(outcomes.length)]!;
      const isInLog = outcome === 'unknown' ? random.int(2) === 0 : outcome !== 'refused';
      const queueOffset = nextOffset.get(queueId) ?? 0;
      if (isInLog) {
        nextOffset.set(queueId, queueOffset + 1);
        log.push(deliveryOf(attempt.key, queueId, queueOffset, log.length));
      }
      clockMs += random.int(3);
      attempts.push(attemptOf(attempt, outcome, queueOffset, clockMs));
      if (outcome !== 'refused' && outcome !== 'unknown') break;
    }
  }
  return { attempts, log: shuffled(log, random) };
}

function attemptOf(
  attempt: Pick<Attempt, 'producer' | 'key' | 'attemptNo' | 'queueId' | 'sentMs'>,
  outcome: OutcomeKind,
  queueOffset: number,
  answeredMs: number,
): Attempt {
  const stored = outcome !== 'refused' && outcome !== 'unknown';
  return {
    ...attempt,
    topic: 'T',
    brokerName: 'broker-a',
    answeredMs,
    outcome,
    code: stored ? 0 : null,
    remark: null,
    queueOffset: stored ? queueOffset : null,
    offsetMsgId: null,
  };
}

function deliveryOf(key: string, queueId: number, queueOffset: number, position: number): Delivery {
  return {
    consumer: 'c',
    key,
    topic: 'T',
    brokerName: 'broker-a',
    address: '127.0.0.1:10911',
    queueId,
    queueOffset,
    physicalOffset: position * 100,
    readMs: 9_000_000,
  };
}

function shuffled<T>(rows: T[], random: Random): T[] {
  for (let i = rows.length - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [rows[i], rows[j]] = [rows[j]!, rows[i]!];
  }
  return rows;
}
