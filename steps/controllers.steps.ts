import { Given, Then, When } from '@cucumber/cucumber';
import { ControllerGroup } from '../tools/lab/controller-group.ts';
import { ControllerRecord } from '../tools/lab/controller-record.ts';
import { MasterDetection } from '../tools/lab/master-detection.ts';
import { Replicas } from '../tools/lab/replicas.ts';
import { RunningConfig } from '../tools/lab/running-config.ts';
import { type Sender, SetChanges } from '../tools/lab/set-changes.ts';
import { StaleReplica } from '../tools/lab/stale-replica.ts';
import type { SwitchlabWorld } from './support/world.ts';

const threeControllers = ['nameservers/three-controllers', 'brokers/controller-mode'];
const single = ['nameservers/old-and-controller', 'brokers/controller-mode'];
const lastOfThree = 'controller-2';

Given('controllers with {word} {word}', function (this: SwitchlabWorld, key: string, value: string) {
  this.controllerConfig = { ...this.controllerConfig, [key]: value };
});

Given('a group under one controller', async function (this: SwitchlabWorld) {
  await this.startTrial(single);
  await this.trial.isOnline();
});

Given('a group under one controller, with traffic', async function (this: SwitchlabWorld) {
  await this.startTrial(single);
  await this.trial.isOnline();
  await this.trial.trafficFlows();
});

Given('a group under three controllers, with traffic', async function (this: SwitchlabWorld) {
  await this.startTrial(threeControllers);
  await this.trial.isOnline();
  await this.trial.trafficFlows();
});

Given(
  'a group under three controllers, one of them with {word} {word}',
  async function (this: SwitchlabWorld, key: string, value: string) {
    this.configOf = { [lastOfThree]: { [key]: value } };
    await this.startTrial(threeControllers);
  },
);

When(
  'one of three controllers starts with {word} {word}',
  async function (this: SwitchlabWorld, key: string, value: string) {
    this.configOf = { [lastOfThree]: { [key]: value } };
    await this.startTrial(threeControllers, [lastOfThree]);
  },
);

When(/^(?:a controller that does not lead) is killed$/, async function (this: SwitchlabWorld) {
  await this.with(ControllerGroup).killFollower();
});

When('the controller that leads is killed', async function (this: SwitchlabWorld) {
  await this.with(ControllerGroup).killLeader();
});

When('two of the three controllers are killed', async function (this: SwitchlabWorld) {
  await this.with(ControllerRecord).remember();
  await this.with(ControllerGroup).killMajority();
});

When('every controller is killed', async function (this: SwitchlabWorld) {
  await this.with(ControllerRecord).remember();
  await this.with(ControllerGroup).killAll();
});

When('none has come back when every broker has missed it', async function (this: SwitchlabWorld) {
  await this.with(ControllerGroup).staysWithoutThem();
});

When('the killed controller(s) start(s) again', async function (this: SwitchlabWorld) {
  await this.with(ControllerGroup).startKilled();
});

When('every controller is killed and started again', async function (this: SwitchlabWorld) {
  await this.with(ControllerRecord).remember(1);
  await this.with(ControllerGroup).killAll();
  await this.with(ControllerGroup).startKilled();
});

When('every controller loses its data', async function (this: SwitchlabWorld) {
  await this.with(ControllerGroup).killAll();
  await this.with(ControllerGroup).loseKilledData();
  await this.with(ControllerGroup).startKilled();
});

Given('a controller that does not lead has lost its data', async function (this: SwitchlabWorld) {
  await this.with(ControllerRecord).remember();
  await this.with(ControllerGroup).killFollower();
  await this.with(ControllerGroup).loseKilledData();
  await this.with(ControllerGroup).startKilled();
  await this.with(ControllerGroup).isOneGroup();
});

When('an operator makes another replica master', async function (this: SwitchlabWorld) {
  await this.with(ControllerRecord).moveMaster();
});

When('an operator sets {word} to {word}', async function (this: SwitchlabWorld, key: string, value: string) {
  await this.with(RunningConfig).updateControllers(this.trial.controllers, key, value);
});

