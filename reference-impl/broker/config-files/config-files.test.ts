import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { SwitchlabError } from '../../base/errors.ts';
import { silentLog } from '../../base/log.ts';
import type { Release } from '../../base/release.ts';
import { brokerConfig } from '../../config/broker.ts';
import { readGolden } from '../../remoting/golden.ts';
import { parseFastjson } from '../../remoting/fastjson.ts';
import { GroupTable } from '../groups/group-table.ts';
import { OffsetTable } from '../offsets/offset-table.ts';
import { TopicTable } from '../topics/topic-table.ts';
import { ConfigFile } from './config-file.ts';
import { type FileValue, writePretty } from './pretty.ts';

function inFolder(use: (root: string) => void): void {
  const root = mkdtempSync(join(tmpdir(), 'config-files-'));
  mkdirSync(join(root, 'config'));
  try {
    use(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** What our tables make of a file: the text that they would write. */
function rewritten(root: string, name: string, release: Release): string {
  const tables: Record<string, () => { fields(): object }> = {
    'topics.json': () => new TopicTable(root, release, silentLog),
    'subscriptionGroup.json': () => new GroupTable(root, release, () => brokerConfig(release), silentLog),
    'consumerOffset.json': () => new OffsetTable(root, release, silentLog),
    'delayOffset.json': () => delayOffsets(root),
  };
  return writePretty(tables[name]!().fields() as FileValue);
}

function delayOffsets(root: string) {
  const fields = new ConfigFile(join(root, 'config', 'delayOffset.json'), silentLog).load()!;
  const pairs = Object.entries(fields.offsetTable as Record<string, number>);
  return { fields: () => ({ ...fields, offsetTable: new Map(pairs.map(([level, at]) => [Number(level), at])) }) };
}

/** Keys of a broadcasting group have three parts and stand in no group, so the order of the map may differ. */
function comparable(text: string): unknown {
  const content = parseFastjson(text) as Record<string, unknown>;
  const { groupTopicMap, ...rest } = content;
  const sorted = Object.entries((groupTopicMap ?? {}) as Record<string, string[]>).map(([group, topics]) => {
    return [group, topics.toSorted()] as const;
  });
  return { ...rest, groupTopicMap: Object.fromEntries(sorted.toSorted(([a], [b]) => (a < b ? -1 : 1))) };
}

test('a group has any legal name, also that of a member which every object has', () => {
  inFolder((root) => {
    const offsets = new OffsetTable(root, 'new', silentLog);
    for (const group of ['constructor', '__proto__', 'G']) offsets.merge({ [`T@${group}`]: { 0: 5 } });
    const { groupTopicMap } = offsets.fields() as { groupTopicMap: Record<string, string[]> };
    assert.deepEqual(Object.entries(groupTopicMap), [
      ['constructor', ['T']],
      ['__proto__', ['T']],
      ['G', ['T']],
    ]);
  });
});

for (const { name, version, decoded } of readGolden('client/config-files.json')) {
  test(`${name} of a ${version} broker is read and written back`, () => {
    const text = decoded as unknown as string;
    const release = version === '4.9.7' ? 'old' : 'new';
    inFolder((root) => {
      writeFileSync(join(root, 'config', name), text);
      const written = rewritten(root, name, release);
      if (name === 'consumerOffset.json' && release === 'new') assert.deepEqual(comparable(written), comparable(text));
      else assert.equal(written, text);
    });
  });
}

for (const [archive, release] of [
  ['new-5.3.3', 'new'],
  ['old-4.9.7', 'old'],
] as const) {
  test(`the tables of the ${archive} store are read and written back`, () => {
    inFolder((root) => {
      const file = fileURLToPath(new URL(`../../../golden/store/${archive}.tar.gz`, import.meta.url));
      execFileSync('tar', ['-xzf', file, '-C', root]);
      const store = join(root, 'store');
      for (const name of ['topics.json', 'consumerOffset.json', 'delayOffset.json']) {
        const path = join(store, 'config', name);
        if (!existsSync(path)) continue;
        const text = readFileSync(path, 'utf8');
        assert.deepEqual(comparable(rewritten(store, name, release)), comparable(text), name);
      }
    });
  });
}

test('a damaged or empty file is read from its .bak, and both damaged is an error', () => {
  inFolder((root) => {
    const file = new ConfigFile(join(root, 'config', 'x.json'), silentLog);
    assert.equal(file.load(), null);
    file.save(writePretty({ a: 1 }));
    file.save(writePretty({ a: 2 }));
    assert.deepEqual(file.load(), { a: 2 });
    writeFileSync(file.path, '');
    assert.deepEqual(file.load(), { a: 1 });
    writeFileSync(file.path, '{"a":');
    assert.deepEqual(file.load(), { a: 1 });
    writeFileSync(`${file.path}.bak`, '[');
    assert.throws(
      () => file.load(),
      (error) => error instanceof SwitchlabError && error.code === 'STORE_CORRUPT',
    );
  });
});

test('every table of offsets survives its file', () => {
  const offsets = fc.dictionary(fc.string({ minLength: 1 }), fc.dictionary(fc.nat(100).map(String), fc.maxSafeNat()));
  fc.assert(
    fc.property(offsets, (table) => {
      const maps = Object.entries(table).map(([key, queues]) => {
        return [key, new Map(Object.entries(queues).map(([id, at]) => [Number(id), at]))] as const;
      });
      const text = writePretty({ offsetTable: Object.fromEntries(maps) });
      const read = parseFastjson(text) as { offsetTable: Record<string, Record<string, number>> };
      const plain = (value: unknown) => JSON.stringify(value);
      assert.equal(plain(read.offsetTable), plain(Object.fromEntries(Object.entries(table))));
    }),
  );
});

test('a damaged file does not take the place of the copy that stood in for it', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'config-file-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'topics.json');
  const bak = `${path}.bak`;
  writeFileSync(path, '');
  writeFileSync(bak, '{"a":1}');
  const file = new ConfigFile(path, silentLog);
  assert.deepEqual(file.load(), { a: 1 });
  file.save('{"a":2}');
  assert.equal(readFileSync(bak, 'utf8'), '{"a":1}');
  file.save('{"a":3}');
  assert.equal(readFileSync(bak, 'utf8'), '{"a":2}');
});
