import { Given, Then, When } from '@cucumber/cucumber';
import { CopiedTables } from '../tools/lab/copied-tables.ts';
import { NewTopics } from '../tools/lab/new-topics.ts';
import type { SwitchlabWorld } from './support/world.ts';

When('topics with a message type and consumer groups are made', async function (this: SwitchlabWorld) {
  await this.with(CopiedTables).make('+message.type=NORMAL');
});

Given('topics and consumer groups that every replica has', async function (this: SwitchlabWorld) {
  await this.with(CopiedTables).make();
  await this.with(CopiedTables).areEverywhere();
});

When('topics are made and get a message each, and the master is killed at once', async function (this: SwitchlabWorld) {
  await this.with(NewTopics).fill();
  await this.trial.killMaster();
});

Then('the new topics lead to their messages on the new master', async function (this: SwitchlabWorld) {
  await this.with(NewTopics).areReadable();
});

When('the master gets more of them', async function (this: SwitchlabWorld) {
  await this.with(CopiedTables).growWhileWatched();
});

Then('every replica comes to have them', async function (this: SwitchlabWorld) {
  await this.with(CopiedTables).areEverywhere();
});

Then('the one that takes over when the master is killed has them', async function (this: SwitchlabWorld) {
  await this.trial.killMaster();
  await this.trial.anotherReplicaTakesOver();
  await this.with(CopiedTables).areWithTheMaster();
});

Then('no replica loses one', function (this: SwitchlabWorld) {
  this.with(CopiedTables).wereNeverMissing();
});
