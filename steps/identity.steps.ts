import { defineParameterType, Given, Then, When } from '@cucumber/cucumber';
import { BrokerIds } from '../tools/lab/broker-ids.ts';
import { IdentityLoss } from '../tools/lab/identity-loss.ts';
import { IdApplications } from '../tools/lab/id-applications.ts';
import { MovedReplica } from '../tools/lab/moved-replica.ts';
import { Registration, type RegistrationMoment, registrationMoments } from '../tools/lab/registration.ts';
import { Replicas } from '../tools/lab/replicas.ts';
import { controllerModeGroup } from './support/groups.ts';
import type { SwitchlabWorld } from './support/world.ts';

defineParameterType({
  name: 'registrationMoment',
  regexp: new RegExp(registrationMoments.join('|')),
  transformer: String,
});

/** The first replica is master and has traffic; the others have never run. */
async function startFirstOf(world: SwitchlabWorld, replicas: number): Promise<void> {
  const others = Array.from({ length: replicas - 1 }, (_, i) => `broker-a-${i + 1}`);
  await world.startTrial(controllerModeGroup(replicas), others);
  await world.with(Replicas).areInSync(world.with(Replicas).running);
  await world.trial.trafficFlows();
}

Given('a master with traffic and a new broker that has not started', async function (this: SwitchlabWorld) {
  await startFirstOf(this, 2);
});

Given('a master with traffic and two new brokers that have not started', async function (this: SwitchlabWorld) {
  await startFirstOf(this, 3);
});

Given('the ids of all replicas', async function (this: SwitchlabWorld) {
  await this.with(BrokerIds).remember();
});

When('the new broker starts', async function (this: SwitchlabWorld) {
  await this.with(Replicas).startAbsent();
});

When('both start at once', async function (this: SwitchlabWorld) {
  await this.with(Registration).race();
});

When(
  'the new broker dies before {registrationMoment}, and starts again',
  async function (this: SwitchlabWorld, moment: RegistrationMoment) {
    const [server] = this.with(Replicas).absent;
    await this.with(Registration).diesBefore(moment);
    await this.with(Replicas).mend(server);
  },
);

When('a slave restarts', async function (this: SwitchlabWorld) {
  await this.with(Replicas).killSlaves(1);
  await this.with(Replicas).mend();
});

When('a slave restarts at another address', async function (this: SwitchlabWorld) {
  const [slave] = await this.with(Replicas).slaves();
  await this.with(MovedReplica).move(slave!);
});

When('a slave restarts without its identity', async function (this: SwitchlabWorld) {
  await this.with(IdentityLoss).befallsSlave();
});

Given('a slave that restarted without its identity', async function (this: SwitchlabWorld) {
  await this.with(IdentityLoss).befallsSlave();
  await this.with(IdentityLoss).makesItNew();
});

When('the old master comes back at another address', async function (this: SwitchlabWorld) {
  await this.with(MovedReplica).move(this.trial.killed.server);
});

Given('another replica that took over from a master that was killed', async function (this: SwitchlabWorld) {
  await this.trial.killMaster();
  await this.trial.anotherReplicaTakesOver();
});

When('an id is applied for twice with the same check code', async function (this: SwitchlabWorld) {
  await this.with(IdApplications).applyTwice();
});

When('an id that is taken is applied for with another check code', async function (this: SwitchlabWorld) {
  await this.with(IdApplications).applyForTaken();
});

When('an operator cleans the id that is dead', async function (this: SwitchlabWorld) {
  await this.with(IdentityLoss).cleanOldId();
});

When('an operator cleans the id of a living slave', async function (this: SwitchlabWorld) {
  await this.with(IdentityLoss).cleanLivingId();
});

Then('their ids count from 1, and no id is wasted', async function (this: SwitchlabWorld) {
  await this.with(Replicas).areInSync(this.with(Replicas).all);
  await this.with(BrokerIds).countFromOne();
});

Then('NameServers list the master under 0 and each slave under its id', async function (this: SwitchlabWorld) {
  await this.with(Replicas).areInSync(this.with(Replicas).all);
  await this.with(BrokerIds).areListed();
});

Then('all ids are what they were', async function (this: SwitchlabWorld) {
  await this.with(Replicas).areInSync(this.with(Replicas).all);
  await this.with(BrokerIds).areAsRemembered();
});

Then('it is the same replica at its new address', async function (this: SwitchlabWorld) {
  await this.with(MovedReplica).isTheSame();
});

Then('it takes over when the master is killed', async function (this: SwitchlabWorld) {
  await this.trial.killMaster();
  await this.trial.anotherReplicaTakesOver();
});

Then('it is a new replica, and the one it was counts as dead', async function (this: SwitchlabWorld) {
  await this.with(IdentityLoss).makesItNew();
});

Then('the controllers have forgotten it', async function (this: SwitchlabWorld) {
  await this.with(IdentityLoss).isForgotten();
});

Then('that is refused', function (this: SwitchlabWorld) {
  this.with(IdentityLoss).isRefused();
});

Then('it is granted, and the next id is one more', async function (this: SwitchlabWorld) {
  await this.with(IdApplications).isGranted();
});

Then('it is refused, and the next id stays', async function (this: SwitchlabWorld) {
  await this.with(IdApplications).isRefused();
});
