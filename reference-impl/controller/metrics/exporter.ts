import { createServer } from 'node:http';
import { SwitchlabError, errorText } from '../../base/errors.ts';
import type { PrometheusMetrics } from './prometheus.ts';

/** A running Prometheus endpoint. */
export interface Exporter {
  /** `host:port` where it listens. */
  readonly address: string;
  stop(): Promise<void>;
}

/**
 * Serves the metrics over HTTP, on every path, as the exporter in RocketMQ does. Rejects with PORT_IN_USE.
 * @param host blank: every address
 */
export async function startExporter(metrics: PrometheusMetrics, host: string, port: number): Promise<Exporter> {
  const server = createServer((_, response) => {
    metrics.text().then(
      (text) => response.setHeader('Content-Type', metrics.contentType).end(text),
      (thrown: unknown) => response.writeHead(500).end(errorText(thrown)),
    );
  });
  const bound = host.trim() === '' ? '0.0.0.0' : host;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new SwitchlabError('PORT_IN_USE', `Metrics port ${bound}:${port} cannot be opened.`, { cause }));
    });
    server.listen(port, bound, resolve);
  });
  const listening = server.address() as { readonly port: number };
  return {
    address: `${bound}:${listening.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
