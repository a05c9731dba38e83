import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import type { OutcomeKind } from '../tools/check/ledger.ts';
import { Answers } from '../tools/lab/answers.ts';
import { CopiedTables } from '../tools/lab/copied-tables.ts';
import { LogFiles } from '../tools/lab/log-files.ts';
import { LogLoad } from '../tools/lab/log-load.ts';
import { MasterChanges } from '../tools/lab/master-changes.ts';
import { NewTopics } from '../tools/lab/new-topics.ts';
import { ReplicaHistories } from '../tools/lab/replica-histories.ts';
import { Replicas } from '../tools/lab/replicas.ts';
import type { PlannedServer } from '../tools/lab/plan-servers.ts';
import { RunningConfig } from '../tools/lab/running-config.ts';
import { Strangers } from '../tools/lab/strangers.ts';
import { SyncStateView } from '../tools/lab/sync-state-view.ts';
import type { Role } from '../tools/lab/targets/target.ts';
import { controllerModeGroup } from './support/groups.ts';
import type { SwitchlabWorld } from './support/world.ts';

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

When('the master changes {int} times', async function (this: SwitchlabWorld, times: number) {
  await this.with(MasterChanges).electUnderTraffic(times);
});

When('the master changes {int} times without a message between', async function (this: SwitchlabWorld, times: number) {
  await this.with(MasterChanges).electIdle(times);
});

Given('a master that changed {int} times', async function (this: SwitchlabWorld, times: number) {
  await this.with(MasterChanges).electUnderTraffic(times);
});

When(
  '{int} masters are killed one after the other, each coming back',
  async function (this: SwitchlabWorld, times: number) {
    await this.with(MasterChanges).killInTurn(times);
  },
);

Given('2 replicas under a controller apart with traffic', async function (this: SwitchlabWorld) {
  await this.startTrial(['nameservers/old-and-controller', 'brokers/controller-mode']);
  await this.trial.isOnline();
  await this.trial.trafficFlows();
});

Given('a master that wrote alone while no controller could change the set', async function (this: SwitchlabWorld) {
  await this.with(Replicas).knowTheTopic();
  await this.with(Replicas).killControllers();
  await this.with(Replicas).killSlaves(1);
  await this.with(ReplicaHistories).growsAlone(4 * 1024);
});

When('the master is killed, and controller and slave come back', async function (this: SwitchlabWorld) {
  await this.trial.killMaster();
  await this.trial.startController();
  await this.with(Replicas).mend();
});

Given('producers that send large messages as fast as they can', async function (this: SwitchlabWorld) {
  await this.with(LogLoad).start();
  await this.with(LogLoad).untilBytes(1024 * 1024);
});

When('the master is killed under this load', async function (this: SwitchlabWorld) {
  await this.trial.killMaster();
  await this.with(LogLoad).stop();
});

When('every broker is killed and comes back', async function (this: SwitchlabWorld) {
  await this.with(ReplicaHistories).remember();
  await this.with(Replicas).killAll();
  await this.with(Replicas).mendAll();
  await this.with(Replicas).areInSync(this.with(Replicas).all);
});

Then(
  "the master epoch has grown each time, and each epoch starts at its master's log end",
  async function (this: SwitchlabWorld) {
    await this.with(MasterChanges).haveGrown();
  },
);

Then('the last epoch in the list is that of the master', async function (this: SwitchlabWorld) {
  await this.with(MasterChanges).endTheLists();
});

Then('all replicas have the same epochs and the same log', async function (this: SwitchlabWorld) {
  await this.with(ReplicaHistories).becomeEqual();
});

Then('the old master comes back, and cuts what it had alone', async function (this: SwitchlabWorld) {
  await this.with(Replicas).mend(this.trial.killed.server);
  await this.with(Replicas).areInSync(this.with(Replicas).all);
  await this.with(ReplicaHistories).wasCut();
});

Then('the old master comes back', async function (this: SwitchlabWorld) {
  await this.with(Replicas).mend(this.trial.killed.server);
  await this.with(Replicas).areInSync(this.with(Replicas).all);
});

Then('every log consists of whole messages', async function (this: SwitchlabWorld) {
  await this.with(ReplicaHistories).areWhole();
});

Then('the epochs from before are at the head of every list', async function (this: SwitchlabWorld) {
  await this.with(ReplicaHistories).stillBegin();
});

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

