// The id that a broker got from its controllers, kept for ever. Text without a line end, fields separated by `#`:
//   <storePathBrokerIdentity>        clusterName#brokerName#brokerId
//   <storePathBrokerIdentity>-temp   clusterName#brokerName#brokerId#registerCheckCode     code: `ip:port;<creation ms>`
// The temporary file stands between asking for an id and owning it: after a crash the same id and code are sent again,
// and granted again. Source: BrokerMetadata, TempBrokerMetadata, ReplicasManager, 5.3.3.
import { dirname } from 'node:path';
import type { Disk } from '../../base/disk.ts';
import { replaceDurably } from '../../base/durable-file.ts';
import { SwitchlabError } from '../../base/errors.ts';

export interface BrokerIdentity {
  readonly clusterName: string;
  readonly brokerName: string;
  readonly brokerId: number;
}

/** An id asked for, not yet granted. */
export interface AppliedIdentity extends BrokerIdentity {
  readonly registerCheckCode: string;
}

export function formatIdentity({ clusterName, brokerName, brokerId }: BrokerIdentity): string {
  return `${clusterName}#${brokerName}#${brokerId}`;
}

export function formatAppliedIdentity(applied: AppliedIdentity): string {
  return `${formatIdentity(applied)}#${applied.registerCheckCode}`;
}

/** Null when the text is no identity. */
export function parseIdentity(text: string): BrokerIdentity | null {
  const fields = text.split('#');
  return fields.length === 3 ? identityOf(fields) : null;
}

/** Null when the text is no identity with a check code. */
export function parseAppliedIdentity(text: string): AppliedIdentity | null {
  const fields = text.split('#');
  const identity = fields.length === 4 && fields[3] !== '' ? identityOf(fields) : null;
  return identity && { ...identity, registerCheckCode: fields[3]! };
}

function identityOf([clusterName, brokerName, id]: string[]): BrokerIdentity | null {
  const brokerId = Number(id);
  return clusterName && brokerName && /^\d+$/.test(id!) && brokerId >= 1 ? { clusterName, brokerName, brokerId } : null;
}

/** What a broker has to do next for its id. */
export type IdentityStep =
  | { readonly next: 'DONE'; readonly brokerId: number }
  | { readonly next: 'APPLY'; readonly applied: AppliedIdentity }
  | { readonly next: 'ASK_NEXT_ID' };

/** The two files of one broker. */
export class IdentityFiles {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #clusterName: string;
  readonly #brokerName: string;

  /** @param path storePathBrokerIdentity */
  constructor(disk: Disk, path: string, clusterName: string, brokerName: string) {
    this.#disk = disk;
    this.#path = path;
    this.#clusterName = clusterName;
    this.#brokerName = brokerName;
  }

  /** Throws STORE_CORRUPT when the identity belongs to another cluster or broker name, or cannot be read. */
  step(): IdentityStep {
    if (this.#disk.exists(this.#path))
      return { next: 'DONE', brokerId: this.#own(parseIdentity(this.#disk.readText(this.#path))).brokerId };
    const applied = this.#disk.exists(this.#temp) ? parseAppliedIdentity(this.#disk.readText(this.#temp)) : null;
    if (applied === null || applied.clusterName !== this.#clusterName || applied.brokerName !== this.#brokerName) {
      return { next: 'ASK_NEXT_ID' };
    }
    return { next: 'APPLY', applied };
  }

  /** Before the id is asked for. */
  begin(brokerId: number, registerCheckCode: string): AppliedIdentity {
    const applied = { clusterName: this.#clusterName, brokerName: this.#brokerName, brokerId, registerCheckCode };
    this.#disk.makeDirectory(dirname(this.#path));
    replaceDurably(this.#disk, this.#temp, formatAppliedIdentity(applied));
    return applied;
  }

  /** The id was granted: the identity appears whole or not at all, then the temporary file goes. */
  grant(applied: AppliedIdentity): void {
    replaceDurably(this.#disk, this.#path, formatIdentity(applied));
    this.#disk.remove(this.#temp);
  }

  /** The id was refused: start over. */
  refuse(): void {
    this.#disk.remove(this.#temp);
  }

  get #temp(): string {
    return `${this.#path}-temp`;
  }

  #own(identity: BrokerIdentity | null): BrokerIdentity {
    if (identity?.clusterName === this.#clusterName && identity.brokerName === this.#brokerName) return identity;
    const expected = `${this.#clusterName}#${this.#brokerName}`;
    throw new SwitchlabError('STORE_CORRUPT', `${this.#path} is not the identity of a broker of ${expected}.`);
  }
}
