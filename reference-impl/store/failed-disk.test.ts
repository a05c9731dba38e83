import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { type Log, silentLog } from '../base/log.ts';
import { openStore } from './open.ts';
import { message, placed, storeOptions, temporaryFolder } from './store.fixture.ts';
import type { MessageStore, StoreOptions } from './types.ts';

interface LogLine {
  readonly fields: object;
  readonly text: string;
}

interface Vanishing {
  readonly root: string;
  readonly store: MessageStore;
  readonly errors: readonly LogLine[];
}

async function openVanishing(t: TestContext, overrides: Partial<StoreOptions>): Promise<Vanishing> {
  const root = temporaryFolder(t);
  const errors: LogLine[] = [];
  const log: Log = { ...silentLog, error: (fields, text) => void errors.push({ fields, text }) };
  const store = await openStore(storeOptions(root, { log, ...overrides }));
  t.after(() => store.close());
  return { root, store, errors };
}

/** Appends until the log has entered its next segment file, or refuses. */
function enterNextSegment(store: MessageStore): void {
  const segmentEnd = store.maxPhyOffset - (store.maxPhyOffset % store.segmentSize) + store.segmentSize;
  while (store.maxPhyOffset <= segmentEnd) {
    if (typeof store.append(message({ body: Buffer.alloc(4000) })) === 'string') return;
    store.writeNow();
  }
}

/** It stopped: nothing is acknowledged, and one line says which folder. */
async function assertStopped({ root, store, errors }: Vanishing): Promise<void> {
  assert.equal(store.writeable, false);
  assert.equal(store.append(message()), 'SERVICE_NOT_AVAILABLE');
  assert.equal(errors.length, 1);
  assert.equal(errors[0]!.text, 'the disk failed: nothing more is stored');
  assert.partialDeepStrictEqual(errors[0]!.fields, { storePathRootDir: root });
  assert.match(String((errors[0]!.fields as { error?: string }).error), /ENOENT.*commitlog/);
  await store.close();
  assert.equal(errors.length, 1);
}

for (const flushDiskType of ['ASYNC_FLUSH', 'SYNC_FLUSH'] as const) {
  test(`${flushDiskType}: the folder vanishes behind a new segment file: its flush fails, and the store stops`, async (t) => {
    const vanishing = await openVanishing(t, { flushDiskType, flushIntervalCommitLog: 3_600_000 });
    const { root, store } = vanishing;
    const { endOffset } = placed(store.append(message()));
    store.writeNow();
    await store.flush();
    enterNextSegment(store);
    rmSync(root, { recursive: true });
    await store.flush();
    assert.equal(store.flushedOffset, endOffset);
    await assertStopped(vanishing);
  });

  test(`${flushDiskType}: the folder vanishes: no further segment file, and the store stops`, async (t) => {
    const vanishing = await openVanishing(t, { flushDiskType, flushIntervalCommitLog: 3_600_000 });
    const { root, store } = vanishing;
    placed(store.append(message()));
    store.writeNow();
    await store.flush();
    rmSync(root, { recursive: true });
    enterNextSegment(store);
    // What the open file took is in it, with or without its name.
    await store.flush();
    await assertStopped(vanishing);
  });
}
