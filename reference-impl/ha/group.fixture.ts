import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { Replica, Stage, until } from './replica.fixture.ts';
import type { AutoSwitchHaService, HaOptions, SyncStateSet } from './types.ts';

export type Broker = Replica<AutoSwitchHaService>;

/** What a controller does for one group: it agrees to every set whose epoch is current, and elects on demand. */
export class GroupController {
  set: SyncStateSet = { members: new Set(), epoch: 0 };
  masterEpoch = 0;
  agrees = true;

  serve(broker: Broker): void {
    broker.ha.proposeThrough(async (members, agreed) => {
      if (!this.agrees || agreed.epoch !== this.set.epoch) return 'REFUSED';
      this.set = { members, epoch: this.set.epoch + 1 };
      return this.set;
    });
  }

  async elect(master: Broker, slaves: readonly Broker[]): Promise<void> {
    this.masterEpoch++;
    this.set = { members: new Set([master.id]), epoch: this.set.epoch + 1 };
    assert.ok(await master.ha.changeToMaster(master.id, this.masterEpoch, this.set));
    for (const slave of slaves) await this.follow(slave, master, master.address);
  }

  async follow(slave: Broker, master: Broker, address: string): Promise<void> {
    assert.ok(await slave.ha.changeToSlave(slave.id, this.masterEpoch, master.id));
    slave.ha.setMasterHaAddress(address);
  }
}

export async function group(t: TestContext, size: number, overrides: Partial<HaOptions> = {}) {
  const stage = new Stage(t);
  const controller = new GroupController();
  const brokers: Broker[] = [];
  for (let id = 1; id <= size; id++) {
    const broker = await Replica.autoSwitch(stage, id, overrides);
    controller.serve(broker);
    brokers.push(broker);
  }
  return { stage, controller, brokers };
}

export function epochsOf(broker: Broker): string {
  return broker.ha.epochs.map(({ epoch, startOffset }) => `${epoch}-${startOffset}`).join(' ');
}

export async function inSync(master: Broker, count: number): Promise<void> {
  await until(
    () => master.ha.syncStateSet.members.size === count && master.ha.allAckOffset === master.store.maxPhyOffset,
    () => [[...master.ha.syncStateSet.members], master.ha.allAckOffset, master.store.maxPhyOffset, master.ha.replicas],
  );
}
