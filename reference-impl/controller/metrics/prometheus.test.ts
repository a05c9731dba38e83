// Holds our exporter to what a 5.3.3 controller exported after the same requests: the same samples with the same labels,
// and the same values where these do not depend on time.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { directDial } from '../../base/address.ts';
import { silentLog } from '../../base/log.ts';
import type { Running } from '../../base/running.ts';
import { type ControllerConfig, controllerConfig } from '../../config/controller.ts';
import { startController } from '../start.ts';
import { talkToController } from './conversation.fixture.ts';

const recorded = readFileSync(new URL('../../../golden/controller/metrics-5.3.3.txt', import.meta.url), 'utf8');

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function start(t: TestContext, more: Partial<ControllerConfig>): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'metrics-'));
  let running: Running | null = null;
  t.after(async () => {
    await running?.stop();
    rmSync(folder, { recursive: true });
  });
  const config = controllerConfig({
    bindAddress: '127.0.0.1',
    controllerDLegerGroup: 'grp',
    controllerDLegerPeers: `n0-127.0.0.1:${await freePort()}`,
    controllerDLegerSelfId: 'n0',
    controllerStorePath: folder,
    configStorePath: join(folder, 'controller.properties'),
    mappedFileSize: 65536,
    metricsPromExporterHost: '127.0.0.1',
    ...more,
  });
  running = await startController({ config, log: silentLog, addressBook: directDial });
  return running;
}

/** Labels (without where the controller runs) to value, by sample; without the moment and buckets. */
function samplesOf(text: string): Map<string, string> {
  const samples = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name, labels, value] = /^(\w+)\{(.*)\} (\S+)/.exec(line) ?? [];
    if (name === undefined || /^(target|otel_scope)_info$|_bucket$/.test(name)) continue;
    const kept = [...labels!.matchAll(/(\w+)="([^"]*)"/g)].filter(([, label]) => label !== 'address');
    const sorted = kept.map(([, label, text]) => `${label}=${text}`).sort();
    samples.set(`${name} ${sorted.join(' ')}`, String(Number(value)));
  }
  return samples;
}

test('the samples of a real controller, with its labels and its counts', async (t) => {
  const { addresses } = await start(t, {
    metricsExporterType: 'PROM',
    metricsPromExporterPort: 0,
    metricsLabel: 'zone:a,rack:7,useless',
  });
  const scrape = async () => (await fetch(`http://${addresses.metrics}/metrics`)).text();
  const ours = samplesOf(await talkToController(addresses.controller!, scrape));
  const theirs = samplesOf(recorded);
  assert.ok(theirs.size > 30, `${theirs.size} samples were recorded`);
  assert.deepEqual([...ours.keys()].sort(), [...theirs.keys()].sort());
  // Theirs counts the empty entry of the new leader among its appends, and begins to count roles at FOLLOWER.
  const differing = /_sum |dledger_disk_usage_bytes |dledger_op_|^role /;
  for (const [sample, value] of theirs) if (!differing.test(sample)) assert.equal(ours.get(sample), value, sample);
  assert.equal([...ours].find(([sample]) => sample.startsWith('role '))![1], '3');
});

test('buckets are those of a real controller', async (t) => {
  const { addresses } = await start(t, { metricsExporterType: 'PROM', metricsPromExporterPort: 0 });
  const scrape = async () => (await fetch(`http://${addresses.metrics}/`)).text();
  const bounds = (text: string) =>
    [...text.matchAll(/request_latency_microseconds_bucket\{.*?le="([^"]+)"/g)].map(([, bound]) =>
      bound === '+Inf' ? Infinity : Number(bound),
    );
  const ours = new Set(bounds(await talkToController(addresses.controller!, scrape)));
  assert.deepEqual(ours, new Set(bounds(recorded)));
});

test('without an exporter type nothing listens, and others than Prometheus are refused by name', async (t) => {
  const { addresses } = await start(t, {});
  assert.equal(addresses.metrics, undefined);
  await assert.rejects(start(t, { metricsExporterType: 'LOG' }), { code: 'NOT_BUILT' });
});

test('a taken metrics port is PORT_IN_USE with the address', async (t) => {
  const { addresses } = await start(t, { metricsExporterType: 'PROM', metricsPromExporterPort: 0 });
  const port = Number(addresses.metrics!.split(':')[1]);
  await assert.rejects(start(t, { metricsExporterType: 'PROM', metricsPromExporterPort: port }), {
    code: 'PORT_IN_USE',
    message: new RegExp(`127.0.0.1:${port}`),
  });
});
