import type { Disk, DiskFile } from '../disk.ts';
import type { Random } from '../random.ts';
import type { SimulatedProcess, VirtualTime } from './virtual-time.ts';

/** A write, or with null a new size. */
interface Change {
  readonly position: number;
  readonly bytes: Buffer | null;
}

/** A name that a file got, or with null lost. */
interface Naming {
  readonly path: string;
  readonly inode: Inode | null;
}

export type Power = 'KEPT' | 'LOST';

/** A write never splits what stood in a sector before. */
const sectorBytes = 512;
const flushMaxMs = 30;

export interface DiskDefect {
  /** A crash takes the files with these names away. */
  readonly loses?: RegExp;
  /** Flushes are done before anything is durable. */
  readonly liesAboutFlush?: boolean;
}

/**
 * The disk of one machine. It outlives the processes that use it. A process that dies leaves all that the kernel took, up
 * to any byte of the write that it died in. When the power fails, too, only what was synced stays for sure: names as far as
 * a directory was synced or the journal came, and each sector as it was at some moment since it was synced.
 */
export class SimulatedDisk {
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #losesPower: boolean;
  readonly #defect: DiskDefect;
  #files = new Files();
  /** Writes and moves until the process dies in one of them; 0: it does not. */
  #changesLeft = 0;
  #dies: () => void = () => {};

  /** @param losesPower keeps account of what is durable, for `crash('LOST')` */
  constructor(time: VirtualTime, random: Random, losesPower: boolean, defect: DiskDefect = {}) {
    this.#time = time;
    this.#random = random;
    this.#losesPower = losesPower;
    this.#defect = defect;
  }

  /** What a process sees. */
  openedBy(process: SimulatedProcess): Disk {
    const files = this.#files;
    const changed = () => this.#changed(process, null);
    const open = (path: string, mode: 'r' | 'r+' | 'w' | 'w+'): DiskFile => {
      let inode = files.names.get(path);
      if (inode === undefined) {
        if (mode === 'r' || mode === 'r+') throw missing(path);
        inode = new Inode(this.#losesPower);
        files.name(path, inode);
        changed();
      } else if (mode === 'w' || mode === 'w+') {
        inode.change({ position: 0, bytes: null });
        changed();
      }
      return this.#file(inode, process);
    };
    return {
      open,
      exists: (path) => files.names.has(path) || files.list(path).length > 0,
      size: (path) => (files.names.get(path) ?? fail(missing(path))).seen.size,
      list: (directory) => files.list(directory),
      readText(path) {
        const { seen } = files.names.get(path) ?? fail(missing(path));
        return seen.read(0, seen.size).toString('utf8');
      },
      writeText(path, text) {
        const bytes = Buffer.from(text);
        open(path, 'w').write(bytes, 0, bytes.length, 0);
      },
      makeDirectory() {},
      rename(from, to) {
        files.name(to, files.names.get(from) ?? fail(missing(from)));
        files.name(from, null);
        changed();
      },
      remove(path) {
        for (const name of files.names.keys()) {
          if (name === path || name.startsWith(`${path}/`)) files.name(name, null);
        }
        changed();
      },
      syncDirectory: () => files.syncNames(),
      lock: () => Promise.resolve({ release: () => Promise.resolve() }),
    };
  }

  #file(inode: Inode, process: SimulatedProcess): DiskFile {
    return {
      read: (bytes, from, length, position) => {
        const found = inode.seen.read(position, Math.min(length, Math.max(0, inode.seen.size - position)));
        bytes.set(found, from);
        return found.length;
      },
      write: (bytes, from, length, position) => {
        const change = { position, bytes: Buffer.from(bytes.subarray(from, from + length)) };
        this.#changed(process, { inode, change });
        inode.change(change);
        return length;
      },
      resize: (size) => {
        inode.change({ position: size, bytes: null });
        this.#changed(process, null);
      },
      datasync: (done) => {
        const changes = inode.mark();
        const delayMs = this.#random.int(flushMaxMs);
        // The kernel does it, also for a frozen process; after a crash the crash decided what stays.
        this.#time.after(delayMs, null, () => process.alive && inode.keep(changes));
        this.#time.after(this.#defect.liesAboutFlush ? 0 : delayMs + 10, process, () => done(null));
      },
      sync: () => inode.keep(inode.mark()),
      close() {},
    };
  }

