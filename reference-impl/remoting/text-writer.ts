// Short texts go into a frame character by character: a native call for each of them costs several times as much.

/** Longer texts are worth a native call. */
const shortMax = 64;
const quote = 0x22;
const backslash = 0x5c;

/** Writes `text` as UTF-8 at `at`, where there is room for 3 bytes a character; returns where it ends. */
export function writeText(out: Buffer, text: string, at: number): number {
  const { length } = text;
  if (length > shortMax) return at + out.write(text, at);
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7e) return at + out.write(text, at);
    out[at + i] = unit;
  }
  return at + length;
}

/** Writes `value`, an integer, in decimal; returns where it ends. */
export function writeInteger(out: Buffer, value: number, at: number): number {
  if (value < 0 || value > 0x7fffffff) return writeText(out, String(value), at);
  let digits = 1;
  for (let bound = 10; value >= bound; bound *= 10) digits++;
  let rest = value;
  for (let i = at + digits - 1; i >= at; i--) {
    const tenth = (rest / 10) | 0;
    out[i] = 0x30 + rest - 10 * tenth;
    rest = tenth;
  }
  return at + digits;
}

/** Writes `text` in double quotes when nothing in it needs an escape; -1, and nothing that counts, when something does. */
export function writePlainQuoted(out: Buffer, text: string, at: number): number {
  const { length } = text;
  if (length > shortMax) return -1;
  out[at] = quote;
  const start = at + 1;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || unit > 0x7e || unit === quote || unit === backslash) return -1;
    out[start + i] = unit;
  }
  out[start + length] = quote;
  return start + length + 1;
}
