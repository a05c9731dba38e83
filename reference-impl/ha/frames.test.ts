import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decodeEpochs,
  encodeMasterHandshake,
  encodeMasterTransfer,
  encodeSlaveHandshake,
  encodeSlaveReport,
  type MasterFrame,
  masterFrameFormat,
  type SlaveFrame,
  slaveFrameFormat,
} from './auto-switch-frames.ts';
import {
  type ClassicReport,
  type ClassicTransfer,
  classicReportFormat,
  classicTransferFormat,
  encodeClassicReport,
  encodeClassicTransfer,
} from './classic-frames.ts';
import { type FrameFormat, FrameReader } from './frame-reader.ts';

const golden = new URL('../../golden/ha/', import.meta.url);

interface GoldenFrame {
  readonly dir: 'slave->master' | 'master->slave';
  readonly hex: string;
  readonly [field: string]: unknown;
}

function goldenFrames(file: string): GoldenFrame[] {
  return JSON.parse(readFileSync(new URL(file, golden), 'utf8')).frames;
}

interface Read<H> {
  readonly header: H;
  readonly body: Buffer;
}

/** Every frame of `bytes`, read in chunks that end at `cuts`. */
function readAll<H>(format: FrameFormat<H>, bytes: Buffer, cuts: readonly number[] = []): Read<H>[] {
  const reader = new FrameReader(format);
  const frames: { header: H; pieces: Buffer[] }[] = [];
  const ends = [...new Set([...cuts, bytes.length])].filter((cut) => cut <= bytes.length).sort((a, b) => a - b);
  let from = 0;
  for (const end of ends) {
    reader.feed(bytes.subarray(from, end), {
      header: (header) => void frames.push({ header, pieces: [] }),
      body: (piece) => void frames.at(-1)!.pieces.push(Buffer.from(piece)),
    });
    from = end;
  }
  assert.ok(reader.idle);
  return frames.map(({ header, pieces }) => ({ header, body: Buffer.concat(pieces) }));
}

function encodeClassic(frame: Read<ClassicReport | ClassicTransfer>): Buffer {
  if ('maxOffset' in frame.header) return encodeClassicReport(frame.header.maxOffset);
  return Buffer.concat([encodeClassicTransfer(frame.header.offset, frame.body.length), frame.body]);
}

function encodeAutoSwitch({ header, body }: Read<SlaveFrame | MasterFrame>): Buffer {
  if (header.kind === 'report') return encodeSlaveReport(header.maxOffset);
  if (header.kind === 'transfer') return Buffer.concat([encodeMasterTransfer(header), body]);
  if ('slaveBrokerId' in header) return encodeSlaveHandshake(header);
  return encodeMasterHandshake(header.masterMaxOffset, header.lastEpoch, decodeEpochs(body));
}

for (const file of readdirSync(golden).filter((name) => name.endsWith('.json'))) {
  const classic = file.startsWith('classic');
  const toMaster: FrameFormat<ClassicReport | SlaveFrame> = classic ? classicReportFormat : slaveFrameFormat;
  const toSlave: FrameFormat<ClassicTransfer | MasterFrame> = classic ? classicTransferFormat : masterFrameFormat;
  const encode = (classic ? encodeClassic : encodeAutoSwitch) as (frame: Read<unknown>) => Buffer;

  test(`${file}: every frame decodes to the captured fields and encodes to the same bytes`, () => {
    for (const frame of goldenFrames(file)) {
      const bytes = Buffer.from(frame.hex, 'hex');
      const [read, ...more] = readAll<object>(frame.dir === 'slave->master' ? toMaster : toSlave, bytes);
      assert.equal(more.length, 0);
      for (const [field, value] of Object.entries(read!.header)) {
        if (field in frame && field !== 'kind') assert.equal(Number(value), frame[field], `${field} of ${frame.hex}`);
      }
      assert.deepEqual(encode(read!), bytes);
    }
  });

  test(`${file}: the same frames whatever the chunks`, () => {
    const bytes = Buffer.concat(
      goldenFrames(file)
        .filter((frame) => frame.dir === 'master->slave')
        .map((frame) => Buffer.from(frame.hex, 'hex')),
    );
    const whole = readAll<object>(toSlave, bytes);
    const eachByte = Array.from(bytes, (_, i) => i);
    assert.deepEqual(readAll<object>(toSlave, bytes, eachByte), whole);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 40 }), (cuts) => {
        assert.deepEqual(readAll<object>(toSlave, bytes, cuts), whole);
      }),
      { numRuns: 30 },
    );
  });
}

test('bytes that are no frame are refused by name', () => {
  const state9 = Buffer.from('0000000900000000', 'hex');
  assert.throws(() => readAll(slaveFrameFormat, state9), { code: 'FRAME_MALFORMED' });
  assert.throws(() => readAll(masterFrameFormat, state9), { code: 'FRAME_MALFORMED' });
  const oddList = Buffer.from('000000010000000d00000000000001530000000100', 'hex');
  assert.throws(() => readAll(masterFrameFormat, oddList), { code: 'FRAME_MALFORMED' });
  assert.throws(() => readAll(classicTransferFormat, Buffer.alloc(12, 0xff)), { code: 'FRAME_MALFORMED' });
});

test('a handshake sends the newest 1000 entries', () => {
  const epochs = Array.from({ length: 1200 }, (_, i) => ({ epoch: i + 1, startOffset: i * 10 }));
  const [read] = readAll(masterFrameFormat, encodeMasterHandshake(12000, 1200, epochs));
  assert.deepEqual(decodeEpochs(read!.body), epochs.slice(200));
});
