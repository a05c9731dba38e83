import type { Release } from '../../base/release.ts';
import { decodeProperties, encodeProperties } from '../../message/properties.ts';

const nameEnd = '\u0001';
const entryEnd = '\u0002';

/**
 * What the send path needs to know of a properties text, found in one pass without decoding it. One object serves every
 * message: `scan` overwrites it.
 */
export class SentProperties {
  text = '';
  /** `WAIT` is anything but `false`. */
  waits = true;
  uniqKey: string | null = null;
  /** 0 without DELAY. */
  delayLevel = 0;
  half = false;
  timer = false;
  /** Holds a name that the broker writes itself, so that appending would leave two. */
  overlaps = false;

  scan(text: string): void {
    this.text = text;
    this.waits = true;
    this.uniqKey = null;
    this.delayLevel = 0;
    this.half = false;
    this.timer = false;
    this.overlaps = false;
    let start = 0;
    while (start < text.length) {
      const separator = text.indexOf(nameEnd, start);
      if (separator === -1) return;
      let end = text.indexOf(entryEnd, separator);
      if (end === -1) end = text.length;
      if (end > separator + 1) this.#entry(start, separator, end);
      start = end + 1;
    }
  }

  #entry(start: number, separator: number, end: number): void {
    const { text } = this;
    switch (separator - start) {
      case 4:
        if (text.startsWith('WAIT', start)) this.waits = text.slice(separator + 1, end) !== 'false';
        break;
      case 5:
        if (text.startsWith('DELAY', start)) this.delayLevel = Number.parseInt(text.slice(separator + 1, end), 10) || 0;
        break;
      case 6:
        if (text.startsWith('POP_CK', start)) this.overlaps = true;
        break;
      case 7:
        if (text.startsWith('CLUSTER', start)) this.overlaps = true;
        break;
      case 8:
        if (text.startsWith('UNIQ_KEY', start)) this.uniqKey = text.slice(separator + 1, end);
        else if (text.startsWith('TRAN_MSG', start))
          this.half = text.slice(separator + 1, end).toLowerCase() === 'true';
        else if (text.startsWith('TRACE_ON', start)) this.overlaps = true;
        break;
      case 10:
        if (text.startsWith('MSG_REGION', start)) this.overlaps = true;
        break;
      default:
        if (text.startsWith('TIMER_DEL', start)) this.timer = true;
    }
  }
}

/** How one broker turns the properties that a producer sent into those it stores. */
export interface PropertiesPolicy {
  readonly release: Release;
  readonly cluster: string;
  readonly regionId: string;
  readonly traceOn: boolean;
  readonly newUniqKey: () => string;
}

/** What every message of this broker gets, in its release: appended to what was sent. */
export function brokerProperties(policy: PropertiesPolicy): readonly (readonly [string, string])[] {
  const cluster = ['CLUSTER', policy.cluster] as const;
  if (policy.release === 'old') return [cluster];
  return [['MSG_REGION', policy.regionId], ['TRACE_ON', String(policy.traceOn)], cluster];
}

/**
 * The text to store. Old adds CLUSTER and drops the last 0x02 and, except for a batch, WAIT; new adds CLUSTER, MSG_REGION
 * and TRACE_ON, UNIQ_KEY when there is none (each message of a batch has its own), and drops POP_CK. Sets `sent.uniqKey`
 * when it made one.
 * @param suffix `brokerProperties` encoded with its last 0x02
 */
export function storedProperties(
  sent: SentProperties,
  policy: PropertiesPolicy,
  suffix: string,
  batch: boolean,
): string {
  if (sent.overlaps) return storedFromMap(sent, policy, batch);
  const { text } = sent;
  if (policy.release === 'old') {
    const kept = batch ? text : withoutWait(text);
    return (kept === '' || kept.endsWith(entryEnd) ? kept : kept + entryEnd) + suffix.slice(0, -1);
  }
  const closed = text === '' || text.endsWith(entryEnd) ? text : text + entryEnd;
  if (batch || sent.uniqKey !== null) return closed + suffix;
  sent.uniqKey = policy.newUniqKey();
  return `${closed}UNIQ_KEY${nameEnd}${sent.uniqKey}${entryEnd}${suffix}`;
}

function storedFromMap(sent: SentProperties, policy: PropertiesPolicy, batch: boolean): string {
  const properties = decodeProperties(sent.text);
  properties.delete(policy.release === 'old' ? 'WAIT' : 'POP_CK');
  for (const [name, value] of brokerProperties(policy)) properties.set(name, value);
  if (policy.release === 'new' && !batch && sent.uniqKey === null)
    properties.set('UNIQ_KEY', (sent.uniqKey = policy.newUniqKey()));
  return encodeProperties(properties, policy.release);
}

function withoutWait(text: string): string {
  const start = text.startsWith(`WAIT${nameEnd}`) ? 0 : text.indexOf(`${entryEnd}WAIT${nameEnd}`) + 1;
  if (start === 0 && !text.startsWith(`WAIT${nameEnd}`)) return text;
  const end = text.indexOf(entryEnd, start);
  return end === -1 ? text.slice(0, start) : text.slice(0, start) + text.slice(end + 1);
}
