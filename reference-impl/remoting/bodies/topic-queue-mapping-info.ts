// TopicQueueMappingInfo (new), the static part of a topic in one broker:
//   bname | currIdMap {int: int} | dirty boolean | epoch long | scope | topic | totalQueues int
import { booleanField, fieldsOf, intKeyed, numberField, textField } from './fields.ts';

export interface TopicQueueMappingInfo {
  readonly bname: string;
  readonly currIdMap: ReadonlyMap<number, number>;
  readonly dirty: boolean;
  readonly epoch: number;
  readonly scope: string;
  readonly topic: string;
  readonly totalQueues: number;
}

export function readMappingInfo(value: unknown): TopicQueueMappingInfo {
  const fields = fieldsOf(value, 'TopicQueueMappingInfo');
  return {
    bname: textField(fields, 'bname') ?? '',
    currIdMap: intKeyed(fields.currIdMap, 'currIdMap', Number),
    dirty: booleanField(fields, 'dirty'),
    epoch: numberField(fields, 'epoch', 0),
    scope: textField(fields, 'scope') ?? '__global__',
    topic: textField(fields, 'topic') ?? '',
    totalQueues: numberField(fields, 'totalQueues', 0),
  };
}
