/** What is known of a healthy pair in controller mode. */
export interface PairFacts {
  readonly clusterName: string;
  readonly group: string;
  /** As the NameServer lists them: the master has id 0, the other its controller id. */
  readonly master: ReplicaFacts;
  readonly slave: ReplicaFacts;
  /** The release that a broker says it is: `5.3.3`. */
  readonly version: string;
  readonly topic: { readonly topicName: string; readonly readQueueNums: number; readonly writeQueueNums: number };
  /** Those that have a topic for messages to be consumed again. */
  readonly consumerGroups: readonly string[];
  readonly controllerGroup: string;
  readonly controllerAddress: string;
  readonly syncStateSetEpoch: number;
  /** Ascending; the last one is the master's. */
  readonly epochs: readonly { readonly epoch: number; readonly startOffset: number }[];
  readonly maxOffset: number;
}

interface ReplicaFacts {
  readonly address: string;
  readonly controllerId: number;
}

/** Output lines of one command: exact, or of this shape, in any order. */
type ExpectedLines = readonly (string | RegExp)[];

export interface ToolCommand {
  /** Behind `-n`. */
  readonly args: readonly string[];
  readonly prints: ExpectedLines;
  /** What it may print besides: brokers after 5.3 have more, and other, things to tell. */
  readonly mayPrint?: readonly RegExp[];
}

/** Commands of the stock mqadmin 5.3.3, and what it must print. */
export function toolCommands(facts: PairFacts): Readonly<Record<string, ToolCommand>> {
  const { group, controllerAddress, topic, master, version } = facts;
  const more = (line: RegExp) => (isAfter53(version) ? [line] : []);
  return {
    clusterList: { args: [], prints: clusterListLines(facts) },
    topicList: {
      args: [],
      prints: topicListLines(facts),
      mayPrint: more(/^RMQ_SYS_ROCKSDB_TRANS_(OP_)?HALF_TOPIC$/),
    },
    topicRoute: { args: ['-t', topic.topicName], prints: topicRouteLines(facts) },
    brokerStatus: {
      args: ['-b', master.address],
      prints: brokerStatusLines(facts),
      mayPrint: more(/^brokerVersion +: \d+$/),
    },
    getSyncStateSet: { args: ['-a', controllerAddress, '-b', group], prints: syncStateSetLines(facts) },
    getControllerMetaData: { args: ['-a', controllerAddress], prints: controllerLines(facts) },
    getBrokerEpoch: { args: ['-b', group], prints: epochLines(facts) },
  };
}

/** What the output has too much and too little; blank lines do not matter. */
export function differences(
  output: string,
  { prints, mayPrint = [] }: Pick<ToolCommand, 'prints' | 'mayPrint'>,
): string[] {
  const may = (line: string) => line.trim() === '' || mayPrint.some((pattern) => pattern.test(line));
  const left = output.split('\n').filter((line) => !may(line));
  const missing: string[] = [];
  for (const wanted of prints) {
    const at = left.findIndex((line) => (typeof wanted === 'string' ? line === wanted : wanted.test(line)));
    if (at === -1) missing.push(`missing: ${wanted.toString()}`);
    else left.splice(at, 1);
  }
  return [...missing, ...left.map((line) => `unexpected: ${line}`)];
}

function versionDesc(version: string): string {
  return `V${version.replaceAll('.', '_')}`;
}

function isAfter53(version: string): boolean {
  const [, minor] = version.split('.').map(Number);
  return minor! > 3;
}

/** Its place in `MQVersion`: every minor release has ten patches there, and each of them a snapshot before it. */
function versionOrdinal(version: string): number {
  const [, minor, patch] = version.split('.').map(Number);
  return 413 + 20 * minor! + 2 * patch!;
}

function clusterListLines({ clusterName, group, version, master, slave }: PairFacts): ExpectedLines {
  const row = (brokerId: number, { address }: ReplicaFacts, activated: boolean) => {
    const known = [clusterName, group, brokerId, address, versionDesc(version)].join(' +');
    const load = String.raw`[\d.]+\(\d+,\d+ms\) +[\d.]+\(\d+,\d+ms\|\d+,\d+ms\) +\d+-\d+\([\d.]+w, [\d.]+, [\d.]+\)`;
    return new RegExp(String.raw`^${known} +${load} +\d+ +\d+\.\d\d +0\.\d{4} +${activated}$`);
  };
  return [
    '#Cluster Name           #Broker Name            #BID  #Addr                  #Version              #InTPS(LOAD)                   #OutTPS(LOAD)  #Timer(Progress)        #PCWait(ms)  #Hour         #SPACE    #ACTIVATED',
    // Only a master runs the services that make a broker active.
    row(0, master, true),
    row(slave.controllerId, slave, false),
  ];
}

function topicListLines({ clusterName, group, topic, consumerGroups }: PairFacts): ExpectedLines {
  const system = [
    'RMQ_SYS_TRANS_HALF_TOPIC',
    'RMQ_SYS_TRANS_OP_HALF_TOPIC',
    'SCHEDULE_TOPIC_XXXX',
    'BenchmarkTest',
    'OFFSET_MOVED_EVENT',
    'SELF_TEST_TOPIC',
    'TBW102',
    'rmq_sys_wheel_timer',
    `rmq_sys_REVIVE_LOG_${clusterName}`,
    `rmq_sys_SYNC_BROKER_MEMBER_${group}`,
    `${clusterName}_REPLY_TOPIC`,
  ];
  return [...system, clusterName, group, topic.topicName, ...consumerGroups.map((name) => `%RETRY%${name}`)];
}

