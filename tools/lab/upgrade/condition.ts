import { z } from 'zod';

/** What can be looked at, and what each means for the members that a step is on. */
export const conditionMeanings = {
  serves: 'each of them answers',
  stopped: 'none of them runs',
  'does not serve': 'each of them ended by itself or answers nobody',
  online: 'every NameServer lists the master and each other replica that runs',
  'not online': 'no NameServer lists a broker of the group',
  'another serves': 'another process of the same kind answers',
  'writes forbidden': 'no NameServer has a writable queue of the group in its routes',
  'not written': 'the commit log of the master has not grown for a while',
  acknowledged: 'producers of the load get new acknowledgements from the group',
  drained: 'consumers have read everything that the group holds',
  aligned: 'the commit logs of all replicas end at the same offset',
  'not aligned': 'the commit logs of the replicas end at different offsets',
  elected: 'controllers name one of them as master',
  'master elected': 'controllers name a master of the group',
  'in the SyncStateSet': 'controllers have each of them in the SyncStateSet',
  led: 'the controllers have one leader, and every one that runs knows it',
  'led by it': 'the controllers have one of them as their leader',
  'group unknown': 'controllers know no broker of the group',
  'topics known': 'each of them has the topics of the load, and their consumer groups',
  'log empty': 'the commit log of each of them holds no message',
  'data in DLedger form': 'the store of each of them keeps its messages in a DLedger log',
  'no DLedger data': 'no store of them keeps messages in a DLedger log',
  'no learner': 'none of them is a learner, which as the first of its group would be master',
  'no epoch file': 'none of them has an epoch file or its backup',
} as const;

export type Condition = keyof typeof conditionMeanings;

export const condition = z.enum(Object.keys(conditionMeanings) as [Condition, ...Condition[]]);
