import pino from 'pino';

/** Structured logger; `child` adds a name. Levels: debug, info, warn, error. */
export interface Log {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
  child(fields: object): Log;
}

/**
 * A logger that writes JSON lines to standard error, synchronously, so that a killed process leaves its last line behind.
 * Standard output stays free for the lines that RocketMQ prints itself.
 * @param level lowest level written; `SWITCHLAB_LOG` overrides it
 */
export function createLog(name: string, level: 'debug' | 'info' | 'warn' | 'error' = 'info'): Log {
  return pino(
    { name, level: process.env.SWITCHLAB_LOG ?? level, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** Writes nothing: for tests and for callers that log themselves. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLog,
};
