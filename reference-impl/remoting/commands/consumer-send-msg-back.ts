// CONSUMER_SEND_MSG_BACK (36), push consumer -> broker.
//   request  ext offset! (commit log), group!, delayLevel! (-1 DLQ, 0 broker decides), originMsgId?, originTopic?,
//                unitMode, maxReconsumeTimes?
//   response nothing
// Source: ConsumerSendMsgBackRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const consumerSendMsgBack = defineCommand({
  code: RequestCode.CONSUMER_SEND_MSG_BACK,
  request: {
    offset: 'long',
    group: 'string',
    delayLevel: 'int',
    originMsgId: 'string',
    originTopic: 'string',
    unitMode: 'boolean',
    maxReconsumeTimes: 'int',
  },
  response: {},
});
