// Deliberate defects of a broker's role, see base/defect.ts: each breaks one documented promise so that the lab can prove
// that its features notice. Without a defect every member here does nothing.
import type { LabDefect } from '../../base/defect.ts';
import { systemClock, type Timer } from '../../base/clock.ts';
import type { MessageStore } from '../../store/types.ts';

export interface RoleDefects {
  /** A configured slave whose master is gone makes itself master. */
  readonly promotesItself: boolean;
  /** A mode-on broker registers without a role. */
  readonly registersWithoutController: boolean;
  /** Runs before a new master serves. */
  beforeMaster(store: MessageStore): void;
}

/** More than a client has in flight: the newest records are those that nobody was told of yet. */
const recordsDropped = 64;

export function roleDefects(defect: LabDefect | null): RoleDefects {
  return {
    promotesItself: defect === 'OLD_BROKER_SWITCHES',
    registersWithoutController: defect === 'REGISTERS_WITHOUT_CONTROLLER',
    beforeMaster: defect === 'DROPS_TAIL_AT_SWITCH' ? dropTail : () => {},
  };
}

/** Calls `promote` once a master that was there has been gone for `goneMs`. */
export function watchMaster(connected: () => boolean, goneMs: number, promote: () => void): Timer {
  let lostMs: number | null = null;
  let seen = false;
  const timer = systemClock.every(Math.max(10, goneMs / 10), () => {
    seen ||= connected();
    if (connected() || !seen) lostMs = null;
    else if (lostMs === null) lostMs = Date.now();
    else if (Date.now() - lostMs > goneMs) {
      timer.cancel();
      promote();
    }
  });
  return timer;
}

/** Cuts the last records of the newest segment: it begins with a record, and each record begins with its size. */
function dropTail(store: MessageStore): void {
  const end = store.writtenOffset;
  const starts: number[] = [];
  for (let at = end - (end % store.segmentSize); at < end; ) {
    const head = store.readRaw(at, 4);
    if (head === null || head.length < 4 || head.readInt32BE(0) <= 0) break;
    starts.push(at);
    at += head.readInt32BE(0);
  }
  const cut = starts.at(-recordsDropped) ?? starts[0];
  if (cut !== undefined) store.truncateTo(cut);
}
