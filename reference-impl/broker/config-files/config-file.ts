import { existsSync, readFileSync } from 'node:fs';
import { errorText, SwitchlabError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { replaceFile } from '../../base/replace-file.ts';
import { parseFastjson } from '../../remoting/fastjson.ts';

/**
 * One file below `<root>/config`. Writing keeps what was there as `<file>.bak`; a file that is missing, empty or
 * unreadable is read from its `.bak`.
 */
export class ConfigFile {
  readonly path: string;
  readonly #log: Log;
  #written = '';
  /** The file itself could be read, or was written since. */
  #isWhole = true;

  constructor(path: string, log: Log) {
    this.path = path;
    this.#log = log;
  }

  /** The parsed content, null when neither file has any. Throws STORE_CORRUPT when none of them can be read. */
  load(): Record<string, unknown> | null {
    const failures: unknown[] = [];
    for (const path of [this.path, `${this.path}.bak`]) {
      try {
        const content = parse(path);
        this.#isWhole = path === this.path;
        if (content !== null) return content;
      } catch (thrown) {
        failures.push(thrown);
        this.#log.warn({ path, reason: errorText(thrown) }, 'configuration file is unreadable');
      }
    }
    if (failures.length === 0) return null;
    const text = `${this.path} and its .bak: ${failures.map(errorText).join('; ')}.`;
    throw new SwitchlabError('STORE_CORRUPT', text, { cause: failures[0] });
  }

  /**
   * Writes `text`, unless it is what this process wrote last. A failure is logged: what the table holds in memory counts,
   * and the next change tries again.
   */
  save(text: string): void {
    if (text === this.#written) return;
    try {
      // A file that was damaged must not take the place of the copy that stood in for it.
      replaceFile(this.path, text, 'utf8', this.#isWhole);
      this.#written = text;
      this.#isWhole = true;
    } catch (thrown) {
      this.#log.error({ path: this.path, reason: errorText(thrown) }, 'configuration file was not written');
    }
  }
}

function parse(path: string): Record<string, unknown> | null {
  if (!existsSync(path)) return null;
  const text = readFileSync(path, 'utf8');
  if (text.trim() === '') return null;
  const content = parseFastjson(text);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) throw new Error('not a JSON object');
  return content as Record<string, unknown>;
}
