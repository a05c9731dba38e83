import type { ConfFile } from './conf-file.ts';
import { isJRaft } from './controllers.ts';

/** A mistake that releases of RocketMQ have, one row of the CTL-REG family. */
export interface Regression {
  readonly requirement: string;
  readonly role: 'broker' | 'controller';
  /** First and last release that have it. */
  readonly from: string;
  readonly to: string;
  /** First release without it; null: no fix was known when this was written. */
  readonly fixed: string | null;
  readonly consequence: string;
  /** A scenario stands for it under its own tag. */
  readonly scenario?: string;
  /** Only files that this holds for are affected. */
  readonly needs?: (file: ConfFile) => boolean;
}

export const knownRegressions: readonly Regression[] = [
  {
    requirement: 'CTL-REG-01',
    role: 'broker',
    from: '5.3.2',
    to: '5.3.3',
    fixed: '5.3.4',
    consequence:
      'slaves drop topics and groups when a topic has attributes (message.type), and a switch makes the loss final',
    scenario: 'topics with a message type',
  },
  {
    requirement: 'CTL-REG-02',
    role: 'broker',
    from: '5.3.2',
    to: '5.3.4',
    fixed: null,
    consequence: 'slaves delete and create all topics and groups again with each copy of the metadata',
    scenario: 'the tables of the master go on to change',
  },
  {
    requirement: 'CTL-REG-03',
    role: 'broker',
    from: '5.1.2',
    to: '5.1.2',
    fixed: '5.1.3',
    consequence: 'a broker in controller mode does not start',
    scenario: 'one process answers routes and elects',
  },
  {
    requirement: 'CTL-REG-04',
    role: 'broker',
    from: '5.0.0',
    to: '5.1.4',
    fixed: '5.2.0',
    consequence: 'two messages share a queue offset when master and leading controller die together',
    scenario: 'both are killed at once',
  },
  {
    requirement: 'CTL-REG-05',
    role: 'broker',
    from: '5.0.0',
    to: '5.1.0',
    fixed: '5.1.1',
    consequence: 'messages are lost when the set grows and the answer is lost',
    scenario: 'the answer to a grown set does not arrive',
  },
  {
    requirement: 'CTL-REG-06',
    role: 'broker',
    from: '5.0.0',
    to: '5.1.0',
    fixed: '5.1.1',
    consequence: 'an old master that is cut off goes on confirming',
    scenario: 'it is cut off with some of its clients',
  },
  {
    requirement: 'CTL-REG-07',
    role: 'broker',
    from: '5.0.0',
    to: '5.1.0',
    fixed: '5.1.1',
    consequence: 'a broker serves before it knows its role',
    scenario: 'brokers that nobody gave a role',
  },
  {
    requirement: 'CTL-REG-08',
    role: 'broker',
    from: '5.0.0',
    to: '5.1.0',
    fixed: '5.1.1',
    consequence: 'a master of an older epoch replaces a newer one in the NameServers',
    scenario: 'the cut is one-way, from the master to the controllers',
  },
  {
    requirement: 'CTL-REG-09',
    role: 'controller',
    from: '5.0.0',
    to: '5.1.0',
    fixed: '5.1.1',
    consequence: 'a new leading controller overlooks a dead master',
    scenario: 'both are killed at once',
  },
  {
    requirement: 'CTL-REG-10',
    role: 'broker',
    from: '5.0.0',
    to: '5.1.3',
    fixed: '5.1.4',
    consequence: 'the SyncStateSet is never checked again after a change that was refused',
    scenario: "a slave was taken out behind the master's back",
  },
  {
    requirement: 'CTL-REG-11',
    role: 'broker',
    from: '5.1.0',
    to: '5.2.0',
    fixed: '5.3.0',
    consequence: 'one failed lookup of controllerAddr leaves the broker without controllers',
    needs: (file) => file.flag('fetchControllerAddrByDnsLookup'),
  },
  {
    requirement: 'CTL-REG-13',
    role: 'broker',
    from: '5.3.2',
    to: '5.3.4',
    fixed: '5.4.0',
    consequence: 'a lost slave stays in the set when two drop together',
    scenario: 'two of three replicas die at once',
  },
  {
    requirement: 'CTL-REG-14',
    role: 'broker',
    from: '5.2.0',
    to: '5.3.3',
    fixed: '5.3.4',
    consequence: 'replication stops when the epoch grows and the master stays',
    scenario: 'the controllers lose sight of the master for a while',
  },
  {
    requirement: 'CTL-REG-15',
    role: 'broker',
    from: '5.0.0',
    to: '5.5.0',
    fixed: null,
    consequence: 'epoch files differ after switches without traffic',
    scenario: 'the master changes 30 times',
  },
  {
    requirement: 'CTL-REG-16',
    role: 'controller',
    from: '5.2.0',
    to: '5.3.3',
    fixed: '5.3.4',
    consequence: 'silent brokers are not looked for',
    needs: isJRaft,
  },
  {
    requirement: 'CTL-REG-18',
    role: 'broker',
    from: '5.5.0',
    to: '5.5.0',
    fixed: null,
    consequence: 'a slave that crashes after it cut its log has the cut messages back',
    scenario: 'it dies right after it has cut its log',
  },
  {
    requirement: 'CTL-REG-19',
    role: 'broker',
    from: '5.0.0',
    to: '5.0.0',
    fixed: '5.1.0',
    consequence: 'sends stall with the transient store pool',
    scenario: 'a switch with the pool',
    needs: (file) => file.flag('transientStorePoolEnable'),
  },
  {
    requirement: 'CTL-REG-20',
    role: 'broker',
    from: '5.0.0',
    to: '5.1.0',
    fixed: '5.1.1',
    consequence: 'a broker at a new address is a new replica',
    scenario: 'a slave moves',
  },
];