Given('a learner that comes first', async function (this: SwitchlabWorld) {
  this.configOf = { ...this.configOf, 'broker-a-1': { asyncLearner: true } };
  await this.startTrial(controllerModeGroup(2), ['broker-a-0']);
  await this.trial.staysOffline();
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

Given('a master whose log has several files', async function (this: SwitchlabWorld) {
  await this.startTrial(controllerModeGroup(2), ['broker-a-1']);
  await this.with(Replicas).areInSync(this.with(Replicas).running);
  await this.trial.trafficFlows();
  await this.with(LogLoad).start();
  await this.with(LogLoad).untilBytes(3 * 1024 * 1024);
  await this.with(LogLoad).stop();
});

When('a replica with an empty disk comes', async function (this: SwitchlabWorld) {
  await this.with(LogFiles).remember();
  await this.with(Replicas).mendAll();
});

Then(
  "its log begins at the {word} file of the master's log",
  async function (this: SwitchlabWorld, file: 'first' | 'last') {
    await this.with(LogFiles).beginAt(this.with(Replicas).all.at(-1)!, file);
  },
);

Then('it gets into the set', async function (this: SwitchlabWorld) {
  await this.with(Replicas).areInSync(this.with(Replicas).all);
});

Given('a {word} with a slave, old brokers, with traffic', async function (this: SwitchlabWorld, role: string) {
  await startFixedRoles(this, role, ['nameservers/old', 'brokers/old']);
});

Given('a {word} with a slave, new brokers, with traffic', async function (this: SwitchlabWorld, role: string) {
  await startFixedRoles(this, role, ['nameservers/new-without-controller', 'brokers/fixed-role']);
  await this.with(Replicas).tellSlavesTheTopic();
  await this.with(Replicas).areConnected();
});

async function startFixedRoles(world: SwitchlabWorld, brokerRole: string, parts: readonly string[]): Promise<void> {
  world.configOf = { ...world.configOf, 'broker-a-0': { brokerRole } };
  await world.startTrial(parts);
  await world.trial.isOnline();
  await world.trial.trafficFlows();
}

Then('every acknowledged message is readable from the slave', async function (this: SwitchlabWorld) {
  const [slave] = await this.with(Replicas).slaves();
  await this.with(Answers).areReadableFrom(slave!);
});

When('servers run whose files set no parameter', async function (this: SwitchlabWorld) {
  this.profile = { ...this.profile, keys: { namesrv: {}, controller: {}, broker: {} } };
  await this.startTrial(['nameservers/new-with-controller', 'brokers/fixed-role'], ['broker-a-1']);
});

Then(
  'every {word} reports {word} as {word}',
  async function (this: SwitchlabWorld, role: Role, key: string, value: string) {
    const servers = this.trial.cluster.plan.servers.filter(
      (server) => server.role === role && server.name !== 'broker-a-1',
    );
    await this.with(RunningConfig).everyoneHas(servers, key, value);
  },
);

When('2 replicas start without controllerAddr', async function (this: SwitchlabWorld) {
  const nowhere = { controllerAddr: '' };
  this.configOf = { ...this.configOf, 'broker-a-0': nowhere, 'broker-a-1': nowhere };
  await this.startTrial(controllerModeGroup(2));
});

Then('the new leader counts every replica as alive', async function (this: SwitchlabWorld) {
  await this.with(Replicas).areAlive();
});

Then('it can make another replica master', async function (this: SwitchlabWorld) {
  await this.with(MasterChanges).electUnderTraffic(1);
});

Then('the master is alone in the set', async function (this: SwitchlabWorld) {
  await this.with(Replicas).areInSync(this.with(Replicas).running);
});

Then('a slave that freezes now leaves it', async function (this: SwitchlabWorld) {
  const [slave] = await this.with(Replicas).slaves();
  this.with(Replicas).freeze(slave!);
  await this.with(SyncStateView).removes(this.with(Replicas).fault);
  await this.with(Replicas).mend();
});

When('{int} strangers knock at the HA port of the master', async function (this: SwitchlabWorld, times: number) {
  await this.with(Strangers).knock(times);
});

Then('the master counts its slaves alone', async function (this: SwitchlabWorld) {
  await this.with(Strangers).areForgotten();
});

Then('none of them takes a message', async function (this: SwitchlabWorld) {
  await this.with(Strangers).areNotServed();
});

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

Given('the master was killed, and controller and slave came back', async function (this: SwitchlabWorld) {
  await this.trial.killMaster();
  await this.trial.startController();
  await this.with(Replicas).mend();
  await this.trial.anotherReplicaTakesOver();
});

When(
  'the old master comes back, dies as soon as it has cut its log, and comes back',
  async function (this: SwitchlabWorld) {
    const { server } = this.trial.killed;
    await this.with(Replicas).mend(server);
    await this.with(ReplicaHistories).cutsItsLog(server);
    await this.with(Replicas).kill(server);
    await this.with(Replicas).mend(server);
    await this.with(Replicas).areInSync(this.with(Replicas).all);
  },
);
