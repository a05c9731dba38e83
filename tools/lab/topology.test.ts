import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { brokerFileKeys } from '../../reference-impl/config/broker.ts';
import { controllerFileKeys } from '../../reference-impl/config/controller.ts';
import { namesrvFileKeys } from '../../reference-impl/config/namesrv.ts';
import { readProfile } from './profile.ts';
import { SettingsFile } from './settings-file.ts';
import { SetupError } from './setup-error.ts';
import { readTopology } from './topology.ts';

const configs = path.resolve(import.meta.dirname, '../../configs');
const namesOf = (folder: string) =>
  globSync('**/*.yaml', { cwd: path.join(configs, folder) }).map((file) => file.replace(/\.yaml$/, ''));

test('every topology file can be read', () => {
  const names = namesOf('topologies');
  assert.ok(names.length >= 7);
  for (const name of names) readTopology(name);
});

test('parts join to one topology', () => {
  const { namesrvs, controllers, brokers } = readTopology('nameservers/old-and-controller', 'brokers/fixed-role');
  assert.deepEqual(namesrvs, [{ release: 'old', controller: false, guest: false, config: {} }]);
  assert.equal(controllers.length, 1);
  const group = { group: 'broker-a', release: 'new', roles: 'fixed', replicas: 2, guests: [], config: {} };
  assert.deepEqual(brokers, [{ ...group, toldControllers: true }]);
});

test('every profile names only keys that RocketMQ has', () => {
  const tables = { namesrv: namesrvFileKeys, controller: controllerFileKeys, broker: brokerFileKeys };
  for (const name of namesOf('profiles')) {
    const { keys } = readProfile(name);
    for (const [role, settings] of Object.entries(keys)) {
      const known: object = tables[role as keyof typeof tables];
      for (const key of Object.keys(settings)) assert.ok(Object.hasOwn(known, key), `${name}: ${role}.${key}`);
    }
  }
});

test('what a settings file does not mean is refused with its place', () => {
  const node = (values: unknown) => new SettingsFile('x.yaml', values);
  const refusals: [() => unknown, RegExp][] = [
    [() => node({ release: 'older' }).oneOf('release', ['old', 'new']), /x\.yaml release must be one of old, new/],
    [() => node({ replicas: 0 }).count('replicas'), /replicas must be a positive integer/],
    [() => node({ guests: [0, -1] }).indexes('guests'), /guests must be a list of places from 0/],
    [() => node({ controller: 'yes' }).flag('controller'), /controller must be true or false/],
    [() => node({ ready: 30 }).durationMs('ready'), /ready must be a duration such as "30 s"/],
    [() => node({ config: { a: [] } }).settings('config'), /config\.a is no plain value/],
    [() => node([]), /is no mapping/],
    [() => node({ brokers: {} }).list('brokers'), /brokers is no list/],
    [() => node({ typo: 1 }).end(), /unknown keys: typo/],
    [() => readTopology('nameservers/none'), /Cannot read .*nameservers\/none\.yaml/],
    [() => readProfile('none'), /Cannot read/],
  ];
  for (const [read, message] of refusals) {
    assert.throws(read, (thrown) => thrown instanceof SetupError && message.test(thrown.message), String(message));
  }
});
