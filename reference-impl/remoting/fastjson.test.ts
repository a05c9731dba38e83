import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { objectKeyEntries, parseFastjson, readTolerant } from './fastjson.ts';
import { JavaDouble, intKeyMap, quoteFastjson, writeFastjson } from './fastjson-writer.ts';
import { readGolden } from './golden.ts';

test('reads maps with bare integer keys', () => {
  const entry = readGolden('remoting/encoded-5.3.3.json').find(({ name }) => name === 'route-body-legacy');
  const route = parseFastjson(Buffer.from(entry!.hex, 'hex').toString()) as {
    brokerDatas: { brokerAddrs: Record<string, string> }[];
  };
  assert.deepEqual(route.brokerDatas[0]!.brokerAddrs, { 0: '10.0.0.1:10911', 1: '10.0.0.2:10911' });
  assert.deepEqual(parseFastjson('{-1:{0:6,1:6\n\t}}'), { '-1': { 0: 6, 1: 6 } });
});

test('reads and writes maps with object keys as mqadmin sees them', () => {
  const text = '{"offsetTable":{{"brokerName":"broker-a","queueId":1,"topic":"TopicA"}:5,{"queueId":2}:6},"tps":0.0}';
  const { offsetTable } = parseFastjson(text) as { offsetTable: Record<string, number> };
  const entries = objectKeyEntries(offsetTable);
  assert.deepEqual(entries, [
    [{ brokerName: 'broker-a', queueId: 1, topic: 'TopicA' }, 5],
    [{ queueId: 2 }, 6],
  ]);
  assert.equal(writeFastjson({ offsetTable: new Map(entries), tps: new JavaDouble(0) }), text);
});

test('keeps every digit of a long', () => {
  assert.deepEqual(parseFastjson('{"a":9223372036854775807,"b":[-9007199254740993],"c":9007199254740991,"d":1.5e3}'), {
    a: 9223372036854775807n,
    b: [-9007199254740993n],
    c: 9007199254740991,
    d: 1500,
  });
});

test('reads single quotes, unquoted names, doubled and trailing commas', () => {
  assert.deepEqual(parseFastjson(" {a:'x\\'\\u4E3B\\n',b_1:[1,,2,],,'c':null,d:{}, } "), {
    a: "x'主\n",
    b_1: [1, 2],
    c: null,
    d: {},
  });
});

test('a $ref fails loudly, text that contains one does not', () => {
  assert.throws(() => parseFastjson('{"a":{"$ref":"$.b"}}'), { code: 'BODY_MALFORMED', message: /\$ref/ });
  assert.deepEqual(parseFastjson('{"a":"$ref"}'), { a: '$ref' });
});

test('what is no JSON is refused with its place', () => {
  for (const text of ['', '{', '{"a"}', '[1 2]', '{"a":1 "b":2}', '"x', '{"a":b}', '1 2', '"\\u12"', '{}}']) {
    assert.throws(() => parseFastjson(text), { code: 'BODY_MALFORMED', message: /character \d+/ }, text);
  }
  assert.throws(() => parseFastjson(`${'['.repeat(100_000)}x`), { code: 'BODY_MALFORMED', message: /nested/ });
});

test('a key named __proto__ changes no prototype', () => {
  const object = readTolerant('{__proto__:{polluted:1}}') as object;
  assert.equal(Object.getPrototypeOf(object), Object.prototype);
  assert.deepEqual(Object.keys(object), ['__proto__']);
});

test('the tolerant reader agrees with JSON.parse on JSON', () => {
  fc.assert(fc.property(fc.json(), (text) => assert.deepEqual(readTolerant(text, Number), JSON.parse(text))));
});

const escaped = fc.string({ unit: fc.integer({ min: 0, max: 0x2fff }).map((unit) => String.fromCharCode(unit)) });

test('whatever is written is read again', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), escaped, { noNullPrototype: true }), (map) => {
      assert.deepEqual(JSON.parse(writeFastjson(map)), map);
    }),
  );
});

test('writes what fastjson 1.2.83 writes', () => {
  // Each text was printed by JSON.toJSONString of that release.
  const map = new Map<unknown, unknown>([
    [1, 'a'],
    [2, null],
    ['s', undefined],
    ['l', [1, null, 'x']],
  ]);
  assert.equal(writeFastjson(map), '{1:"a","l":[1,null,"x"]}');
  const doubles = [0, 1.5, 1e10, 123456.789, 1e-5, 1e7, 100, Number.NaN].map((value) => new JavaDouble(value));
  assert.equal(writeFastjson(doubles), '[0.0,1.5,1.0E10,123456.789,1.0E-5,1.0E7,100.0,null]');
  assert.equal(
    quoteFastjson('\u0001\t\u000b\u001b"\\/\u007f\u009f\u00a0é\u2028\u2029主😀'),
    String.raw`"\u0001\t\u000B\u001B\"\\/\u007F\u009F${'\u00a0'}é\u2028\u2029主😀"`,
  );
  assert.equal(writeFastjson(intKeyMap({ 0: 'x', 1: 9223372036854775807n })), '{0:"x",1:9223372036854775807}');
});
