import { setTimeout as delay } from 'node:timers/promises';
import { AssertionFailure } from '../../reference-impl/base/assert.ts';
import { errorText } from '../../reference-impl/base/errors.ts';
import { Inconclusive } from './inconclusive.ts';
import { ProcessExit } from './process-exit.ts';
import { SetupError } from './setup-error.ts';

export interface Deadline {
  readonly deadlineMs: number;
  /** Default 50. */
  readonly pollMs?: number;
}

/** A condition did not come true in time, or stopped being true. The message says what was seen last. */
export class ConditionFailure extends Error {
  override name = 'ConditionFailure';
}

/** No look at the condition ended in time, so nothing is known of it. */
export class NoLookEnded extends ConditionFailure {}

/** Errors that another look cannot mend. */
const final = [AssertionFailure, ConditionFailure, Inconclusive, ProcessExit, SetupError];

/**
 * Looks until `accept` holds for what was seen, and returns that. A look that throws counts as not yet, except for errors
 * that no further look can mend. Throws `ConditionFailure` at the deadline, `NoLookEnded` when nothing was seen until then.
 * @param what the condition in words, as the failure message begins: `broker-a is online`
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  accept: (seen: T) => boolean,
  { deadlineMs, pollMs = 50 }: Deadline,
): Promise<T> {
  const endMs = performance.now() + deadlineMs;
  const failure = (seen: string) => `${what}: not within ${deadlineMs / 1000} s. Last seen: ${seen}`;
  let last = 'nothing';
  for (;;) {
    try {
      const seen = await within(look, endMs - performance.now());
      if (accept(seen)) return seen;
      last = describe(seen);
    } catch (thrown) {
      if (final.some((kind) => thrown instanceof kind)) throw thrown;
      const isFirst = last === 'nothing';
      last = thrown instanceof CutOff && !isFirst ? `${last} (${thrown.message})` : errorText(thrown);
      if (thrown instanceof CutOff && isFirst) throw new NoLookEnded(failure(last));
    }
    if (performance.now() + pollMs >= endMs) throw new ConditionFailure(failure(last));
    await delay(pollMs);
  }
}

/**
 * Looks again and again for `deadlineMs` and throws `ConditionFailure` as soon as `accept` does not hold. For promises
 * that something does not happen; a look that throws is passed over, but one of the last quarter must succeed: what was
 * seen at the beginning, when it could not have happened yet, proves nothing. Throws `Inconclusive` without one.
 */
export async function throughout<T>(
  what: string,
  look: () => T | Promise<T>,
  accept: (seen: T) => boolean,
  { deadlineMs, pollMs = 100 }: Deadline,
): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  let lookedMs = Number.NEGATIVE_INFINITY;
  let last = 'nothing';
  while (performance.now() < endMs) {
    try {
      const seen = await within(look, endMs - performance.now() + pollMs);
      lookedMs = performance.now();
      if (!accept(seen)) throw new ConditionFailure(`${what}: no longer. Seen: ${describe(seen)}`);
    } catch (thrown) {
      if (final.some((kind) => thrown instanceof kind)) throw thrown;
      last = errorText(thrown);
    }
    await delay(pollMs);
  }
  if (lookedMs >= endMs - Math.max(deadlineMs / 4, 2 * pollMs)) return;
  const blindMs = Math.min(deadlineMs, endMs - lookedMs);
  throw new Inconclusive(`${what}: could not look for ${(blindMs / 1000).toFixed(1)} s. Last error: ${last}`);
}

/** A look that its deadline ended. */
class CutOff extends Error {}

async function within<T>(look: () => T | Promise<T>, leftMs: number): Promise<T> {
  const stop = new AbortController();
  try {
    const late = delay(Math.max(1, leftMs), undefined, { signal: stop.signal }).then(() => {
      throw new CutOff('the last look did not end');
    });
    // The timer of a look that ended is aborted below: its rejection has no other reader.
    late.catch(() => undefined);
    return await Promise.race([look(), late]);
  } finally {
    stop.abort();
  }
}

function describe(seen: unknown): string {
  if (seen instanceof Map) return describe(Object.fromEntries(seen));
  const text = typeof seen === 'string' ? seen : (JSON.stringify(seen) ?? String(seen));
  return text.length > 500 ? `${text.slice(0, 500)} …` : text;
}
