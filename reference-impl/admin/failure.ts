import { errorText, SwitchlabError } from '../base/errors.ts';
import type { Release } from '../base/release.ts';
import { RefusedError } from '../client/refused.ts';
import { RequestCode } from '../remoting/codes.ts';

const faqUrl = {
  old: 'http://rocketmq.apache.org/docs/faq/',
  new: 'https://rocketmq.apache.org/docs/bestPractice/06FAQ',
} as const;

/** The real client wraps these answers as its own failure, all others as the broker's. */
const clientSideCodes: ReadonlySet<number> = new Set([
  RequestCode.GET_ROUTEINFO_BY_TOPIC,
  RequestCode.UPDATE_AND_CREATE_TOPIC,
]);

/** What the real tool prints when a command fails, without its stack frames: scripts look for `CODE:` and these names. */
export function failureText(javaClass: string, thrown: unknown, release: Release): string {
  return `org.apache.rocketmq.tools.command.SubCommandException: ${javaClass} command failed\nCaused by: ${causeText(thrown, release)}`;
}

function causeText(thrown: unknown, release: Release): string {
  if (thrown instanceof RefusedError) {
    const name = clientSideCodes.has(thrown.requestCode) ? 'MQClientException' : 'MQBrokerException';
    const text = `CODE: ${thrown.responseCode}  DESC: ${thrown.remark}`;
    const more = text.includes('\nSee ') ? '' : `\nFor more information, please visit the url, ${faqUrl[release]}`;
    return `org.apache.rocketmq.client.exception.${name}: ${text}${more}`;
  }
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
