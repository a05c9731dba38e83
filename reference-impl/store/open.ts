import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { type Disk, systemDisk } from '../base/disk.ts';
import { SwitchlabError } from '../base/errors.ts';
import { createAbortFile, wasAborted } from './abort-file.ts';
import { Checkpoint } from './checkpoint.ts';
import { CommitLog } from './commit-log.ts';
import { parseDelayLevels } from './delay-levels.ts';
import { Dispatcher } from './dispatcher.ts';
import { KeyIndex } from './key-index.ts';
import { LocalMessageStore } from './message-store.ts';
import { QueueTable } from './queue-table.ts';
import { recover, type StoreParts } from './recovery.ts';
import { listSegments } from './segment-files.ts';
import type { MessageStore, StoreOptions } from './types.ts';

/**
 * Opens the store, creating what is missing, and recovers it (`DefaultMessageStore.load`). Throws STORE_LOCKED when
 * another process has it open, STORE_IS_DLEDGER and STORE_CORRUPT without having changed anything.
 */
export async function openStore(options: StoreOptions): Promise<MessageStore> {
  const { storePathRootDir: rootDir, disk = systemDisk } = options;
  const directories = options.storePathCommitLog.split(',').map((directory) => directory.trim());
  disk.makeDirectory(rootDir);
  refuseDledgerStore(disk, rootDir, directories, options.mappedFileSizeCommitLog);
  const lock = await disk.lock(rootDir);
  try {
    for (const directory of directories) disk.makeDirectory(directory);
    const aborted = wasAborted(disk, rootDir);
    const parts = load(options, disk, directories, aborted);
    const limit = options.confirmOffsetLimitsDispatch ? parts.checkpoint.confirmPhyOffset : Infinity;
    recover(parts, { aborted, checkCRCOnRecover: options.checkCRCOnRecover, confirmOffset: limit });
    const confirmOffset = Math.max(Math.min(limit, parts.log.maxOffset), parts.log.minOffset);
    createAbortFile(disk, rootDir, options.release);
    return new LocalMessageStore(parts, options, disk, options.clock ?? systemClock, lock, confirmOffset);
  } catch (thrown) {
    await lock.release();
    throw thrown;
  }
}

function load(options: StoreOptions, disk: Disk, directories: readonly string[], aborted: boolean): StoreParts {
  const rootDir = options.storePathRootDir;
  const log = new CommitLog(disk, directories, options.mappedFileSizeCommitLog);
  const queues = new QueueTable(disk, rootDir, options.mappedFileSizeConsumeQueue);
  queues.load();
  const checkpoint = new Checkpoint(disk, join(rootDir, 'checkpoint'));
  const index = new KeyIndex(disk, options);
  index.load(aborted ? checkpoint.indexMsgTimestamp : Infinity);
  const delayLevels = parseDelayLevels(options.messageDelayLevel);
  const { messageIndexEnable } = options;
  const dispatcher = new Dispatcher(log, queues, index, { log: options.log, messageIndexEnable, delayLevels });
  return { log, queues, index, dispatcher, checkpoint };
}

/** Opened as a plain store it would look empty, and lose its queues. */
function refuseDledgerStore(disk: Disk, rootDir: string, directories: readonly string[], segmentSize: number): void {
  const dledger = disk.list(rootDir).find((entry) => entry.isDirectory && entry.name.startsWith('dledger-'));
  if (dledger === undefined || listSegments(disk, directories, segmentSize).length > 0) return;
  throw new SwitchlabError('STORE_IS_DLEDGER', `${join(rootDir, dledger.name)} is a DLedger commit log.`);
}
