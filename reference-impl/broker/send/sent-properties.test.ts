import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeProperties, encodeProperties } from '../../message/properties.ts';
import { brokerProperties, type PropertiesPolicy, SentProperties, storedProperties } from './sent-properties.ts';

const names = [
  'KEYS',
  'TAGS',
  'WAIT',
  'DELAY',
  'UNIQ_KEY',
  'TRAN_MSG',
  'CLUSTER',
  'MSG_REGION',
  'TRACE_ON',
  'POP_CK',
  'n',
];
const entry = fc.tuple(fc.constantFrom(...names), fc.constantFrom('true', 'false', '3', 'x y', 'ü'));
const sentText = fc
  .tuple(fc.uniqueArray(entry, { selector: ([name]) => name }), fc.constantFrom<('old' | 'new')[]>('old', 'new'))
  .map(([entries, release]) => encodeProperties(entries, release));

function policy(release: 'old' | 'new'): PropertiesPolicy {
  return { release, cluster: 'C', regionId: 'R', traceOn: true, newUniqKey: () => 'made' };
}

function stored(text: string, release: 'old' | 'new', batch = false): { text: string; sent: SentProperties } {
  const sent = new SentProperties();
  sent.scan(text);
  const rules = policy(release);
  const suffix = encodeProperties(brokerProperties(rules), 'new');
  return { text: storedProperties(sent, rules, suffix, batch), sent };
}

test('the scan finds what the decoded map holds', () => {
  fc.assert(
    fc.property(sentText, (text) => {
      const sent = new SentProperties();
      sent.scan(text);
      const map = decodeProperties(text);
      assert.equal(sent.waits, map.get('WAIT') !== 'false');
      assert.equal(sent.uniqKey, map.get('UNIQ_KEY') ?? null);
      assert.equal(sent.half, map.get('TRAN_MSG') === 'true');
      assert.equal(sent.delayLevel, Number(map.get('DELAY')) || 0);
    }),
  );
});

test('what is stored is what each release makes of what was sent', () => {
  fc.assert(
    fc.property(sentText, (text) => {
      const map = decodeProperties(text);
      const old = new Map(map).set('CLUSTER', 'C');
      old.delete('WAIT');
      assert.deepEqual(sorted(decodeProperties(stored(text, 'old').text)), sorted(old));
      const added = new Map(map).set('CLUSTER', 'C').set('MSG_REGION', 'R').set('TRACE_ON', 'true');
      added.delete('POP_CK');
      if (!added.has('UNIQ_KEY')) added.set('UNIQ_KEY', 'made');
      assert.deepEqual(sorted(decodeProperties(stored(text, 'new').text)), sorted(added));
    }),
  );
});

test('new ends the text with 0x02, old does not, and nothing is written twice', () => {
  fc.assert(
    fc.property(sentText, (text) => {
      assert.ok(stored(text, 'new').text.endsWith('\u0002'));
      assert.ok(!stored(text, 'old').text.endsWith('\u0002'));
      for (const release of ['old', 'new'] as const) {
        const { text: result } = stored(text, release);
        const written = result.split('\u0002').filter((item) => item !== '');
        assert.equal(written.length, decodeProperties(result).size);
      }
    }),
  );
});

test('a batch keeps WAIT in old, and a made UNIQ_KEY is told', () => {
  assert.equal(stored('WAIT\u0001true', 'old', true).text, 'WAIT\u0001true\u0002CLUSTER\u0001C');
  assert.equal(stored('WAIT\u0001true\u0002n\u00011', 'old').text, 'n\u00011\u0002CLUSTER\u0001C');
  assert.equal(stored('n\u00011\u0002WAIT\u0001true', 'old').text, 'n\u00011\u0002CLUSTER\u0001C');
  assert.equal(stored('', 'new').sent.uniqKey, 'made');
});

function sorted(map: Map<string, string>): [string, string][] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
