import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseProperties } from '../../reference-impl/config/properties.ts';
import { cases } from './cases.fixture.ts';
import { file, found } from './cluster.fixture.ts';
import type { Role } from './conf-file.ts';
import { shown } from './shown.ts';

for (const { finds, bad, nearMiss, probes } of cases) {
  test(`${finds.join(' and ')}: found, and not in its near-miss`, () => {
    assert.deepEqual(found(bad, probes), finds);
    assert.deepEqual(found(nearMiss, probes), []);
  });
}

interface Exchange {
  readonly decoded: { readonly response?: { readonly body?: unknown } };
}

/** The configuration that a process tells is what it writes into its file when it is told to change it. */
function persistedBy(release: string, role: Role) {
  const captured = new URL(`../../golden/remoting/captured-${release}.json`, import.meta.url);
  const exchanges = JSON.parse(readFileSync(captured, 'utf8')) as Exchange[];
  const sign = role === 'broker' ? 'storePathRootDir=' : 'controllerDLegerPeers=';
  const bodies = exchanges.map(({ decoded }) => decoded.response?.body);
  const text = bodies.find((body): body is string => typeof body === 'string' && body.includes(sign))!;
  return file(
    `${role}.conf`,
    role,
    {},
    { version: release, assumed: true, more: parseProperties(text, `${role}.conf`) },
  );
}

for (const [release, role] of [
  ['4.9.7', 'broker'],
  ['5.3.3', 'broker'],
  ['5.3.3', 'namesrv'],
] as const) {
  test(`a file that a ${role} of ${release} wrote itself holds no key that is passed over`, () => {
    const kinds = found([persistedBy(release, role)]);
    assert.deepEqual(
      kinds.filter((kind) => /^D[67]\//.test(kind)),
      [],
    );
  });
}

test('values that hold a secret are not shown', () => {
  for (const key of ['metricsGrpcExporterHeader', 'metricsPromExporterHeader', 'socksProxyConfig', 'sslKeyPassword'])
    assert.equal(shown(key, 'Bearer abc'), `${key} = ****`);
});

test('a class within a class is no variable', () => {
  const more = (key: string, value: string) => [file('b.conf', 'broker', {}, { more: [{ key, value, line: 1 }] })];
  assert.deepEqual(found(more('authenticationProvider', 'com.acme.Auth$Provider')), []);
  assert.deepEqual(found(more('storePathRootDir', '$HOME/store')), ['D6/variable']);
});
