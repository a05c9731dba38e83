import { copyFileSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes `file` as RocketMQ does: beside it first, then the old content to `.bak`, then moved into place. A process that
 * dies here leaves the old file or the new one, never half of one.
 * @param backsUp false leaves `.bak` as it is: the old content is worth less
 */
export function replaceFile(file: string, text: string, encoding: BufferEncoding = 'utf8', backsUp = true): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.tmp`, text, encoding);
  if (backsUp && existsSync(file)) copyFileSync(file, `${file}.bak`);
  renameSync(`${file}.tmp`, file);
}
