import { ResponseCode } from '../remoting/codes.ts';
import { writeFastjson } from '../remoting/fastjson-writer.ts';
import type { ResponseInit } from '../remoting/types.ts';
import { type Broker, isSlave } from './broker.ts';

/** Remark of a successful answer whose handler sets nothing but the code. */
export const unsetRemark = 'not set any response code';

export function jsonAnswer(value: unknown): ResponseInit {
  return { code: ResponseCode.SUCCESS, body: Buffer.from(writeFastjson(value)) };
}

/** Old lets tools change topics and groups on a master only; new leaves that to them. */
export function slaveRefusal(broker: Broker): ResponseInit | null {
  if (broker.release === 'new' || !isSlave(broker)) return null;
  const remark = "Can't modify topic or subscription group from slave broker, please execute it from master broker.";
  return { code: ResponseCode.SYSTEM_ERROR, remark };
}

export function topicNotExist(topic: string): ResponseInit {
  return { code: ResponseCode.TOPIC_NOT_EXIST, remark: `topic[${topic}] not exist` };
}
