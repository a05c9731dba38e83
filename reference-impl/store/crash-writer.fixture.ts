import { writeSync } from 'node:fs';
import { openStore } from './open.ts';
import { message, storeOptions } from './store.fixture.ts';

// A process that the crash test kills: appends numbered 1 KiB messages as fast as it can and prints `n` once messages
// 0 to n-1 are acknowledged. Arguments: store folder, first number, flushDiskType.

const [root, first, flushDiskType] = process.argv.slice(2) as [string, string, 'ASYNC_FLUSH' | 'SYNC_FLUSH'];
const store = await openStore(
  storeOptions(root, { mappedFileSizeCommitLog: 1048576, flushDiskType, flushIntervalConsumeQueue: 5 }),
);
const filler = 'x'.repeat(1000);
const unacknowledged: { readonly number: number; readonly endOffset: number }[] = [];
let next = Number(first);

store.onProgress(() => {
  const safe = flushDiskType === 'SYNC_FLUSH' ? store.flushedOffset : store.writtenOffset;
  let acknowledged = -1;
  while (unacknowledged.length > 0 && unacknowledged[0]!.endOffset <= safe)
    acknowledged = unacknowledged.shift()!.number;
  if (acknowledged !== -1) writeSync(1, `${acknowledged + 1}\n`);
});

function appendSome(): void {
  for (let i = 0; i < 20 && unacknowledged.length < 200; i++) {
    const body = Buffer.from(`${next} ${filler}`);
    const result = store.append(message({ queueId: next % 4, body, properties: `UNIQ_KEY\u0001K${next}\u0002` }));
    if (typeof result === 'string') throw new Error(result);
    unacknowledged.push({ number: next++, endOffset: result.endOffset });
  }
  setImmediate(appendSome);
}
appendSome();