Given('controllers whose words do not reach the brokers', async function (this: SwitchlabWorld) {
  await this.with(ControllerGroup).cutOffBrokers();
});

When('the master of the group is killed', async function (this: SwitchlabWorld) {
  await this.with(ControllerRecord).remember();
  await this.trial.killMaster();
});

When('a slave of the group is killed', async function (this: SwitchlabWorld) {
  await this.with(ControllerRecord).remember();
  const [slave] = await this.with(Replicas).slaves();
  await this.with(Replicas).kill(slave!);
});

When('the master of the group freezes', async function (this: SwitchlabWorld) {
  await this.with(ControllerRecord).remember();
  this.with(Replicas).freeze(await this.with(Replicas).master());
});

Then('the frozen master is switched off', async function (this: SwitchlabWorld) {
  await this.with(Replicas).kill(this.with(Replicas).fault.server);
});

When(
  /^(the master|a slave|the master of an older epoch|a master with an older set) asks for a smaller SyncStateSet$/,
  async function (this: SwitchlabWorld, sender: Sender) {
    const leader = await this.with(ControllerGroup).leader();
    await this.with(ControllerRecord).remember();
    await this.with(SetChanges).request(sender, leader, this.with(ControllerRecord).remembered);
  },
);

When(
  'the master asks a controller that does not lead for a smaller SyncStateSet',
  async function (this: SwitchlabWorld) {
    const [follower] = await this.with(ControllerGroup).followers();
    await this.with(ControllerRecord).remember();
    await this.with(SetChanges).request('the master', follower!, this.with(ControllerRecord).remembered);
  },
);

When('a controller that does not lead starts anew with a peer less in its file', async function (this: SwitchlabWorld) {
  await this.with(ControllerGroup).shortenPeersOfFollower();
});

Given('a replica that is alive but not in the SyncStateSet', async function (this: SwitchlabWorld) {
  await this.with(StaleReplica).falls();
});

Then('the controllers tell different peers', async function (this: SwitchlabWorld) {
  await this.with(ControllerGroup).tellDifferentPeers();
});

Then('the controllers record the master that the operator named', async function (this: SwitchlabWorld) {
  await this.with(ControllerRecord).followsTheOperator();
});

Then('the controllers answer as one group with one leader', async function (this: SwitchlabWorld) {
  await this.with(ControllerGroup).isOneGroup();
});

Then('the controllers have no leader', async function (this: SwitchlabWorld) {
  await this.with(ControllerGroup).hasNoLeader();
});

Then('that controller neither leads nor follows', async function (this: SwitchlabWorld) {
  await this.with(ControllerGroup).lastStaysAlone();
});

Then('it refuses to start', async function (this: SwitchlabWorld) {
  await this.with(ControllerGroup).lastRefusesToStart();
});

Then('every controller leads an operator to the whole SyncStateSet', async function (this: SwitchlabWorld) {
  await this.with(ControllerRecord).everyControllerListsEveryReplica();
});

Then('the controllers record what they did before', async function (this: SwitchlabWorld) {
  await this.with(ControllerRecord).isKept();
});

Then('the controllers record a living master from the former SyncStateSet', async function (this: SwitchlabWorld) {
  await this.with(ControllerRecord).namesAnotherMaster();
});

Then('nobody is elected', async function (this: SwitchlabWorld) {
  await this.with(ControllerRecord).keepsTheMaster();
});

Then(
  'another replica is elected when the heartbeats are overdue, within one scan',
  async function (this: SwitchlabWorld) {
    await this.with(MasterDetection).isInTime(this.with(Replicas).fault);
  },
);

Then('the answer is the one that this sender deserves', function (this: SwitchlabWorld) {
  this.with(SetChanges).isAnsweredAsDue();
});

Then('it is told that this controller does not lead', function (this: SwitchlabWorld) {
  this.with(SetChanges).isRefusedByFollower();
});

Then('every controller has {word} {word}', async function (this: SwitchlabWorld, key: string, value: string) {
  await this.with(RunningConfig).everyoneHas(this.trial.controllers, key, value);
});
