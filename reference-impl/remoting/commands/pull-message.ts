// PULL_MESSAGE (11), LITE_PULL_MESSAGE (361, new), consumer -> broker.
//   request  ext consumerGroup!, topic!, queueId!, queueOffset!, maxMsgNums!, sysFlag! (PullSysFlag), commitOffset!,
//                suspendTimeoutMillis!, subVersion!, subscription?, expressionType?; new: maxMsgBytes?
//   response ext suggestWhichBrokerId!, nextBeginOffset!, minOffset!, maxOffset!; new: topicSysFlag, groupSysFlag, forbiddenType?
//            remark = name of the store status               body whole records back to back
// Source: PullMessageRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const pullMessage = defineCommand({
  code: RequestCode.PULL_MESSAGE,
  request: {
    consumerGroup: 'string',
    topic: 'string',
    queueId: 'int',
    queueOffset: 'long',
    maxMsgNums: 'int',
    sysFlag: 'int',
    commitOffset: 'long',
    suspendTimeoutMillis: 'long',
    subscription: 'string',
    subVersion: 'long',
    expressionType: 'string',
    maxMsgBytes: 'int',
  },
  response: {
    suggestWhichBrokerId: 'long',
    nextBeginOffset: 'long',
    minOffset: 'long',
    maxOffset: 'long',
    topicSysFlag: 'int',
    groupSysFlag: 'int',
    forbiddenType: 'int',
  },
});
