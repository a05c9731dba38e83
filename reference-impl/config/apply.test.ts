import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyProperties } from './apply.ts';
import { brokerFileKeys } from './broker.ts';
import { parseProperties } from './properties.ts';

const apply = (release: 'old' | 'new', text: string) =>
  applyProperties(brokerFileKeys, release, parseProperties(text, 'broker.conf'));

test('values convert by the type of their key', () => {
  const { values, remarks } = apply(
    'new',
    'listenPort=10921\nbrokerId=+3\nenableControllerMode=TRUE\nbrokerName= a \nflushDiskType=SYNC_FLUSH\n' +
      'logicalDiskSpaceCleanForciblyThreshold=0.9\nmetricsExporterType=2',
  );
  assert.deepEqual(values, {
    listenPort: 10921,
    brokerId: 3,
    enableControllerMode: true,
    brokerName: 'a',
    flushDiskType: 'SYNC_FLUSH',
    logicalDiskSpaceCleanForciblyThreshold: 0.9,
    metricsExporterType: 'PROM',
  });
  assert.deepEqual(remarks, []);
});

test('a value that does not convert leaves the default and is remarked with its line', () => {
  const { values, remarks } = apply(
    'new',
    'listenPort=10911x\nbrokerId=1 \nbrokerRole=MASTER\nbrokerPermission=99999999999',
  );
  assert.deepEqual(values, {});
  assert.deepEqual(
    remarks.map(({ line, key, text }) => `${line} ${key} ${text}`),
    [
      '1 listenPort not of type int: the default stays',
      '2 brokerId not of type long: the default stays',
      '3 brokerRole not one of ASYNC_MASTER, SYNC_MASTER, SLAVE: the default stays',
      '4 brokerPermission not of type int: the default stays',
    ],
  );
});

test('a boolean with a trailing blank is false, as in Java, and remarked', () => {
  const { values, remarks } = apply('new', 'enableControllerMode=true \n');
  assert.deepEqual(values, { enableControllerMode: false });
  assert.equal(remarks[0]?.text, 'neither true nor false: counts as false');
});

test('an unknown key is remarked with the nearest known one', () => {
  const { remarks } = apply('new', 'enableControlerMode=true\nwhatEverElseThisMayBe=1');
  assert.deepEqual(
    remarks.map(({ text }) => text),
    ['unknown key; did you mean enableControllerMode?', 'unknown key'],
  );
});

test('the keys of the other release are unknown', () => {
  const old = apply('old', 'enableControllerMode=true');
  assert.deepEqual(old.values, {});
  assert.equal(old.remarks[0]?.text, 'release old does not know this key');
  assert.deepEqual(apply('new', 'haSlaveFallbehindMax=1').values, {});
});

test('a later duplicate wins', () => {
  assert.deepEqual(apply('new', 'brokerName=a\nbrokerName=b').values, { brokerName: 'b' });
});
