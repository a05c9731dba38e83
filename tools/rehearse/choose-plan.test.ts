import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SetupError } from '../lab/setup-error.ts';
import { parseOneTarget } from '../lab/targets.ts';
import { choosePlan } from './choose-plan.ts';
import { sampleControllers as controllers, sampleServers } from './samples.fixture.ts';

interface Asked {
  readonly files: readonly string[];
  /** Those of the files that join. */
  readonly add?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly plan?: string;
}

function chosen({ files, add, from = 'reference:old', to = 'reference:new', plan }: Asked): string {
  return choosePlan(plan, sampleServers(files, { add }), parseOneTarget(from), parseOneTarget(to)).name;
}

function refused(asked: Asked, ...messages: readonly RegExp[]): void {
  assert.throws(
    () => chosen(asked),
    (thrown) => {
      assert.ok(thrown instanceof SetupError, String(thrown));
      for (const message of messages) assert.match(thrown.message, message);
      return true;
    },
  );
}

test('the only plan that leads these files there is taken', () => {
  assert.equal(chosen({ files: ['production'], from: 'reference:new' }), 'rolling-restart');
});

test('plans that fit are listed when several do; one that does harm is none of them', () => {
  const files = ['production-4.9', ...controllers];
  refused(
    { files },
    /These plans fit your files; name one:/,
    /--plan master-slave-aligned\n/,
    /--plan master-slave-by-copy\n/,
    /--plan master-slave-master-first\n/,
    /^(?!.*slave-first)/s,
    /^(?!.*dledger)/s,
  );
});

test('a plan that does harm is taken when it is named', () => {
  const files = ['production-4.9', ...controllers];
  assert.equal(chosen({ files, plan: 'master-slave-slave-first' }), 'master-slave-slave-first');
});

test('when no plan fits, each says why not', () => {
  refused(
    { files: ['production-4.9'], from: 'reference:new' },
    /No plan leads these files from reference:new to reference:new/,
    /--plan master-slave-aligned\n.*\n +but it upgrades <5\.0\.0, and reference:new is 5\.3\.3\./,
    /--plan rolling-restart\n.*\n +but its brokers have elected roles, and broker-a-0 has fixed ones\./,
  );
});

test('a plan that is named and does not fit says why', () => {
  const plan = 'master-slave-aligned';
  refused({ files: ['production-4.9'], plan }, /begins with controllers apart, and there are 0 apart/);
  refused({ files: ['production'], plan }, /its brokers have fixed roles, and broker-a-0 has elected ones/);
  const one = ['production-4.9/namesrv-1.conf', 'production-4.9/namesrv-2.conf', 'production-4.9/broker-a-0.conf'];
  refused({ files: [...one, ...controllers], plan }, /it needs 2 replicas in each group, and broker-a has 1/);
  refused({ files: ['production-4.9'], plan: 'no-such' }, /Cannot read the plan "no-such"/);
});

test('controllers that a plan adds are none that run', () => {
  const plan = 'master-slave-beside-old-nameservers';
  assert.equal(chosen({ files: ['production-4.9', ...controllers], plan }), plan);
  refused({ files: ['production-4.9'], plan }, /it adds controllers, and the site names none to add/);
});

test('what a plan adds, and nothing else, is given as such', () => {
  const from = 'reference:new';
  refused({ files: ['production'], from, plan: 'controllers-one-to-three' }, /adds controllers .* with --add/);
  const three = { files: ['production'], add: ['production/controller-2.conf', 'production/controller-3.conf'], from };
  assert.equal(chosen({ ...three, plan: 'controllers-one-to-three' }), 'controllers-one-to-three');
  refused({ ...three, plan: 'rolling-restart' }, /it adds no controller, and --add gives controller-2/);
  const names = ['namesrv-1', 'namesrv-2', 'broker-a-0', 'broker-a-1', 'broker-b-0'];
  const files = [...controllers, ...names.map((name) => `production/${name}.conf`)];
  refused(
    { files, add: ['production/broker-b-0.conf'], from, plan: 'rolling-restart' },
    /it adds no broker, and --add gives broker-b-0/,
  );
});

test('a controller moves into a NameServer of its own host', () => {
  refused(
    { files: ['production'], from: 'reference:new', plan: 'controllers-into-nameservers' },
    /there is none for controller-1 on mq-ctl-1\.example\.com/,
  );
});
