import { RequestCode, ResponseCode } from '../../remoting/codes.ts';
import { errorText } from '../../base/errors.ts';
import type { Connection, RemotingCommand, ResponseInit } from '../../remoting/types.ts';
import { type Broker, type Handlers, isSlave } from '../broker.ts';
import { rejected } from '../send/refusals.ts';
import { type HeldPull, HeldPulls } from './held-pulls.ts';
import { tellOffsetMoved } from './offset-moved.ts';
import { pullAnswer, type PullResult } from './pull-answer.ts';
import { checkPull, type PullGrant } from './pull-checks.ts';
import { type PullRequest, PullSysFlag, readPullRequest } from './pull-request.ts';
import { tagFilter } from './tag-filter.ts';

/** The pull path of one broker: requests 11 and, in new, 361. */
export class PullPath {
  readonly held: HeldPulls;
  readonly #broker: Broker;

  constructor(broker: Broker) {
    this.#broker = broker;
    this.held = new HeldPulls(
      broker.config.pullThreadPoolQueueCapacity,
      (topic, queueId) => broker.store.maxOffsetInQueue(topic, queueId),
      (held) => this.#again(held),
    );
  }

  handlers(): Handlers {
    const pull = (request: RemotingCommand, connection: Connection) => this.#receive(request, connection);
    if (this.#broker.release === 'old') return { [RequestCode.PULL_MESSAGE]: pull };
    return { [RequestCode.PULL_MESSAGE]: pull, [RequestCode.LITE_PULL_MESSAGE]: pull };
  }

  #receive(request: RemotingCommand, connection: Connection): ResponseInit | undefined {
    const pull = readPullRequest(request);
    const grant = this.#check(request, pull, connection);
    if ('refusal' in grant) return grant.refusal;
    const filter = tagFilter(grant.subscription);
    const result = this.#read(pull, grant, filter);
    this.#commit(pull);
    const answer = this.#answer(pull, grant, result);
    if (answer.code !== ResponseCode.PULL_NOT_FOUND || (pull.sysFlag & PullSysFlag.SUSPEND) === 0) return answer;
    const { longPollingEnable, shortPollingTimeMills } = this.#broker.config;
    const deadlineMs = Date.now() + (longPollingEnable ? pull.suspendTimeoutMillis : shortPollingTimeMills);
    return this.held.hold({ request, connection, pull, filter, deadlineMs }) ? undefined : answer;
  }

  /** A held pull runs once more, without waiting again; what it may read can have changed. */
  #again({ request, connection, pull }: HeldPull): void {
    try {
      connection.reply(request, this.#now(request, pull, connection));
    } catch (thrown) {
      connection.reply(request, { code: ResponseCode.SYSTEM_ERROR, remark: errorText(thrown) });
    }
  }

  #now(request: RemotingCommand, pull: PullRequest, connection: Connection): ResponseInit {
    const grant = this.#check(request, pull, connection);
    if ('refusal' in grant) return grant.refusal;
    return this.#answer(pull, grant, this.#read(pull, grant, tagFilter(grant.subscription)));
  }

  #check(request: RemotingCommand, pull: PullRequest, connection: Connection): ReturnType<typeof checkPull> {
    const broker = this.#broker;
    if (broker.release === 'new' && isSlave(broker) && !broker.config.slaveReadEnable) return { refusal: rejected };
    return checkPull(broker, pull, request.code === RequestCode.LITE_PULL_MESSAGE, connection.remoteAddress);
  }

  #read(pull: PullRequest, grant: PullGrant, filter: HeldPull['filter']): PullResult {
    const { offsets, stats, store } = this.#broker;
    const { consumerGroup, topic, queueId, queueOffset, maxMsgNums } = pull;
    const reset = offsets.takeReset(consumerGroup, topic, queueId);
    if (reset === null) {
      const startMs = Date.now();
      const result = store.getMessages(topic, queueId, queueOffset, maxMsgNums, filter);
      stats.getLatencies.add(Date.now() - startMs);
      return result;
    }
    return {
      status: 'OFFSET_RESET',
      records: [],
      nextBeginOffset: reset,
      minOffset: store.minOffsetInQueue(topic, queueId),
      maxOffset: store.maxOffsetInQueue(topic, queueId),
      suggestPullingFromSlave: false,
    };
  }

  #commit({ sysFlag, consumerGroup, topic, queueId, commitOffset }: PullRequest): void {
    if ((sysFlag & PullSysFlag.COMMIT_OFFSET) === 0 || isSlave(this.#broker)) return;
    if (this.#broker.offsets.hasReset(consumerGroup, topic, queueId)) return;
    this.#broker.offsets.commit(consumerGroup, topic, queueId, commitOffset);
  }

  #answer(pull: PullRequest, grant: PullGrant, result: PullResult): ResponseInit {
    const { stats, offsets, release } = this.#broker;
    const answer = pullAnswer(this.#broker, pull, grant, result);
    if (result.status === 'FOUND') {
      stats.got(pull.topic, pull.consumerGroup, result.records.length, answer.body?.length ?? 0);
    } else stats.missed();
    const isMoved = answer.code === ResponseCode.PULL_OFFSET_MOVED;
    if (release === 'old' && isMoved && !isSlave(this.#broker))
      tellOffsetMoved(this.#broker, pull, result.nextBeginOffset);
    if (release === 'new') offsets.recordPull(pull.consumerGroup, pull.topic, pull.queueId, result.nextBeginOffset);
    return answer;
  }
}
