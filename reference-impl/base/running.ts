/** A started process part: `bin` prints `ready` when `start…` resolved, and calls `stop` at SIGTERM. */
export interface Running {
  /** Listening addresses by name (`remoting`, `ha`, `controller`), for the ready line and for tests. */
  readonly addresses: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}
