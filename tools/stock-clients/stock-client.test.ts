import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Inconclusive } from '../lab/inconclusive.ts';
import { SetupError } from '../lab/setup-error.ts';
import { Unsupported } from '../lab/unsupported.ts';
import { prepared } from './stock-client.ts';

test('a client whose tools are not on this machine is unsupported, with the names of the tools', async () => {
  const never = () => assert.fail('it was prepared');
  await assert.rejects(prepared('go', ['node', 'no-such-go'], never), (thrown) => {
    return thrown instanceof Unsupported && thrown.message.includes('go cannot run') && !/no node/.test(thrown.message);
  });
});

test('a tool that fails says nothing about the target', async () => {
  const failing = async () => {
    throw new SetupError('Maven could not fetch it');
  };
  await assert.rejects(prepared('java', ['node'], failing), Inconclusive);
  assert.equal(await prepared('java', ['node'], async () => 7), 7);
});
