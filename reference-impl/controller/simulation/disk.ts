import type { Random } from '../../base/random.ts';
import type { SegmentedBytes, StoreDisk } from '../../dledger/disk.ts';
import type { CountName } from './counts.ts';
import type { SimulatedProcess, VirtualTime } from '../../base/simulation/virtual-time.ts';
import type { World } from './world.ts';

/** A write, or with null a cut: zeros from `position` on. */
interface Change {
  readonly position: number;
  readonly bytes: Buffer | null;
}

/** What a planted defect does to a disk. */
export interface DiskDefect {
  readonly forgetsVote?: boolean;
  /** `flush` resolves before anything is durable. */
  readonly liesAboutFlush?: boolean;
}

type FileName = Parameters<StoreDisk['readText']>[0];

const flushMaxMs = 20;

/** The disk of one controller. It outlives the processes that have it open. */
export class SimulatedDisk {
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #defect: DiskDefect;
  readonly #count: (name: CountName) => void;
  readonly #texts = new Map<FileName, string>();
  readonly #spaces = new Map<string, SimulatedBytes>();

  constructor({ time, random, defect, count }: World) {
    this.#time = time;
    this.#random = random;
    this.#defect = defect.disk ?? {};
    this.#count = count;
  }

  /** @param onFlush runs when a flush begins: the moment at which a crash hurts most */
  openedBy(process: SimulatedProcess, name: string, onFlush: () => void): StoreDisk {
    return {
      name,
      open: (space, segmentBytes) => {
        let bytes = this.#spaces.get(space);
        bytes ??= new SimulatedBytes(segmentBytes);
        this.#spaces.set(space, bytes);
        return bytes.view(() => this.#flush(bytes, process, onFlush));
      },
      readText: (file) => this.#texts.get(file) ?? null,
      replaceText: (file, text) => this.#texts.set(file, text),
    };
  }

  #flush(bytes: SimulatedBytes, process: SimulatedProcess, onFlush: () => void): Promise<void> {
    const written = bytes.mark();
    onFlush();
    return new Promise((resolve) => {
      const delayMs = this.#random.int(flushMaxMs);
      this.#time.after(delayMs, null, () => {
        // After a crash the crash decided what stays.
        if (process.alive) bytes.keep(written);
      });
      if (this.#defect.liesAboutFlush) resolve();
      else this.#time.after(delayMs + 5, process, resolve);
    });
  }

  /**
   * The process that has the disk open dies. Its writes survive when only the process dies; without power each one that was
   * not flushed survives, is lost, or loses its beginning or its end.
   */
  crash(power: 'KEPT' | 'LOST'): void {
    this.#count(power === 'LOST' ? 'powerCrashes' : 'processCrashes');
    for (const [space, bytes] of this.#spaces) {
      const damage = bytes.crash(power === 'LOST' ? this.#random : null);
      for (const name of damage) this.#count(name);
      if (space === 'data' && damage.length > 0) this.#count('tornTails');
    }
    const vote = this.#texts.get('currterm');
    if (this.#defect.forgetsVote && vote !== undefined) {
      this.#texts.set('currterm', vote.replace(/^voteLeader=.*$/m, 'voteLeader='));
    }
  }
}

type Damage = 'writesLost' | 'writesTorn';

/** Segmented bytes in two states: as the process sees them, and as a crash leaves them. */
class SimulatedBytes {
  readonly #segmentBytes: number;
  #seen = new Extent();
  #durable = new Extent();
  #pending: Change[] = [];

  constructor(segmentBytes: number) {
    this.#segmentBytes = segmentBytes;
  }

  view(flush: () => Promise<void>): SegmentedBytes {
    const segmentBytes = this.#segmentBytes;
    const seen = () => this.#seen;
    return {
      get starts() {
        return Array.from({ length: seen().end / segmentBytes }, (_, i) => i * segmentBytes);
      },
      read: (position, length) => {
        if (position >= seen().end) return Buffer.alloc(0);
        return seen().read(position, Math.min(length, segmentBytes - (position % segmentBytes)));
      },
      write: (position, bytes) => this.#change({ position, bytes: Buffer.from(bytes) }),
      truncate: (position) => this.#change({ position, bytes: null }),
      flush,
      close() {},
    };
  }

  #change(change: Change): void {
    this.#seen.change(change, this.#segmentBytes);
    this.#pending.push(change);
  }

  /** The last change, for `keep`. */
  mark(): Change | undefined {
    return this.#pending.at(-1);
  }

  /** Makes durable what was pending up to this change; nothing when an earlier call did. */
  keep(last: Change | undefined): void {
    const count = last === undefined ? 0 : this.#pending.indexOf(last) + 1;
    for (const change of this.#pending.splice(0, count)) this.#durable.change(change, this.#segmentBytes);
  }

  /** @param random decides what becomes of each write that was not flushed; null: all survive */
  crash(random: Random | null): Damage[] {
    const damage: Damage[] = [];
    for (const change of this.#pending) {
      const left = random === null ? change : torn(change, random);
      if (left !== null) this.#durable.change(left, this.#segmentBytes);
      if (left !== change) damage.push(left === null ? 'writesLost' : 'writesTorn');
    }
    this.#pending = [];
    this.#seen = this.#durable.copy();
    return damage;
  }
}

/** What is left of a write when the power fails; null for nothing. A cut is a change of the file's size, whole or not at all. */
function torn(change: Change, random: Random): Change | null {
  const { position, bytes } = change;
  const dice = random.int(4);
  if (dice === 0) return null;
  if (dice === 1 || bytes === null || bytes.length < 2) return change;
  const cut = 1 + random.int(bytes.length - 1);
  return dice === 2
    ? { position, bytes: bytes.subarray(0, cut) }
    : { position: position + cut, bytes: bytes.subarray(cut) };
}

/** Bytes up to the end of the last segment; behind what was written they are zeros and take no space. */
class Extent {
  end = 0;
  #bytes = Buffer.alloc(0);

  change({ position, bytes }: Change, segmentBytes: number): void {
    if (bytes === null) {
      this.#bytes.fill(0, Math.min(position, this.#bytes.length));
      this.end = Math.min(this.end, Math.ceil(position / segmentBytes) * segmentBytes);
      return;
    }
    const last = position + bytes.length;
    if (last > this.#bytes.length)
      this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(last + 4096 - this.#bytes.length)]);
    this.#bytes.set(bytes, position);
    this.end = Math.max(this.end, Math.ceil(last / segmentBytes) * segmentBytes);
  }

  read(position: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    if (position < this.#bytes.length) this.#bytes.copy(bytes, 0, position, position + length);
    return bytes;
  }

  copy(): Extent {
    const copy = new Extent();
    copy.end = this.end;
    copy.#bytes = Buffer.from(this.#bytes);
    return copy;
  }
}
