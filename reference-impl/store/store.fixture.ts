import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, cpSync, mkdtempSync, openSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { silentLog } from '../base/log.ts';
import type { Host, MessageToStore } from '../message/types.ts';
import { openStore } from './open.ts';
import type { AppendRefusal, AppendResult, MessageStore, StoreOptions } from './types.ts';

// What the tests of this folder share: folders, the golden stores, and options of their sizes.

const golden = new URL('../../golden/store/', import.meta.url);

/** One line of `expected.json`. */
export interface ExpectedRecord {
  readonly type: 'message' | 'blank' | 'dledgerEntry';
  readonly file: string;
  readonly position: number;
  readonly size: number;
  readonly topic: string;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly physicalOffset: number;
  readonly storeSize: number;
  readonly flag: number;
  readonly sysFlag: number;
  readonly bornTimestamp: number;
  readonly storeTimestamp: number;
  readonly bornHost: string;
  readonly storeHost: string;
  readonly reconsumeTimes: number;
  readonly preparedTransactionOffset: number;
  readonly bodyCRC: number;
  readonly msgId: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly bodyBase64: string;
}

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'switchlab-store-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Unpacks `golden/store/<name>.tar.gz`; returns the store's root. */
export function goldenStore(t: TestContext, name: string): string {
  const folder = temporaryFolder(t);
  execFileSync('tar', ['-xzf', new URL(`${name}.tar.gz`, golden).pathname, '-C', folder]);
  return join(folder, 'store');
}

/** Messages of a golden store, in log order. */
export function expectedRecords(name: string): ExpectedRecord[] {
  const all = JSON.parse(readFileSync(new URL(`${name}.expected.json`, golden), 'utf8')) as ExpectedRecord[];
  return all.filter((record) => record.type !== 'blank');
}

/** The sizes of the golden stores. */
export function storeOptions(root: string, overrides: Partial<StoreOptions> = {}): StoreOptions {
  return {
    release: 'new',
    log: silentLog,
    storePathRootDir: root,
    storePathCommitLog: join(root, 'commitlog'),
    mappedFileSizeCommitLog: 32768,
    mappedFileSizeConsumeQueue: 6000,
    maxHashSlotNum: 100,
    maxIndexNum: 400,
    messageIndexEnable: true,
    maxMessageSize: 8192,
    flushDiskType: 'ASYNC_FLUSH',
    flushIntervalCommitLog: 500,
    flushIntervalConsumeQueue: 1000,
    checkCRCOnRecover: true,
    confirmOffsetLimitsDispatch: false,
    readUnCommitted: false,
    dledger: null,
    maxTransferCountOnMessageInMemory: 32,
    maxTransferBytesOnMessageInMemory: 262144,
    maxTransferCountOnMessageInDisk: 8,
    maxTransferBytesOnMessageInDisk: 65536,
    accessMessageInMemoryMaxRatio: 40,
    messageDelayLevel: '1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h',
    ...overrides,
  };
}

export const loopback: Host = { ip: Uint8Array.of(127, 0, 0, 1), port: 10911 };

export function message(overrides: Partial<MessageToStore> = {}): MessageToStore {
  return {
    topic: 'TopicA',
    queueId: 0,
    flag: 0,
    sysFlag: 0,
    bornTimestamp: 1795462015019,
    bornHost: loopback,
    storeHost: loopback,
    reconsumeTimes: 0,
    preparedTransactionOffset: 0,
    body: Buffer.from('body'),
    properties: '',
    ...overrides,
  };
}

/** An empty store that closes with the test. */
export async function freshStore(t: TestContext, overrides: Partial<StoreOptions> = {}): Promise<MessageStore> {
  const root = mkdtempSync(join(tmpdir(), 'switchlab-store-'));
  const store = await openStore(storeOptions(root, overrides));
  t.after(async () => {
    await store.close();
    rmSync(root, { recursive: true });
  });
  return store;
}

export function placed(result: AppendResult | AppendRefusal): AppendResult {
  assert.ok(typeof result === 'object', `refused: ${JSON.stringify(result)}`);
  return result;
}

/** The files of an open store as they are now: what a SIGKILL at this moment would leave. */
export function copyOf(t: TestContext, root: string): string {
  const copy = join(temporaryFolder(t), 'store');
  cpSync(root, copy, { recursive: true });
  return copy;
}

/** From now on writes to the open file meet ENOSPC: its descriptor becomes one of /dev/full. */
export function replaceByFullDevice(path: string): void {
  const name = readdirSync('/proc/self/fd').find((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      return false; // The descriptor of the listing itself is gone by now.
    }
  });
  closeSync(Number(name));
  assert.equal(openSync('/dev/full', 'w'), Number(name));
}
