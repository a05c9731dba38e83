import type { MessageFilter } from '../../store/types.ts';
import { type SubscriptionData, TAG } from '../clients/subscription.ts';

/** The filter of a subscription; null when it wants every message. Only hashes are compared: the consumer compares tags. */
export function tagFilter({ expressionType, subString, codeSet }: SubscriptionData): MessageFilter | null {
  if (expressionType !== TAG || subString === '*' || subString === '') return null;
  const codes = new Set(codeSet);
  return { matchesTagsCode: (tagsCode) => codes.has(tagsCode), matchesRecord: null };
}
