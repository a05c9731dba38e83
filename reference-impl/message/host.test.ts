import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostText, parseHost } from './host.ts';

test('hosts of both families survive text', () => {
  assert.deepEqual([...parseHost('10.0.0.2:10911').ip], [10, 0, 0, 2]);
  assert.equal(hostText(parseHost('[2001:db8::2]:10911')), '[2001:db8:0:0:0:0:0:2]:10911');
  assert.equal(hostText(parseHost('[::ffff:1.2.3.4]:1')), '[0:0:0:0:0:ffff:102:304]:1');
  assert.equal(hostText(parseHost('[::]:1')), '[0:0:0:0:0:0:0:0]:1');
  assert.throws(() => parseHost('broker-a:10911'), { code: 'ADDRESS_ILLEGAL' });
});
