/**
 * The one registry of errors that people read: what was wrong, where, and what to do about it.
 * `docs/errors.md` lists the same codes; `errors.test.ts` proves it.
 */
export const errorHints = {
  CONFIG_FILE_MISSING: 'Check the path given with -c.',
  CONFIG_FILE_UNREADABLE: 'The file must be readable text in java.util.Properties syntax.',
  COMMAND_LINE_INVALID: 'Run with -h for the options.',
  ROCKETMQ_HOME_MISSING: 'Set ROCKETMQ_HOME to any existing directory.',
  NAMESRV_ADDR_ILLEGAL: 'Write it as "127.0.0.1:9876;192.168.0.1:9876".',
  BROKER_ID_ILLEGAL: 'Give a SLAVE a brokerId of at least 1.',
  MODES_EXCLUSIVE: 'Set only one of enableControllerMode and enableDLegerCommitLog.',
  CONTROLLER_ADDR_MISSING: 'Set controllerAddr, or enableControllerMode=false.',
  CONTROLLER_PEERS_ILLEGAL: 'Write controllerDLegerPeers as "n0-host:port;n1-host:port".',
  CONTROLLER_SELF_ID_UNKNOWN: 'Set controllerDLegerSelfId to one of the ids in controllerDLegerPeers.',
  CONTROLLER_GROUP_MISSING: 'Set controllerDLegerGroup; it must be the same on every member.',
  CONTROLLER_APPEND_FAILED:
    'No majority of the controllers took the event in time: it may still be applied. Ask again.',
  DLEDGER_PEERS_ILLEGAL: 'Write dLegerPeers as "n0-host:port;n1-host:port", the same on every member.',
  DLEDGER_SELF_ID_ILLEGAL: 'Set dLegerSelfId to one of the ids in dLegerPeers: a letter and a number, as n0.',
  DLEDGER_GROUP_MISSING: 'Set dLegerGroup; it must be the same on every member.',
  ADDRESS_ILLEGAL: 'Write an address as host:port, with a port from 1 to 65535.',
  ADDRESS_BOOK_ILLEGAL: 'The address book is a JSON object from "host:port" to "host:port".',
  PORT_IN_USE: 'Stop the process that holds the port, or choose another one.',
  STORE_LOCKED: 'Another process has this store open: stop it, or use another storePathRootDir.',
  STORE_CORRUPT: 'Restore the file from a replica; the store was left untouched.',
  STORE_IS_DLEDGER: 'A DLedger store cannot be opened in place: drain it, or convert it first.',
  STORE_IS_PLAIN:
    'Start with an empty store, or without enableDLegerCommitLog: a plain log is not continued as DLedger.',
  STORE_CLOSED: 'The store is closed or its disk failed; restart the broker.',
  FRAME_TOO_LARGE: 'A frame may have at most 16777216 bytes, its length field included.',
  FRAME_MALFORMED: 'The peer does not speak the RocketMQ remoting protocol, or the bytes were damaged.',
  HEADER_FIELD_ILLEGAL: 'Send the field as a decimal number.',
  REMOTING_CONNECT_FAILED: 'Check that the process runs and that the address is reachable.',
  REMOTING_TIMEOUT: 'The peer did not answer in time.',
  REMOTING_CONNECTION_CLOSED: 'The connection closed before the answer came.',
  REMOTING_TOO_MANY_REQUESTS: 'Too many requests are waiting for an answer on this connection.',
  REQUEST_REFUSED: 'The server said no: its response code and remark tell why.',
  CONTROLLER_NO_LEADER: 'An election is under way, or too few controllers are alive.',
  CONSUMER_NO_BROKER: 'Wait for the route to name one, or read from another broker id.',
  MESSAGE_ID_ILLEGAL: 'Give the offset message id: 32 or 56 hexadecimal digits.',
  BODY_MALFORMED: 'The body is not what this command carries.',
  NOT_BUILT: 'This part of RocketMQ is not built in Switchlab.',
} as const;

export type ErrorCode = keyof typeof errorHints;

/** An operational failure that a user reads: `code` from the registry, `text` with place and values, `hint` with the remedy. */
export class SwitchlabError extends Error {
  override name = 'SwitchlabError';
  readonly code: ErrorCode;

  /** @param text what was wrong and where: name the file, key, address or offset */
  constructor(code: ErrorCode, text: string, options?: { cause?: unknown }) {
    super(text, options);
    this.code = code;
  }

  get hint(): string {
    return errorHints[this.code];
  }

  /** One line for people: text, remedy and code. */
  describe(): string {
    return `${this.message} ${this.hint} [${this.code}]`;
  }
}

/** The text of anything thrown, for a log line or a remark. */
export function errorText(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
