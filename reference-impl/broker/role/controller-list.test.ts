import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as lookedUp } from 'node:timers/promises';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { brokerConfig } from '../../config/broker.ts';
import { ResponseCode } from '../../remoting/codes.ts';
import type { RemotingCommand } from '../../remoting/types.ts';
import { ControllerList } from './controller-list.ts';

/** Three controllers behind one name; the last of them is alone in knowing the leader. */
function bench() {
  const config = brokerConfig('new', { controllerAddr: 'controllers:9878', fetchControllerAddrByDnsLookup: true });
  const world = {
    nowMs: 0,
    lookups: 0,
    /** What the name is looked up to; null: nothing ever answers. */
    records: ['10.0.0.1', '10.0.0.2', '10.0.0.3'] as readonly string[] | Error | null,
  };
  const told: string[] = [];
  const asked: string[] = [];
  const client = {
    invoke(address: string) {
      asked.push(address);
      const controllerLeaderAddress = address.startsWith('10.0.0.3') ? '10.0.0.3:9878' : undefined;
      const extFields = controllerLeaderAddress === undefined ? {} : { controllerLeaderAddress };
      return Promise.resolve({ code: ResponseCode.SUCCESS, extFields } as unknown as RemotingCommand);
    },
    invokeOneway(address: string) {
      told.push(address);
      return Promise.resolve();
    },
  };
  const lookup = (host: string) => {
    assert.equal(host, 'controllers');
    world.lookups++;
    if (world.records === null) return new Promise<never>(() => {});
    return world.records instanceof Error ? Promise.reject(world.records) : Promise.resolve(world.records);
  };
  const clock = { ...systemClock, nowMs: () => world.nowMs };
  const list = new ControllerList(() => config, client, clock, silentLog, 3000, lookup);
  return { world, told, asked, list };
}

const request = { code: 904 };
const all = ['10.0.0.1:9878', '10.0.0.2:9878', '10.0.0.3:9878'];

test('every address behind the name is asked for the leader and gets the heartbeats', async () => {
  const { asked, told, list } = bench();
  assert.equal(await list.findLeader(), '10.0.0.3:9878');
  assert.deepEqual(asked, all);
  await list.tellAll(request, 1000);
  assert.deepEqual(told.toSorted(), all);
});

test('a lookup that fails leaves the controllers that were known, and the next one that works counts', async () => {
  const { world, told, list } = bench();
  await list.tellAll(request, 1000);
  const tell = async () => {
    told.length = 0;
    await list.tellAll(request, 1000);
    await lookedUp();
    return told.toSorted();
  };
  world.nowMs = 200_000;
  world.records = new Error('no such name');
  assert.deepEqual(await tell(), all);
  world.records = ['10.0.0.4'];
  assert.deepEqual(await tell(), all, 'nobody waits for the lookup');
  assert.deepEqual(await tell(), ['10.0.0.4:9878']);
});

test('heartbeats go on while a name server says nothing, and one lookup at a time waits for it', async () => {
  const { world, told, list } = bench();
  await list.tellAll(request, 1000);
  world.nowMs = 200_000;
  world.records = null;
  told.length = 0;
  for (let i = 0; i < 3; i++) await list.tellAll(request, 1000);
  assert.deepEqual(told.toSorted(), [...all, ...all, ...all].toSorted());
  assert.equal(world.lookups, 2);
});
