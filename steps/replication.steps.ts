import { Given, Then, When } from '@cucumber/cucumber';
import { Answers } from '../tools/lab/answers.ts';
import { LogFiles } from '../tools/lab/log-files.ts';
import { LogLoad } from '../tools/lab/log-load.ts';
import { MasterChanges } from '../tools/lab/master-changes.ts';
import { Replicas } from '../tools/lab/replicas.ts';
import { RunningConfig } from '../tools/lab/running-config.ts';
import { Strangers } from '../tools/lab/strangers.ts';
import { SyncStateView } from '../tools/lab/sync-state-view.ts';
import type { Role } from '../tools/lab/targets/target.ts';
import { controllerModeGroup } from './support/groups.ts';
import type { SwitchlabWorld } from './support/world.ts';

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
