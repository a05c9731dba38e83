// INVOKE_BROKER_TO_RESET_OFFSET (222), tools -> broker.
//   request  ext topic!, group!, timestamp! (-1: end), isForce!; new: queueId (-1: all), offset (-1: by time)
//   response body {"offsetTable":{<queue>:offset}}
// Source: ResetOffsetRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const invokeBrokerToResetOffset = defineCommand({
  code: RequestCode.INVOKE_BROKER_TO_RESET_OFFSET,
  request: {
    topic: 'string',
    group: 'string',
    timestamp: 'long',
    isForce: 'boolean',
    queueId: 'int',
    offset: 'long',
  },
  response: {},
});
