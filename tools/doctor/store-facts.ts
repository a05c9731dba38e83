// brokerIdentity:       cluster#broker name#id                                     (no line end)
// epochFileCheckpoint:  count | crc | one line `epoch-startOffset` per entry
import { existsSync, openSync, closeSync, readdirSync, readFileSync, readSync } from 'node:fs';
import path from 'node:path';

export interface Identity {
  readonly cluster: string;
  readonly broker: string;
  readonly id: number;
}

export interface EpochStart {
  readonly epoch: number;
  readonly startOffset: number;
}

/** What a broker's store folder says of its owner and its past. */
export interface BrokerStore {
  readonly path: string;
  /** null: no broker in controller mode has used the store. */
  readonly identity: Identity | null;
  /** Ascending; empty without an epoch file. */
  readonly epochs: readonly EpochStart[];
  /** Name of the folder of a DLedger commit log, null when there is none. */
  readonly dledgerFolder: string | null;
}

/** What a controller's folder holds. */
export interface ControllerStore {
  readonly path: string;
  readonly exists: boolean;
  /** It has no log: the controller would begin anew. */
  readonly empty: boolean;
}

/**
 * Reads a store folder, or a copy of one. Files that the configuration puts below `storePathRootDir` are looked for
 * below `folder`.
 * @param places `storePathRootDir`, `storePathBrokerIdentity` and `storePathEpochFile` of the configuration, '' for unset
 */
export function readBrokerStore(
  folder: string,
  places: { readonly root: string; readonly identity: string; readonly epochs: string },
): BrokerStore {
  const moved = (place: string, name: string) =>
    place.startsWith(`${places.root}/`) ? path.join(folder, place.slice(places.root.length)) : path.join(folder, name);
  return {
    path: folder,
    identity: readIdentity(moved(places.identity, 'brokerIdentity')),
    epochs: readEpochs(moved(places.epochs, 'epochFileCheckpoint')),
    dledgerFolder: readdirSync(folder).find((name) => /^dledger-n\d+$/.test(name)) ?? null,
  };
}

function readIdentity(file: string): Identity | null {
  if (!existsSync(file)) return null;
  const [cluster = '', broker = '', id = ''] = readFileSync(file, 'utf8').trim().split('#');
  return { cluster, broker, id: Number(id) };
}

function readEpochs(file: string): EpochStart[] {
  if (!existsSync(file)) return [];
  const entries = readFileSync(file, 'utf8').split(/\r?\n/).slice(2);
  return entries.flatMap((entry) => {
    const match = /^(\d+)-(\d+)$/.exec(entry);
    return match === null ? [] : [{ epoch: Number(match[1]), startOffset: Number(match[2]) }];
  });
}

/** Deepest folder that a controller's log is looked for in: `dledger-n0/data`, `<group>/<id>/log`. */
const foldersDeep = 5;

export function readControllerStore(folder: string): ControllerStore {
  const exists = existsSync(folder);
  return { path: folder, exists, empty: !exists || !holdsData(folder, foldersDeep) };
}

/** Some file below begins with something: segments are laid out in advance, full of zeros. */
function holdsData(folder: string, deep: number): boolean {
  return readdirSync(folder, { withFileTypes: true }).some((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) return deep > 0 && holdsData(name, deep - 1);
    return entry.isFile() && beginsWithData(name);
  });
}

function beginsWithData(file: string): boolean {
  const start = Buffer.alloc(4096);
  const open = openSync(file, 'r');
  try {
    return start.subarray(0, readSync(open, start, 0, start.length, 0)).some((byte) => byte !== 0);
  } finally {
    closeSync(open);
  }
}
