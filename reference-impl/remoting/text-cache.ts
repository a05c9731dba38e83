/** Longest text that is remembered, bytes. */
const textBytesMax = 24;
/** A power of two. */
const places = 1024;

/**
 * Short texts by their bytes. The names of header fields, and most of their values, are the same in one request after
 * another: comparing a few bytes costs a fraction of making a string, and the same string is quick to look up in a map.
 * A place holds the text that was seen there last, so the memory is bounded whatever peers send.
 */
export class TextCache {
  readonly #texts: string[] = Array.from({ length: places }, () => '');
  readonly #lengths = new Uint8Array(places);
  readonly #bytes = new Uint8Array(places * textBytesMax);

  /** The UTF-8 text in `bytes` from `start` to `end`. */
  text(bytes: Buffer, start: number, end: number): string {
    const length = end - start;
    if (length > textBytesMax) return bytes.toString('utf8', start, end);
    let hash = length;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
    const place = (hash ^ (hash >>> 10)) & (places - 1);
    if (this.#isAt(place, length, bytes, start)) return this.#texts[place]!;
    const text = bytes.toString('utf8', start, end);
    this.#texts[place] = text;
    this.#lengths[place] = length;
    const known = this.#bytes;
    const at = place * textBytesMax;
    for (let i = 0; i < length; i++) known[at + i] = bytes[start + i]!;
    return text;
  }

  #isAt(place: number, length: number, bytes: Buffer, start: number): boolean {
    if (this.#lengths[place] !== length) return false;
    const known = this.#bytes;
    const at = place * textBytesMax;
    for (let i = 0; i < length; i++) if (known[at + i] !== bytes[start + i]) return false;
    return true;
  }
}
