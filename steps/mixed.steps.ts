import { defineParameterType, Given, Then, When } from '@cucumber/cucumber';
import { ControllerGroup } from '../tools/lab/controller-group.ts';
import { MixedGroup, parties, type Party } from '../tools/lab/mixed-group.ts';
import type { SwitchlabWorld } from './support/world.ts';

const secondReplica = 'broker-a-1';
/** Held back until the others agreed on something: so one controller of each party has all of it. */
const secondController = 'controller-1';

defineParameterType({ name: 'party', regexp: new RegExp(parties.join('|')), transformer: (text: string) => text });

Given(
  'a group under two controllers of the target and one of the guest, with traffic',
  async function (this: SwitchlabWorld) {
    await this.startTrial(['nameservers/two-controllers-and-a-guest', 'brokers/controller-mode'], [secondController]);
    await this.trial.isOnline();
    await this.trial.trafficFlows();
    await this.with(MixedGroup).lastControllerJoins(secondController);
  },
);

Given('the {party} leads the controllers', async function (this: SwitchlabWorld, party: Party) {
  await this.with(MixedGroup).lead(party);
});

Given(
  'a group in which the {party} follows the {party}, with traffic',
  async function (this: SwitchlabWorld, slave: Party, _master: Party) {
    await this.startTrial(['nameservers/new-with-controller', `brokers/${slave}-follows`], [secondReplica]);
    await this.with(MixedGroup).firstIsFollowed();
    await this.trial.trafficFlows();
  },
);

Given(
  'an idle group in which the {party} follows the {party}',
  async function (this: SwitchlabWorld, slave: Party, _master: Party) {
    await this.startTrial(['nameservers/new-with-controller', `brokers/${slave}-follows`], [secondReplica]);
    await this.with(MixedGroup).firstIsFollowed();
  },
);

Given(
  'brokers of the {party} with NameServer and controller of the {party}, with traffic',
  async function (this: SwitchlabWorld, brokers: Party, _nameserver: Party) {
    const parts = {
      target: ['nameservers/guest-with-controller', 'brokers/controller-mode'],
      guest: ['nameservers/new-with-controller', 'brokers/guests'],
    };
    await this.startTrial(parts[brokers]);
    await this.trial.isOnline();
    await this.trial.trafficFlows();
  },
);

When('each of them has been killed as master and is back', async function (this: SwitchlabWorld) {
  await this.with(MixedGroup).switchThereAndBack();
});

When('the leader of the controllers is lost', async function (this: SwitchlabWorld) {
  await this.with(ControllerGroup).killLeader();
});

Then('the others elect one of them, and traffic goes on', async function (this: SwitchlabWorld) {
  await this.with(ControllerGroup).isOneGroup();
  await this.trial.trafficFlows();
});

Then(/^(?:they replace a master that is killed|takes over from it in turn)$/, async function (this: SwitchlabWorld) {
  await this.trial.killMaster();
  await this.trial.anotherReplicaTakesOver();
});

Then('the lost controller follows them when it is back', async function (this: SwitchlabWorld) {
  await this.with(ControllerGroup).startKilled();
  await this.with(ControllerGroup).isOneGroup();
});

Then('the killed master follows the new one when it is back', async function (this: SwitchlabWorld) {
  await this.with(MixedGroup).killedReplicaFollows();
});
