import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { RequestCode, ResponseCode } from '../remoting/codes.ts';
import type { TopicRouteData } from '../remoting/commands/get-routeinfo-by-topic.ts';
import type { RemotingCommand } from '../remoting/types.ts';
import type { NamesrvCalls } from './namesrv-calls.ts';
import { RefusedError } from './refused.ts';
import { createRouteCache } from './route-cache.ts';

const known = { queueDatas: [], brokerDatas: [] } as unknown as TopicRouteData;
const refusal = { code: ResponseCode.TOPIC_NOT_EXIST, remark: 'No topic route info' } as RemotingCommand;
const unknown = new RefusedError('127.0.0.1:9876', RequestCode.GET_ROUTEINFO_BY_TOPIC, refusal);

/** A cache over NameServers that answer so, one after the other. */
function cacheOver(answers: (TopicRouteData | Error)[]) {
  const topicRoute = async () => {
    const answer = answers.shift()!;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const options = { log: silentLog, clock: systemClock, pollNameServerInterval: 60_000 };
  return createRouteCache({ topicRoute } as unknown as NamesrvCalls, options);
}

test('a route stays when a NameServer does not answer, or has just started and does not know the topic', async (t) => {
  const cache = cacheOver([known, unknown, new Error('closed'), known]);
  t.after(() => cache.stop());
  assert.equal(await cache.route('T'), known);
  for (let i = 0; i < 3; i++) assert.equal(await cache.refresh('T'), known);
});

test('a topic that was never known has no route, and gets one when it is', async (t) => {
  const cache = cacheOver([unknown, known]);
  t.after(() => cache.stop());
  assert.equal(await cache.route('T'), null);
  assert.equal(cache.cached('T'), null);
  assert.equal(await cache.route('T'), known);
});
