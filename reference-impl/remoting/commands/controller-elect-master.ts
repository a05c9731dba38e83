// CONTROLLER_ELECT_MASTER (1002), broker, tools or the controller itself -> controller leader.
//   request  ext clusterName!, brokerName!, brokerId! (-1: asked by the controller), designateElect! (true: this broker or
//                nobody), invokeTime? ms
//   response ext masterBrokerId?, masterAddress?, masterEpoch?, syncStateSetEpoch?
//            body {"brokerMemberGroup":{"brokerAddrs":{<id>:"ip:port"},"brokerName","cluster"},"syncStateSet":[<id>]};
//                 with 2011 only syncStateSet; with 2004, 2010 and 2012 no body
// Source: ElectMasterRequestHeader, ElectMasterResponseHeader, ElectMasterResponseBody, 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const controllerElectMaster = defineCommand({
  code: RequestCode.CONTROLLER_ELECT_MASTER,
  request: {
    clusterName: 'string',
    brokerName: 'string',
    brokerId: 'long',
    designateElect: 'boolean',
    invokeTime: 'long',
  },
  response: { masterBrokerId: 'long', masterAddress: 'string', masterEpoch: 'int', syncStateSetEpoch: 'int' },
});
