import { Given, Then, When } from '@cucumber/cucumber';
import { Answers } from '../tools/lab/answers.ts';
import type { PlannedServer } from '../tools/lab/plan-servers.ts';
import { ReplicaHistories } from '../tools/lab/replica-histories.ts';
import { Replicas } from '../tools/lab/replicas.ts';
import { SyncStateView } from '../tools/lab/sync-state-view.ts';
import { controllerModeGroup } from './support/groups.ts';
import type { SwitchlabWorld } from './support/world.ts';

async function startWithLearner(world: SwitchlabWorld, replicas: number): Promise<void> {
  world.configOf = { ...world.configOf, [`broker-a-${replicas - 1}`]: { asyncLearner: true } };
  await world.startTrial(controllerModeGroup(replicas));
  const followers = world.with(Replicas).all;
  await world.with(Replicas).areInSync(followers.slice(0, -1));
  await world.with(Replicas).areListed(followers);
  await world.trial.trafficFlows();
}

function learnerOf(world: SwitchlabWorld): PlannedServer {
  return world.with(Replicas).all.at(-1)!;
}

Given('a learner beside a master with traffic', async function (this: SwitchlabWorld) {
  await startWithLearner(this, 2);
});

Given('a learner beside a master and a slave with traffic', async function (this: SwitchlabWorld) {
  await startWithLearner(this, 3);
});

When('a learner comes first', async function (this: SwitchlabWorld) {
  this.configOf = { ...this.configOf, 'broker-a-1': { asyncLearner: true } };
  await this.startTrial(controllerModeGroup(2), ['broker-a-0']);
});

When('another replica comes', async function (this: SwitchlabWorld) {
  await this.with(Replicas).mendAll();
});

When('the learner has caught up', async function (this: SwitchlabWorld) {
  await this.with(ReplicaHistories).becomeEqual();
});

When('the learner freezes', function (this: SwitchlabWorld) {
  this.with(Replicas).freeze(learnerOf(this));
});

Then('that one is master, and the learner stays outside the set', async function (this: SwitchlabWorld) {
  await this.with(Replicas).areInSync(this.with(Replicas).all.slice(0, -1));
  await this.trial.trafficFlows();
  await this.with(SyncStateView).neverHas(learnerOf(this));
});

Then('the learner stays outside the set', async function (this: SwitchlabWorld) {
  await this.with(SyncStateView).neverHas(learnerOf(this));
});

Then('sends are acknowledged before a slave would be taken out', async function (this: SwitchlabWorld) {
  await this.with(Answers).doNotStall(this.with(Replicas).fault);
});
