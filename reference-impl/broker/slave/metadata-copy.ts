import { systemClock, type Timer } from '../../base/clock.ts';
import { errorText, SwitchlabError } from '../../base/errors.ts';
import { readDataVersion } from '../../remoting/bodies/data-version.ts';
import { type Fields, fieldsOf, parseFields } from '../../remoting/bodies/fields.ts';
import { RequestCode, ResponseCode } from '../../remoting/codes.ts';
import { type Broker, isSlave } from '../broker.ts';

const lookMs = { old: 10_000, new: 3000 } as const;
const firstLookMs = 3000;
/** New outside controller mode: age of the last copy from which it is made again. */
const copyAgeMs = 60_000;
/**
 * Where slaves take over, RocketMQ copies every 10 s. A topic that the master got since the last copy is lost when the slave
 * takes over, so this copies as often as is cheap, and at once from a new master.
 */
const switchingLookMs = 1000;
const requestTimeoutMs = 3000;

/** A slave's copy of its master's topics, groups, consumer offsets and delay progress (`SlaveSynchronize`). */
export class MetadataCopy {
  readonly #broker: Broker;
  #timer: Timer | undefined;
  #lastCopyMs = Date.now();
  #master: string | null = null;
  #copying = false;
  /** Whether the topics last copied were those of a master of the newest epoch. */
  #masterServes = false;

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  start(): void {
    const { release, config, role } = this.#broker;
    const switches = role.majority !== null || (release === 'new' && config.enableControllerMode);
    const periodMs = switches ? switchingLookMs : lookMs[release];
    this.#timer = systemClock.every(periodMs, () => this.#look(), switches ? switchingLookMs : firstLookMs);
    if (switches) role.onChange(() => this.#look());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #look(): void {
    const { release, config, role } = this.#broker;
    const master = role.masterAddress;
    const plain = release === 'new' && !config.enableControllerMode;
    const due = !plain || Date.now() - this.#lastCopyMs > copyAgeMs;
    if (!isSlave(this.#broker) || master === null || this.#copying || !(due || master !== this.#master)) return;
    // A plain new slave waits a minute even for its first copy, as 5.3.3 does; only a change of master is seen sooner.
    const first = this.#master === null;
    this.#master = master;
    if (plain && first && !due) return;
    this.#copying = true;
    void this.#copy(master).finally(() => {
      this.#copying = false;
      this.#lastCopyMs = Date.now();
    });
  }

  /** Each table on its own: one that fails leaves the others. */
  async #copy(master: string): Promise<void> {
    this.#masterServes = false;
    await this.#part(master, RequestCode.GET_ALL_TOPIC_CONFIG, (fields) => this.#takeTopics(fields));
    await this.#part(master, RequestCode.GET_ALL_CONSUMER_OFFSET, (fields) => this.#takeOffsets(fields));
    await this.#part(master, RequestCode.GET_ALL_DELAY_OFFSET, (fields) => this.#takeDelayOffsets(fields));
    await this.#part(master, RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG, (fields) => this.#takeGroups(fields));
  }

  async #part(master: string, code: number, take: (fields: Fields) => void): Promise<void> {
    const { remotingClient, role, log } = this.#broker;
    try {
      const answer = await remotingClient.invoke(master, { code }, requestTimeoutMs);
      if (answer.code !== ResponseCode.SUCCESS) {
        throw new SwitchlabError(
          'BODY_MALFORMED',
          `Request ${code} was refused with ${answer.code}: ${answer.remark}.`,
        );
      }
      // The role may have changed while the answer was on its way: a master's tables are its own.
      if (isSlave(this.#broker) && role.masterAddress === master) take(parseFields(answer.body, `answer to ${code}`));
    } catch (thrown) {
      log.warn({ master, code, reason: errorText(thrown) }, 'metadata of the master could not be copied');
    }
  }

  #takeTopics({ dataVersion, topicConfigTable }: Fields): void {
    const version = readDataVersion(dataVersion, 'new');
    const { topics, role } = this.#broker;
    if (version === null) return;
    // Who is named master and has not taken the role yet may lack what only its log knows of.
    this.#masterServes = version.stateVersion >= role.masterEpoch;
    if (!this.#masterServes) topics.add(topicConfigTable);
    else if (!topics.version.equals(version)) topics.replace(topicConfigTable, version);
  }

  #takeGroups(fields: Fields): void {
    const version = readDataVersion(fields.dataVersion, 'new');
    const { groups } = this.#broker;
    if (version === null || groups.version.equals(version)) return;
    if (this.#masterServes) groups.replace(fields, version);
    else groups.add(fields);
  }

  #takeOffsets({ offsetTable, dataVersion }: Fields): void {
    const { offsets } = this.#broker;
    offsets.merge(fieldsOf(offsetTable, 'offsetTable'));
    const version = readDataVersion(dataVersion, 'new');
    if (version !== null) offsets.version.assign(version);
    offsets.persist();
  }

  #takeDelayOffsets(fields: Fields): void {
    this.#broker.schedule.replace(fields);
    this.#broker.schedule.persist();
  }
}
