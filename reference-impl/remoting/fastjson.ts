import { SwitchlabError } from '../base/errors.ts';

/**
 * Parses a body as fastjson writes it: JSON, and beyond it bare integer keys, objects as map keys, single quotes,
 * unquoted names and trailing commas.
 * - An object key becomes a property named by its JSON text, see `objectKeyEntries`.
 * - An integer beyond 2^53 becomes a bigint; every other number is a number.
 * - A `$ref` key (fastjson's "the same object again") throws: nothing that RocketMQ answers contains one.
 * Throws BODY_MALFORMED with the place.
 */
export function parseFastjson(text: string): unknown {
  // JSON.parse would round a long and keep a $ref, without saying so.
  if (!longNumber.test(text) && !text.includes('$ref')) {
    try {
      return JSON.parse(text);
    } catch {
      // Not strict JSON: the tolerant reader decides, and names the place when it is not fastjson either.
    }
  }
  return readTolerant(text);
}

/** The entries of a map whose keys are objects, with each key parsed. */
export function objectKeyEntries<V>(map: Readonly<Record<string, V>>): [key: unknown, value: V][] {
  return Object.entries(map).map(([key, value]) => [parseFastjson(key), value]);
}

/**
 * Reads fastjson text without trying JSON.parse first; same errors as `parseFastjson`.
 * @param toNumber what the digits of a number become
 */
export function readTolerant(text: string, toNumber: (digits: string) => unknown = numberOf): unknown {
  const reader = new TolerantReader(text, toNumber);
  const value = reader.value(0);
  reader.finish();
  return value;
}

const longNumber = /\d{16}/;
const depthMax = 512;
const number = /[+-]?\d+(\.\d*)?([eE][+-]?\d+)?/y;
const name = /[A-Za-z_$][\w$.-]*/y;
const blanks = /\s*/y;
const commas = /[\s,]*/y;
const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '0': '\0' };
const words: Readonly<Record<string, unknown>> = { true: true, false: false, null: null };

class TolerantReader {
  readonly #text: string;
  readonly #toNumber: (digits: string) => unknown;
  #position = 0;

  constructor(text: string, toNumber: (digits: string) => unknown) {
    this.#text = text;
    this.#toNumber = toNumber;
  }

  value(depth: number): unknown {
    if (depth > depthMax) throw this.#malformed(`nested deeper than ${depthMax}`);
    this.#match(blanks);
    const first = this.#text[this.#position];
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#array(depth);
    if (first === '"' || first === "'") return this.#string(first);
    const digits = this.#match(number);
    if (digits !== '') return this.#toNumber(digits);
    const word = this.#match(name);
    if (Object.hasOwn(words, word)) return words[word];
    throw this.#malformed('a value was expected');
  }

  finish(): void {
    this.#match(blanks);
    if (this.#position < this.#text.length) throw this.#malformed('the end was expected');
  }

  #object(depth: number): object {
    const object = {};
    this.#position++;
    while (this.#more('}')) {
      const key = this.#key(depth);
      if (key === '$ref') throw this.#malformed('a $ref, which is not resolved');
      this.#match(blanks);
      if (this.#text[this.#position] !== ':') throw this.#malformed('":" was expected');
      this.#position++;
      const value = this.value(depth + 1);
      // defineProperty: a key named __proto__ is a key like any other.
      Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
    }
    return object;
  }

  #array(depth: number): unknown[] {
    const items: unknown[] = [];
    this.#position++;
    while (this.#more(']')) items.push(this.value(depth + 1));
    return items;
  }

  /** Skips blanks and commas, also doubled and trailing ones; false when `end` closed the list. */
  #more(end: string): boolean {
    const separator = this.#match(commas);
    if (this.#text[this.#position] === end) {
      this.#position++;
      return false;
    }
    const previous = this.#text[this.#position - separator.length - 1];
    if (separator.includes(',') || previous === '{' || previous === '[') return true;
    throw this.#malformed(`"," or "${end}" was expected`);
  }

  #key(depth: number): string {
    const first = this.#text[this.#position];
    if (first === '"' || first === "'") return this.#string(first);
    if (first === '{' || first === '[') return JSON.stringify(this.value(depth + 1));
    const key = this.#match(number) || this.#match(name);
    if (key === '') throw this.#malformed('a key was expected');
    return key;
  }

  #string(quote: string): string {
    let text = '';
    let start = ++this.#position;
    for (;;) {
      const character = this.#text[this.#position];
      if (character === undefined) throw this.#malformed('text without an end');
      if (character !== '\\' && character !== quote) {
        this.#position++;
        continue;
      }
      text += this.#text.slice(start, this.#position++);
      if (character === quote) return text;
      text += this.#escape();
      start = this.#position;
    }
  }

  #escape(): string {
    const character = this.#text[this.#position++] ?? '';
    if (character !== 'u' && character !== 'x') return escapes[character] ?? character;
    const length = character === 'u' ? 4 : 2;
    const hex = this.#text.slice(this.#position, this.#position + length);
    if (hex.length < length || !/^[\da-fA-F]+$/.test(hex)) throw this.#malformed('an escape that is none');
    this.#position += length;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#position;
    const matched = pattern.exec(this.#text)?.[0] ?? '';
    this.#position += matched.length;
    return matched;
  }

  #malformed(what: string): SwitchlabError {
    return new SwitchlabError('BODY_MALFORMED', `JSON, character ${this.#position}: ${what}.`);
  }
}

function numberOf(digits: string): number | bigint {
  const value = Number(digits);
  const integer = !/[.eE]/.test(digits);
  return integer && !Number.isSafeInteger(value) ? BigInt(digits.replace('+', '')) : value;
}