function topicRouteLines({ clusterName, group, master, slave, topic }: PairFacts): ExpectedLines {
  return `{
	"brokerDatas":[
		{
			"brokerAddrs":{0:"${master.address}",${slave.controllerId}:"${slave.address}"
			},
			"brokerName":"${group}",
			"cluster":"${clusterName}",
			"enableActingMaster":false
		}
	],
	"filterServerTable":{},
	"queueDatas":[
		{
			"brokerName":"${group}",
			"perm":6,
			"readQueueNums":${topic.readQueueNums},
			"topicSysFlag":0,
			"writeQueueNums":${topic.writeQueueNums}
		}
	]
}`.split('\n');
}

/** Every key of GET_BROKER_RUNTIME_INFO, by the shape of its value. */
function brokerStatusLines({ version, maxOffset }: PairFacts): ExpectedLines {
  const words = (text: string) => text.split(' ');
  const keysOf = (queue: string) => ['QueueSize', 'QueueCapacity', 'QueueHeadWaitTimeMills'].map((end) => queue + end);
  const queues = ['send', 'pull', 'query', 'ack', 'litePull'].map((name) => `${name}ThreadPool`);
  const days = ['YesterdayMorning', 'TodayMorning', 'TodayNow'];
  const shapes: readonly (readonly [string, readonly string[]])[] = [
    [
      String.raw`\d+`,
      [
        ...queues.flatMap(keysOf),
        ...days.flatMap((day) => [`msgPutTotal${day}`, `msgGetTotal${day}`]),
        ...words('EndTransactionQueueSize EndTransactionThreadPoolQueueCapacity bootTimestamp'),
        ...words('earliestMessageTimeStamp startAcceptSendRequestTimeStamp pageCacheLockTimeMills dispatchMaxBuffer'),
        ...words('putMessageTimesTotal putMessageFailedTimes putMessageSizeTotal putMessageEntireTimeMax'),
        ...words('getMessageEntireTimeMax timerReadBehind timerOffsetBehind timerCongestNum'),
      ],
    ],
    [String.raw`\d+\.\d+`, ['putMessageAverageSize', 'timerEnqueueTps', 'timerDequeueTps']],
    [String.raw`\d+\.\d\d`, ['putLatency99', 'putLatency999']],
    // A double of whole percent: a disk a fifth full is 0.2.
    [String.raw`[01]\.\d\d?`, ['commitLogDiskRatio', 'consumeQueueDiskRatio']],
    // Rates over 10 s, a minute and ten: a broker that is younger than each has none.
    [String.raw`[\d. ]*`, ['putTps', 'getFoundTps', 'getMissTps', 'getTotalTps', 'getTransferredTps']],
    [String.raw`\d+ B`, ['remainHowManyDataToFlush']],
    [String.raw`\[ \d+ days, \d+ hours, \d+ minutes, \d+ seconds \]`, ['runtime']],
    [String.raw`Total : [\d.]+ \wiB, Free : [\d.]+ \wiB\.`, ['commitLogDirCapacity']],
    [String.raw`null|(\[\S+\]:\d+ )+`, ['putMessageDistributeTime']],
    ['2147483647', ['remainTransientStoreBufferNumbs']],
    [String(versionOrdinal(version)), isAfter53(version) ? [] : ['brokerVersion']],
    [versionDesc(version), ['brokerVersionDesc']],
    ['true', ['brokerActive']],
    ['0', ['commitLogMinOffset', 'dispatchBehindBytes']],
    [String(maxOffset), ['commitLogMaxOffset']],
  ];
  const line = (key: string, value: string) => new RegExp(`^${key.padEnd(32)}: (${value})$`);
  return [
    ...shapes.flatMap(([value, keys]) => keys.map((key) => line(key, value))),
    /^commitLogDiskRatio_\S*\/store\/commitlog: [01]\.\d\d?$/,
  ];
}

function syncStateSetLines({ group, master, slave, epochs, syncStateSetEpoch }: PairFacts): ExpectedLines {
  return [
    `#brokerName\t${group}`,
    `#MasterBrokerId\t${master.controllerId}`,
    `#MasterAddr\t${master.address}`,
    `#MasterEpoch\t${epochs.at(-1)!.epoch}`,
    `#SyncStateSetEpoch\t${syncStateSetEpoch}`,
    '#SyncStateSetNums\t2',
    ...[master, slave].map(
      ({ address, controllerId }) =>
        `InSyncReplica:\tReplicaIdentity{brokerName='${group}', brokerId=${controllerId}, brokerAddress='${address}', alive=true}`,
    ),
  ];
}

function controllerLines({ controllerGroup, controllerAddress }: PairFacts): ExpectedLines {
  return [
    `#ControllerGroup\t${controllerGroup}`,
    '#ControllerLeaderId\tn0',
    `#ControllerLeaderAddress\t${controllerAddress}`,
    `#Peer:\tn0:${controllerAddress}`,
  ];
}

function epochLines({ clusterName, group, master, slave, epochs, maxOffset }: PairFacts): ExpectedLines {
  const entries = epochs.map(({ epoch, startOffset }, i) => {
    const endOffset = epochs[i + 1]?.startOffset ?? maxOffset;
    return `#Epoch: EpochEntry{epoch=${epoch}, startOffset=${startOffset}, endOffset=${endOffset}}`;
  });
  const replica = (brokerId: number, address: string) => [
    `#clusterName\t${clusterName}`,
    `#brokerName\t${group}`,
    `#brokerAddr\t${address}`,
    `#brokerId\t${brokerId}`,
    ...entries,
  ];
  return [...replica(0, master.address), ...replica(slave.controllerId, slave.address)];
}
