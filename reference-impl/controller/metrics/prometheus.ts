// Instruments of a controller as its Prometheus exporter names them (5.3.3, `ControllerMetricsManager`). No prefix:
//   role  active_broker_num{cluster,broker_set}  dledger_disk_usage_bytes
//   request_total{request_type,request_handle_status}  request_latency_microseconds{request_type}
//   dledger_op_total, dledger_op_latency_microseconds{dledger_operation,dLedger_operation_status}
//   election_total{cluster,broker_set,election_result}
// Every sample carries otel_scope_name, address, group, peer_id and what metricsLabel adds.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ControllerConfig, ControllerMembers } from '../../config/controller.ts';
import type { RaftStatus } from '../../raft/node.ts';
import { ResponseCode } from '../../remoting/codes.ts';
import type { ControllerMetrics } from './metrics.ts';
import { requestTypes } from './request-types.ts';

/** What is looked up when somebody asks. */
export interface MetricSources {
  role(): RaftStatus['role'];
  /** Living brokers of each set. */
  activeBrokers(): readonly { readonly clusterName: string; readonly brokerName: string; readonly count: number }[];
}

/** As the exporter's source numbers them; 5.3.3 itself shows the difference to FOLLOWER, so that its leader is 1. */
const roleValues = { CANDIDATE: 1, FOLLOWER: 2, LEADER: 3 } as const;

const latencyBucketsUs = [1, 10, 100, 1e3, 1e4, 1e5, 1e6].flatMap((unit) => [unit, 3 * unit, 5 * unit]).concat(1e7);

/** Collects the metrics of one controller. `text` is what Prometheus gets. */
export class PrometheusMetrics implements ControllerMetrics {
  readonly #registry = new Registry();
  readonly #requests: Counter;
  readonly #requestLatency: Histogram;
  readonly #appends: Counter;
  readonly #appendLatency: Histogram;
  readonly #elections: Counter;

  constructor(config: ControllerConfig, members: ControllerMembers, sources: MetricSources) {
    const registers = [this.#registry];
    this.#registry.setDefaultLabels(commonLabels(config, members));
    const latency = { buckets: latencyBucketsUs, registers };
    this.#requests = new Counter({
      name: 'request_total',
      help: 'requests answered',
      labelNames: ['request_type', 'request_handle_status'],
      registers,
    });
    this.#requestLatency = new Histogram({
      name: 'request_latency_microseconds',
      help: 'time until a request is answered',
      labelNames: ['request_type'],
      ...latency,
    });
    const operation = ['dledger_operation', 'dLedger_operation_status'];
    this.#appends = new Counter({
      name: 'dledger_op_total',
      help: 'appends to the Raft log',
      labelNames: operation,
      registers,
    });
    this.#appendLatency = new Histogram({
      name: 'dledger_op_latency_microseconds',
      help: 'time until what was appended to the Raft log is applied',
      labelNames: operation,
      ...latency,
    });
    this.#elections = new Counter({
      name: 'election_total',
      help: 'elections decided',
      labelNames: ['cluster', 'broker_set', 'election_result'],
      registers,
    });
    gauge({ name: 'role', help: '1 candidate, 2 follower, 3 leader', labelNames: [], registers }, (set) => {
      set({}, roleValues[sources.role()]);
    });
    gauge({ name: 'dledger_disk_usage_bytes', help: 'size of the Raft log', labelNames: [], registers }, (set) => {
      set({}, sizeOf(config.controllerStorePath));
    });
    const perSet = ['cluster', 'broker_set'];
    gauge({ name: 'active_broker_num', help: 'living brokers', labelNames: perSet, registers }, (set) => {
      for (const { clusterName, brokerName, count } of sources.activeBrokers())
        set({ cluster: clusterName, broker_set: brokerName }, count);
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  requested(code: number, elapsedMs: number, outcome: 'success' | 'failed'): void {
    const type = requestTypes[code];
    if (type === undefined) return;
    this.#requests.inc({ request_type: type, request_handle_status: outcome });
    if (outcome === 'success') this.#requestLatency.observe({ request_type: type }, microseconds(elapsedMs));
  }

  appended(elapsedMs: number, outcome: 'success' | 'failed' | 'timeout'): void {
    const labels = { dledger_operation: 'append', dLedger_operation_status: outcome };
    this.#appends.inc(labels);
    if (outcome === 'success') this.#appendLatency.observe(labels, microseconds(elapsedMs));
  }

  elected(clusterName: string, brokerName: string, responseCode: number): void {
    const result = electionResults[responseCode];
    if (result !== undefined)
      this.#elections.inc({ cluster: clusterName, broker_set: brokerName, election_result: result });
  }
}

const electionResults: Readonly<Record<number, string>> = {
  [ResponseCode.SUCCESS]: 'new_master_elected',
  [ResponseCode.CONTROLLER_MASTER_STILL_EXIST]: 'keep_current_master',
  [ResponseCode.CONTROLLER_MASTER_NOT_AVAILABLE]: 'no_master_elected',
  [ResponseCode.CONTROLLER_ELECT_MASTER_FAILED]: 'no_master_elected',
};

type GaugeOptions = Omit<ConstructorParameters<typeof Gauge>[0], 'collect'>;

/** A gauge without a memory: only what `look` sets is shown. */
function gauge(
  options: GaugeOptions,
  look: (set: (labels: Record<string, string>, value: number) => void) => void,
): void {
  const made: Gauge = new Gauge({
    ...options,
    collect: () => {
      made.reset();
      look((labels, value) => made.set(labels, value));
    },
  });
}

/** metricsLabel is `name:value,name:value`; a part of another form is passed over, as in RocketMQ. */
function commonLabels(config: ControllerConfig, { selfId, selfAddress }: ControllerMembers): Record<string, string> {
  const pairs = config.metricsLabel.split(',').map((text) => text.split(':'));
  return {
    otel_scope_name: 'controller',
    address: selfAddress,
    group: config.controllerDLegerGroup,
    peer_id: selfId,
    ...Object.fromEntries(pairs.filter(({ length }) => length === 2) as [string, string][]),
    ...(config.metricsInDelta ? { aggregation: 'delta' } : {}),
  };
}

function microseconds(elapsedMs: number): number {
  return Math.round(elapsedMs * 1000);
}

/** Bytes of all files below `folder`; sparse ones count in full, as in RocketMQ. */
function sizeOf(folder: string): number {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + (statSync(join(parentPath, name)).size ?? 0), 0);
}
