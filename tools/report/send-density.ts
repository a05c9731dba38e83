import type { Attempt } from '../check/ledger.ts';
import type { Span } from './lanes.ts';

/** How the sends of a stretch of time ended. */
export const sendEnds = ['acknowledged', 'warned', 'refused', 'unknown'] as const;
export type SendEnd = (typeof sendEnds)[number];

/** Sends by the instant of their answer: so many per column, equal stretches of the span. */
export interface SendDensity {
  readonly columns: Readonly<Record<SendEnd, readonly number[]>>;
  readonly totals: Readonly<Record<SendEnd, number>>;
}

const endOf: Readonly<Record<Attempt['outcome'], SendEnd>> = {
  SEND_OK: 'acknowledged',
  // Stored, yet not as safely as asked for.
  FLUSH_DISK_TIMEOUT: 'warned',
  FLUSH_SLAVE_TIMEOUT: 'warned',
  SLAVE_NOT_AVAILABLE: 'warned',
  refused: 'refused',
  unknown: 'unknown',
};

export function sendDensity(attempts: readonly Attempt[], { fromMs, toMs }: Span, columnCount: number): SendDensity {
  const empty = () => Array.from<number>({ length: columnCount }).fill(0);
  const columns = { acknowledged: empty(), warned: empty(), refused: empty(), unknown: empty() };
  const totals = { acknowledged: 0, warned: 0, refused: 0, unknown: 0 };
  for (const { outcome, answeredMs } of attempts) {
    const end = endOf[outcome];
    totals[end]++;
    const column = Math.floor(((answeredMs - fromMs) / (toMs - fromMs)) * columnCount);
    // What is answered while the scenario is cleaned up counts, but has no place on the axis.
    if (column >= 0 && column < columnCount) columns[end][column]!++;
  }
  return { columns, totals };
}
