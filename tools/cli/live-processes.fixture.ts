import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Command lines of live processes that name this text. */
export function processesThatName(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(path.join('/proc', pid, 'cmdline'), 'utf8').replaceAll('\0', ' ');
      } catch {
        return ''; // it ended meanwhile
      }
    })
    .filter((commandLine) => commandLine.includes(text));
}
