import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { adminCommands } from '../../reference-impl/admin/commands.ts';
import { temporaryFolder } from '../lab/folders.ts';
import { parseOneTarget } from '../lab/targets.ts';
import { planNames, readPlan } from '../lab/upgrade/plan-file.ts';
import { commandsIn } from './commands-in.ts';
import { Rehearsal, type RehearsalResult } from './rehearsal.ts';
import { renderMarkdown, runbookOf } from './runbook.ts';
import { renderRunbookHtml } from './runbook-html.ts';
import { sampleControllers, sampleServers } from './samples.fixture.ts';

const names = { from: 'reference:old', to: 'reference:new', notes: ['Mind the <gap>.'] };

/** The plan on sample files, with nothing started, and where its copies would be. */
async function prepared(planName: string, paths: readonly string[], folder: string): Promise<Rehearsal> {
  return await Rehearsal.prepare({
    servers: sampleServers(paths),
    plan: readPlan(planName),
    from: parseOneTarget(names.from),
    to: parseOneTarget(names.to),
    profile: 'documented',
    seed: 1,
    stores: new Map(),
    folder: path.join(folder, 'site'),
    evidenceFolder: folder,
    overrides: {},
    showTheLoss: false,
    onEvent: () => undefined,
    onProgress: () => undefined,
  });
}

test('a runbook names the hosts and files of the user, and nothing of the rehearsal', async () => {
  await using folder = await temporaryFolder();
  await using rehearsal = await prepared('master-slave-aligned', ['production-4.9', ...sampleControllers], folder.path);
  const runbook = runbookOf(readPlan('master-slave-aligned'), names, rehearsal.script(), null, []);
  for (const text of [renderMarkdown(runbook), renderRunbookHtml(runbook)]) {
    for (const host of ['a-0', 'a-1', 'b-0', 'b-1', 'c-0', 'c-1'])
      assert.ok(text.includes(`mq-${host}.example.com`), host);
    assert.ok(text.includes('production-4.9/broker-a-0.conf'));
    assert.ok(text.includes('/data/rocketmq/store'));
    assert.match(text, /Mind the (<|&lt;)gap(>|&gt;)\./);
    assert.doesNotMatch(text, /127\.0\.0\.1/);
    assert.doesNotMatch(text, new RegExp(folder.path));
    assert.doesNotMatch(text, /\{[\w.]+\}|undefined|\[object/);
  }
});

test('each step has what to do, what to check, the way back, and what it took', async () => {
  await using folder = await temporaryFolder();
  const plan = readPlan('master-slave-aligned');
  await using rehearsal = await prepared(plan.name, ['production-4.9', ...sampleControllers], folder.path);
  const script = rehearsal.script();
  const steps = script
    .slice(0, 2)
    .map((step) => ({ step, outcome: 'held', ms: 1_234, reason: null, seen: [] }) as const);
  const failed = { step: script[2]!, outcome: 'failed', ms: 10, reason: 'broker-a-1 ends at 5', seen: [] } as const;
  const play = { outcome: 'failed', steps: [...steps, failed], harms: [], downtimes: [] } as const;
  const result: RehearsalResult = { script, play, judgement: null, ownLogs: [] };
  const text = renderMarkdown(runbookOf(plan, names, script, result, ['Steps: one failed.']));
  const first = text.slice(text.indexOf('\n1. '), text.indexOf('\n2. '));
  assert.match(
    first,
    /`mqadmin updateBrokerConfig -b mq-a-0\.example\.com:10911 -k brokerPermission -v 4`\. Producers/,
  );
  assert.match(first, /- Before: every NameServer lists the master/);
  assert.match(first, /- Go on when no NameServer has a writable queue/);
  assert.match(
    first,
    /- Rollback: `mqadmin updateBrokerConfig -b mq-a-0\.example\.com:10911 -k brokerPermission -v 6`/,
  );
  assert.match(first, /- Rehearsed: held after 1\.2 s$/m);
  assert.match(text, /^ +- Rehearsed: failed after 0\.0 s: broker-a-1 ends at 5$/m);
  assert.match(text, /^- Steps: one failed\.$/m);
  assert.equal(text.match(/Rehearsed:/g)!.length, 3);
  assert.equal(text.match(/^## A group enters controller mode \(broker-[abc]\)$/gm)!.length, 3);
});

test('points of no return and harm are marked', async () => {
  await using folder = await temporaryFolder();
  const plan = readPlan('master-slave-slave-first');
  await using rehearsal = await prepared(plan.name, ['production-4.9', ...sampleControllers], folder.path);
  const [first, ...others] = rehearsal.script();
  const runbook = runbookOf(plan, names, [{ ...first!, noReturn: 'It is <gone>.' }, ...others], null, []);
  assert.match(renderMarkdown(runbook), /- \*\*No way back from here:\*\* It is <gone>\./);
  assert.match(
    renderMarkdown(runbook),
    /- \*\*Harm:\*\* A slave with a shorter log becomes master.* Harmless while the commit logs/,
  );
  assert.match(
    renderRunbookHtml(runbook),
    /<span class="no-return">No way back from here: It is &lt;gone&gt;\.<\/span>/,
  );
});

test('every mqadmin command of a plan is one, with options that it takes, and no shell cuts it', () => {
  const common = ['n', 'h', 'i'];
  const sentences = planNames().flatMap((name) =>
    readPlan(name).stages.flatMap(({ steps }) => steps.flatMap(({ hand, rollback }) => [hand, rollback?.hand ?? ''])),
  );
  const commands = sentences
    .flatMap((text) => commandsIn(text.replaceAll(/\s+/g, ' ')))
    .filter(({ text, isCommand }) => isCommand && text.startsWith('mqadmin'));
  assert.ok(commands.length > 20);
  for (const { text } of commands) {
    const command = adminCommands.find(({ name }) => name === text.split(' ')[1]);
    assert.ok(command, text);
    const known = [...command.options('new').map(({ short }) => short), ...common];
    for (const [, option] of text.matchAll(/ -(\w)/g)) assert.ok(known.includes(option!), text);
    for (const { short, required } of command.options('new'))
      assert.ok(!required || text.includes(` -${short} `), text);
    // Lists are joined by semicolons.
    assert.doesNotMatch(text, /[^']\{(namesrvs|controllers|peers)\}/);
  }
});
