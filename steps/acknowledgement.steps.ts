import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import type { OutcomeKind } from '../tools/check/ledger.ts';
import { Answers } from '../tools/lab/answers.ts';
import { ReplicaHistories } from '../tools/lab/replica-histories.ts';
import { Replicas } from '../tools/lab/replicas.ts';
import { SyncStateView } from '../tools/lab/sync-state-view.ts';
import { controllerModeGroup } from './support/groups.ts';
import type { SwitchlabWorld } from './support/world.ts';

/** Several checks of the set, and less than haMaxTimeSlaveNotCatchup of the scenario. */
const checksWhileBehindMs = 1_500;

Given('brokers with the settings', function (this: SwitchlabWorld, table: DataTable) {
  this.brokerConfig = { ...this.brokerConfig, ...table.rowsHash() };
});

Given('{int} replicas under a controller with traffic', async function (this: SwitchlabWorld, replicas: number) {
  await this.startTrial(controllerModeGroup(replicas));
  await this.trial.isOnline();
  await this.trial.trafficFlows();
});

When('the first of 2 replicas is there', async function (this: SwitchlabWorld) {
  await this.startTrial(controllerModeGroup(2), ['broker-a-1']);
  await this.with(Replicas).areInSync(this.with(Replicas).running);
  await this.trial.startTraffic();
});

When('a slave is killed', async function (this: SwitchlabWorld) {
  await this.with(Replicas).killSlaves(1);
});

When('{int} slave(s) is/are killed', async function (this: SwitchlabWorld, count: number) {
  await this.with(Replicas).killSlaves(count);
});

When('a slave freezes', async function (this: SwitchlabWorld) {
  const [slave] = await this.with(Replicas).slaves();
  this.with(Replicas).freeze(slave!);
});

Then('sends are acknowledged', async function (this: SwitchlabWorld) {
  await this.with(Answers).become('SEND_OK', this.with(Replicas).sinceMs);
});

Then('sends end with {word}', async function (this: SwitchlabWorld, outcome: OutcomeKind) {
  await this.with(Answers).become(outcome, this.with(Replicas).sinceMs);
});

Then(
  'sends go on to end with {word} after the set has shrunk',
  async function (this: SwitchlabWorld, outcome: OutcomeKind) {
    await this.with(SyncStateView).removes(this.with(Replicas).fault);
    await this.with(Answers).stay(outcome);
  },
);

Then(
  'sends are refused with code {int} and {string}',
  async function (this: SwitchlabWorld, code: number, text: string) {
    await this.with(Answers).areRefused(code, text, this.with(Replicas).sinceMs);
  },
);

Then('nothing that was refused is stored', async function (this: SwitchlabWorld) {
  await this.with(Answers).areNotStored('refused');
});

Then('sends are acknowledged when every replica is there', async function (this: SwitchlabWorld) {
  await this.with(Replicas).mendAll();
  await this.with(Replicas).areInSync(this.with(Replicas).all);
  await this.with(Answers).become('SEND_OK', Date.now());
});

Then('sends are acknowledged once the set has shrunk, not before', async function (this: SwitchlabWorld) {
  await this.with(SyncStateView).removesInTime(this.with(Replicas).fault);
  await this.with(Answers).stallsAsConfigured(this.with(Replicas).fault);
});

Then('what ended with {word} is delivered', async function (this: SwitchlabWorld, outcome: OutcomeKind) {
  await this.with(Answers).areDelivered(outcome, this.with(Replicas).sinceMs);
});

Then('the replica is in the set again when it goes on', async function (this: SwitchlabWorld) {
  await this.with(Replicas).mend();
  await this.with(SyncStateView).returns(this.with(Replicas).fault.server);
});

Then('consumers get nothing that it lacks while it is in the set', async function (this: SwitchlabWorld) {
  await this.with(Answers).areHiddenWhileInSet(this.with(Replicas).fault);
});

Then('sends stall for the time that the settings allow', async function (this: SwitchlabWorld) {
  await this.with(Answers).stallsAsConfigured(this.with(Replicas).fault);
});

Then('sends do not wait for it', async function (this: SwitchlabWorld) {
  await this.with(Answers).doNotStall(this.with(Replicas).fault);
});

When('3 replicas under a controller have traffic', async function (this: SwitchlabWorld) {
  await this.startTrial(controllerModeGroup(3));
  await this.trial.isOnline();
  await this.trial.trafficFlows();
});

When('producers stop', async function (this: SwitchlabWorld) {
  await this.trial.traffic.stopProducing();
});

Given('producers that stopped', async function (this: SwitchlabWorld) {
  await this.with(Replicas).knowTheTopic();
  await this.trial.traffic.stopProducing();
});

Given('a slave that froze until it was out of the set', async function (this: SwitchlabWorld) {
  const [slave] = await this.with(Replicas).slaves();
  this.with(Replicas).freeze(slave!);
  await this.with(SyncStateView).removes(this.with(Replicas).fault);
});

Given('a slave that was dead until it was out of the set', async function (this: SwitchlabWorld) {
  await this.with(Replicas).killSlaves(1);
  await this.with(SyncStateView).removes(this.with(Replicas).fault);
});

When('it goes on', async function (this: SwitchlabWorld) {
  await this.with(Replicas).mend();
});

When('a slave freezes until it is far behind, and goes on', async function (this: SwitchlabWorld) {
  await this.with(SyncStateView).remember();
  const [slave] = await this.with(Replicas).slaves();
  this.with(Replicas).freeze(slave!);
  await this.with(ReplicaHistories).growsAlone(32 * 1024);
  await this.with(SyncStateView).staysTheSame(checksWhileBehindMs);
  await this.with(Replicas).mend();
});

When('a slave freezes for {int} ms', async function (this: SwitchlabWorld, durationMs: number) {
  await this.with(SyncStateView).remember();
  await this.with(Replicas).interrupt(durationMs);
});

Then('all of them are in the set, the master among them', async function (this: SwitchlabWorld) {
  await this.with(Replicas).areInSync(this.with(Replicas).all);
});

Then('it leaves the set when its time is up, not before', async function (this: SwitchlabWorld) {
  await this.with(SyncStateView).removesInTime(this.with(Replicas).fault);
});

Then('the set stays as it is', async function (this: SwitchlabWorld) {
  await this.with(SyncStateView).staysTheSame();
});

Then(/^it is in the set again(?: without a restart)?$/, async function (this: SwitchlabWorld) {
  await this.with(SyncStateView).returns(this.with(Replicas).fault.server);
});

Then('the controller counts it as dead when its time is up, not before', async function (this: SwitchlabWorld) {
  await this.with(SyncStateView).countsAsDeadInTime(this.with(Replicas).fault);
});

Then('nobody has left the set meanwhile', async function (this: SwitchlabWorld) {
  await this.with(SyncStateView).isAsRemembered();
});

Then('it has left the set meanwhile', async function (this: SwitchlabWorld) {
  await this.with(SyncStateView).hasChanged();
});
