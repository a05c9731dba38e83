import { Given, Then, When } from '@cucumber/cucumber';
import { NamesrvGroup } from '../tools/lab/namesrv-group.ts';
import { RunningConfig } from '../tools/lab/running-config.ts';
import type { SwitchlabWorld } from './support/world.ts';

Given(
  'a group of 2 {brokers} brokers with a controller and a NameServer that has not started',
  async function (this: SwitchlabWorld, brokers: string) {
    await this.startTrial(['nameservers/old-and-controller', brokers], ['namesrv-0']);
  },
);

When('the NameServer starts', async function (this: SwitchlabWorld) {
  await this.with(NamesrvGroup).start();
});

When('every NameServer is killed and starts without its data', async function (this: SwitchlabWorld) {
  await this.with(NamesrvGroup).restartWithoutData();
});

Then('every NameServer answers the same routes', async function (this: SwitchlabWorld) {
  await this.trial.sameRoutesEverywhere();
});

Then('a client that takes the controller for a NameServer finds no route', async function (this: SwitchlabWorld) {
  await this.with(NamesrvGroup).controllersKnowNoRoute();
});

Then('the NameServer has {word} {word}', async function (this: SwitchlabWorld, key: string, value: string) {
  await this.with(RunningConfig).everyoneHas(this.with(NamesrvGroup).all, key, value);
});
