import { errorText, SwitchlabError } from '../base/errors.ts';
import type { Release } from '../base/release.ts';
import { RefusedError } from '../client/refused.ts';
import { RequestCode } from '../remoting/codes.ts';

const faqUrl = {
  old: 'http://rocketmq.apache.org/docs/faq/',
  new: 'https://rocketmq.apache.org/docs/bestPractice/06FAQ',
} as const;

/** A failure that the tool itself finds, with the code that the real client gives it. */
export class ToolFailure extends Error {
  override name = 'ToolFailure';
  readonly responseCode: number;

  constructor(responseCode: number, text: string) {
    super(text);
    this.responseCode = responseCode;
  }
}

/** Options that contradict each other: the real tool says so before it asks anybody. */
export class IllegalArgument extends Error {
  override name = 'IllegalArgument';
}

/** The real client wraps these answers as its own failure, all others as the broker's. */
const clientSideCodes: ReadonlySet<number> = new Set([
  RequestCode.GET_ROUTEINFO_BY_TOPIC,
  RequestCode.UPDATE_AND_CREATE_TOPIC,
  RequestCode.UPDATE_CONTROLLER_CONFIG,
  RequestCode.GET_CONTROLLER_CONFIG,
  RequestCode.UPDATE_NAMESRV_CONFIG,
  RequestCode.GET_NAMESRV_CONFIG,
  RequestCode.DELETE_TOPIC_IN_BROKER,
  RequestCode.DELETE_TOPIC_IN_NAMESRV,
  RequestCode.DELETE_KV_CONFIG,
  RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP,
  RequestCode.DELETE_SUBSCRIPTIONGROUP,
  RequestCode.INVOKE_BROKER_TO_RESET_OFFSET,
]);

/** The broker's failures that say which broker. */
const namedBrokerCodes: ReadonlySet<number> = new Set([
  RequestCode.UPDATE_BROKER_CONFIG,
  RequestCode.GET_BROKER_CONFIG,
]);

/** What the real tool prints when a command fails, without its stack frames: scripts look for `CODE:` and these names. */
export function failureText(javaClass: string, thrown: unknown, release: Release): string {
  if (thrown instanceof IllegalArgument) return `java.lang.IllegalArgumentException: ${thrown.message}`;
  return `org.apache.rocketmq.tools.command.SubCommandException: ${javaClass} command failed\nCaused by: ${causeText(thrown, release)}`;
}

/** The exception as the real tool names it. */
export function causeText(thrown: unknown, release: Release): string {
  if (thrown instanceof RefusedError) {
    const name = clientSideCodes.has(thrown.requestCode) ? 'MQClientException' : 'MQBrokerException';
    const where = namedBrokerCodes.has(thrown.requestCode) ? ` BROKER: ${thrown.address}` : '';
    return codeText(name, thrown.responseCode, thrown.remark + where, release);
  }
  if (thrown instanceof ToolFailure) return codeText('MQClientException', thrown.responseCode, thrown.message, release);
  const code = thrown instanceof SwitchlabError ? thrown.code : null;
  const connect = /^Connect to (\S+) failed/.exec(errorText(thrown));
  if (code === 'REMOTING_CONNECT_FAILED' && connect !== null) {
    return `org.apache.rocketmq.remoting.exception.RemotingConnectException: connect to ${connect[1]} failed`;
  }
  if (code === 'REMOTING_TIMEOUT') {
    return `org.apache.rocketmq.remoting.exception.RemotingTimeoutException: ${errorText(thrown)}`;
  }
  return thrown instanceof SwitchlabError ? thrown.describe() : errorText(thrown);
}

function codeText(name: string, code: number, text: string, release: Release): string {
  const more = text.includes('\nSee ') ? '' : `\nFor more information, please visit the url, ${faqUrl[release]}`;
  return `org.apache.rocketmq.client.exception.${name}: CODE: ${code}  DESC: ${text}${more}`;
}
