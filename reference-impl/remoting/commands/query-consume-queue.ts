// QUERY_CONSUME_QUEUE (321), tools -> broker.
//   request  ext topic!, queueId!, index!, count!, consumerGroup?
//   response body {"maxQueueIndex","minQueueIndex","queueData":[{"bitMap","eval","extendDataJson","msg","physicOffset",
//              "physicSize","tagsCode"}]}
// Source: QueryConsumeQueueRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const queryConsumeQueue = defineCommand({
  code: RequestCode.QUERY_CONSUME_QUEUE,
  request: { topic: 'string', queueId: 'int', index: 'long', count: 'int', consumerGroup: 'string' },
  response: {},
});
