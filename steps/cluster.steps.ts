import { Given, Then, When } from '@cucumber/cucumber';
import type { SwitchlabWorld } from './support/world.ts';

Given('brokers that wait for every in-sync replica', function (this: SwitchlabWorld) {
  this.brokerConfig = { ...this.brokerConfig, allAckInSyncStateSet: true };
});

Given(
  'brokers {releases} under controllers {releases}',
  async function (this: SwitchlabWorld, brokers: string, controllers: string) {
    await this.assertReleases({ broker: brokers, controller: controllers });
  },
);

Given(
  'a group of 2 {brokers} brokers with {nameservers}',
  async function (this: SwitchlabWorld, brokers: string, nameservers: string) {
    await this.startTrial([nameservers, brokers]);
  },
);

Given(
  'a group of 2 {brokers} brokers with an old NameServer and a controller that has not started',
  async function (this: SwitchlabWorld, brokers: string) {
    await this.startTrial(['nameservers/old-and-controller', brokers], ['controller-0']);
  },
);

When('the controller starts', async function (this: SwitchlabWorld) {
  await this.trial.startController();
});

When('the master is killed', async function (this: SwitchlabWorld) {
  await this.trial.killMaster();
});

When('the cut to the {peer} has come and gone', async function (this: SwitchlabWorld, peer: 'namesrv' | 'controller') {
  await this.trial.cutShortly(peer);
});

Then('the group is online', async function (this: SwitchlabWorld) {
  await this.trial.isOnline();
});

Then(/^the group (?:does not come online|stays offline)$/, async function (this: SwitchlabWorld) {
  await this.trial.staysOffline();
});

Then('the other replica takes over and accepts writes', async function (this: SwitchlabWorld) {
  await this.trial.anotherReplicaTakesOver();
});

Then('no replica takes over', async function (this: SwitchlabWorld) {
  await this.trial.noReplicaTakesOver();
});

Then('both NameServers answer the same routes', async function (this: SwitchlabWorld) {
  await this.trial.sameRoutesEverywhere();
});

Then('the controller knows no broker of the group', async function (this: SwitchlabWorld) {
  await this.trial.controllerKnowsNobody();
});

Then('the roles are those of the configuration', async function (this: SwitchlabWorld) {
  await this.trial.rolesAreConfigured();
});
