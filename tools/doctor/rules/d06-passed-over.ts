import type { ConfFile } from '../conf-file.ts';
import { keysOfRole } from '../conf-file.ts';
import { addressServerKeys, isPersistedField, keyBegins, misspelled } from '../known-keys.ts';
import { nearest } from '../../../reference-impl/config/nearest.ts';
import type { PropertyLine } from '../../../reference-impl/config/properties.ts';
import type { Rule, Sighting } from '../rule.ts';
import { isSecret, shown } from '../shown.ts';
import { isAtLeast, versionText } from '../version.ts';

/** Roles to name as the owner of a key; a NameServer's file may hold the keys of a controller too. */
const owners = ['broker', 'controller', 'namesrv'] as const;

function unknownKey(file: ConfFile, { key, value, line }: PropertyLine): Sighting[] {
  const known = keysOfRole[file.role];
  const sighting = (name: string, text: string) => [{ case: name, file, line, text }];
  const begins = keyBegins.get(key);
  const isNewer = begins !== undefined && !isAtLeast(file.version, begins);
  if (Object.hasOwn(known, key)) {
    if (!isNewer && known[key]!.releases.includes(file.release)) return [];
    const since = begins ?? (file.release === 'old' ? '5.0.0' : null);
    const when = since === null ? 'it ended with 4.9' : `it begins with ${since}`;
    return sighting('other-release', `${versionText(file.version)} does not know ${key}: ${when}`);
  }
  if (isPersistedField(key, value)) return [];
  const documented = misspelled.get(key);
  if (documented !== undefined) return sighting('misspelled', `${key} is no key: it is spelled ${documented}`);
  if (file.role === 'broker' && addressServerKeys.has(key)) return [];
  const owner = owners.find((role) => Object.hasOwn(keysOfRole[role], key));
  if (owner !== undefined) return sighting('other-role', `${key} is a key of a ${owner}, not of a ${file.role}`);
  const near = nearest(key, Object.keys(known));
  const text = `no release up to 5.3.3 has the key ${key}${near === undefined ? '' : `; did you mean ${near}?`}`;
  // A release after 5.3.3 may have brought it.
  return sighting(near === undefined || isAtLeast(file.version, '5.3.4') ? 'unknown' : 'misspelled', text);
}

function wrongValue(file: ConfFile): Sighting[] {
  const remarks = file.remarks.filter(({ text }) => !/unknown key|does not know/.test(text));
  return remarks.map(({ key, value, line, text }) => ({
    case: 'value',
    file,
    line,
    text: `${shown(key, value)}: ${blanks(value)}${text}`,
  }));
}

function blanks(value: string): string {
  return value === value.trimEnd() ? '' : 'a blank at the end; ';
}

/** `com.acme.Auth$Provider`: the name of a class within a class. */
const nestedClass = /^(\w+\.)+\w+\$\w+$/;

function variable(file: ConfFile, { key, value, line }: PropertyLine): Sighting[] {
  if (!/^~\/|\$\{?\w/.test(value) || isSecret(key) || nestedClass.test(value)) return [];
  return [{ case: 'variable', file, line, text: `${shown(key, value)} is taken literally` }];
}

function twice(file: ConfFile): Sighting[] {
  return file.facts.pairs.flatMap(({ key, value, line }, i) => {
    const last = file.facts.pairs.findLast((pair) => pair.key === key)!;
    const isOverruled = last !== file.facts.pairs[i] && last.value.trim() !== value.trim();
    return isOverruled
      ? [{ case: 'twice', file, line, text: `${shown(key, value)} is overruled by line ${last.line}` }]
      : [];
  });
}

function judge(file: ConfFile): Sighting[] {
  const pairs = file.facts.pairs.flatMap((pair) => unknownKey(file, pair).concat(variable(file, pair)));
  return pairs.concat(wrongValue(file), twice(file));
}

export const passedOver: Rule = {
  id: 'D6',
  name: 'passed-over',
  title: 'No key or value is passed over in silence',
  cases: {
    misspelled: {
      severity: 'error',
      finds: 'a key that resembles a known one, or is spelled as some page has it',
      consequence: 'The setting that was meant keeps its default, without a message.',
      remedy: 'Use the name that the configuration class has.',
      requirement: 'CTL-BRK-01',
      proof: { tag: 'CTL-BRK-01', scenario: '<key> of a <role>' },
    },
    unknown: {
      severity: 'warning',
      finds: 'a key that nobody knows',
      consequence: 'Nothing happens, without a message.',
      remedy: 'Remove it, or look its name up.',
      requirement: 'CTL-BRK-01',
      proof: { tag: 'CTL-BRK-01', scenario: '<key> of a <role>' },
    },
    'other-role': {
      severity: 'warning',
      finds: 'a key of another role',
      consequence: 'It has no effect in this process.',
      remedy: 'Move it to the file of that role.',
      requirement: 'CTL-BRK-01',
      proof: { tag: 'CTL-CMP-15', scenario: 'a fixed-role group never talks to the controller' },
    },
    'other-release': {
      severity: 'error',
      finds: 'a key that the release does not know',
      consequence:
        'The process starts and behaves as if the line were not there; a 4.9 broker with enableControllerMode keeps its fixed role.',
      remedy: 'Upgrade first, or name the version that will read the file: --version file=5.3.3.',
      requirement: 'CTL-CMP-03',
      proof: { tag: 'CTL-CMP-03', scenario: 'old brokers, <nameservers>' },
    },
    value: {
      severity: 'error',
      finds: 'a value that does not convert',
      consequence: 'The default stays, or a switch counts as false, without a message.',
      remedy: 'Write a value of the type of the key, without blanks at the end.',
      requirement: 'CTL-BRK-01',
      proof: { tag: 'CTL-BRK-01', scenario: '<key> of a <role>' },
    },
    variable: {
      severity: 'error',
      finds: '~, $NAME or ${name} in a value',
      consequence: 'RocketMQ replaces nothing: a folder of that very name appears where the process was started.',
      remedy: 'Write the path itself.',
      requirement: 'CTL-CFG-05',
      proof: { tag: 'CTL-CFG-05', scenario: 'the only controller loses its data' },
    },
    twice: {
      severity: 'warning',
      finds: 'a key that is set twice, differently',
      consequence: 'The last one counts.',
      remedy: 'Remove the other one.',
      requirement: 'CTL-BRK-01',
      proof: { tag: 'CTL-BRK-01', scenario: '<key> of a <role>' },
    },
  },
  check: ({ files }) => files.filter(({ role }) => role !== 'proxy').flatMap(judge),
};
