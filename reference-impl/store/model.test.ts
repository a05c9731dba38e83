import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { decodeRecord } from '../message/record.ts';
import type { MessageToStore } from '../message/types.ts';
import { openStore } from './open.ts';
import { copyOf, message, storeOptions, temporaryFolder } from './store.fixture.ts';
import type { MessageStore } from './types.ts';

// The store against a list: whatever is appended, replicated, cut, closed or killed, log, queues and index tell the same.

interface ModelRecord {
  readonly offset: number;
  readonly endOffset: number;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly key: string;
  readonly body: string;
}

type Operation =
  | { readonly kind: 'append'; readonly queueId: number; readonly size: number }
  | { readonly kind: 'batch'; readonly queueId: number; readonly sizes: readonly number[] }
  | { readonly kind: 'replicate'; readonly bytes: number; readonly pieces: number }
  | { readonly kind: 'truncate'; readonly keep: number }
  | { readonly kind: 'write' | 'flush' | 'restart' | 'kill' };

const size = fc.oneof({ weight: 4, arbitrary: fc.nat(300) }, { weight: 1, arbitrary: fc.nat(8000) });
const queueId = fc.nat(2);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('append' as const), queueId, size }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('batch' as const),
      queueId,
      sizes: fc.array(fc.nat(2000), { minLength: 1, maxLength: 8 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('replicate' as const), bytes: fc.nat(40000), pieces: fc.nat(5) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('truncate' as const), keep: fc.nat(100) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('write' as const, 'flush' as const, 'restart' as const, 'kill' as const),
    }),
  },
);

/** A store under test and its model. */
class Subject {
  readonly #t: TestContext;
  #root: string;
  store!: MessageStore;
  records: ModelRecord[] = [];
  #counter = 0;

  constructor(t: TestContext) {
    this.#t = t;
    this.#root = temporaryFolder(t);
  }

  async open(): Promise<this> {
    this.store = await openStore(storeOptions(this.#root));
    return this;
  }

  async run(operation: Operation): Promise<void> {
    switch (operation.kind) {
      case 'append':
        this.#append(operation.queueId, [operation.size]);
        break;
      case 'batch':
        this.#append(operation.queueId, operation.sizes);
        break;
      case 'replicate':
        await this.#replicate(operation.bytes, operation.pieces);
        break;
      case 'truncate':
        this.records.length = Math.floor((this.records.length * operation.keep) / 100);
        this.store.truncateTo(this.#end);
        break;
      case 'write':
        this.store.writeNow();
        break;
      case 'flush':
        await this.store.flush();
        break;
      case 'restart':
        await this.store.close();
        await this.open();
        break;
      case 'kill':
        await this.#kill();
        break;
    }
  }

  check(): void {
    const { store } = this;
    store.writeNow();
    assert.equal(store.maxPhyOffset, this.#end);
    for (let queueId = 0; queueId < 3; queueId++) {
      const wanted = this.records.filter((record) => record.queueId === queueId);
      assert.equal(store.maxOffsetInQueue('TopicA', queueId), wanted.length);
      let read = 0;
      while (read < wanted.length) {
        const { records, nextBeginOffset } = store.getMessages('TopicA', queueId, read, 32, null);
        for (const bytes of records) {
          const { physicalOffset, queueOffset, body } = decodeRecord(bytes);
          const expected = wanted[read++]!;
          assert.equal(physicalOffset, expected.offset);
          assert.equal(queueOffset, expected.queueOffset);
          assert.equal(Buffer.from(body).toString(), expected.body);
        }
        assert.equal(nextBeginOffset, read);
      }
    }
    for (const record of this.records.slice(-3)) {
      const found = store.queryByKey('TopicA', record.key, 10, 0, Infinity);
      assert.deepEqual(
        found.map((bytes) => decodeRecord(bytes).physicalOffset),
        [record.offset],
      );
    }
  }

  get #end(): number {
    return this.records.at(-1)?.endOffset ?? 0;
  }

  #message(queueId: number, length: number): MessageToStore {
    const key = `key${this.#counter++}`;
    return message({ queueId, body: Buffer.from(key.padEnd(length, '.')), properties: `KEYS\u0001${key}\u0002` });
  }

  #append(queueId: number, sizes: readonly number[]): void {
    const messages = sizes.map((length) => this.#message(queueId, length));
    const results = messages.length === 1 ? [this.store.append(messages[0]!)] : this.store.appendBatch(messages);
    assert.ok(Array.isArray(results));
    results.forEach((result, i) => {
      assert.ok(typeof result === 'object');
      this.#add(messages[i]!, result.physicalOffset, result.endOffset, result.queueOffset);
    });
  }

  #add({ queueId, body }: MessageToStore, offset: number, endOffset: number, queueOffset: number): void {
    const text = Buffer.from(body).toString();
    this.records.push({ offset, endOffset, queueId, queueOffset, key: text.replace(/\.+$/, ''), body: text });
  }

  /** Another store begins with the same log, goes on, and sends what is new, cut into pieces and at last incomplete. */
  async #replicate(bytes: number, pieces: number): Promise<void> {
    await this.store.flush();
    const source = await openStore(storeOptions(copyOf(this.#t, this.#root)));
    const messages = Array.from({ length: 5 }, (_, i) => this.#message(i % 3, bytes % 7000));
    const results = messages.map((sent) => source.append(sent));
    source.writeNow();
    for (let piece = 0; piece <= pieces; piece++) {
      const data = source.readRaw(this.store.maxPhyOffset, Math.ceil(bytes / (pieces + 1)));
      if (data === null) break;
      this.store.appendRaw(this.store.maxPhyOffset, data);
    }
    const end = this.store.maxPhyOffset;
    await source.close();
    results.forEach((result, i) => {
      assert.ok(typeof result === 'object');
      if (result.endOffset <= end) this.#add(messages[i]!, result.physicalOffset, result.endOffset, result.queueOffset);
    });
    this.store.truncateIncompleteTail();
    this.store.truncateTo(this.#end);
  }

  async #kill(): Promise<void> {
    this.store.writeNow();
    const killed = this.store;
    this.#root = copyOf(this.#t, this.#root);
    await killed.close();
    await this.open();
  }
}

test('random histories agree with the model', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 40 }), async (operations) => {
      const subject = await new Subject(t).open();
      try {
        for (const step of operations) {
          await subject.run(step);
          subject.check();
        }
      } finally {
        await subject.store.close();
      }
    }),
    { numRuns: Number(process.env.SWITCHLAB_RUNS ?? 25) },
  );
});
