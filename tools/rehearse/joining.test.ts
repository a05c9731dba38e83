import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupReplacedBy, nobodyJoins } from './joining.ts';

const { files } = nobodyJoins;

test('an added group takes the place of the only one, or of the one that it is named after', () => {
  assert.equal(groupReplacedBy('other', ['broker-a'], nobodyJoins), 'broker-a');
  assert.equal(groupReplacedBy('broker-ab-new', ['broker-a', 'broker-ab', 'broker-b'], nobodyJoins), 'broker-ab');
});

test('where names do not tell, it is named', () => {
  const running = ['broker-a', 'broker-b'];
  const replaces = new Map([['other', 'broker-b']]);
  assert.equal(groupReplacedBy('other', running, { files, replaces }), 'broker-b');
  assert.throws(
    () => groupReplacedBy('other', running, nobodyJoins),
    /write --replaces other=<group>, one of broker-a, /,
  );
});

test('a group takes no place of its own, nor of one that does not run', () => {
  assert.throws(() => groupReplacedBy('broker-a', ['broker-a'], nobodyJoins), /has its own brokerName/);
  const replaces = new Map([['other', 'broker-c']]);
  assert.throws(
    () => groupReplacedBy('other', ['broker-a'], { files, replaces }),
    /--replaces other=broker-c: no broker/,
  );
});
