import { Given, Then, When } from '@cucumber/cucumber';
import type { SwitchlabWorld } from './support/world.ts';

Given('producers and consumers at work', async function (this: SwitchlabWorld) {
  await this.trial.isOnline();
  await this.trial.trafficFlows();
});

Given('a producer and a consumer of the old release at work', async function (this: SwitchlabWorld) {
  await this.trial.isOnline();
  await this.trial.startTraffic(['old']);
  await this.trial.trafficFlows();
});

When('producers and consumers have worked', async function (this: SwitchlabWorld) {
  await this.trial.isOnline();
  await this.trial.trafficFlows();
});

Then('producers and consumers work', async function (this: SwitchlabWorld) {
  await this.trial.trafficFlows();
});

Then(
  'they still do after a short cut to the {peer}',
  async function (this: SwitchlabWorld, peer: 'namesrv' | 'controller') {
    await this.trial.cutShortly(peer);
    await this.trial.trafficFlows();
  },
);

Then('producers find no route', async function (this: SwitchlabWorld) {
  await this.trial.findsNoRoute();
});

Then('every acknowledged message is readable from the new master', async function (this: SwitchlabWorld) {
  await this.trial.keepsEveryAcknowledgedMessage();
});

Then('the restarted master has every acknowledged message', async function (this: SwitchlabWorld) {
  await this.trial.restartKilled();
  await this.trial.keepsEveryAcknowledgedMessage();
});

Given('producers and consumers at work for longer than replication may lag', async function (this: SwitchlabWorld) {
  await this.trial.trafficOutlivesTheTail();
});

Then(
  'only messages acknowledged just before the kill may be missing, and they are counted',
  async function (this: SwitchlabWorld) {
    await this.trial.losesAtMostTheTail();
  },
);
