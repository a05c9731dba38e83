/** What a controller counts. */
export interface ControllerMetrics {
  /** A request was answered; `failed` when its handler threw. */
  requested(code: number, elapsedMs: number, outcome: 'success' | 'failed'): void;
  /** Events were appended to the Raft log and applied, or not. */
  appended(elapsedMs: number, outcome: 'success' | 'failed' | 'timeout'): void;
  /** An election of `brokerName` was decided with this response code. */
  elected(clusterName: string, brokerName: string, responseCode: number): void;
}

/** Counts nothing: metricsExporterType=DISABLE. */
export const noMetrics: ControllerMetrics = { requested() {}, appended() {}, elected() {} };
