import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokerLab } from '../lab.ts';

/** What a pull at 8 of a queue that ends at 1 is told: code, and where to go on. */
async function pulledBeyond(release: 'old' | 'new', overrides: Parameters<typeof brokerLab>[1]) {
  await using master = await brokerLab(release);
  await master.send('T');
  await master.stop();
  const settings = { brokerRole: 'SLAVE', brokerId: 1, slaveReadEnable: true, ...overrides } as const;
  await using slave = await brokerLab(release, settings, master.storePathRootDir);
  const { code, extFields } = await slave.pull('T', 0, 8);
  return [code, extFields!.nextBeginOffset];
}

for (const release of ['old', 'new'] as const)
  test(`${release}: a slave moves nobody's offset, unless it is to check offsets`, async () => {
    assert.deepEqual(await pulledBeyond(release, {}), [20, '8']);
    const checking = await pulledBeyond(release, { offsetCheckInSlave: true });
    assert.deepEqual(checking, [release === 'old' ? 21 : 20, '1']);
  });
