import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Attempt, Delivery } from '../../check/ledger.ts';

/** The ledger of one scenario while it runs: rows in memory for the checkers, and as JSON lines in the evidence folder. */
export interface Ledger extends AsyncDisposable {
  readonly attempts: readonly Attempt[];
  readonly deliveries: readonly Delivery[];
  attempted(row: Attempt): void;
  delivered(row: Delivery): void;
  /** Everything is in the files when it resolves. */
  close(): Promise<void>;
}

/** @param folder evidence folder of the scenario; gets `attempts.jsonl` and `deliveries.jsonl` */
export function createLedger(folder: string): Ledger {
  mkdirSync(folder, { recursive: true });
  const attempts: Attempt[] = [];
  const deliveries: Delivery[] = [];
  const attemptLines = new LineFile(join(folder, 'attempts.jsonl'));
  const deliveryLines = new LineFile(join(folder, 'deliveries.jsonl'));

  async function close(): Promise<void> {
    await Promise.all([attemptLines.close(), deliveryLines.close()]);
  }

  return {
    attempts,
    deliveries,
    attempted(row) {
      attempts.push(row);
      attemptLines.append(row);
    },
    delivered(row) {
      deliveries.push(row);
      deliveryLines.append(row);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Appends one JSON line per row; the rows of one turn of the event loop leave in one write. */
class LineFile {
  readonly #stream: WriteStream;
  #text = '';

  constructor(file: string) {
    this.#stream = createWriteStream(file);
  }

  append(row: object): void {
    if (this.#text === '') setImmediate(() => this.#write());
    this.#text += `${JSON.stringify(row)}\n`;
  }

  async close(): Promise<void> {
    this.#write();
    this.#stream.end();
    await finished(this.#stream);
  }

  #write(): void {
    if (this.#text !== '') this.#stream.write(this.#text);
    this.#text = '';
  }
}
