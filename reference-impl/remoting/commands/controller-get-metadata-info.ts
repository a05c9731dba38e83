// CONTROLLER_GET_METADATA_INFO (1005), broker or tools -> any controller, which answers from what it knows itself.
//   request  nothing
//   response ext group!, controllerLeaderId?, controllerLeaderAddress? (absent during an election), isLeader! (of the
//                answering node), peers! (`n0:host:port;n1:host:port;`)
// Source: GetMetaDataResponseHeader, 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const controllerGetMetadataInfo = defineCommand({
  code: RequestCode.CONTROLLER_GET_METADATA_INFO,
  request: {},
  response: {
    group: 'string',
    controllerLeaderId: 'string',
    controllerLeaderAddress: 'string',
    isLeader: 'boolean',
    peers: 'string',
  },
});
