import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Release } from '../base/release.ts';
import { decodeTopicList } from '../remoting/bodies/topic-list.ts';
import { decodeClusterInfo } from '../remoting/commands/get-broker-cluster-info.ts';
import { decodeTopicRoute } from '../remoting/commands/get-routeinfo-by-topic.ts';
import { parseFastjson } from '../remoting/fastjson.ts';
import { decodeWhole, readGolden } from '../remoting/golden.ts';
import type { RemotingCommand } from '../remoting/types.ts';
import { labTopic, type NamesrvLab, namesrvLab } from './lab.ts';

// golden/remoting/captured-*.json: what stock clients and brokers asked 4.9.7 and 5.3.3 NameServers, and were answered.

/** Brings a NameServer into the state that the captured answer shows. */
const setUps: Record<string, (lab: NamesrvLab, answer: RemotingCommand) => Promise<void>> = {
  '105-GET_ROUTEINFO_BY_TOPIC-answer-0': async (lab, answer) => {
    const { brokerDatas, queueDatas } = decodeTopicRoute(answer.body);
    for (const { brokerName, cluster, brokerAddrs } of brokerDatas) {
      const { perm, readQueueNums, writeQueueNums } = queueDatas.find((data) => data.brokerName === brokerName)!;
      const topics = ['other', labTopic('TBW102', { perm, readQueueNums, writeQueueNums })];
      await lab.register({ brokerName, clusterName: cluster, brokerAddr: brokerAddrs.get(0)! }, { topics });
    }
  },
  '106-GET_BROKER_CLUSTER_INFO-answer-0': async (lab, answer) => {
    for (const { brokerName, cluster, brokerAddrs } of decodeClusterInfo(answer.body).brokerAddrTable.values()) {
      await lab.register({ brokerName, clusterName: cluster, brokerAddr: brokerAddrs.get(0)! });
    }
  },
  '206-GET_ALL_TOPIC_LIST_FROM_NAMESERVER-answer-0': async (lab, answer) => {
    await lab.register({}, { topics: decodeTopicList(answer.body).topicList });
  },
  '205-WIPE_WRITE_PERM_OF_BROKER-answer-0': (lab, answer) => registerMany(lab, answer.extFields!.wipeTopicCount!),
  '327-ADD_WRITE_PERM_OF_BROKER-answer-0': (lab, answer) => registerMany(lab, answer.extFields!.addTopicCount!),
};

/** Topics of both captured brokers, `ob` of 4.9.7 and `nb` of 5.3.3. */
async function registerMany(lab: NamesrvLab, count: string): Promise<void> {
  const topics = Array.from({ length: Number(count) }, (_, i) => `topic-${i}`);
  for (const brokerName of ['ob', 'nb']) await lab.register({ brokerName }, { topics });
}

/** Codes of the captures that a NameServer answers. */
const codes = new Set([100, 102, 103, 105, 106, 205, 206, 216, 318, 319, 327]);

/** A body as values: lists whose order is that of a Java hash map are sorted. */
function bodyValue(code: number, body: Buffer | null): unknown {
  if (body === null) return null;
  if (code === 319) return null;
  const value = parseFastjson(body.toString()) as Record<string, object[]>;
  for (const list of ['brokerDatas', 'queueDatas', 'topicList']) {
    value[list]?.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  return value;
}

for (const [release, version] of [
  ['old', '4.9.7'],
  ['new', '5.3.3'],
] as const) {
  for (const { name, hex, responseHex } of readGolden(`remoting/captured-${version}.json`)) {
    const request = decodeWhole(Buffer.from(hex, 'hex'));
    if (!codes.has(request.code) || responseHex === undefined) continue;
    test(`${version} ${name}`, async () => {
      const captured = decodeWhole(Buffer.from(responseHex, 'hex'));
      await using lab = await namesrvLab(release);
      await setUps[name]?.(lab, captured);
      const answer = await lab.ask(request);
      assert.equal(answer.code, captured.code);
      // The text of an exception is Java's own.
      if (captured.remark?.includes('Exception')) return;
      assert.equal(answer.remark, captured.remark);
      assert.deepEqual(answer.extFields ?? {}, captured.extFields ?? {});
      assert.deepEqual(bodyValue(request.code, answer.body), bodyValue(request.code, captured.body));
      if (request.code === 319) sameConfiguration(release, String(answer.body), String(captured.body));
    });
  }
}

/** Same keys, and same values where the captured process was not configured. */
function sameConfiguration(release: Release, ours: string, captured: string): void {
  const configured =
    /^(\w+Path|listenPort|bindAddress|rocketmqHome|orderMessageEnable|enableControllerInNamesrv|controller.*|mappedFileSize)=/;
  const lines = (text: string) => text.split('\n').filter((line) => line !== '' && !configured.test(line));
  const keys = (text: string) => {
    return text.match(/^\w+/gm)!.filter((key) => !/^(controller|mappedFileSize)/.test(key));
  };
  // Old writes them in the order of a hash map.
  const order = (items: string[]) => (release === 'old' ? items.sort((a, b) => (a < b ? -1 : 1)) : items);
  assert.deepEqual(order(lines(ours)), order(lines(captured)));
  assert.deepEqual(order(keys(ours)), order(keys(captured)));
}
