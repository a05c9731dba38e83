/** What schedules went through, in the words of a report: a run that met no fault, or in which nothing was agreed, proves nothing. */
export const countNames = {
  controllers: 'controllers',
  controllerStarts: 'starts of a controller',
  processCrashes: 'crashes of a controller, disk kept',
  powerCrashes: 'crashes of a controller, power lost',
  crashesInFlush: 'of them while it waited for its disk',
  writesLost: 'unflushed writes lost',
  writesTorn: 'unflushed writes torn',
  tornTails: 'logs with a torn or lost tail',
  brokerStarts: 'starts of a broker',
  brokerCrashes: 'crashes of a broker',
  brokersMoved: 'brokers back at another address',
  freezes: 'processes frozen',
  partitions: 'partitions',
  oneWayCuts: 'one-way cuts',
  framesSent: 'frames sent',
  framesLost: 'frames lost',
  framesCut: 'frames stopped by a cut',
  framesRepeated: 'frames repeated',
  framesLate: 'frames held back',
  raftLeaders: 'Raft leaders',
  entriesCommitted: 'log entries committed',
  tailsReplaced: 'log tails cut and replaced',
  eventsAgreed: 'controller events agreed',
  mastersElected: 'masters elected',
  electionsWithoutMaster: 'elections that found nobody',
  syncStateSetChanges: 'SyncStateSets changed by a master',
  brokersForgotten: 'brokers forgotten',
  writesAcknowledged: 'pipelined events acknowledged',
  answersChecked: 'answers checked',
  readsThroughLog: 'of them reads that may not be stale',
} as const;

export type CountName = keyof typeof countNames;
export type Counts = Record<CountName, number>;

export function noCounts(): Counts {
  return Object.fromEntries(Object.keys(countNames).map((name) => [name, 0])) as Counts;
}

export function addCounts(sum: Counts, more: Readonly<Counts>): void {
  for (const name of Object.keys(countNames) as CountName[]) sum[name] += more[name];
}
