import { Given, Then, When } from '@cucumber/cucumber';
import { Answers } from '../tools/lab/answers.ts';
import { DLedgerGroup } from '../tools/lab/dledger-group.ts';
import { Replicas } from '../tools/lab/replicas.ts';
import type { Party } from '../tools/lab/mixed-group.ts';
import type { SwitchlabWorld } from './support/world.ts';

async function startWithTraffic(world: SwitchlabWorld, brokers: string): Promise<void> {
  await world.startTrial(['nameservers/old', brokers]);
  await world.trial.isOnline();
  await world.with(DLedgerGroup).settles();
  await world.trial.trafficFlows();
}

Given('three old brokers in a DLedger group, with traffic', async function (this: SwitchlabWorld) {
  await startWithTraffic(this, 'brokers/old-dledger');
});

Given(
  'a DLedger group of two brokers of the target and one of the guest, with traffic',
  async function (this: SwitchlabWorld) {
    await startWithTraffic(this, 'brokers/old-dledger-and-a-guest');
  },
);

/** The two processes have their folders side by side. */
const storeOfTheFirst = {
  storePathRootDir: '../broker-a-0/store',
  storePathCommitLog: '../broker-a-0/store/commitlog',
};

Given('a DLedger broker of the {party} with traffic', async function (this: SwitchlabWorld, party: Party) {
  this.configOf = { ...this.configOf, 'broker-b-0': storeOfTheFirst };
  await this.startTrial(['nameservers/old', `brokers/dledger-store-of-the-${party}`], ['broker-b-0']);
  await this.trial.isOnline();
  await this.trial.trafficFlows();
});

When(
  'it stops and a broker of the {party} starts with its store',
  async function (this: SwitchlabWorld, _party: Party) {
    await this.with(DLedgerGroup).handsItsStoreOver();
  },
);

Then('that one gives out the same messages', async function (this: SwitchlabWorld) {
  await this.with(DLedgerGroup).hasWhatWasHandedOver();
});

When('the master of the DLedger group is killed', async function (this: SwitchlabWorld) {
  await this.with(DLedgerGroup).losesItsMaster();
});

Then('no send is acknowledged', async function (this: SwitchlabWorld) {
  await this.with(DLedgerGroup).acknowledgesNothing(this.with(Replicas).sinceMs);
});

Then('sends are acknowledged when they are back', async function (this: SwitchlabWorld) {
  const sinceMs = Date.now();
  await this.with(Replicas).mendAll();
  await this.with(Answers).become('SEND_OK', sinceMs);
});

Then('the killed broker is a slave of the new master when it is back', async function (this: SwitchlabWorld) {
  await this.with(DLedgerGroup).takesItsMasterBack();
});

Then('every replica gives out the same messages', async function (this: SwitchlabWorld) {
  await this.with(DLedgerGroup).becomesEqual();
});
