import type { Release } from '../base/release.ts';
import { IllegalArgument } from './failure.ts';

const pattern = /^(\d{4})-(\d{2})-(\d{2})#(\d{2}):(\d{2}):(\d{2}):(\d{3})$/;

/**
 * `now`, ms since the epoch, or `yyyy-MM-dd#HH:mm:ss:SSS` in local time. For old, now is -1: the end of every queue.
 * Throws IllegalArgument for anything else, where the real tool ends in a NullPointerException.
 */
export function resetTimestamp(text: string, release: Release, nowMs: number): number {
  if (text === 'now') return release === 'new' ? nowMs : -1;
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  const [year, month, day, hour, minute, second, ms] = (pattern.exec(text) ?? []).slice(1).map(Number);
  if (ms === undefined) throw new IllegalArgument(`-s ${text} is neither now, ms nor yyyy-MM-dd#HH:mm:ss:SSS`);
  return new Date(year!, month! - 1, day, hour, minute, second, ms).getTime();
}
