import { defineParameterType, Given, Then, When } from '@cucumber/cucumber';
import { ControllerGroup } from '../tools/lab/controller-group.ts';
import { ControllerRecord } from '../tools/lab/controller-record.ts';
import { ElectionOrder } from '../tools/lab/election-order.ts';
import { GivenUpMessages } from '../tools/lab/given-up-messages.ts';
import { LoyalProducer } from '../tools/lab/loyal-producer.ts';
import { MasterChanges } from '../tools/lab/master-changes.ts';
import { type MasterFault, masterFaults, MasterLoss } from '../tools/lab/master-loss.ts';
import { MasterWatch } from '../tools/lab/master-watch.ts';
import { OperatorElection } from '../tools/lab/operator-election.ts';
import { Partition } from '../tools/lab/partition.ts';
import { ReplicaHistories } from '../tools/lab/replica-histories.ts';
import { Replicas } from '../tools/lab/replicas.ts';
import { SyncStateView } from '../tools/lab/sync-state-view.ts';
import { UnheardGrowth } from '../tools/lab/unheard-growth.ts';
import { controllerModeGroup } from './support/groups.ts';
import type { SwitchlabWorld } from './support/world.ts';

const place: Readonly<Record<string, number>> = { second: 1, third: 2 };

defineParameterType({ name: 'masterFault', regexp: new RegExp(masterFaults.join('|')), transformer: String });
defineParameterType({ name: 'place', regexp: /second|third/, transformer: (text: string) => place[text]! });

Given(
  '3 replicas under a controller, the {place} preferred in elections, with traffic',
  async function (this: SwitchlabWorld, preferred: number) {
    const [first, ...others] = [1, 2].sort((a) => (a === preferred ? -1 : 1));
    this.configOf = {
      ...this.configOf,
      [`broker-a-${first}`]: { brokerElectionPriority: 1 },
      [`broker-a-${others[0]}`]: { brokerElectionPriority: 2 },
    };
    await this.startTrial(controllerModeGroup(3));
    await this.trial.isOnline();
    await this.trial.trafficFlows();
  },
);

Given('logs that are equal everywhere', async function (this: SwitchlabWorld) {
  await this.with(Replicas).knowTheTopic();
  await this.with(ElectionOrder).isOpen();
});

Given('a {place} replica that stands still while the others go on', async function (this: SwitchlabWorld, at: number) {
  await this.with(Replicas).knowTheTopic();
  this.with(Replicas).freeze(this.with(Replicas).all[at]!);
  await this.with(ReplicaHistories).growsAlone(64 * 1024);
});

Given('messages that only the master has', async function (this: SwitchlabWorld) {
  await this.with(Replicas).knowTheTopic();
  await this.with(Replicas).killSlaves(1);
  await this.with(SyncStateView).removes(this.with(Replicas).fault);
  await this.trial.traffic.acknowledges();
});

Given('a group without a master and a replica that was behind', async function (this: SwitchlabWorld) {
  await this.trial.killMaster();
  await this.with(Replicas).mend();
  await this.trial.noReplicaTakesOver();
});

Given('a master that was killed and replaced', async function (this: SwitchlabWorld) {
  this.with(MasterWatch).start();
  await this.with(MasterLoss).lose('is killed');
  await this.with(MasterLoss).isReplaced();
});

Given('a producer that knows no other broker than the master', async function (this: SwitchlabWorld) {
  await this.with(LoyalProducer).follow(await this.with(Replicas).master());
});

When('the master is lost: it {masterFault}', async function (this: SwitchlabWorld, fault: MasterFault) {
  this.with(MasterWatch).start();
  await this.with(MasterLoss).lose(fault);
});

When('the master and the controller that leads are killed together', async function (this: SwitchlabWorld) {
  this.with(MasterWatch).start();
  const leader = await this.with(ControllerGroup).leader();
  await Promise.all([this.with(MasterLoss).lose('is killed'), this.with(ControllerGroup).kill([leader])]);
});

When(
  'the new master is killed before the old one is back in the set, and the old one comes back',
  async function (this: SwitchlabWorld) {
    await this.trial.killMaster();
    await this.with(Replicas).mend(this.with(MasterLoss).lost.server);
  },
);

When('the master is killed, and the replica that was behind comes back', async function (this: SwitchlabWorld) {
  await this.trial.killMaster();
  await this.with(Replicas).mend();
});

When('the master freezes until another one is elected', async function (this: SwitchlabWorld) {
  this.with(MasterWatch).start();
  await this.with(MasterLoss).lose('freezes');
  await this.with(MasterLoss).isReplaced();
});

When('the master changes {int} times while nothing is sent', async function (this: SwitchlabWorld, times: number) {
  this.with(MasterWatch).start();
  await this.with(MasterChanges).electIdle(times);
});

When('what the controllers send does not reach the master', async function (this: SwitchlabWorld) {
  this.with(MasterWatch).start();
  await this.with(Partition).oneWay(this.trial.controllers, [await this.with(Replicas).master()]);
  await this.with(Partition).lasts();
});

When('what the master sends does not reach its slave', async function (this: SwitchlabWorld) {
  this.with(MasterWatch).start();
  await this.with(Partition).oneWay([await this.with(Replicas).master()], await this.with(Replicas).slaves());
});

