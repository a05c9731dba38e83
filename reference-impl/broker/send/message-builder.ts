import { systemClock } from '../../base/clock.ts';
import { SwitchlabError } from '../../base/errors.ts';
import { decodeBatch } from '../../message/batch.ts';
import { parseHost } from '../../message/host.ts';
import { uniqKeySource } from '../../message/ids.ts';
import { joinProperties } from '../../message/properties.ts';
import { type Host, type MessageToStore, SysFlag } from '../../message/types.ts';
import type { TopicConfig } from '../../remoting/bodies/topic-config.ts';
import type { SendMessageHeader } from '../../remoting/commands/send-message.ts';
import type { Connection, RemotingCommand } from '../../remoting/types.ts';
import type { Broker } from '../broker.ts';
import { brokerProperties, type PropertiesPolicy, SentProperties, storedProperties } from './sent-properties.ts';

const noBody = Buffer.alloc(0);

/** Makes what the store keeps out of what a producer sent. */
export class MessageBuilder {
  readonly #broker: Broker;
  readonly #policy: PropertiesPolicy;
  readonly #suffix: string;
  readonly #bornHosts = new WeakMap<Connection, Host>();
  /** Properties of the message that was scanned last. */
  readonly sent = new SentProperties();

  constructor(broker: Broker) {
    const { release, config, storeHost } = broker;
    this.#broker = broker;
    this.#policy = {
      release,
      cluster: config.brokerClusterName,
      regionId: config.regionId,
      traceOn: config.traceOn,
      newUniqKey: uniqKeySource(storeHost.ip, systemClock),
    };
    this.#suffix = brokerProperties(this.#policy)
      .map(([name, value]) => `${name}\u0001${value}\u0002`)
      .join('');
  }

  /** The message of a 10 or 310, or the part that all messages of a batch share; its properties were scanned. */
  build(
    request: RemotingCommand,
    connection: Connection,
    header: SendMessageHeader,
    topic: TopicConfig,
  ): MessageToStore {
    const { sent } = this;
    return {
      topic: topic.topicName,
      queueId: header.queueId >= 0 ? header.queueId : Math.floor(Math.random() * topic.writeQueueNums),
      flag: header.flag,
      sysFlag: topic.topicFilterType === 'MULTI_TAG' ? header.sysFlag | SysFlag.MULTI_TAGS : header.sysFlag,
      bornTimestamp: header.bornTimestamp,
      bornHost: this.#bornHost(connection),
      storeHost: this.#broker.storeHost,
      reconsumeTimes: header.reconsumeTimes,
      preparedTransactionOffset: 0,
      body: request.body ?? this.#emptyBody(),
      properties: storedProperties(sent, this.#policy, this.#suffix, header.batch),
    };
  }

  /** The messages of a batch, out of what `build` made of it. Throws BODY_MALFORMED. */
  unroll(shared: MessageToStore, body: Buffer | null): MessageToStore[] {
    const messages: MessageToStore[] = [];
    for (const { flag, body: own, properties } of decodeBatch(body ?? noBody)) {
      messages.push({ ...shared, flag, body: own, properties: joinProperties(properties, shared.properties) });
    }
    return messages;
  }

  #emptyBody(): Buffer {
    if (this.#broker.release === 'old') return noBody;
    throw new SwitchlabError('BODY_MALFORMED', 'A message without a body.');
  }

  #bornHost(connection: Connection): Host {
    let host = this.#bornHosts.get(connection);
    if (host === undefined) {
      host = parseHost(connection.remoteAddress);
      this.#bornHosts.set(connection, host);
    }
    return host;
  }
}
