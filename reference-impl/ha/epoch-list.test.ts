import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { systemDisk } from '../base/disk.ts';
import { formatEpochFile, parseEpochFile, readEpochFile, writeEpochFile } from './epoch-file.ts';
import {
  appendEpoch,
  commonEnd,
  dropEndsBefore,
  dropEpochsFrom,
  dropStartsFrom,
  type EpochStart,
  epochAt,
  toldEpochs,
  withEnds,
} from './epoch-list.ts';
import { Epochs } from './epochs.ts';

function list(text: string): EpochStart[] {
  return text.split(' ').flatMap((item) => {
    const [epoch, startOffset] = item.split('-').map(Number);
    return item === '' ? [] : [{ epoch: epoch!, startOffset: startOffset! }];
  });
}

function text(entries: readonly EpochStart[] | null): string | null {
  return entries?.map(({ epoch, startOffset }) => `${epoch}-${startOffset}`).join(' ') ?? null;
}

const ascending = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 1000 })), { maxLength: 8 })
  .map((steps) => {
    let epoch = 0;
    let startOffset = -1;
    return steps.map(([e, s]) => ({ epoch: (epoch += e), startOffset: (startOffset += s) }));
  });

test('an entry is appended when both fields grow', () => {
  assert.equal(text(appendEpoch([], { epoch: 3, startOffset: 7 })), '3-7');
  assert.equal(text(appendEpoch(list('1-0'), { epoch: 2, startOffset: 565 })), '1-0 2-565');
  assert.equal(appendEpoch(list('1-0 2-565'), { epoch: 2, startOffset: 600 }), null);
  assert.equal(appendEpoch(list('1-0 2-565'), { epoch: 3, startOffset: 500 }), null);
});

test('a newer epoch replaces one that covers no byte', () => {
  assert.equal(text(appendEpoch(list('1-0 2-565'), { epoch: 3, startOffset: 565 })), '1-0 3-565');
});

test('appending keeps a list strictly ascending', () => {
  fc.assert(
    fc.property(ascending, fc.nat(50), fc.nat(9000), (entries, epoch, startOffset) => {
      const longer = appendEpoch(entries, { epoch, startOffset }) ?? entries;
      longer.slice(1).forEach((entry, i) => {
        assert.ok(entry.epoch > longer[i]!.epoch && entry.startOffset > longer[i]!.startOffset);
      });
    }),
  );
});

test('a handshake tells epochs before the first of a log as ones without a byte', () => {
  assert.equal(text(toldEpochs([])), '');
  assert.equal(text(toldEpochs(list('1-0 2-565'))), '1-0 2-565');
  assert.equal(text(toldEpochs(list('3-0 7-565'))), '1-0 2-0 3-0 7-565');
  assert.equal(text(toldEpochs(list('3-100'))), '3-100');
  const many = toldEpochs(list('5000-0 5001-7'));
  assert.equal(many.length, 1000);
  assert.equal(text(many.slice(-3)), '4999-0 5000-0 5001-7');
});

test('a slave of this project cuts the same whether older epochs are told or not', () => {
  fc.assert(
    fc.property(ascending, ascending, fc.nat(9000), fc.nat(9000), (own, epochs, maxOffset, masterEnd) => {
      const slave = { epochs: own, maxOffset };
      const told = commonEnd(slave, { epochs: toldEpochs(epochs), maxOffset: masterEnd });
      assert.equal(told, commonEnd(slave, { epochs, maxOffset: masterEnd }));
    }),
  );
});

test('cuts at either end', () => {
  const entries = list('1-0 2-565 3-791');
  assert.equal(text(dropEpochsFrom(entries, 2)), '1-0');
  assert.equal(text(dropStartsFrom(entries, 791)), '1-0 2-565');
  assert.equal(text(dropStartsFrom(entries, 792)), '1-0 2-565 3-791');
  assert.equal(text(dropEndsBefore(entries, 565)), '1-0 2-565 3-791');
  assert.equal(text(dropEndsBefore(entries, 566)), '2-565 3-791');
  assert.equal(text(dropEndsBefore(entries, 100000)), '3-791');
});

test('the entry of an offset; before the first entry its bytes end where it starts', () => {
  const entries = list('4-100 6-200');
  assert.deepEqual(epochAt(entries, 20), { epoch: 4, startOffset: 100, endOffset: 100 });
  assert.deepEqual(epochAt(entries, 199), { epoch: 4, startOffset: 100, endOffset: 200 });
  assert.deepEqual(epochAt(entries, 200), { epoch: 6, startOffset: 200, endOffset: Infinity });
  assert.equal(epochAt([], 0), null);
});

