import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { silentLog } from '../base/log.ts';
import { brokerConfig, brokerFileKeys } from './broker.ts';
import { controllerConfig } from './controller.ts';
import { controllerKeys } from './keys/controller.ts';
import { liveConfig } from './live.ts';
import { parseProperties, readProperties } from './properties.ts';

const folder = mkdtempSync(join(tmpdir(), 'live-'));
after(() => rmSync(folder, { recursive: true }));

test('an update replaces the frozen configuration and reads back from the file', () => {
  const file = join(folder, 'controller.properties');
  const live = liveConfig(controllerKeys, 'new', controllerConfig(), file, silentLog);
  const before = live.current;
  live.update(parseProperties('enableElectUncleanMaster=true\ncontrollerStorePath=C\\:\\\\raft \\u20ac\n', 'request'));
  assert.equal(before.enableElectUncleanMaster, false);
  assert.equal(live.current.enableElectUncleanMaster, true);
  assert.ok(Object.isFrozen(live.current));
  const stored = Object.fromEntries(readProperties(file).map(({ key, value }) => [key, value]));
  assert.equal(stored.enableElectUncleanMaster, 'true');
  assert.equal(stored.controllerStorePath, 'C:\\raft €');
});

test('a value that does not convert changes nothing', () => {
  const live = liveConfig(controllerKeys, 'new', controllerConfig(), '', silentLog);
  live.update(parseProperties('electMasterMaxRetryCount=many\n', 'request'));
  assert.equal(live.current.electMasterMaxRetryCount, 3);
});

test('an update keeps what another release or another role reads from the file', () => {
  const file = join(folder, 'prepared.conf');
  writeFileSync(file, 'enableControllerMode=true\ncontrollerAddr=ctl-1:9878\nunheardOf=1\n');
  const live = liveConfig(brokerFileKeys, 'old', brokerConfig('old'), file, silentLog);
  live.update(parseProperties('brokerPermission=4\n', 'request'));
  const stored = Object.fromEntries(readProperties(file).map(({ key, value }) => [key, value]));
  const { enableControllerMode, controllerAddr, unheardOf, brokerPermission } = stored;
  assert.deepEqual(
    [enableControllerMode, controllerAddr, unheardOf, brokerPermission],
    ['true', 'ctl-1:9878', '1', '4'],
  );
});

test('the text is sorted and verbatim, and shows what else the file sets', () => {
  const file = join(folder, 'other.conf');
  writeFileSync(file, 'zzz=1\naaa=2\n');
  const text = liveConfig(controllerKeys, 'new', controllerConfig(), file, silentLog).text();
  const keys = text.match(/^\w+/gm)!;
  assert.deepEqual(keys, keys.toSorted());
  assert.match(text, /^aaa=2$/m);
  assert.match(text, /^configBlackList=configBlackList;configStorePath$/m);
  assert.ok(!existsSync(`${file}.bak`));
  assert.equal(readFileSync(file, 'utf8'), 'zzz=1\naaa=2\n');
});
