import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestCode } from '../../remoting/codes.ts';
import { brokerLab } from '../lab.ts';

test('new alters the attributes of a group by what comes, and keeps the others', async () => {
  await using lab = await brokerLab('new');
  const attributesAfter = async (attributes: object | null) => {
    const group = { groupName: 'G', ...(attributes === null ? {} : { attributes }) };
    await lab.ask(RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, null, JSON.stringify(group));
    const { body } = await lab.ask(RequestCode.GET_SUBSCRIPTIONGROUP_CONFIG, { group: 'G' });
    return (JSON.parse(String(body)) as { attributes: object }).attributes;
  };
  assert.deepEqual(await attributesAfter({ '+a': '1', '+b': '2' }), { a: '1', b: '2' });
  assert.deepEqual(await attributesAfter(null), { a: '1', b: '2' });
  assert.deepEqual(await attributesAfter({ '-a': '' }), { b: '2' });
});