  /** The process dies in one of its next changes; `dies` ends it. */
  dieAtChange(count: number, dies: () => void): void {
    this.#changesLeft = count;
    this.#dies = dies;
  }

  /** @param write the change, when it is one that can be done in part and is not done yet */
  #changed(process: SimulatedProcess, write: { inode: Inode; change: Change } | null): void {
    if (!process.alive || this.#changesLeft === 0 || --this.#changesLeft > 0) return;
    if (write === null) return this.#dies();
    const { inode, change } = write;
    inode.change(torn(change, inode.seen, this.#random));
    // What the process does for the rest of its turn, beginning with the rest of this write, nobody sees any more.
    this.#dies();
  }

  /** The process that uses this disk died. */
  crash(power: Power): void {
    this.#changesLeft = 0;
    this.#files = power === 'LOST' ? this.#files.afterPowerLoss(this.#random) : this.#files.afterCrash();
    for (const path of this.#files.names.keys()) if (this.#defect.loses?.test(path)) this.#files.names.delete(path);
  }

  /** Bytes of a file, as the kernel has them or as they are durable; null when there are fewer. */
  peek(path: string, position: number, length: number, durable: boolean): Buffer | null {
    const inode = this.#files.names.get(path);
    if (inode === undefined) return null;
    const content = durable ? inode.durable : inode.seen;
    return position + length > content.size ? null : content.read(position, length);
  }

  text(path: string): string | null {
    const content = this.#files.names.get(path)?.seen;
    return content === undefined ? null : content.read(0, content.size).toString('utf8');
  }
}

/** Names and what they name, as the process sees them and as far as they are durable. */
class Files {
  names = new Map<string, Inode>();
  #durable = new Map<string, Inode>();
  #pending: Naming[] = [];

  name(path: string, inode: Inode | null): void {
    apply(this.names, { path, inode });
    this.#pending.push({ path, inode });
  }

  syncNames(): void {
    for (const naming of this.#pending.splice(0)) apply(this.#durable, naming);
  }

  list(directory: string): { name: string; isDirectory: boolean }[] {
    const found = new Map<string, boolean>();
    for (const path of this.names.keys()) {
      if (!path.startsWith(`${directory}/`)) continue;
      const [name, ...deeper] = path.slice(directory.length + 1).split('/');
      found.set(name!, deeper.length > 0);
    }
    return Array.from(found, ([name, isDirectory]) => ({ name, isDirectory }));
  }

  afterCrash(): Files {
    const copies = new Map<Inode, Inode>();
    const copy = (inode: Inode) => {
      if (!copies.has(inode)) copies.set(inode, inode.copy());
      return copies.get(inode)!;
    };
    const files = new Files();
    files.names = copied(this.names, copy);
    files.#durable = copied(this.#durable, copy);
    files.#pending = this.#pending.map(({ path, inode }) => ({ path, inode: inode === null ? null : copy(inode) }));
    return files;
  }

  afterPowerLoss(random: Random): Files {
    const names = new Map(this.#durable);
    for (const naming of this.#pending.slice(0, random.int(this.#pending.length + 1))) apply(names, naming);
    const files = new Files();
    files.names = copied(names, (inode) => inode.afterPowerLoss(random));
    files.#durable = new Map(files.names);
    return files;
  }
}

function apply(names: Map<string, Inode>, { path, inode }: Naming): void {
  if (inode === null) names.delete(path);
  else names.set(path, inode);
}

function copied(names: ReadonlyMap<string, Inode>, copy: (inode: Inode) => Inode): Map<string, Inode> {
  return new Map(Array.from(names, ([path, inode]) => [path, copy(inode)]));
}

/** A file: its content as the kernel has it, and what of that is durable. */
class Inode {
  seen = new Content();
  readonly #losesPower: boolean;
  #durable: Content;
  #pending: Change[] = [];

  constructor(losesPower: boolean) {
    this.#losesPower = losesPower;
    this.#durable = losesPower ? new Content() : this.seen;
  }

  get durable(): Content {
    return this.#losesPower ? this.#durable : this.seen;
  }

  change(change: Change): void {
    this.seen.change(change);
    if (this.#losesPower) this.#pending.push(change);
  }

  /** What was written until now, for `keep`. */
  mark(): readonly Change[] {
    return [...this.#pending];
  }

  keep(changes: readonly Change[]): void {
    for (const change of changes) {
      const at = this.#pending.indexOf(change);
      // A later sync was faster.
      if (at === -1) continue;
      this.#pending.splice(at, 1);
      this.#durable.change(change);
    }
  }

  copy(): Inode {
    const copy = new Inode(this.#losesPower);
    copy.seen = this.seen.copy();
    copy.#durable = this.#losesPower ? this.#durable.copy() : copy.seen;
    copy.#pending = [...this.#pending];
    return copy;
  }

  afterPowerLoss(random: Random): Inode {
    const left = new Inode(true);
    left.seen = this.#durable.copy();
    // The kernel brings sectors, not writes, to the disk: each as it was at some moment.
    const settled = new Set<number>();
    for (const change of this.#pending) {
      // Sizes are kept with the names, in order.
      if (change.bytes === null) left.seen.change(change);
      else
        for (const { sector, piece } of sectorsOf(change.position, change.bytes)) {
          if (random.int(4) === 0) settled.add(sector);
          if (!settled.has(sector)) left.seen.change(piece);
        }
    }
    left.#durable = left.seen.copy();
    return left;
  }
}

function* sectorsOf(position: number, bytes: Buffer): Generator<{ sector: number; piece: Change }> {
  for (let at = 0; at < bytes.length; ) {
    const sector = Math.floor((position + at) / sectorBytes);
    const end = Math.min(bytes.length, (sector + 1) * sectorBytes - position);
    yield { sector, piece: { position: position + at, bytes: bytes.subarray(at, end) } };
    at = end;
  }
}

/** What is done of a write when it is interrupted. */
function torn(change: Change, before: Content, random: Random): Change {
  const { position, bytes } = change;
  if (bytes === null) return change;
  let length = random.int(bytes.length + 1);
  const end = position + length;
  const sector = end - (end % sectorBytes);
  const overwritten = before.read(sector, sectorBytes).some((byte, i) => byte !== 0 && sector + i >= position);
  if (overwritten) length = Math.max(0, sector - position);
  return { position, bytes: bytes.subarray(0, length) };
}

/** Bytes of a file; behind what was written they are zeros and take no space. */
class Content {
  size = 0;
  #bytes = Buffer.alloc(0);

  change({ position, bytes }: Change): void {
    if (bytes === null) {
      this.#bytes.fill(0, Math.min(position, this.#bytes.length));
      this.size = position;
      return;
    }
    const end = position + bytes.length;
    if (end > this.#bytes.length) {
      const longer = Buffer.alloc(end + 1024);
      this.#bytes.copy(longer);
      this.#bytes = longer;
    }
    this.#bytes.set(bytes, position);
    this.size = Math.max(this.size, end);
  }

  read(position: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    if (position < this.#bytes.length) this.#bytes.copy(bytes, 0, position, position + length);
    return bytes;
  }

  copy(): Content {
    const copy = new Content();
    copy.size = this.size;
    copy.#bytes = Buffer.from(this.#bytes);
    return copy;
  }
}

function missing(path: string): Error {
  return Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT', syscall: 'open' });
}

function fail(error: Error): never {
  throw error;
}
