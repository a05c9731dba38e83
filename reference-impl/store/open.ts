import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { type Disk, systemDisk } from '../base/disk.ts';
import { SwitchlabError } from '../base/errors.ts';
import { createAbortFile, wasAborted } from './abort-file.ts';
import { Checkpoint } from './checkpoint.ts';
import { CommitLog } from './commit-log.ts';
import { parseDelayLevels } from './delay-levels.ts';
import { Dispatcher } from './dispatcher.ts';
import { folderDisk } from '../dledger/folder-disk.ts';
import { DLedgerFraming } from './dledger-framing.ts';
import { DLedgerLog } from './dledger-log.ts';
import { type Framing, plainFraming } from './framing.ts';
import { KeyIndex } from './key-index.ts';
import { LocalMessageStore } from './message-store.ts';
import { QueueTable } from './queue-table.ts';
import { recover, type StoreParts } from './recovery.ts';
import { listSegments } from './segment-files.ts';
import type { MessageStore, StoreOptions } from './types.ts';

/**
 * Opens the store, creating what is missing, and recovers it (`DefaultMessageStore.load`). Throws STORE_LOCKED when
 * another process has it open; STORE_IS_DLEDGER, STORE_IS_PLAIN and STORE_CORRUPT without having changed anything.
 */
export async function openStore(options: StoreOptions): Promise<MessageStore> {
  const { storePathRootDir: rootDir, disk = systemDisk, dledger } = options;
  const plain = splitDirectories(options.storePathCommitLog);
  disk.makeDirectory(rootDir);
  if (dledger === null) refuseDLedgerStore(disk, rootDir, plain, options.mappedFileSizeCommitLog);
  else refusePlainStore(disk, rootDir, plain, options.mappedFileSizeCommitLog);
  const directories = dledger === null ? plain : splitDirectories(dledger.dataPath);
  const lock = await disk.lock(rootDir);
  try {
    for (const directory of directories) disk.makeDirectory(directory);
    const aborted = wasAborted(disk, rootDir);
    const framing = dledger === null ? plainFraming : new DLedgerFraming();
    const parts = load(options, disk, directories, framing, aborted);
    // From here on this process changes files: recovery that is interrupted has to be done again.
    createAbortFile(disk, rootDir, options.release);
    const dledgerLog =
      framing instanceof DLedgerFraming ? new DLedgerLog(folderDisk(dledger!.folder), parts.log, framing) : null;
    const confirmed = dledgerLog?.committedPosition() ?? parts.checkpoint.confirmPhyOffset;
    const limit = options.confirmOffsetLimitsDispatch ? confirmed : Infinity;
    const { checkCRCOnRecover } = options;
    const flushedOffset = recover(parts, { aborted, checkCRCOnRecover, confirmOffset: limit, dledger: dledgerLog });
    // What is in the queues was confirmed, whatever the checkpoint knows.
    const known = dledgerLog === null ? limit : Math.max(limit, parts.dispatcher.offset);
    const confirmOffset = Math.max(Math.min(known, parts.log.maxOffset), parts.log.minOffset);
    const clock = options.clock ?? systemClock;
    const progress = { flushedOffset, confirmOffset };
    return new LocalMessageStore(parts, options, disk, clock, lock, progress, dledgerLog);
  } catch (thrown) {
    await lock.release();
    throw thrown;
  }
}

function load(
  options: StoreOptions,
  disk: Disk,
  directories: readonly string[],
  framing: Framing,
  aborted: boolean,
): StoreParts {
  const rootDir = options.storePathRootDir;
  const log = new CommitLog(disk, directories, options.mappedFileSizeCommitLog, framing);
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
function refuseDLedgerStore(disk: Disk, rootDir: string, directories: readonly string[], segmentSize: number): void {
  const dledger = disk.list(rootDir).find((entry) => entry.isDirectory && entry.name.startsWith('dledger-'));
  if (dledger === undefined || listSegments(disk, directories, segmentSize).length > 0) return;
  throw new SwitchlabError('STORE_IS_DLEDGER', `${join(rootDir, dledger.name)} is a DLedger commit log.`);
}

/** RocketMQ closes the plain log and goes on with DLedger entries behind it; that is not built here. */
function refusePlainStore(disk: Disk, rootDir: string, directories: readonly string[], segmentSize: number): void {
  if (listSegments(disk, directories, segmentSize).length === 0) return;
  throw new SwitchlabError('STORE_IS_PLAIN', `${rootDir} holds a commit log without DLedger.`);
}

function splitDirectories(list: string): string[] {
  return list.split(',').map((directory) => directory.trim());
}
