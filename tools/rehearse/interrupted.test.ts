import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interruptedText } from './interrupted.ts';

test('an interrupted rehearsal says where it was, what is kept, and the command that begins again', () => {
  const text = interruptedText({ where: 'in step [9] A group: start', kept: 'test-results/r1' }, [
    '--plan',
    'rolling-restart',
    "my conf's/",
    '--set',
    'a=1',
  ]);
  assert.match(text, /^Interrupted in step \[9\] A group: start\.$/m);
  assert.match(text, /^Nothing runs any more\./m);
  assert.match(text, /^Kept: test-results\/r1,/m);
  assert.match(text, /^ {2}npm run rehearse -- --plan rolling-restart 'my conf'\\''s\/' --set a=1$/m);
});

test('before the first step nothing may be kept yet', () => {
  const text = interruptedText({ where: 'before the first step', kept: null }, ['conf/']);
  assert.match(text, /^Interrupted before the first step\.$/m);
  assert.doesNotMatch(text, /Kept/);
});
