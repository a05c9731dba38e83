import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

export const howToGetChromium =
  'no Chromium: install it (on Debian: apt-get install chromium) or name one in CHROMIUM_BIN';

/** Path of the Chromium that the tests drive: `CHROMIUM_BIN`, or the first on PATH; null when there is none. */
export async function findChromium(): Promise<string | null> {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const candidates = folders.flatMap((folder) => names.map((name) => path.join(folder, name)));
  const named = process.env.CHROMIUM_BIN;
  for (const file of named ? [named] : candidates) {
    if (await isExecutable(file)) return file;
  }
  return null;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not for us: the next one may be
  }
}
