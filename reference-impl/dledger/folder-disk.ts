import { closeSync, copyFileSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SwitchlabError } from '../base/errors.ts';
import type { StoreDisk } from './disk.ts';
import { Segments } from './segments.ts';

/** The folder of one DLedger member, `<controllerStorePath>/dledger-<selfId>`, which the caller has locked. */
export function folderDisk(folder: string): StoreDisk {
  return {
    name: folder,
    open: (name, segmentBytes) => new Segments(join(folder, name), segmentBytes),
    readText: (name) => readText(join(folder, name)),
    replaceText: (name, text) => replaceText(join(folder, name), text),
  };
}

function readText(file: string): string | null {
  if (existsSync(file)) return readFileSync(file, 'latin1');
  if (existsSync(`${file}.bak`)) throw new SwitchlabError('STORE_CORRUPT', `${file} is missing, its .bak is there.`);
  return null;
}

/** The text before stays as `<name>.bak`. */
function replaceText(file: string, text: string): void {
  const next = `${file}.tmp`;
  const fd = openSync(next, 'w');
  writeSync(fd, text);
  fsyncSync(fd);
  closeSync(fd);
  if (existsSync(file)) copyFileSync(file, `${file}.bak`);
  renameSync(next, file);
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}
