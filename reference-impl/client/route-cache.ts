import type { Clock } from '../base/clock.ts';
import { errorText } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { ResponseCode } from '../remoting/codes.ts';
import type { TopicRouteData } from '../remoting/commands/get-routeinfo-by-topic.ts';
import type { NamesrvCalls } from './namesrv-calls.ts';
import { refusalCode } from './refused.ts';

export interface RouteCacheOptions {
  readonly log: Log;
  readonly clock: Clock;
  /** Every route asked for is asked again this often, ms; 30000 in RocketMQ. */
  readonly pollNameServerInterval: number;
}

/** Routes of the topics that a client uses, kept fresh by polling. */
export interface RouteCache {
  /** The cached route, asked for when there is none yet; null while no NameServer has known the topic. */
  route(topic: string): Promise<TopicRouteData | null>;
  /** The last route that was told; null before there was one. */
  cached(topic: string): TopicRouteData | null;
  /**
   * Asks now. A NameServer that does not answer, or does not know the topic (it has just started, and brokers register in
   * their time), leaves the last route in place: that is what clients live on.
   */
  refresh(topic: string): Promise<TopicRouteData | null>;
  stop(): void;
}

export function createRouteCache(namesrv: NamesrvCalls, options: RouteCacheOptions): RouteCache {
  const { log, clock, pollNameServerInterval } = options;
  const routes = new Map<string, TopicRouteData | null>();
  const underWay = new Map<string, Promise<TopicRouteData | null>>();

  async function ask(topic: string): Promise<TopicRouteData | null> {
    try {
      routes.set(topic, await namesrv.topicRoute(topic));
    } catch (thrown) {
      if (refusalCode(thrown) === ResponseCode.TOPIC_NOT_EXIST) routes.set(topic, routes.get(topic) ?? null);
      else log.warn({ topic, error: errorText(thrown) }, 'no NameServer told the route');
    }
    return routes.get(topic) ?? null;
  }

  function refresh(topic: string): Promise<TopicRouteData | null> {
    const asked = underWay.get(topic) ?? ask(topic).finally(() => underWay.delete(topic));
    underWay.set(topic, asked);
    return asked;
  }

  const timer = clock.every(pollNameServerInterval, () => {
    // `ask` never rejects: what it cannot learn it logs.
    for (const topic of routes.keys()) void refresh(topic);
  });

  return {
    refresh,
    cached: (topic) => routes.get(topic) ?? null,
    route: async (topic) => routes.get(topic) ?? refresh(topic),
    stop: () => timer.cancel(),
  };
}
