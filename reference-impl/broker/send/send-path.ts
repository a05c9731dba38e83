import { errorText } from '../../base/errors.ts';
import { hostHex, offsetMsgId } from '../../message/ids.ts';
import type { MessageToStore } from '../../message/types.ts';
import type { TopicConfig } from '../../remoting/bodies/topic-config.ts';
import { RequestCode, ResponseCode } from '../../remoting/codes.ts';
import { decodeSendMessage } from '../../remoting/commands/send-message.ts';
import { required } from '../../remoting/header.ts';
import type { Connection, ExtFields, RemotingCommand, ResponseInit } from '../../remoting/types.ts';
import type { Broker, Handlers } from '../broker.ts';
import type { Refusal } from '../role/types.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { MessageBuilder } from './message-builder.ts';
import { placeBatch, type Placed, placeOne, type Send } from './placing.ts';
import { appendRefusal, notAvailable, overloaded, replicasNotEnough, storeRefusal } from './refusals.ts';
import { queueRefusal, targetTopic } from './target-topic.ts';
import type { WaitingAnswer } from './waiting-answers.ts';

/** The send path of one broker: requests 10, 310 and 320. Accepted messages are answered when they are safe. */
export class SendPath {
  readonly acknowledgements: Acknowledgements;
  readonly #broker: Broker;
  readonly #builder: MessageBuilder;
  readonly #storeHostHex: string;
  readonly #regionFields: ExtFields;

  constructor(broker: Broker) {
    const { config, store, role } = broker;
    this.#broker = broker;
    this.#builder = new MessageBuilder(broker);
    this.#storeHostHex = hostHex(broker.storeHost);
    this.#regionFields = { TRACE_ON: String(config.traceOn), MSG_REGION: config.regionId };
    const answer = (waiting: WaitingAnswer, code: number) => this.#answer(waiting, code);
    const refuse = ({ connection, request }: WaitingAnswer, refusal: Refusal) =>
      connection.reply(request, this.#refuse(refusal));
    this.acknowledgements = new Acknowledgements({ config: () => broker.config, store, role, answer, refuse });
  }

  handlers(): Handlers {
    const handler = (request: RemotingCommand, connection: Connection) => this.#receive(request, connection);
    return {
      [RequestCode.SEND_MESSAGE]: handler,
      [RequestCode.SEND_MESSAGE_V2]: handler,
      [RequestCode.SEND_BATCH_MESSAGE]: handler,
    };
  }

  #receive(request: RemotingCommand, connection: Connection): ResponseInit | undefined {
    const broker = this.#broker;
    const refusal = storeRefusal(broker);
    if (refusal?.code === ResponseCode.SYSTEM_BUSY) return refusal;
    if (this.acknowledgements.full) return overloaded;
    const header = decodeSendMessage(request.code, request.extFields);
    if (broker.release === 'new') required(header.topic || null, 'topic');
    if (refusal !== null) return this.#refuse(refusal);
    const target = targetTopic(broker, header);
    if ('refusal' in target) return this.#refuse(target.refusal);
    const send = { request, connection, header };
    if (!target.created) return this.#accept(send, target.topic);
    this.#announce(target.topic, send);
    return undefined;
  }

  /** New lets the NameServers know a topic before the first send to it is answered; old tells them and goes on. */
  #announce(topic: TopicConfig, send: Send): void {
    const { release, registration } = this.#broker;
    const announced = registration.announce([topic]);
    const ready = release === 'new' ? announced : Promise.resolve();
    void ready
      .then(() => this.#acceptLate(send, topic))
      .catch((thrown: unknown) => ({ code: ResponseCode.SYSTEM_ERROR, remark: errorText(thrown), extFields: {} }))
      .then((response) => response && send.connection.reply(send.request, response));
  }

  /** NameServers may have taken their time: what was asked before may be another thing now, even the role. */
  #acceptLate(send: Send, topic: TopicConfig): ResponseInit | undefined {
    if (this.acknowledgements.full) return overloaded;
    const refusal = storeRefusal(this.#broker);
    return refusal === null ? this.#accept(send, topic) : this.#refuse(refusal);
  }

