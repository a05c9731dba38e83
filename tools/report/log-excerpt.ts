import path from 'node:path';
import { endOfFile } from '../lab/file-part.ts';

/** The lines of one log around a moment. */
export interface LogExcerpt {
  readonly file: string;
  readonly lines: readonly string[];
  /** Lines of the file before and after these. */
  readonly before: number;
  readonly after: number;
}

/** What was written up to the moment explains it; a few lines behind show what came of it. */
const linesBefore = 28;
const linesAfter = 6;
const lineLengthMax = 260;
/** Of a log that somebody has flooded the last part. */
const bytesMax = 32 * 1024 * 1024;

/** @param momentMs ms since the epoch; the end of the log when none of its lines has a time */
export function logExcerpt(folder: string, file: string, momentMs: number): LogExcerpt {
  const lines = endOfFile(path.join(folder, file), bytesMax).trimEnd().split('\n');
  const later = lines.findIndex((line) => (timeOf(line, momentMs) ?? 0) > momentMs);
  const middle = later === -1 ? lines.length : later;
  const [from, to] = [Math.max(0, middle - linesBefore), Math.min(lines.length, middle + linesAfter)];
  const shown = lines.slice(from, to).map(readable);
  return { file, lines: shown, before: from, after: lines.length - to };
}

/**
 * When a line was written: JSON lines of the reference say the instant, lines of Java the time of day, and those that the
 * logging configuration of a distribution makes date and time in China.
 */
function timeOf(line: string, momentMs: number): number | null {
  const instant = /"time":"([^"]+)"/.exec(line)?.[1];
  if (instant !== undefined) return Date.parse(instant);
  const [, date, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) /.exec(line) ?? [];
  if (date !== undefined) return Date.parse(`${date}T${time}+08:00`);
  const clock = /^(\d\d):(\d\d):(\d\d)[.,](\d{3}) /.exec(line)?.slice(1).map(Number);
  if (clock === undefined) return null;
  return new Date(momentMs).setHours(clock[0]!, clock[1], clock[2], clock[3]);
}

/** A JSON line as `12:00:01.234 warn text {"field":1}`; others as they are. */
function readable(line: string): string {
  const text = line.startsWith('{"level"') ? fromJson(line) : line;
  return text.length > lineLengthMax ? `${text.slice(0, lineLengthMax)} …` : text;
}

const levels: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

function fromJson(line: string): string {
  try {
    // Every line of a file has the same name, pid and host.
    const {
      level,
      time,
      name: _name,
      pid: _pid,
      hostname: _host,
      msg,
      ...fields
    } = JSON.parse(line) as Record<string, unknown>;
    const rest = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : '';
    return `${String(time).slice(11, 23)} ${levels[Number(level)] ?? String(level)} ${String(msg)}${rest}`;
  } catch {
    return line; // the last line of a process that was killed may be half a line
  }
}
