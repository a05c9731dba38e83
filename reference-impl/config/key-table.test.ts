import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { defaultOf, type KeySpec, type KeyTable, type Machine } from './key-table.ts';
import { authKeys } from './keys/auth.ts';
import { brokerKeys } from './keys/broker.ts';
import { controllerKeys } from './keys/controller.ts';
import { jraftKeys } from './keys/jraft.ts';
import { messageStoreKeys } from './keys/message-store.ts';
import { namesrvKeys } from './keys/namesrv.ts';
import { nettyClientKeys } from './keys/netty-client.ts';
import { nettyServerKeys } from './keys/netty-server.ts';

const tables: Record<string, KeyTable> = {
  BrokerConfig: brokerKeys,
  MessageStoreConfig: messageStoreKeys,
  NettyServerConfig: nettyServerKeys,
  NettyClientConfig: nettyClientKeys,
  NamesrvConfig: namesrvKeys,
  ControllerConfig: controllerKeys,
  JraftConfig: jraftKeys,
  AuthConfig: authKeys,
};

// golden/config/keys-*.json: setters and defaults of the stock classes, by reflection, with user.home /home/u, 3 cores and
// no environment: {"BrokerConfig": {"aclEnable": ["boolean", "false"], ...}}.
const machine: Machine = { cores: 3, home: '/home/u', hostName: 'host', address: '10.0.0.1', env: {} };

/** Defaults that depend on the network or the host name, that start-up derives, or that are ours for a reason. */
const derived = new Set([
  'bindAddress',
  'brokerIP1',
  'brokerIP2',
  'brokerName',
  'storePathCommitLog',
  'storePathEpochFile',
]);
derived.add('storePathBrokerIdentity').add('controllerStorePath').add('storePathDLedgerCommitLog');

for (const [release, version] of [
  ['old', '4.9.7'],
  ['new', '5.3.3'],
] as const) {
  const file = new URL(`../../golden/config/keys-${version}.json`, import.meta.url);
  const classes = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, [string, string | null]>>;
  for (const [name, keys] of Object.entries(classes)) {
    const table = tables[name]!;
    const known = Object.keys(table).filter((key) => table[key]!.releases.includes(release));
    test(`${version} ${name}: the keys of the table are the setters of the class`, () => {
      assert.deepEqual(known.toSorted(), Object.keys(keys).toSorted());
    });
    test(`${version} ${name}: types and defaults are those of the class`, () => {
      for (const key of known.filter((candidate) => Object.hasOwn(keys, candidate))) {
        const [type, value] = keys[key]!;
        const spec = table[key] as KeySpec<unknown>;
        assert.equal(spec.kind === 'enum' ? 'String' : javaTypes[spec.kind], type, key);
        if (!derived.has(key)) assert.equal(String(defaultOf(spec, release, machine)), value ?? '', key);
      }
    });
  }
}

const javaTypes = { int: 'int', long: 'long', double: 'double', boolean: 'boolean', string: 'String' };
