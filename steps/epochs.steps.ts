import { Given, Then, When } from '@cucumber/cucumber';
import { LogLoad } from '../tools/lab/log-load.ts';
import { MasterChanges } from '../tools/lab/master-changes.ts';
import { ReplicaHistories } from '../tools/lab/replica-histories.ts';
import { Replicas } from '../tools/lab/replicas.ts';
import { WaitingSends } from '../tools/lab/waiting-sends.ts';
import type { SwitchlabWorld } from './support/world.ts';

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

When('half a message is all that is left of its last write', function (this: SwitchlabWorld) {
  this.with(ReplicaHistories).tear(this.trial.killed.server);
});

When('sends wait, for what the master writes does not reach its slave', async function (this: SwitchlabWorld) {
  await this.with(WaitingSends).begin();
});

When('the slave is made master, and the old one again when it follows', async function (this: SwitchlabWorld) {
  await this.with(WaitingSends).switchThereAndBack();
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
