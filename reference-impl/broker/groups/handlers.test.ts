import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestCode } from '../../remoting/codes.ts';
import { brokerLab } from '../lab.ts';

// Texts as release 5.3.3 answered, without the name of the exception and its place.
test('new knows no attributes of groups, and refuses each in its own way', async () => {
  await using lab = await brokerLab('new');
  const answerTo = async (groupName: string, attributes?: object) => {
    const group = JSON.stringify({ groupName, attributes });
    const { code, remark } = await lab.ask(RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, null, group);
    return [code, remark];
  };
  assert.deepEqual(await answerTo('G', { '+a': '1' }), [1, 'unsupported key: a']);
  assert.deepEqual(await answerTo('G', { a: '1' }), [1, 'kv string format wrong.']);
  const onlyAdd = 'only add attribute is supported while creating topic. key: a';
  assert.deepEqual(await answerTo('G', { '-a': '1' }), [1, onlyAdd]);
  assert.deepEqual(await answerTo('G'), [0, null]);
  assert.deepEqual(await answerTo('G', { '+a': 'x=y,z' }), [1, 'unsupported key: a']);
});
