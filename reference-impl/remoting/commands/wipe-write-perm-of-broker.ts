// WIPE_WRITE_PERM_OF_BROKER (205), tool -> NameServer.
//   request  ext brokerName!
//   response ext wipeTopicCount!
// Source: WipeWritePermOfBrokerRequestHeader, WipeWritePermOfBrokerResponseHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const wipeWritePermOfBroker = defineCommand({
  code: RequestCode.WIPE_WRITE_PERM_OF_BROKER,
  request: { brokerName: 'string' },
  response: { wipeTopicCount: 'int' },
});
