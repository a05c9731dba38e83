/** `ip:port` split, IPv4 or IPv6 bytes: how a record keeps bornHost and storeHost. */
export interface Host {
  /** 4 or 16 bytes. */
  readonly ip: Uint8Array;
  readonly port: number;
}

/** sysFlag bits of a record (`MessageSysFlag`). The encoder sets the two V6 bits itself, from the hosts. */
export const SysFlag = {
  COMPRESSED: 0x1,
  MULTI_TAGS: 0x2,
  TRANSACTION_PREPARED: 0x4,
  TRANSACTION_COMMIT: 0x8,
  TRANSACTION_ROLLBACK: 0xc,
  BORN_HOST_V6: 0x10,
  STORE_HOST_V6: 0x20,
} as const;

/** Prepared and rollback records are in no consume queue and have queue offset 0. */
export function isInQueue(sysFlag: number): boolean {
  const transaction = sysFlag & SysFlag.TRANSACTION_ROLLBACK;
  return transaction === 0 || transaction === SysFlag.TRANSACTION_COMMIT;
}

/** What a producer gave, before the store assigned it a place. Times are ms since the epoch. */
export interface MessageToStore {
  readonly topic: string;
  readonly queueId: number;
  readonly flag: number;
  readonly sysFlag: number;
  readonly bornTimestamp: number;
  readonly bornHost: Host;
  readonly storeHost: Host;
  readonly reconsumeTimes: number;
  /** Commit records: physical offset of their half message; otherwise 0. */
  readonly preparedTransactionOffset: number;
  /** As stored: still compressed when sysFlag says so. */
  readonly body: Uint8Array;
  /** Encoded `name 0x01 value 0x02 …` text, as it goes to disk. The store reads tags, keys and delay level from it. */
  readonly properties: string;
}

/** One decoded commit log record (store.md 3). */
export interface StoredMessage extends MessageToStore {
  /** Whole record, bytes. */
  readonly size: number;
  readonly magic: number;
  readonly bodyCrc: number;
  readonly queueOffset: number;
  readonly physicalOffset: number;
  readonly storeTimestamp: number;
}
