import { defineParameterType, Given, Then, When } from '@cucumber/cucumber';
import type { SiteShape } from '../tools/lab/upgrade/cluster-site.ts';
import type { SwitchlabWorld } from './support/world.ts';

/** `2 NameServers, 1 controller, 2 groups of 2 replicas`. */
defineParameterType({
  name: 'shape',
  regexp: /(\d+) NameServers?, (?:(\d+) controllers?, )?(\d+) groups? of (\d+) replicas?/,
  transformer: (namesrvs: string, controllers: string | undefined, groups: string, replicas: string): SiteShape => {
    const [first, second, third, fourth] = [namesrvs, controllers ?? '0', groups, replicas].map(Number);
    return { namesrvs: first!, controllers: second!, groups: third!, replicas: fourth! };
  },
});

Given(
  'a site of {shape} with traffic, before {string}',
  async function (this: SwitchlabWorld, shape: SiteShape, plan: string) {
    await this.startUpgrade(plan, shape);
  },
);

Given(
  'a site of {shape} with traffic, before {string} is to show its loss',
  async function (this: SwitchlabWorld, shape: SiteShape, plan: string) {
    await this.startUpgrade(plan, shape, true);
  },
);

Given(
  'a site of {shape} with traffic on Apache {word}, before {string}',
  async function (this: SwitchlabWorld, shape: SiteShape, version: string, plan: string) {
    await this.startUpgrade(plan, shape, false, `apache:${version}`);
  },
);

Given(
  'a site of {shape} with traffic on Apache {word}, before {string} is to show its loss',
  async function (this: SwitchlabWorld, shape: SiteShape, version: string, plan: string) {
    await this.startUpgrade(plan, shape, true, `apache:${version}`);
  },
);

When('the plan is played', async function (this: SwitchlabWorld) {
  await this.upgrade.play();
});

When('the plan is played, loss and all', async function (this: SwitchlabWorld) {
  await this.upgrade.playToTheLoss();
});

When('the plan is played up to step {int}, and taken back', async function (this: SwitchlabWorld, upTo: number) {
  await this.upgrade.play(upTo);
  await this.upgrade.rollBack();
});

When('the plan is played, and taken back', async function (this: SwitchlabWorld) {
  await this.upgrade.play();
  await this.upgrade.rollBack();
});

Then('every step comes to hold', function (this: SwitchlabWorld) {
  this.upgrade.everyStepHeld();
});

Then('the play stops before the loss', function (this: SwitchlabWorld) {
  this.upgrade.stoppedBeforeHarm();
});

Then('in every group another replica can take over', async function (this: SwitchlabWorld) {
  await this.upgrade.switches();
});

Then('the site is as it was before', async function (this: SwitchlabWorld) {
  await this.upgrade.isAsBefore();
});

Then('no group took no message for longer than {int} ms', function (this: SwitchlabWorld, limitMs: number) {
  this.upgrade.downAtMost(limitMs);
});

Then('every acknowledged message is readable, and was delivered', async function (this: SwitchlabWorld) {
  await this.upgrade.keepsEverything();
});

Then('exactly the messages are lost that the slave lacked', async function (this: SwitchlabWorld) {
  await this.upgrade.losesWhatWasAtRisk();
});
