import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controllerConfig, controllerMembers } from './controller.ts';

const peers = 'n0-127.0.0.1:9878;n1-127.0.0.1:9868;my-host-b.example:9858';

test('a member finds itself among the peers', () => {
  const config = controllerConfig({ controllerDLegerPeers: peers, controllerDLegerSelfId: 'n1' });
  const members = controllerMembers(config);
  assert.equal(members.selfAddress, '127.0.0.1:9868');
  assert.deepEqual([...members.peers.keys()], ['n0', 'n1', 'my']);
  assert.match(config.controllerStorePath, /\/DLedgerController$/);
});

const refused: [string, string, string][] = [
  ['', 'n0', 'CONTROLLER_PEERS_ILLEGAL'],
  ['127.0.0.1:9878', 'n0', 'CONTROLLER_PEERS_ILLEGAL'],
  ['n0-127.0.0.1', 'n0', 'CONTROLLER_PEERS_ILLEGAL'],
  ['n0-a:1;n0-b:1', 'n0', 'CONTROLLER_PEERS_ILLEGAL'],
  [peers, 'n7', 'CONTROLLER_SELF_ID_UNKNOWN'],
  [peers, '', 'CONTROLLER_SELF_ID_UNKNOWN'],
];
for (const [controllerDLegerPeers, controllerDLegerSelfId, code] of refused) {
  test(`peers "${controllerDLegerPeers}" with self id "${controllerDLegerSelfId}" are refused`, () => {
    const config = controllerConfig({ controllerDLegerPeers, controllerDLegerSelfId });
    assert.throws(() => controllerMembers(config), { code });
  });
}
