import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SwitchlabError } from '../base/errors.ts';
import { encodeFrame } from './frame-writer.ts';
import { decodeWhole, isFrame, jsonFrame, readGolden, type GoldenEntry } from './golden.ts';
import { languageName } from './language.ts';
import { SerializeType, type ExtFields, type RemotingCommand } from './types.ts';

const versions = ['4.9.7', '5.3.3'] as const;

/** Both frames of every entry that has frames. */
function framesOf(entries: readonly GoldenEntry[]): { name: string; bytes: Buffer }[] {
  return entries
    .flatMap(({ name, version, hex, responseHex }) => [
      { name: `${version} ${name}`, bytes: Buffer.from(hex, 'hex') },
      { name: `${version} ${name}, answer`, bytes: Buffer.from(responseHex ?? '', 'hex') },
    ])
    .filter(({ bytes }) => isFrame(bytes));
}

/** The empty field of this one is absent once read; what Java writes can then not be written again. */
const losesEmptyValue = new Set(['request-empty-value-rocketmq', 'oneway-utf8-rocketmq']);

test('80 frames written by RemotingCommand are read, and written again to the same bytes', () => {
  const entries = versions.flatMap((version) => [
    ...readGolden(`remoting/remoting-command-${version}.json`),
    ...readGolden(`remoting/encoded-${version}.json`),
    ...readGolden(`remoting/acl-${version}.json`),
  ]);
  const frames = framesOf([...entries, ...readGolden('client/send.json')]);
  let exact = 0;
  for (const { name, bytes } of frames) {
    const written = encodeFrame(decodeWhole(bytes));
    if (losesEmptyValue.has(name.split(' ')[1]!)) continue;
    assert.equal(written.toString('hex'), bytes.toString('hex'), name);
    exact++;
  }
  assert.equal(exact, 80);
});

test('every field of the frames written by RemotingCommand is what its Java reader sees', () => {
  for (const version of versions) {
    for (const { name, hex, decoded, decodedByReceiver } of readGolden(`remoting/remoting-command-${version}.json`)) {
      const { serializeType, language, body, ...fields } = decodeWhole(Buffer.from(hex, 'hex'));
      const { serializeType: _type, language: expectedLanguage, body: expectedBody, ...expected } = decoded!;
      assert.equal(languageName(language), expectedLanguage, name);
      assert.equal(serializeType, _type === 'JSON' ? SerializeType.JSON : SerializeType.ROCKETMQ, name);
      if (typeof expectedBody === 'string' && !expectedBody.startsWith('hex:'))
        assert.equal(String(body), expectedBody);
      const { body: _body, ...seen } = { ...expected, ...readerView(decodedByReceiver) };
      assert.deepEqual(fields, { ...expected, ...seen, extFields: withoutNulls(seen.extFields) }, name);
    }
  }
});

function readerView(decoded: GoldenEntry['decodedByReceiver']): Record<string, unknown> {
  if (decoded === undefined) return {};
  const { serializeType: _type, language: _language, ...fields } = decoded;
  return fields;
}

function withoutNulls(extFields: unknown): ExtFields | null {
  if (extFields === null || extFields === undefined) return null;
  return Object.fromEntries(Object.entries(extFields as ExtFields).filter(([, value]) => value !== null));
}

