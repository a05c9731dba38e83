import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../base/clock.ts';
import { readRecorded, startReplay } from './replay.fixture.ts';
import { runAdmin } from './run.ts';

// What the real mqadmin printed, and the answers it was printed from: golden/client/mqadmin-*.json. Times are UTC there.
process.env.TZ = 'UTC';

for (const [version, release] of [
  ['4.9.7', 'old'],
  ['5.3.3', 'new'],
] as const) {
  for (const recorded of readRecorded(version)) {
    test(`${version}: mqadmin ${recorded.args.join(' ')}`, async () => {
      await using replay = await startReplay(release, recorded);
      let text = '';
      const append = (part: string) => {
        text += part;
      };
      const args = ['--release', release, '--address-book', replay.addressBookFile, ...recorded.args];
      const clock = { ...systemClock, nowMs: () => recorded.nowMs };
      const exitCode = await runAdmin(args, { out: append, err: append }, clock);
      assert.equal(stable(text, recorded.name), stable(recorded.output, recorded.name));
      assert.equal(exitCode, recorded.exitCode);
    });
  }
}

/**
 * What does not hang on the machine (where a message body was written, the id of one that was sent), on the second
 * (figures of brokerStatus) or on a hash of the Java that ran the tool (the order of configuration keys and of queues).
 */
function stable(text: string, command: string): string {
  const lines = text.split('\n').filter((line) => !/(runtime|\wTps|timer\w+) +: /.test(line));
  if (/^get\w+Config$|^resetOffsetByTime$/.test(command)) lines.sort();
  return lines.join('\n').replace(/(Message Body Path: |SEND_OK +).*/, '$1');
}

test('seconds that are no number end a command that would repeat itself', async () => {
  let text = '';
  const sink = { out: () => undefined, err: (part: string) => void (text += part) };
  await runAdmin(['getSyncStateSet', '-a', '127.0.0.1:1', '-b', 'broker-a', '-i', 'abc'], sink);
  assert.match(text, /-i abc: a number of seconds is wanted/);
});

test('an option that is not built is refused by name', async () => {
  let text = '';
  const sink = { out: () => undefined, err: (part: string) => void (text += part) };
  assert.equal(await runAdmin(['queryMsgById', '-t', 'T', '-i', '00', '-s', 'true'], sink), 1);
  assert.match(text, /mqadmin queryMsgById takes no -s here.*NOT_BUILT/);
});

test('what must be a number and is none is refused before anything is asked', async () => {
  for (const args of [
    ['electMaster', '-a', '127.0.0.1:1', '-b', 'broker-a', '-bn', 'broker-a', '-c', 'c'],
    ['resetOffsetByTime', '-n', '127.0.0.1:1', '-g', 'g', '-t', 't', '-s', 'now', '-b', '127.0.0.1:1', '-q', 'O'],
    ['updateTopic', '-n', '127.0.0.1:1', '-t', 't', '-b', '127.0.0.1:1', '-r', '8x'],
  ]) {
    let text = '';
    const sink = { out: () => undefined, err: (part: string) => void (text += part) };
    await runAdmin(args, sink);
    assert.match(text, /(-b broker-a|-q O|-r 8x): a whole number is wanted/);
  }
});
