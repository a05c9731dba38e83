// config/delayOffset.json and the body of code 45:  {"offsetTable":{<level>:<next queue offset to deliver>,…}}, new adds
// "dataVersion". Bare integer keys.
import { join } from 'node:path';
import type { Clock, Timer } from '../../base/clock.ts';
import { errorText } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Release } from '../../base/release.ts';
import { PropertyName, propertyOf, propertyPattern } from '../../message/properties.ts';
import { decodeRecord } from '../../message/record.ts';
import type { MessageToStore, StoredMessage } from '../../message/types.ts';
import { readDataVersion } from '../../remoting/bodies/data-version.ts';
import { intKeyed } from '../../remoting/bodies/fields.ts';
import { parseDelayLevels } from '../../store/delay-levels.ts';
import type { MessageStore } from '../../store/types.ts';
import { ConfigFile } from '../config-files/config-file.ts';
import { TableVersion } from '../config-files/data-version.ts';
import { type FileValue, writePretty } from '../config-files/pretty.ts';
import { SCHEDULE_TOPIC } from '../topics/topic-name.ts';

const realTopic = propertyPattern(PropertyName.REAL_TOPIC);
const realQueueId = propertyPattern(PropertyName.REAL_QID);

const firstDeliveryMs = 1000;
const deliveryPeriodMs = 100;
const afterExceptionMs = 10_000;
const batchMax = 32;
/** Messages that one level delivers before the event loop goes on. */
const deliveriesMax = 1024;
/** Batches that wait to be confirmed before nothing more is delivered. */
const waitingMax = 1024;

export interface ScheduleOptions {
  readonly release: Release;
  readonly log: Log;
  readonly clock: Clock;
  readonly store: MessageStore;
  readonly storePathRootDir: string;
  readonly messageDelayLevel: string;
  readonly flushDelayOffsetInterval: number;
  /** Only a master delivers. */
  readonly mayDeliver: () => boolean;
}

/** Delivers messages with a delay level when they are due, queue by queue of the schedule topic. */
export class ScheduleService {
  readonly version = new TableVersion();
  /** Delay of each level, level 1 first, ms. */
  readonly #delaysMs: readonly number[];
  readonly #options: ScheduleOptions;
  readonly #file: ConfigFile;
  /** Progress: next queue offset by level. What is before it is delivered, and replicas have that. */
  #offsets = new Map<number, number>();
  /** Next queue offset to deliver by level, where it is ahead of the progress. */
  readonly #ahead = new Map<number, number>();
  /** Progress that waits until the log is confirmed up to `endOffset`, in the order of the log. */
  #waiting: { readonly level: number; readonly next: number; readonly endOffset: number }[] = [];
  #pausedUntilMs = 0;
  #timers: Timer[] = [];

  /** Loads the progress; throws STORE_CORRUPT, or CONFIG_FILE_UNREADABLE for levels that are none. */
  constructor(options: ScheduleOptions) {
    this.#options = options;
    this.#delaysMs = parseDelayLevels(options.messageDelayLevel);
    this.#file = new ConfigFile(join(options.storePathRootDir, 'config', 'delayOffset.json'), options.log);
    const stored = this.#file.load();
    if (stored !== null) this.replace(stored);
  }

  /** The highest delay level. */
  get levelMax(): number {
    return this.#delaysMs.length;
  }

  start(): void {
    const { clock, flushDelayOffsetInterval } = this.#options;
    this.#timers = [
      clock.every(deliveryPeriodMs, () => this.#tick(), firstDeliveryMs),
      clock.every(flushDelayOffsetInterval, () => this.persist()),
    ];
  }

