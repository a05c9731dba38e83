import { SwitchlabError } from '../base/errors.ts';
import { PropertyName, propertyOf, propertyPattern } from '../message/properties.ts';

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const delay = propertyPattern(PropertyName.DELAY);

/** Topic whose queue n-1 holds the messages of delay level n. */
export const scheduleTopic = 'SCHEDULE_TOPIC_XXXX';

/** Delays in ms; level n is at n - 1. Reads `messageDelayLevel`, such as `1s 5s 2h`; throws CONFIG_FILE_UNREADABLE. */
export function parseDelayLevels(text: string): readonly number[] {
  return text.split(/\s+/).map((level) => {
    const unit = unitMs[level.slice(-1)];
    const count = Number(level.slice(0, -1));
    if (unit === undefined || !Number.isInteger(count)) {
      throw new SwitchlabError(
        'CONFIG_FILE_UNREADABLE',
        `messageDelayLevel: "${level}" is not a number with s, m, h or d.`,
      );
    }
    return count * unit;
  });
}

/**
 * Due time of a message in the schedule topic, which stands in its queue unit instead of the tag hash; null when it has no
 * positive DELAY. A level above the highest counts as the highest.
 */
export function dueTimeOf(properties: string, storeTimestamp: number, levels: readonly number[]): number | null {
  const level = Number(propertyOf(properties, delay) ?? 0);
  if (!Number.isInteger(level) || level <= 0) return null;
  return storeTimestamp + (levels[Math.min(level, levels.length) - 1] ?? 1000);
}
