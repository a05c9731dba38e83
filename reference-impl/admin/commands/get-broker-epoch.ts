import type { BrokerEpochs } from '../../client/broker-calls.ts';
import { clusterBrokers } from '../cluster.ts';
import { type AdminCommand, optional } from '../command.ts';
import { hashOrder } from '../java-order.ts';
import { option } from '../options.ts';

/** getBrokerEpoch: 106, then 1007 to every broker of the set or cluster. */
export const getBrokerEpoch: AdminCommand = {
  name: 'getBrokerEpoch',
  description: 'Fetch broker epoch entries.',
  javaClass: 'GetBrokerEpochSubCommand',
  releases: ['new'],
  repeats: true,
  anyOf: ['b', 'c'],
  options: () => [
    option('c', 'clusterName', 'which cluster'),
    option('b', 'brokerName', 'which broker to fetch'),
    option('i', 'interval', 'the interval(second) of get info'),
  ],
  async run(context) {
    const brokerName = optional(context, 'b');
    const clusterName = optional(context, 'c');
    const brokers = await clusterBrokers(context, brokerName === null ? clusterName : null);
    const wanted = brokers.filter((broker) => brokerName === null || broker.brokerName === brokerName);
    for (const address of hashOrder(wanted.map((broker) => broker.address))) {
      context.print(epochText(address, await context.operator.brokerEpoch(address)));
    }
  },
};

/** The entry that still grows ends, for the reader, at the end of the log. */
function epochText(address: string, { clusterName, brokerName, brokerId, epochList, maxOffset }: BrokerEpochs): string {
  const head = `\n#clusterName\t${clusterName}\n#brokerName\t${brokerName}\n#brokerAddr\t${address}\n#brokerId\t${brokerId}`;
  const entries = epochList.map(({ epoch, startOffset, endOffset }, i) => {
    const end = i === epochList.length - 1 ? maxOffset : endOffset;
    return `\n#Epoch: EpochEntry{epoch=${epoch}, startOffset=${startOffset}, endOffset=${end}}`;
  });
  return `${head}${entries.join('')}\n`;
}
