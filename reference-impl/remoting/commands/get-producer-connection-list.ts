// GET_PRODUCER_CONNECTION_LIST (204), tools -> broker.
//   request  ext producerGroup!
//   response body {"connectionSet":[{"clientAddr","clientId","language","version"}]}; none: 1
// Source: GetProducerConnectionListRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const getProducerConnectionList = defineCommand({
  code: RequestCode.GET_PRODUCER_CONNECTION_LIST,
  request: { producerGroup: 'string' },
  response: {},
});
