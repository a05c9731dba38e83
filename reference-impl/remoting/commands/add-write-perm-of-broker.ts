// ADD_WRITE_PERM_OF_BROKER (327), tool -> NameServer.
//   request  ext brokerName!
//   response ext addTopicCount!
// Source: AddWritePermOfBrokerRequestHeader, AddWritePermOfBrokerResponseHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const addWritePermOfBroker = defineCommand({
  code: RequestCode.ADD_WRITE_PERM_OF_BROKER,
  request: { brokerName: 'string' },
  response: { addTopicCount: 'int' },
});
