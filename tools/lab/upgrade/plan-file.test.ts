import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SetupError } from '../setup-error.ts';
import { parsePlan, planNames, readPlan } from './plan-file.ts';

const good = `title: A plan
about: About it.
requirements: [CTL-UPG-01]
from: '<5.0.0'
to: '>=5.0.0'
start: { namesrv: from, controller: none, broker: from, roles: fixed, controllers: none }
stages:
  - title: A stage
    for: each NameServer
    steps:
      - do: stop
        requirement: CTL-UPG-01
        after: [stopped]
        hand: Stop it.
`;

test('every plan can be read', () => {
  assert.ok(planNames().length > 0);
  for (const name of planNames()) assert.equal(readPlan(name).name, name);
});

test('an action is a verb, or a verb with what it takes', () => {
  const actionOf = (text: string) =>
    parsePlan('x', good.replace('do: stop', `do: ${text}`)).stages[0]!.steps[0]!.do as unknown;
  assert.deepEqual(actionOf('stop'), { verb: 'stop', of: null });
  assert.deepEqual(actionOf('{ wait: aligned }'), { verb: 'wait', of: 'aligned' });
  assert.deepEqual(actionOf('{ set: { a: 1 } }'), { verb: 'set', of: { a: 1 } });
});

test('what a plan does not mean is refused with its line', () => {
  const refusals: [from: string, to: string, message: RegExp][] = [
    ['do: stop', 'do: halt', /x\.yaml:11 stages\[0\]\.steps\[0\]\.do: "halt" is no action: one of start, stop/],
    ['do: stop', 'do: { wait: forever }', /x\.yaml:11 .*wait: Invalid option/],
    ['do: stop', 'do: { delete: [../x] }', /x\.yaml:11 .*is no path inside a store/],
    ['after: [stopped]', 'after: [gone]', /x\.yaml:13 stages\[0\]\.steps\[0\]\.after\[0\]: Invalid option/],
    ['requirement: CTL-UPG-01', 'requirement: UPG-01', /x\.yaml:12 .*is no requirement/],
    ["'<5.0.0'", '5', /x\.yaml:4 from: /],
    ['hand: Stop it.', 'by: Stop it.', /steps\[0\]\.hand: Invalid input/],
    ['title: A plan', 'title: [', /x\.yaml: /],
    ['for: each NameServer', 'for: each cat', /x\.yaml:9 stages\[0\]\.for/],
  ];
  for (const [from, to, message] of refusals) {
    const read = () => parsePlan('x', good.replace(from, to));
    assert.throws(read, (thrown) => thrown instanceof SetupError && message.test(thrown.message), String(message));
  }
  assert.throws(() => readPlan('none'), /Cannot read the plan "none".*Plans: .*nameservers-one-by-one/);
});
