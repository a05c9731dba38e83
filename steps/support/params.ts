import { defineParameterType } from '@cucumber/cucumber';

/** NameServer set-ups as features write them, and their file in `configs/topologies/nameservers`. */
export const nameserverSetUps: Readonly<Record<string, string>> = {
  'an old NameServer': 'old',
  'an old NameServer and a controller apart': 'old-and-controller',
  'a new NameServer with its controller': 'new-with-controller',
  'a new NameServer without a controller': 'new-without-controller',
  'a new NameServer and a controller apart': 'new-and-controller',
  'an old and a new NameServer and a controller apart': 'old-and-new-and-controller',
  'a new NameServer with its controller and one without': 'new-with-and-without-controller',
  'a new NameServer and three controllers apart': 'three-controllers',
  'three new NameServers with their controllers': 'three-with-controllers',
  'three new NameServers with their controllers and one without': 'three-with-controllers-and-one-without',
};

// Longer texts first: the shorter ones are their beginnings.
const texts = Object.keys(nameserverSetUps).sort((a, b) => b.length - a.length);

defineParameterType({
  name: 'nameservers',
  regexp: new RegExp(texts.join('|')),
  transformer: (text: string) => `nameservers/${nameserverSetUps[text]!}`,
});

defineParameterType({
  name: 'brokers',
  regexp: /old|controller-mode|fixed-role/,
  transformer: (kind: string) => `brokers/${kind}`,
});

defineParameterType({
  name: 'peer',
  regexp: /NameServer|controller/,
  transformer: (peer: string) => (peer === 'controller' ? 'controller' : 'namesrv'),
});

/** Releases as features write them, and the range of their numbers. */
const releaseRanges: Readonly<Record<string, string>> = { 'up to 5.1.0': '<=5.1.0', 'from 5.1.1 on': '>=5.1.1' };

defineParameterType({
  name: 'releases',
  regexp: new RegExp(Object.keys(releaseRanges).join('|')),
  transformer: (text: string) => releaseRanges[text]!,
});
