import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { RequestCode } from '../remoting/codes.ts';
import { KvConfig } from './kv-config.ts';
import { namesrvLab } from './lab.ts';

function folder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'namesrv-config-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

for (const release of ['old', 'new'] as const) {
  test(`${release}: the key-value table answers, and stays after a restart`, async () => {
    using place = folder();
    const kvConfigPath = join(place.path, 'kv', 'kvConfig.json');
    const entry = { namespace: 'NS', key: 'k', value: 'v "1"' };
    {
      await using lab = await namesrvLab(release, { kvConfigPath });
      assert.equal((await lab.ask({ code: 100, extFields: entry })).code, 0);
      const unnamed = await lab.ask({ code: 100 });
      assert.deepEqual([unnamed.code, unnamed.remark], [1, 'namespace or key is null']);
    }
    assert.equal(readFileSync(kvConfigPath, 'utf8'), '{"configTable":{"NS":{"k":"v \\"1\\""}}}');
    await using lab = await namesrvLab(release, { kvConfigPath });
    assert.deepEqual((await lab.ask({ code: 101, extFields: entry })).extFields, { value: 'v "1"' });
    assert.equal((await lab.ask({ code: 102, extFields: entry })).code, 0);
    const gone = await lab.ask({ code: 101, extFields: entry });
    assert.deepEqual([gone.code, gone.remark], [22, 'No config item, Namespace: NS Key: k']);
    assert.equal(String((await lab.ask({ code: 219, extFields: entry })).body), '{"table":{}}');
    const unknown = await lab.ask({ code: 219, extFields: { namespace: 'other' } });
    assert.deepEqual([unknown.code, unknown.remark], [22, 'No config item, Namespace: other']);
  });

  test(`${release}: a configuration update is in force, and in the file`, async () => {
    using place = folder();
    const configStorePath = join(place.path, 'namesrv.conf');
    writeFileSync(configStorePath, '# head\nlistenPort=9876\nsomebodyElses=\\u20ac 1\n');
    await using lab = await namesrvLab(release, { configStorePath });
    const body = Buffer.from('# comment\norderMessageEnable=true\nnobodyKnows=1\n');
    assert.equal((await lab.ask({ code: RequestCode.UPDATE_NAMESRV_CONFIG, body })).code, 0);
    const shown = String((await lab.ask({ code: RequestCode.GET_NAMESRV_CONFIG })).body);
    assert.match(shown, /^orderMessageEnable=true$/m);
    assert.doesNotMatch(shown, /nobodyKnows/);
    const file = readFileSync(configStorePath, 'latin1');
    assert.match(file, /^orderMessageEnable=true$/m);
    assert.match(file, /^somebodyElses=\\u20ac 1$/m);
    assert.match(readFileSync(`${configStorePath}.bak`, 'latin1'), /^# head/);
  });

  test(`${release}: one protected key refuses the whole update`, async () => {
    await using lab = await namesrvLab(release);
    const body = Buffer.from('orderMessageEnable=true\nkvConfigPath=/elsewhere\n');
    const answer = await lab.ask({ code: RequestCode.UPDATE_NAMESRV_CONFIG, body });
    const remark = release === 'old' ? 'Can not update config path' : 'Can not update config in black list.';
    assert.deepEqual([answer.code, answer.remark], [16, remark]);
    const shown = String((await lab.ask({ code: RequestCode.GET_NAMESRV_CONFIG })).body);
    assert.match(shown, /^orderMessageEnable=false$/m);
  });

  test(`${release}: an update that is not readable is refused`, async () => {
    await using lab = await namesrvLab(release);
    const answer = await lab.ask({ code: RequestCode.UPDATE_NAMESRV_CONFIG, body: Buffer.from('a=\\u12') });
    assert.deepEqual([answer.code, answer.remark], [1, 'string2Properties error']);
  });
}

test('a damaged key-value file is named', () => {
  using place = folder();
  const file = join(place.path, 'kvConfig.json');
  writeFileSync(file, '{"configTable":');
  assert.throws(() => new KvConfig(file), { code: 'CONFIG_FILE_UNREADABLE', message: /kvConfig\.json/ });
});
