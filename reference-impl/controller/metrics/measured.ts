import type { RemotingServer } from '../../remoting/types.ts';
import type { ControllerMetrics } from './metrics.ts';

/** `server` with every request that it gets counted and timed. */
export function measured(
  server: Pick<RemotingServer, 'handle'>,
  metrics: ControllerMetrics,
): Pick<RemotingServer, 'handle'> {
  return {
    handle(code, handler) {
      server.handle(code, (request, connection) => {
        const startMs = performance.now();
        const ended = (outcome: 'success' | 'failed') => metrics.requested(code, performance.now() - startMs, outcome);
        try {
          const response = handler(request, connection);
          if (response instanceof Promise)
            response.then(
              () => ended('success'),
              () => ended('failed'),
            );
          else ended('success');
          return response;
        } catch (thrown) {
          ended('failed');
          throw thrown;
        }
      });
    },
  };
}
