import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { directDial } from '../../base/address.ts';
import type { LabDefect } from '../../base/defect.ts';
import { silentLog } from '../../base/log.ts';
import type { Release } from '../../base/release.ts';
import { type BrokerConfig, brokerConfig } from '../../config/broker.ts';
import { createRemotingClient } from '../../remoting/client.ts';
import type { RemotingCommand } from '../../remoting/types.ts';
import { openStore } from '../../store/open.ts';
import { message, storeOptions } from '../../store/store.fixture.ts';
import type { MessageStore } from '../../store/types.ts';
import { until } from '../lab.ts';
import { ConfiguredRole } from './configured.ts';
import { ControlledRole } from './controlled.ts';
import { roleHandlers } from './handlers.ts';
import type { RoleDependencies, RoleHost } from './types.ts';

const host: RoleHost = { brokerAddress: '127.0.0.1:1', registerToNamesrv: async () => {}, roleTaken() {} };

/** A real store and what a role needs; closed after the test. */
async function dependencies(
  t: TestContext,
  release: Release,
  config: Partial<BrokerConfig>,
  defect: LabDefect | null = null,
): Promise<RoleDependencies> {
  const folder = mkdtempSync(join(tmpdir(), 'role-'));
  const store = await openStore(storeOptions(folder, { release, confirmOffsetLimitsDispatch: release === 'new' }));
  const client = createRemotingClient({ release, log: silentLog, addressBook: directDial });
  t.after(async () => {
    await client.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const settings = brokerConfig(release, {
    bindAddress: '127.0.0.1',
    brokerIP2: '127.0.0.1',
    storePathRootDir: folder,
    haSendHeartbeatInterval: 200,
    ...config,
  });
  // The system chooses the port: brokerConfig would derive one from listenPort.
  const current = { ...settings, haListenPort: 0 };
  return { release, config: () => current, store, client, addressBook: directDial, log: silentLog, defect };
}

async function roleOf(t: TestContext, given: RoleDependencies): Promise<ConfiguredRole> {
  const role = new ConfiguredRole(given);
  await role.start(host);
  t.after(() => role.stop());
  return role;
}

function put(store: MessageStore): number {
  const result = store.append(message());
  assert.ok(typeof result === 'object');
  store.writeNow();
  return result.endOffset;
}

test('old SYNC_MASTER: answered at once without a slave, else when the slave has it', async (t) => {
  const given = await dependencies(t, 'old', { brokerRole: 'SYNC_MASTER' });
  const master = await roleOf(t, given);
  assert.equal(master.refusal(), 'SLAVE_NOT_AVAILABLE');
  const slave = await roleOf(t, await dependencies(t, 'old', { brokerRole: 'SLAVE', brokerId: 1 }));
  slave.masterFromNamesrv('127.0.0.1:10911', master.haServerAddress);
  assert.equal(slave.masterAddress, '127.0.0.1:10911');
  await until(
    () => master.refusal() === null,
    () => JSON.stringify(master.replicas),
  );
  const end = put(given.store);
  await until(
    () => master.replicatedOffset >= end,
    () => JSON.stringify(master.replicas),
  );
});

test('new SYNC_MASTER: waits for no slave by default, for inSyncReplicas - 1 of them when asked', async (t) => {
  const alone = await roleOf(t, await dependencies(t, 'new', { brokerRole: 'SYNC_MASTER' }));
  assert.deepEqual([alone.refusal(), alone.replicatedOffset], [null, Infinity]);
  const given = await dependencies(t, 'new', { brokerRole: 'SYNC_MASTER', inSyncReplicas: 2 });
  const master = await roleOf(t, given);
  const end = put(given.store);
  assert.deepEqual([master.refusal(), master.replicatedOffset], [null, 0]);
  const slave = await roleOf(t, await dependencies(t, 'new', { brokerRole: 'SLAVE', brokerId: 1 }));
  slave.masterFromNamesrv('127.0.0.1:10911', master.haServerAddress);
  await until(
    () => master.replicatedOffset >= end,
    () => JSON.stringify(master.replicas),
  );
});

test('ASYNC_MASTER waits for nobody', async (t) => {
  const master = await roleOf(t, await dependencies(t, 'new', { brokerRole: 'ASYNC_MASTER', inSyncReplicas: 3 }));
  assert.deepEqual([master.refusal(), master.replicatedOffset, master.brokerId], [null, Infinity, 0]);
});

test('slave acting master: too few in sync are refused', async (t) => {
  const settings = { brokerRole: 'SYNC_MASTER', inSyncReplicas: 2, enableSlaveActingMaster: true } as const;
  const master = await roleOf(t, await dependencies(t, 'new', settings));
  assert.equal(master.refusal(), 'IN_SYNC_REPLICAS_NOT_ENOUGH');
  const lowered = await roleOf(t, await dependencies(t, 'new', { ...settings, enableAutoInSyncReplicas: true }));
  assert.deepEqual([lowered.refusal(), lowered.replicatedOffset], [null, Infinity]);
});

test('haMasterAddress is where a slave replicates from, whatever a NameServer says', async (t) => {
  const settings = { brokerRole: 'SLAVE', brokerId: 1, haMasterAddress: '127.0.0.1:9' } as const;
  const slave = await roleOf(t, await dependencies(t, 'old', settings));
  slave.masterFromNamesrv('127.0.0.1:10911', '127.0.0.1:10');
  assert.equal(slave.ha.slave.masterHaAddress, '127.0.0.1:9');
});

test('a slave stays slave when its master is gone; with the defect OLD_BROKER_SWITCHES it does not', async (t) => {
  for (const defect of [null, 'OLD_BROKER_SWITCHES'] as const) {
    const master = await roleOf(t, await dependencies(t, 'old', { brokerRole: 'ASYNC_MASTER' }));
    const slave = await roleOf(t, await dependencies(t, 'old', { brokerRole: 'SLAVE', brokerId: 1 }, defect));
    slave.masterFromNamesrv('127.0.0.1:10911', master.haServerAddress);
    const begin = Date.now();
    // The master's second heartbeat: by then the connection is old news to the slave.
    await until(
      () => slave.ha.slave.lastReadTimestamp > begin + 200,
      () => JSON.stringify(slave.ha.slave),
    );
    await master.stop();
    if (defect === null) {
      await until(
        () => !slave.ha.slave.connected,
        () => 'still connected',
      );
      assert.deepEqual([slave.name, slave.brokerId], ['SLAVE', 1]);
    } else {
      await until(
        () => slave.name === 'ASYNC_MASTER' && slave.brokerId === 0,
        () => slave.name,
      );
    }
  }
});

/** What the handler of `code` answers for this role. */
function answer(given: RoleDependencies, role: ConfiguredRole | ControlledRole, code: number) {
  const view = { config: given.config, store: given.store, role };
  const response = roleHandlers(view)[code]!({} as RemotingCommand, null as never);
  assert.ok(response !== undefined && !(response instanceof Promise));
  return response;
}

test('907 and 1007 answer in the words of 5.3.3', async (t) => {
  const given = await dependencies(t, 'new', { brokerRole: 'ASYNC_MASTER' });
  const master = await roleOf(t, given);
  assert.equal(
    Buffer.from(answer(given, master, 907).body!).toString(),
    '{"haClientRuntimeInfo":{"lastReadTimestamp":0,"lastWriteTimestamp":0,"masterFlushOffset":0,"maxOffset":0,' +
      '"transferredByteInSecond":0},"haConnectionInfo":[],"inSyncSlaveNums":0,"master":true,"masterCommitLogMaxOffset":0}',
  );
  assert.deepEqual(answer(given, master, 1007), { code: 1, remark: 'this request only for controllerMode ' });

  const mode = await dependencies(t, 'new', { enableControllerMode: true, brokerName: 'broker-a' });
  const controlled = new ControlledRole(mode);
  await controlled.ha.changeToMaster(1, 1, { members: new Set([1]), epoch: 1 });
  t.after(() => controlled.stop());
  assert.equal(
    Buffer.from(answer(mode, controlled, 1007).body!).toString(),
    '{"brokerId":-1,"brokerName":"broker-a","clusterName":"DefaultCluster",' +
      '"epochList":[{"endOffset":9223372036854775807,"epoch":1,"startOffset":0}],"maxOffset":0}',
  );
});
