import { configHandlers } from './operations/config-handlers.ts';
import { connectionHandlers } from './operations/connection-handlers.ts';
import { messageHandlers } from './operations/message-handlers.ts';
import { resetOffsetHandlers } from './operations/reset-offset.ts';
import { runtimeInfoHandlers } from './operations/runtime-info.ts';
import { statisticsHandlers } from './operations/statistics-handlers.ts';
import type { Broker, Handlers } from './broker.ts';
import { clientHandlers } from './clients/handlers.ts';
import { groupHandlers } from './groups/handlers.ts';
import { offsetHandlers } from './offsets/handlers.ts';
import type { PullPath } from './pull/pull-path.ts';
import { roleHandlers } from './role/handlers.ts';
import { sendBackHandlers } from './send/send-back.ts';
import type { SendPath } from './send/send-path.ts';
import { topicHandlers } from './topics/handlers.ts';

/** Everything a broker answers, but pulls: the fast port does not serve those. Other codes are answered with 3. */
export function fastPortHandlers(broker: Broker, sendPath: SendPath): Handlers {
  const { release, role, store } = broker;
  return {
    ...sendPath.handlers(),
    ...sendBackHandlers(broker, sendPath.acknowledgements),
    ...offsetHandlers(broker),
    ...clientHandlers(broker),
    ...topicHandlers(broker),
    ...groupHandlers(broker),
    ...configHandlers(broker),
    ...runtimeInfoHandlers(broker, sendPath.acknowledgements),
    ...statisticsHandlers(broker),
    ...connectionHandlers(broker),
    ...messageHandlers(broker),
    ...resetOffsetHandlers(broker),
    ...(release === 'new' ? roleHandlers({ config: () => broker.config, role, store }) : {}),
  };
}

/** Everything a broker answers. */
export function brokerHandlers(broker: Broker, sendPath: SendPath, pullPath: PullPath): Handlers {
  return { ...fastPortHandlers(broker, sendPath), ...pullPath.handlers() };
}
