import { defineParameterType, Given, Then, When } from '@cucumber/cucumber';
import { MasterLoss } from '../tools/lab/master-loss.ts';
import { StockTools } from '../tools/stock-clients/mqadmin.ts';
import { prepareStockClient, stockClientNames } from '../tools/stock-clients/stock-client.ts';
import { StockWork } from '../tools/stock-clients/stock-work.ts';
import type { SwitchlabWorld } from './support/world.ts';

defineParameterType({ name: 'stockClient', regexp: new RegExp(stockClientNames.join('|')), transformer: String });

Given('the client {stockClient}', async function (this: SwitchlabWorld, client: string) {
  await prepareStockClient(client);
});

Given('a producer and a consumer of {stockClient} at work', async function (this: SwitchlabWorld, client: string) {
  await this.with(StockWork).isHalfDone(client);
});

When(
  'a producer and a consumer of {stockClient} have done their work',
  async function (this: SwitchlabWorld, client: string) {
    await this.with(StockWork).isDone(client);
  },
);

Given('the stock client of the run, if it has one, is at work', async function (this: SwitchlabWorld) {
  if (this.stockClient !== null) await this.with(StockWork).isHalfDone(this.stockClient);
});

Then('the stock client of the run, if it has one, finds none', async function (this: SwitchlabWorld) {
  if (this.stockClient !== null) await this.with(StockWork).findsNoRoute(this.stockClient);
});

Then('that client goes on by itself and has lost nothing', async function (this: SwitchlabWorld) {
  if (this.stockClient === null) return;
  await this.with(StockWork).comesToItsEnd();
  await this.with(StockWork).keepsEverything(this.trial.killed.atMs);
});

Then('that client finds the new master by itself and has lost nothing', async function (this: SwitchlabWorld) {
  if (this.stockClient === null) return;
  await this.with(StockWork).goesOn({ ...this.trial.killed, fault: 'is killed' });
  await this.with(StockWork).keepsEverything(this.trial.killed.atMs);
});

Then('the client goes on by itself', async function (this: SwitchlabWorld) {
  await this.with(StockWork).goesOn(this.with(MasterLoss).lost);
});

Then(
  'everything acknowledged to the client is delivered, and in the log of the new master',
  async function (this: SwitchlabWorld) {
    await this.with(StockWork).keepsEverything(this.with(MasterLoss).lost.atMs);
  },
);

Then('every send was acknowledged and every message delivered once', async function (this: SwitchlabWorld) {
  await this.with(StockWork).keepsEverything(null);
});

Then('the mqadmin of Apache RocketMQ tells how things are', async function (this: SwitchlabWorld) {
  await this.with(StockTools).tellHowThingsAre();
});
