// UPDATE_AND_CREATE_TOPIC (17), tools -> broker.
//   request  ext topic!, defaultTopic!, readQueueNums!, writeQueueNums!, perm!, topicFilterType!, topicSysFlag?, order!;
//                new: attributes? (`+key=value,-key`), force?
//   response nothing
// Source: CreateTopicRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const updateAndCreateTopic = defineCommand({
  code: RequestCode.UPDATE_AND_CREATE_TOPIC,
  request: {
    topic: 'string',
    defaultTopic: 'string',
    readQueueNums: 'int',
    writeQueueNums: 'int',
    perm: 'int',
    topicFilterType: 'string',
    topicSysFlag: 'int',
    order: 'boolean',
    attributes: 'string',
    force: 'boolean',
  },
  response: {},
});
