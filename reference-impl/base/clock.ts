/** A running timer: `cancel` is idempotent. */
export interface Timer {
  cancel(): void;
}

/** Time as a value, so that tests can hold it. All durations and instants are milliseconds. */
export interface Clock {
  /** Wall time, ms since the epoch. */
  nowMs(): number;
  /** Runs `callback` once after `delayMs`; the timer does not keep the process alive. */
  after(delayMs: number, callback: () => void): Timer;
  /** Runs `callback` every `periodMs`, first after `firstMs` (default: one period); does not keep the process alive. */
  every(periodMs: number, callback: () => void, firstMs?: number): Timer;
}

/** What Node can wait, ms: 24.8 days. It takes anything longer for one millisecond. */
const delayMaxMs = 2147483647;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, callback) {
    const handle = setTimeout(callback, Math.min(delayMs, delayMaxMs)).unref();
    return { cancel: () => clearTimeout(handle) };
  },
  every(periodMs, callback, firstMs = periodMs) {
    let interval: NodeJS.Timeout | undefined;
    const first = setTimeout(
      () => {
        interval = setInterval(callback, Math.min(periodMs, delayMaxMs)).unref();
        callback();
      },
      Math.min(firstMs, delayMaxMs),
    ).unref();
    return {
      cancel() {
        clearTimeout(first);
        clearInterval(interval);
      },
    };
  },
};
