// java.util.Properties text:  key=value | key:value | key value, ISO-8859-1
//   # or ! opens a comment line; a backslash at the end continues a line; \t \n \r \f \\ \uXXXX are escapes.
//   Blanks around the separator are dropped, blanks at the end of a value are part of it. Of two equal keys the last counts.
import { readFileSync } from 'node:fs';
import { Pair, parseLines } from 'dot-properties';
import { SwitchlabError, errorText } from '../base/errors.ts';

/** One pair, with the line of the file on which its key begins, from 1. */
export interface PropertyLine {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** Reads a file in ISO-8859-1, as Java does. Throws CONFIG_FILE_MISSING or CONFIG_FILE_UNREADABLE. */
export function readProperties(file: string): PropertyLine[] {
  let text: string;
  try {
    text = readFileSync(file, 'latin1');
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code === 'ENOENT' ? 'CONFIG_FILE_MISSING' : 'CONFIG_FILE_UNREADABLE';
    throw new SwitchlabError(code, `Configuration file ${file}: ${errorText(thrown)}.`, { cause: thrown });
  }
  return parseProperties(text, file);
}

/**
 * The pairs of `text` in order, every duplicate included.
 * Throws CONFIG_FILE_UNREADABLE naming `origin` and line for a damaged \u escape, which Java refuses too.
 */
export function parseProperties(text: string, origin: string): PropertyLine[] {
  const source = text.replaceAll(/\r\n?/g, '\n');
  const lineAt = lineCounter(source);
  const pairs: PropertyLine[] = [];
  for (const node of parseLines(source, true)) {
    if (!(node instanceof Pair)) continue;
    const [start, , , end] = node.range as [number, number, number, number];
    const line = lineAt(start);
    if (damagedEscape.test(source.slice(start, end))) {
      throw new SwitchlabError('CONFIG_FILE_UNREADABLE', `${origin}, line ${line}: damaged \\u escape.`);
    }
    pairs.push({ key: node.key, value: node.value, line });
  }
  return pairs;
}

/** An odd number of backslashes before a u that four hexadecimal digits do not follow. */
const damagedEscape = /(?<!\\)(?:\\\\)*\\u(?![0-9a-fA-F]{4})/;

/** Line numbers of growing offsets, in one pass. */
function lineCounter(source: string): (offset: number) => number {
  let line = 1;
  let passed = 0;
  return (offset) => {
    for (; passed < offset; passed++) if (source[passed] === '\n') line++;
    return line;
  };
}
