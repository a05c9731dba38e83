import type { Release } from '../../base/release.ts';
import type { TopicRouteData } from '../../remoting/commands/get-routeinfo-by-topic.ts';
import { cell } from '../columns.ts';
import { type AdminCommand, given } from '../command.ts';
import { requiredOption, switchOption } from '../options.ts';

/** topicRoute: 105, as fastjson prints it in its pretty form, or as a list. */
export const topicRoute: AdminCommand = {
  name: 'topicRoute',
  description: 'Examine topic route info.',
  javaClass: 'TopicRouteSubCommand',
  releases: ['old', 'new'],
  options: () => [
    requiredOption('t', 'topic', 'topic name'),
    switchOption('l', 'list', 'Use list format to print data'),
  ],
  async run(context) {
    const route = await context.operator.topicRoute(given(context, 't'));
    context.print(context.options.has('l') ? listText(route) : `${prettyText(route, context.release)}\n`);
  },
};

function prettyText(route: TopicRouteData, release: Release): string {
  const brokers = route.brokerDatas.map((data) => {
    const addresses = [...data.brokerAddrs].map(([id, address]) => `${id}:${JSON.stringify(address)}`).join(',');
    // The pretty printer of fastjson breaks the line only behind a map with bare keys.
    const fields = [
      `"brokerAddrs":{${addresses}\n\t\t\t}`,
      `"brokerName":${JSON.stringify(data.brokerName)}`,
      `"cluster":${JSON.stringify(data.cluster)}`,
      ...(release === 'new' ? [`"enableActingMaster":${data.enableActingMaster}`] : []),
    ];
    return `\t\t{\n\t\t\t${fields.join(',\n\t\t\t')}\n\t\t}`;
  });
  const queues = route.queueDatas.map(({ brokerName, perm, readQueueNums, topicSysFlag, writeQueueNums }) => {
    const fields = Object.entries({ brokerName, perm, readQueueNums, topicSysFlag, writeQueueNums });
    return `\t\t{\n${fields.map(([name, value]) => `\t\t\t"${name}":${JSON.stringify(value)}`).join(',\n')}\n\t\t}`;
  });
  const members = [
    `"brokerDatas":[\n${brokers.join(',\n')}\n\t]`,
    `"filterServerTable":{}`,
    ...(route.orderTopicConf === null ? [] : [`"orderTopicConf":${JSON.stringify(route.orderTopicConf)}`]),
    `"queueDatas":[\n${queues.join(',\n')}\n\t]`,
  ];
  return `{\n\t${members.join(',\n\t')}\n}`;
}

function listText({ brokerDatas, queueDatas }: TopicRouteData): string {
  const rows = queueDatas.map((queue) => {
    const set = brokerDatas.find((data) => data.brokerName === queue.brokerName);
    const addresses = [...(set?.brokerAddrs ?? [])].map(([id, address]) => `${id}=${address}`).join(', ');
    const { readQueueNums, writeQueueNums, perm } = queue;
    return listRow(set?.cluster ?? '', queue.brokerName, `{${addresses}}`, readQueueNums, writeQueueNums, perm);
  });
  const sum = (name: 'readQueueNums' | 'writeQueueNums') => queueDatas.reduce((total, queue) => total + queue[name], 0);
  return [
    listRow('#ClusterName', '#BrokerName', '#BrokerAddrs', '#ReadQueue', '#WriteQueue', '#Perm'),
    ...rows,
    `${'-'.repeat(158)}\n`,
    listRow('Total:', queueDatas.length, '', sum('readQueueNums'), sum('writeQueueNums'), ''),
  ].join('');
}

function listRow(
  cluster: string,
  broker: string | number,
  addresses: string,
  read: string | number,
  write: string | number,
  perm: string | number,
): string {
  const names = `${cell(cluster, -45)} ${cell(broker, -32)} ${cell(addresses, -50)}`;
  return `${names} ${cell(read, -10)} ${cell(write, -11)} ${cell(perm, -5)}\n`;
}