When('what the slave sends does not reach its master', async function (this: SwitchlabWorld) {
  this.with(MasterWatch).start();
  await this.with(Partition).oneWay(await this.with(Replicas).slaves(), [await this.with(Replicas).master()]);
});

When('what the leading controller sends does not reach one of the others', async function (this: SwitchlabWorld) {
  this.with(MasterWatch).start();
  const [follower] = await this.with(ControllerGroup).followers();
  await this.with(Partition).oneWay([await this.with(ControllerGroup).leader()], [follower!]);
  await this.with(Partition).lasts();
});

When('controllers and brokers stand in a ring, each reaching its neighbours', async function (this: SwitchlabWorld) {
  this.with(MasterWatch).start();
  await this.with(Partition).ring([...this.trial.controllers, ...this.with(Replicas).all]);
  await this.with(Partition).lasts();
});

When('a single controller is the bridge between two halves', async function (this: SwitchlabWorld) {
  this.with(MasterWatch).start();
  const [first, bridge, last] = this.trial.controllers;
  const [one, other] = this.with(Replicas).all;
  await this.with(Partition).bridge([first!, one!, bridge!, other!, last!]);
  await this.with(Partition).lasts();
});

Then('another replica takes its place and accepts writes', async function (this: SwitchlabWorld) {
  await this.with(MasterLoss).isReplaced();
});

Then('a master that is killed now is replaced', async function (this: SwitchlabWorld) {
  await this.with(MasterLoss).lose('is killed');
  await this.with(MasterLoss).isReplaced();
  await this.with(Replicas).mend(this.with(MasterLoss).lost.server);
});

Then('the old master follows the new one when it is back', async function (this: SwitchlabWorld) {
  await this.with(MasterLoss).returns();
});

Then('no epoch had two masters', function (this: SwitchlabWorld) {
  this.with(MasterWatch).sawOneMasterPerEpoch();
});

Then('the {place} replica is elected', async function (this: SwitchlabWorld, at: number) {
  await this.with(ElectionOrder).falls(this.with(Replicas).all[at]!);
});

Then('every replica is in the set when it goes on', async function (this: SwitchlabWorld) {
  await this.with(Replicas).mendAll();
  await this.with(Replicas).areInSync(this.with(Replicas).all);
});

Then('an operator cannot make it master', async function (this: SwitchlabWorld) {
  await this.with(OperatorElection).isRefused(this.with(Replicas).fault.server);
});

Then('what only the old master had is lost, and counted', async function (this: SwitchlabWorld) {
  await this.with(GivenUpMessages).areCounted(this.with(Replicas).fault);
});

Then('the old master gives up what the new one lacks', async function (this: SwitchlabWorld) {
  await this.with(Replicas).mend(this.trial.killed.server);
  await this.with(Replicas).areInSync(this.with(Replicas).all);
  await this.with(ReplicaHistories).becomeEqual();
});

Then('that producer gets nothing acknowledged and nobody is given its messages', async function (this: SwitchlabWorld) {
  await this.with(LoyalProducer).getsNothingConfirmed(this.with(MasterLoss).lost.doneMs);
});

Then('that producer is refused in the end', async function (this: SwitchlabWorld) {
  await this.with(LoyalProducer).isRefused(this.with(MasterLoss).lost.doneMs);
  await this.with(LoyalProducer).stop();
});

Then('the NameServers keep the new master when the old one registers', async function (this: SwitchlabWorld) {
  await this.with(MasterLoss).cannotRegisterAgain();
});

Then('the group heals when the cut does', async function (this: SwitchlabWorld) {
  await this.with(Partition).heal();
  await this.with(ControllerGroup).isOneGroup();
  await this.with(Replicas).areInSync(this.with(Replicas).all);
});

Then('everything that was killed comes back into one group', async function (this: SwitchlabWorld) {
  await this.with(ControllerGroup).startKilled();
  await this.with(ControllerGroup).isOneGroup();
  await this.with(MasterLoss).returns();
});

Then('the slave leaves the set', async function (this: SwitchlabWorld) {
  const [slave] = await this.with(Replicas).slaves();
  await this.with(SyncStateView).removes({ server: slave!, atMs: Date.now() });
});

When('the master hears no controller while the slave comes back into the set', async function (this: SwitchlabWorld) {
  await this.with(UnheardGrowth).happens(this.with(Replicas).fault.server);
});

When('the master that did not hear it is killed', async function (this: SwitchlabWorld) {
  await this.trial.traffic.acknowledges();
  await this.trial.killMaster(this.with(UnheardGrowth).master);
});

When('the controllers count the master as dead, and hear it again', async function (this: SwitchlabWorld) {
  await this.with(ControllerRecord).remember(1);
  const master = await this.with(Replicas).master();
  await this.with(Partition).oneWay([master], this.trial.controllers);
  await this.with(ControllerRecord).namesNobody();
  await this.with(Partition).heal();
});

Then('the same master has a newer epoch', async function (this: SwitchlabWorld) {
  await this.with(ControllerRecord).namesTheSameAnew();
});
