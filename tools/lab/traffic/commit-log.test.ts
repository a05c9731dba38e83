import assert from 'node:assert/strict';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { golden } from '../../../reference-impl/message/message.fixture.ts';
import { decodeRecords } from '../../../reference-impl/message/record.ts';
import { temporaryFolder } from '../folders.ts';
import { logEnd, segmentFiles, tearEnd, wholeRecordsEnd } from './commit-log.ts';

const magic = 0xdaa320a7;
const blankMagic = 0xcbd43194;
const fileBytes = 4 * 1024 * 1024;

function record(size: number, mark = magic): Buffer {
  const bytes = Buffer.alloc(size, 1);
  bytes.writeInt32BE(size, 0);
  bytes.writeUInt32BE(mark, 4);
  return bytes;
}

/** A log of files that are larger than what is read at a time; null stands for a file that was made in advance. */
function writeLog(folder: string, files: readonly (readonly Buffer[] | null)[]): void {
  files.forEach((records, i) => {
    const file = path.join(folder, String(i * fileBytes).padStart(20, '0'));
    writeFileSync(file, Buffer.concat(records ?? []));
    truncateSync(file, fileBytes);
  });
}

const thirteen = Array.from({ length: 13 }, () => record(300_000));
const closed = [...thirteen, record(fileBytes - 13 * 300_000, blankMagic)];

test('a log ends behind its last whole record, in whatever file that is', async () => {
  const ends: [files: Parameters<typeof writeLog>[1], end: number][] = [
    [[null], 0],
    [[thirteen, null], 13 * 300_000],
    [[closed, null], fileBytes],
    [[closed, thirteen.slice(0, 5), null], fileBytes + 5 * 300_000],
    [[closed, [record(1_048_570), record(1_000), record(100)]], fileBytes + 1_049_670],
    [[closed, [record(200), record(fileBytes)]], fileBytes + 200],
  ];
  for (const [files, end] of ends) {
    await using folder = await temporaryFolder();
    writeLog(folder.path, files);
    assert.equal(logEnd(segmentFiles(folder.path)), end);
  }
  assert.equal(logEnd([]), 0);
});

test('half a message behind the last whole one is none, although its size and magic are there', async () => {
  // What a real broker stored.
  const captured = golden('pull-body.json').find(({ name }) => name.startsWith('captured'))!;
  const real = Buffer.from(captured.hex, 'hex');
  const last = real.subarray(real.length - decodeRecords(real).at(-1)!.size);
  await using folder = await temporaryFolder();
  writeLog(folder.path, [[real], null]);
  const bodyAt = last.indexOf(decodeRecords(real).at(-1)!.body);
  assert.equal(tearEnd(folder.path), bodyAt + 3);
  const [first] = segmentFiles(folder.path);
  assert.equal(readFileSync(first!.file).readInt32BE(real.length), last.length);
  assert.equal(wholeRecordsEnd(folder.path, Infinity), real.length);
});

test('a log without a message, or without room, is not torn', async () => {
  await using empty = await temporaryFolder();
  writeLog(empty.path, [null]);
  assert.equal(tearEnd(empty.path), 0);
  await using full = await temporaryFolder();
  writeLog(full.path, [closed]);
  assert.equal(tearEnd(full.path), 0);
});