test('503 captured frames are read, and the 404 that Java wrote are written again to the same bytes', () => {
  const entries = versions.flatMap((version) => readGolden(`remoting/captured-${version}.json`));
  const frames = framesOf([...entries, ...readGolden('remoting/probes.json')]);
  let exact = 0;
  let readable = 0;
  for (const { name, bytes } of frames) {
    if (/serializeType 5|garbage|header len/.test(name)) continue;
    readable++;
    const command = decodeWhole(bytes);
    const written = encodeFrame(command);
    const again = decodeWhole(written);
    // A language without a name is not written.
    const language = command.language < 0 ? again.language : command.language;
    assert.deepEqual(again, { ...command, language }, name);
    const bodyStart = 8 + bytes.readUIntBE(5, 3);
    assert.equal((command.body ?? Buffer.alloc(0)).toString('hex'), bytes.subarray(bodyStart).toString('hex'), name);
    // The prober wrote its own JSON with blanks, and binary headers that are incomplete on purpose.
    const javaWrote = !bytes.includes('{"code": ') && !/(send rmq|language 99)$/.test(name);
    if (javaWrote) assert.equal(written.toString('hex'), bytes.toString('hex'), name);
    if (javaWrote) exact++;
  }
  assert.deepEqual({ readable, exact }, { readable: 503, exact: 404 });
});

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const command: fc.Arbitrary<RemotingCommand> = fc.record(
  {
    code: fc.integer({ min: -32768, max: 32767 }),
    language: fc.integer({ min: 0, max: 13 }),
    version: fc.integer({ min: 0, max: 32767 }),
    opaque: fc.integer({ min: -2147483648, max: 2147483647 }),
    flag: fc.integer({ min: 0, max: 7 }),
    remark: fc.option(text.filter((remark) => remark !== '')),
    extFields: fc.option(
      fc.dictionary(
        text.filter((key) => key !== '' && key !== '__proto__'),
        text.filter((value) => value !== ''),
        { minKeys: 1, noNullPrototype: true },
      ),
    ),
    body: fc.option(fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes))),
    serializeType: fc.constantFrom(SerializeType.JSON, SerializeType.ROCKETMQ),
  },
  { noNullPrototype: true },
);

test('what is written is what is read', () => {
  fc.assert(fc.property(command, (command) => assert.deepEqual(decodeWhole(encodeFrame(command)), command)));
});

test('a header is read as leniently as fastjson does', () => {
  const read = (header: string) => decodeWhole(jsonFrame(header));
  assert.equal(read("{code:105,'flag':2,}").code, 105);
  assert.equal(read("{code:105,'flag':2,}").flag, 2);
  assert.equal(read('{"code":"7","version":""}').code, 7);
  assert.equal(read('{"code":1.5}').code, 1);
  assert.equal(read('{"language":"XX"}').language, -1);
  assert.equal(read('{}').language, 0);
  assert.notEqual(read('{}').opaque, read('{}').opaque);
  const fields = '{"a":1.0,"b":true,"c":null,"f":12345678901234567890,"q":0,"d":{"x":1}}';
  const expected = { a: '1.0', b: 'true', f: '12345678901234567890', q: '0', d: '{"x":"1"}' };
  assert.deepEqual(read(`{"extFields":${fields}}`).extFields, expected);
  assert.deepEqual(read(`{extFields:${fields}}`).extFields, expected);
});

test('a header that Java cannot read is refused', () => {
  for (const header of [
    'hello',
    '5',
    '"x"',
    'null',
    '',
    '{"code":"x"}',
    '{"code":3000000000}',
    '{"extFields":[]}',
    '{',
  ]) {
    assert.throws(() => decodeWhole(jsonFrame(header)), isMalformed, header);
  }
  for (const frame of ['00000006 00000003 7b7d', '00000006 05000002 7b7d', '00000006 01000002 7b7d']) {
    assert.throws(() => decodeWhole(Buffer.from(frame.replaceAll(' ', ''), 'hex')), isMalformed, frame);
  }
});

function isMalformed(thrown: unknown): boolean {
  return thrown instanceof SwitchlabError && thrown.code === 'FRAME_MALFORMED';
}

test('a frame above 16 MiB is not written', () => {
  const command: RemotingCommand = {
    code: 0,
    language: 0,
    version: 0,
    opaque: 0,
    flag: 0,
    remark: null,
    extFields: null,
    body: Buffer.alloc(16777216),
    serializeType: SerializeType.JSON,
  };
  assert.throws(() => encodeFrame(command), { code: 'FRAME_TOO_LARGE' });
});