// slave's entries and end, master's entries and end, where the slave cuts
const handshakes: [string, string, number, string, number, number | null][] = [
  ['captured phase 2: nothing to cut', '1-0', 565, '1-0 2-565', 678, 565],
  ['captured phase 3: two records nobody copied go', '1-0 2-565', 1021, '1-0 2-565 3-791', 904, 791],
  ['an empty slave', '', 0, '1-0', 339, 0],
  ['a slave behind in the same epoch', '1-0', 113, '1-0', 339, 113],
  ['a master that crashed with less', '1-0', 339, '1-0', 226, 226],
  ['an epoch that the master never had', '1-0 2-100', 150, '1-0 3-100', 200, 100],
  ['two switches without a record between', '1-0 2-100', 150, '1-0 4-100', 200, 100],
  ['a converted slave behind its master', '', 20000, '1-37038', 40000, 20000],
  ['a converted slave with a longer log', '', 40000, '1-37038', 41000, 37038],
  ['an entry noted before its first byte', '1-37038', 20000, '1-37038', 40000, 20000],
  ['a first epoch of which nobody copied anything', '1-0', 150, '2-0 3-80', 200, 0],
  ['the same after a conversion', '1-37038', 37200, '2-37038', 37100, 37038],
  ['a slave that crashed with less than it noted', '1-0 2-565 3-791', 600, '1-0 2-565 3-791', 904, 600],
  ["the same, and what it noted last is not the master's", '1-0 2-565 3-791', 600, '1-0 2-565 4-700', 904, 700],
  ['nothing in common', '1-0 2-10', 20, '5-100 6-200', 300, null],
];
for (const [name, own, ownEnd, masters, masterEnd, expected] of handshakes) {
  test(`handshake: ${name}`, () => {
    const slave = { epochs: list(own), maxOffset: ownEnd };
    assert.equal(commonEnd(slave, { epochs: list(masters), maxOffset: masterEnd }), expected);
  });
}

test('the cut is never beyond either log, and a second handshake cuts nothing', () => {
  const history = fc.tuple(ascending, fc.nat(9000)).map(([epochs, end]) => {
    return { epochs, maxOffset: Math.max(end, (epochs.at(-1)?.startOffset ?? 0) + 1) };
  });
  fc.assert(
    fc.property(history, history, (slave, master) => {
      const cut = commonEnd(slave, master);
      if (cut === null) return;
      assert.ok(cut <= Math.min(slave.maxOffset, master.maxOffset));
      assert.equal(commonEnd({ epochs: dropStartsFrom(slave.epochs, cut), maxOffset: cut }, master), cut);
    }),
  );
});

test('epochFileCheckpoint is byte for byte the one that 5.3.3 wrote', () => {
  const golden = readFileSync(new URL('../../golden/ha/epochFileCheckpoint', import.meta.url), 'utf8');
  assert.equal(text(parseEpochFile(golden)), '1-0 2-565 3-791');
  assert.equal(formatEpochFile(list('1-0 2-565 3-791')), golden);
});

test('a damaged epoch file is noticed, and its backup is read', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'epoch-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'epochFileCheckpoint');
  assert.deepEqual(readEpochFile(systemDisk, path), []);
  writeEpochFile(systemDisk, path, list('1-0'));
  writeEpochFile(systemDisk, path, []);
  writeEpochFile(systemDisk, path, list('1-0 2-565'));
  assert.equal(text(readEpochFile(systemDisk, path)), '1-0 2-565');
  writeFileSync(path, readFileSync(path, 'utf8').replace('565', '566'));
  assert.equal(text(readEpochFile(systemDisk, path)), '1-0');
  writeFileSync(`${path}.bak`, '1\n7\n1-0\n');
  assert.throws(() => readEpochFile(systemDisk, path), { code: 'STORE_CORRUPT' });
});

test('withEnds: each entry ends where the next starts', () => {
  assert.deepEqual(withEnds(list('1-0 2-5'), 9), [
    { epoch: 1, startOffset: 0, endOffset: 5 },
    { epoch: 2, startOffset: 5, endOffset: 9 },
  ]);
});

test('an epoch file is written when its list changed, not at every look', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'epochs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'epochFileCheckpoint');
  const epochs = new Epochs(systemDisk, path);
  epochs.beginAsMaster(1, 0);
  epochs.beginAsMaster(2, 100);
  rmSync(path);
  epochs.dropBefore(50);
  assert.equal(existsSync(path), false);
  epochs.dropBefore(100);
  assert.equal(existsSync(path), false);
  epochs.dropBefore(101);
  assert.equal(existsSync(path), true);
});

test('an entry that could not be written does not count', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'epochs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'epochFileCheckpoint');
  let isFull = false;
  const rename = (from: string, to: string) => {
    if (isFull) throw new Error('no space left');
    systemDisk.rename(from, to);
  };
  const epochs = new Epochs({ ...systemDisk, rename }, path);
  epochs.beginAsMaster(1, 0);
  isFull = true;
  assert.throws(() => epochs.append({ epoch: 2, startOffset: 100 }), /no space left/);
  assert.equal(epochs.lastEpoch, 1);
  isFull = false;
  assert.ok(epochs.append({ epoch: 2, startOffset: 100 }));
  assert.equal(text(readEpochFile(systemDisk, path)), '1-0 2-100');
});
