import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SwitchlabError } from '../base/errors.ts';
import { FrameSplitter, frameLengthMax } from './frame-splitter.ts';

/** Feeds `chunks`; returns the frames without their length field. */
function split(chunks: readonly Buffer[]): string[] {
  const frames = new FrameSplitter();
  const found: string[] = [];
  for (const chunk of chunks) {
    frames.push(chunk);
    while (frames.next()) found.push(frames.bytes.toString('hex', frames.start, frames.end));
  }
  return found;
}

function frame(content: Uint8Array): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(4), content]);
  bytes.writeInt32BE(content.length, 0);
  return bytes;
}

const contents = fc.array(fc.uint8Array({ minLength: 4, maxLength: 60 }), { maxLength: 20 });
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });

test('frames come out whole however the stream is cut', () => {
  fc.assert(
    fc.property(contents, cuts, (contents, cuts) => {
      const stream = Buffer.concat(contents.map(frame));
      const places = [0, ...cuts.map((cut) => Math.floor(cut * stream.length)), stream.length];
      places.sort((a, b) => a - b);
      const chunks = places.slice(1).map((end, i) => stream.subarray(places[i], end));
      assert.deepEqual(
        split(chunks),
        contents.map((content) => Buffer.from(content).toString('hex')),
      );
    }),
  );
});

test('a frame within one chunk is not copied', () => {
  const chunk = frame(Buffer.from('abcdef'));
  const frames = new FrameSplitter();
  frames.push(chunk);
  assert.equal(frames.next(), true);
  assert.equal(frames.bytes, chunk);
});

test('a frame of 16 MiB passes, one more byte does not', () => {
  assert.equal(split([frame(Buffer.alloc(frameLengthMax))]).length, 1);
  assert.throws(() => split([lengthField(frameLengthMax + 1)]), { code: 'FRAME_TOO_LARGE' });
});

test('a length that is none is refused as soon as it is read, also in pieces', () => {
  for (const length of [0, 3, -1, -2147483648]) {
    const bytes = lengthField(length);
    assert.throws(() => split([bytes]), { code: 'FRAME_MALFORMED' });
    assert.throws(() => split([bytes.subarray(0, 1), bytes.subarray(1)]), { code: 'FRAME_MALFORMED' });
  }
  assert.throws(() => split([Buffer.from('1603010078', 'hex')]), { code: 'NOT_BUILT' });
});

test('random bytes end in frames or in a refusal, never in another error', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 10 }), (chunks) => {
      try {
        split(chunks.map((chunk) => Buffer.from(chunk)));
      } catch (thrown) {
        assert.ok(thrown instanceof SwitchlabError, String(thrown));
      }
    }),
    { numRuns: 2000 },
  );
});

function lengthField(length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(length);
  return bytes;
}
