// SyncStateSet body of 1001 (both ways), 1003, 1004, 1008:  {"syncStateSet":[<broker id>],"syncStateSetEpoch":<int>}
// Source: org.apache.rocketmq.remoting.protocol.body.SyncStateSet, 5.3.3. Ids ascend, as small numbers do in a Java HashSet.
import { SwitchlabError } from '../../base/errors.ts';
import { writeFastjson } from '../fastjson-writer.ts';
import { numberField, parseFields } from './fields.ts';

export interface SyncStateSet {
  readonly syncStateSet: readonly number[];
  readonly syncStateSetEpoch: number;
}

export function encodeSyncStateSet({ syncStateSet, syncStateSetEpoch }: SyncStateSet): Buffer {
  const ascending = [...syncStateSet].sort((a, b) => a - b);
  return Buffer.from(writeFastjson({ syncStateSet: ascending, syncStateSetEpoch }));
}

/** Throws BODY_MALFORMED. An id that is written twice counts once. */
export function decodeSyncStateSet(body: Uint8Array | null): SyncStateSet {
  const fields = parseFields(body, 'SyncStateSet');
  const ids = fields.syncStateSet ?? [];
  if (!Array.isArray(ids) || !ids.every((id) => Number.isSafeInteger(id))) {
    throw new SwitchlabError('BODY_MALFORMED', 'syncStateSet is not a list of broker ids.');
  }
  return {
    syncStateSet: [...new Set(ids as number[])],
    syncStateSetEpoch: numberField(fields, 'syncStateSetEpoch', 0),
  };
}
