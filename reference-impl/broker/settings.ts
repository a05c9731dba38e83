import type { Log } from '../base/log.ts';
import type { Release } from '../base/release.ts';
import { type BrokerConfig, brokerFileKeys } from '../config/broker.ts';
import { type LiveConfig, liveConfig } from '../config/live.ts';
import { type PropertyLine, parseProperties } from '../config/properties.ts';
import { TableVersion } from './config-files/data-version.ts';

/** The configuration of a running broker. Codes 25 and 26 read and change it. */
export class Settings {
  readonly version = new TableVersion();
  readonly #live: LiveConfig<BrokerConfig>;

  /** An update is written to the file the broker was started with (`brokerConfigPath`), if there was one. */
  constructor(release: Release, config: Readonly<BrokerConfig>, log: Log) {
    this.#live = liveConfig(brokerFileKeys, release, config, config.brokerConfigPath, log);
  }

  get current(): Readonly<BrokerConfig> {
    return this.#live.current;
  }

  update(pairs: readonly PropertyLine[]): void {
    this.#live.update(pairs);
    this.version.next();
  }

  /** `key=value` lines of every key this release knows; sorted in new. */
  text(): string {
    return this.#live.text();
  }
}

/** The pairs of an UPDATE_BROKER_CONFIG body. Throws CONFIG_FILE_UNREADABLE. */
export function readUpdate(body: Buffer | null): PropertyLine[] {
  return parseProperties(body?.toString('utf8') ?? '', 'UPDATE_BROKER_CONFIG');
}

/** Whether the pairs hold a key that a request may not change (new, `configBlackList`). */
export function blackListed(config: BrokerConfig, pairs: readonly PropertyLine[]): boolean {
  const refused = new Set([...config.configBlackList.split(';'), 'rocketmqHome']);
  return pairs.some((pair) => refused.has(pair.key));
}
