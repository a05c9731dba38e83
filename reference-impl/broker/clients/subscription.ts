// SubscriptionData (heartbeat 34, code 203): classFilterMode bool | codeSet [int] | expressionType | subString | subVersion long
// | tagsSet [text] | topic
import { javaHashCode } from '../../base/bytes.ts';
import { booleanField, type Fields, fieldsOf, numberField, textField, textList } from '../../remoting/bodies/fields.ts';

export interface SubscriptionData {
  readonly topic: string;
  readonly subString: string;
  /** `TAG`, `SQL92`, or whatever the client wrote. */
  readonly expressionType: string;
  readonly subVersion: number;
  readonly tagsSet: readonly string[];
  readonly codeSet: readonly number[];
  readonly classFilterMode: boolean;
}

export const TAG = 'TAG';
export const SQL92 = 'SQL92';

/** Parses an expression as `FilterAPI` does: tags are split on `||`; `*` or nothing means every tag. */
export function subscriptionOf(topic: string, expression: string | null, type: string | null): SubscriptionData {
  const text = expression?.trim() ?? '';
  const expressionType = type === null || type === '' ? TAG : type;
  const all = text === '' || text === '*';
  const tags = all || expressionType !== TAG ? [] : text.split('||').flatMap((tag) => tag.trim() || []);
  return {
    topic,
    subString: all ? '*' : text,
    expressionType,
    subVersion: Date.now(),
    tagsSet: [...new Set(tags)],
    codeSet: [...new Set(tags.map((tag) => javaHashCode(tag)))],
    classFilterMode: false,
  };
}

/** Reads a received subscription; what is missing takes the default of the Java class. */
export function readSubscription(value: unknown): SubscriptionData {
  const fields = fieldsOf(value, 'SubscriptionData');
  return {
    topic: textField(fields, 'topic') ?? '',
    subString: textField(fields, 'subString') ?? '',
    // The Go client leaves it empty where a selector names no type.
    expressionType: textField(fields, 'expressionType') || TAG,
    subVersion: subVersionOf(fields),
    tagsSet: textList(fields.tagsSet, 'tagsSet'),
    codeSet: textList(fields.codeSet, 'codeSet').map(Number),
    classFilterMode: booleanField(fields, 'classFilterMode'),
  };
}

/** The Go client counts nanoseconds, beyond 2^53: rounded as in the header of a pull, with which alone it is compared. */
function subVersionOf(fields: Fields): number {
  const { subVersion } = fields;
  return typeof subVersion === 'bigint' ? Number(subVersion) : numberField(fields, 'subVersion', 0);
}

/** Fields in the order of the Java side. */
export function subscriptionFields(subscription: SubscriptionData) {
  const { classFilterMode, codeSet, expressionType, subString, subVersion, tagsSet, topic } = subscription;
  return { classFilterMode, codeSet, expressionType, subString, subVersion, tagsSet, topic };
}
