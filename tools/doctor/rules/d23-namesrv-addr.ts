import type { ConfFile } from '../conf-file.ts';
import { endpoint } from '../host.ts';
import { at, type Rule } from '../rule.ts';

const key = 'namesrvAddr';

function syntax(broker: ConfFile) {
  const text = broker.text(key);
  const items = text.split(';').filter((item) => item.trim() !== '');
  if (text.includes(',')) return [at('commas', broker, key, `commas in ${key} = ${text}`)];
  const portless = items.find((item) => endpoint(item.trim()) === null);
  if (portless !== undefined) return [at('port', broker, key, `"${portless.trim()}" in ${key} is not host:port`)];
  const blank = items.find((item) => item !== item.trim());
  return blank === undefined ? [] : [at('blank', broker, key, `a blank beside "${blank.trim()}" in ${key}`)];
}

export const namesrvAddr: Rule = {
  id: 'D23',
  name: 'namesrv-addr',
  title: 'namesrvAddr lists NameServers, separated by semicolons',
  cases: {
    commas: {
      severity: 'error',
      finds: 'namesrvAddr with commas',
      consequence:
        'The whole text is one address that cannot be dialled: the broker exits at start, or runs and is in no route.',
      remedy: 'Separate the NameServers by semicolons.',
      requirement: 'CTL-DEP-09',
      proof: 'no scenario gives a broker an address that nobody can dial',
    },
    port: {
      severity: 'error',
      finds: 'an entry of namesrvAddr without a port',
      consequence: 'The broker exits at start with 253: "The Name Server Address[…] illegal".',
      remedy: 'Write each entry as host:port.',
      requirement: 'CTL-DEP-09',
      proof: 'no scenario gives a broker an address that nobody can dial',
    },
    blank: {
      severity: 'error',
      finds: 'blanks around a semicolon of namesrvAddr',
      consequence:
        'RocketMQ keeps the blank: in a host name, which then resolves to nothing, or in a port, and the broker exits at start with 253.',
      remedy: 'Remove the blanks.',
      requirement: 'CTL-DEP-09',
      proof: 'no scenario gives a broker an address that nobody can dial',
    },
  },
  check: ({ brokers }) => brokers.flatMap(syntax),
};
