import { Given, Then, When } from '@cucumber/cucumber';
import type { SwitchlabWorld } from './support/world.ts';

Given(
  'a site with traffic, as the plan {string} begins: NameServers {int}, controllers {int}, groups {int} of {int} replica(s)',
  async function (
    this: SwitchlabWorld,
    plan: string,
    namesrvs: number,
    controllers: number,
    groups: number,
    replicas: number,
  ) {
    await this.startUpgrade(plan, { namesrvs, controllers, groups, replicas });
  },
);

When('the plan is played', async function (this: SwitchlabWorld) {
  await this.upgrade.play();
});

Then('every step comes to hold', function (this: SwitchlabWorld) {
  this.upgrade.everyStepHeld();
});

Then('every acknowledged message is readable, and was delivered', async function (this: SwitchlabWorld) {
  await this.upgrade.keepsEverything();
});
