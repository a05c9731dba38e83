import { Then, When } from '@cucumber/cucumber';
import { WireLearner } from '../tools/lab/wire-learner.ts';
import type { SwitchlabWorld } from './support/world.ts';

When('a learner that knows the documented frames introduces itself', async function (this: SwitchlabWorld) {
  await this.with(WireLearner).introduce();
});

When('a learner that knows the documented frames copies the log', async function (this: SwitchlabWorld) {
  await this.with(WireLearner).introduce();
  await this.with(WireLearner).copy();
});

Then('it is told the end of the log, the epoch and every epoch of the master', async function (this: SwitchlabWorld) {
  await this.with(WireLearner).wasTold();
});

Then('it has the log of the master', function (this: SwitchlabWorld) {
  this.with(WireLearner).isTheLogOfTheMaster();
});

Then('no frame spans two epochs, and each names one of the master', function (this: SwitchlabWorld) {
  this.with(WireLearner).staysWithinEpochs();
});

Then('no frame confirms what is not written, or less than the one before it', function (this: SwitchlabWorld) {
  this.with(WireLearner).confirmsNothingUnwritten();
});

Then('the last frame confirms the end of the log', function (this: SwitchlabWorld) {
  this.with(WireLearner).confirmsTheEnd();
});

Then('the master counts its connection with that end', async function (this: SwitchlabWorld) {
  await this.with(WireLearner).acknowledges();
});
