import type { Release } from '../../base/release.ts';
import type { TopicConfig } from '../../remoting/bodies/topic-config.ts';

/** Bits of `perm`. */
export const Perm = { INHERIT: 1, WRITE: 2, READ: 4 } as const;

export const ReadWrite = Perm.READ | Perm.WRITE;

/** A topic with `queues` read and write queues. */
export function topicConfig(
  topicName: string,
  queues: number,
  perm: number = ReadWrite,
  topicSysFlag = 0,
): TopicConfig {
  return {
    topicName,
    readQueueNums: queues,
    writeQueueNums: queues,
    perm,
    topicFilterType: 'SINGLE_TAG',
    topicSysFlag,
    order: false,
    attributes: new Map(),
  };
}

/** `TopicConfig.toString`, which refusals quote. */
export function topicConfigText(topic: TopicConfig, release: Release): string {
  const attributes = Array.from(topic.attributes, ([key, text]) => `${key}=${text}`);
  const tail = release === 'old' ? '' : `, attributes={${attributes.join(', ')}}`;
  return (
    `TopicConfig [topicName=${topic.topicName}, readQueueNums=${topic.readQueueNums}, ` +
    `writeQueueNums=${topic.writeQueueNums}, perm=${permText(topic.perm)}, topicFilterType=${topic.topicFilterType}, ` +
    `topicSysFlag=${topic.topicSysFlag}, order=${topic.order}${tail}]`
  );
}

function permText(perm: number): string {
  return `${perm & Perm.READ ? 'R' : '-'}${perm & Perm.WRITE ? 'W' : '-'}${perm & Perm.INHERIT ? 'X' : '-'}`;
}
