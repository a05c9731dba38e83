import type { Release } from '../base/release.ts';

const page = {
  old: 'http://rocketmq.apache.org/docs/faq/',
  new: 'https://rocketmq.apache.org/docs/bestPractice/06FAQ',
} as const;

/** `text` with the pointer to help that RocketMQ ends many remarks with. */
export function withFaq(text: string, release: Release): string {
  return `${text}\nSee ${page[release]} for further details.`;
}