  stop(): void {
    for (const timer of this.#timers) timer.cancel();
  }

  /** Levels in use, with how far each is delivered and how far it is filled. */
  progress(): { level: number; delivered: number; max: number }[] {
    const levels = Array.from(this.#offsets, ([level, delivered]) => {
      return { level, delivered, max: this.#options.store.maxOffsetInQueue(SCHEDULE_TOPIC, level - 1) };
    });
    return levels.sort((a, b) => a.level - b.level);
  }

  /** Progress as it goes to disk and, compact, over the wire. */
  fields(): object {
    const offsetTable = this.#offsets;
    return this.#options.release === 'old' ? { offsetTable } : { dataVersion: this.version.fields('new'), offsetTable };
  }

  /** Takes over stored or received progress. */
  replace(fields: Readonly<Record<string, unknown>>): void {
    this.#forgetAhead();
    this.#offsets = intKeyed(fields.offsetTable, 'offsetTable', Number);
    const version = readDataVersion(fields.dataVersion, 'new');
    if (version !== null) this.version.assign(version);
  }

  persist(): void {
    this.#settle();
    this.#file.save(writePretty(this.fields() as FileValue));
  }

  #tick(): void {
    const { clock, mayDeliver, log } = this.#options;
    const nowMs = clock.nowMs();
    if (!mayDeliver()) return this.#forgetAhead();
    this.#settle();
    if (nowMs < this.#pausedUntilMs || this.#waiting.length >= waitingMax) return;
    try {
      for (let level = 1; level <= this.#delaysMs.length; level++) this.#deliverLevel(level, nowMs);
    } catch (thrown) {
      log.error({ reason: errorText(thrown) }, 'delivery of delayed messages failed');
      this.#pausedUntilMs = nowMs + afterExceptionMs;
    }
  }

  #deliverLevel(level: number, nowMs: number): void {
    const { store } = this.#options;
    const queueId = level - 1;
    for (let delivered = 0; delivered < deliveriesMax; ) {
      const offset = this.#ahead.get(level) ?? this.#offsets.get(level) ?? 0;
      if (offset === store.maxOffsetInQueue(SCHEDULE_TOPIC, queueId)) return;
      const found = store.getMessages(SCHEDULE_TOPIC, queueId, offset, batchMax, null);
      if (found.status !== 'FOUND') {
        // Expired or cut off: go on where the queue goes on.
        if (found.nextBeginOffset === offset) return;
        this.#advance(level, found.nextBeginOffset, 0);
        continue;
      }
      const count = this.#deliver(level, found.records, nowMs);
      if (count < found.records.length) return;
      delivered += count;
    }
  }

  /** Delivers those that are due, as far as the log takes them; returns how many. */
  #deliver(level: number, records: readonly Buffer[], nowMs: number): number {
    const { store, log } = this.#options;
    const placed: { readonly endOffset: number; readonly next: number }[] = [];
    for (const record of records) {
      const message = decodeRecord(record);
      const result = this.#due(message, level, nowMs) ? store.append(realMessage(message)) : 'NOT_DUE';
      const next = message.queueOffset + 1;
      if (result === 'MESSAGE_ILLEGAL' || result === 'PROPERTIES_SIZE_EXCEEDED') {
        log.error(
          { level, queueOffset: message.queueOffset, result },
          'A delayed message that no record holds is dropped',
        );
        placed.push({ endOffset: placed.at(-1)?.endOffset ?? 0, next });
      } else if (typeof result === 'string') break;
      else placed.push({ endOffset: result.endOffset, next });
    }
    store.writeNow();
    const written = placed.filter(({ endOffset }) => endOffset <= store.writtenOffset);
    const last = written.at(-1);
    if (last !== undefined) this.#advance(level, last.next, last.endOffset);
    return written.length;
  }

  /**
   * Everything before `next` is delivered. A slave copies the progress sooner than the messages: it must not hear of it
   * before they are confirmed, or nobody delivers them after a switch.
   */
  #advance(level: number, next: number, endOffset: number): void {
    this.#ahead.set(level, next);
    this.#waiting.push({ level, next, endOffset });
    this.#settle();
  }

  /** Takes what is confirmed by now for progress. */
  #settle(): void {
    const { confirmOffset } = this.#options.store;
    const late = this.#waiting.findIndex(({ endOffset }) => endOffset > confirmOffset);
    const settled = this.#waiting.splice(0, late === -1 ? this.#waiting.length : late);
    for (const { level, next } of settled) {
      this.#offsets.set(level, next);
      this.version.next();
    }
  }

  /** As another master may go on from the progress alone, so does this one when it is master again. */
  #forgetAhead(): void {
    this.#ahead.clear();
    this.#waiting = [];
  }

  /** A due time further away than the whole delay means that the clock was set back: it is due. */
  #due({ storeTimestamp }: StoredMessage, level: number, nowMs: number): boolean {
    const delayMs = this.#delaysMs[level - 1]!;
    const dueMs = storeTimestamp + delayMs;
    return dueMs <= nowMs || dueMs > nowMs + delayMs;
  }
}

/** The message under the topic and queue it was meant for. It keeps DELAY, REAL_TOPIC and REAL_QID. */
function realMessage(message: StoredMessage): MessageToStore {
  const { properties } = message;
  return {
    topic: propertyOf(properties, realTopic) ?? message.topic,
    queueId: Number(propertyOf(properties, realQueueId) ?? 0),
    flag: message.flag,
    sysFlag: message.sysFlag,
    bornTimestamp: message.bornTimestamp,
    bornHost: message.bornHost,
    storeHost: message.storeHost,
    reconsumeTimes: message.reconsumeTimes,
    preparedTransactionOffset: message.preparedTransactionOffset,
    body: message.body,
    properties,
  };
}