  #accept(send: Send, topic: TopicConfig): ResponseInit | undefined {
    const { header, connection, request } = send;
    const illegalQueue = queueRefusal(this.#broker, topic, header.queueId, connection.remoteAddress);
    if (illegalQueue !== null) return this.#refuse(illegalQueue);
    const { sent } = this.#builder;
    sent.scan(header.properties);
    const roleRefusal = sent.waits ? this.#broker.role.refusal() : null;
    if (roleRefusal === 'IN_SYNC_REPLICAS_NOT_ENOUGH') return this.#refuse(replicasNotEnough);
    const message = this.#builder.build(request, connection, header, topic);
    const placed = header.batch ? this.#placeBatch(message, request.body) : placeOne(this.#broker, send, message, sent);
    if ('refusal' in placed) return this.#refuse(placed.refusal);
    this.#wait(send, message.queueId, placed, roleRefusal === 'SLAVE_NOT_AVAILABLE');
    return undefined;
  }

  #placeBatch(shared: MessageToStore, body: Buffer | null): Placed {
    const isTooLarge = (body?.length ?? 0) > this.#broker.config.maxMessageSize;
    if (isTooLarge) return { refusal: appendRefusal(this.#broker, 'MESSAGE_ILLEGAL') };
    return placeBatch(this.#broker, this.#builder.unroll(shared, body), this.#builder.sent);
  }

  /** Only a scan away: the properties in `sent` are those of this message. */
  #wait({ request, connection, header }: Send, queueId: number, placed: Stored, noSlave: boolean): void {
    const { results, topic } = placed;
    const { waits, uniqKey } = this.#builder.sent;
    const first = results[0]!;
    const { endOffset } = results.at(-1)!;
    const waiting: WaitingAnswer = {
      request,
      connection,
      endOffset,
      sinceMs: Date.now(),
      code: noSlave ? ResponseCode.SLAVE_NOT_AVAILABLE : ResponseCode.SUCCESS,
      queueId,
      queueOffset: first.queueOffset,
      physicalOffset: first.physicalOffset,
      physicalOffsets: header.batch ? results.map((result) => result.physicalOffset) : null,
      transactionId: this.#broker.release === 'new' ? uniqKey : null,
      sentBack: false,
    };
    const needsMajority = this.#broker.role.majority !== null;
    this.acknowledgements.wait(waiting, !waits && !needsMajority ? 'written' : noSlave ? 'flushed' : 'replicated');
    this.#broker.stats.put(topic, results.length, endOffset - first.physicalOffset);
  }

  #answer(waiting: WaitingAnswer, code: number): void {
    if (code === ResponseCode.SERVICE_NOT_AVAILABLE) {
      waiting.connection.reply(waiting.request, this.#refuse(notAvailable));
      return;
    }
    if (waiting.sentBack) {
      const late = { code: ResponseCode.SYSTEM_ERROR, remark: 'FLUSH_DISK_TIMEOUT' };
      waiting.connection.reply(waiting.request, code === ResponseCode.SUCCESS ? { code } : late);
      return;
    }
    const { queueId, physicalOffset, physicalOffsets, transactionId } = waiting;
    const hex = this.#storeHostHex;
    this.#broker.stats.putLatencies.add(Date.now() - waiting.sinceMs);
    const extFields: ExtFields = {
      queueId: String(queueId),
      TRACE_ON: this.#regionFields.TRACE_ON!,
      MSG_REGION: this.#regionFields.MSG_REGION!,
      msgId:
        physicalOffsets === null
          ? offsetMsgId(hex, physicalOffset)
          : physicalOffsets.map((offset) => offsetMsgId(hex, offset)).join(','),
      queueOffset: String(waiting.queueOffset),
    };
    if (transactionId !== null) extFields.transactionId = transactionId;
    waiting.connection.reply(waiting.request, { code, extFields });
  }

  /** Refusals after the header was read say region and tracing too. */
  #refuse(refusal: ResponseInit): ResponseInit {
    this.#broker.stats.putFailed();
    return { ...refusal, extFields: this.#regionFields };
  }
}

type Stored = Exclude<Placed, { refusal: unknown }>;
