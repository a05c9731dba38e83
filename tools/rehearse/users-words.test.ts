import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sameAddress } from '../doctor/host.ts';
import { labAddresses } from './lab-addresses.ts';
import { sampleServers } from './samples.fixture.ts';
import { usersWords } from './users-words.ts';

test('what was seen is said with the addresses and files of the user', async () => {
  const servers = sampleServers(['production']);
  const addresses = await labAddresses(servers);
  const inUsersWords = usersWords({ servers, addresses, folder: '/run/site-7', evidenceFolder: '/run' });
  const lab = (address: string) => addresses.get(sameAddress(address))!;
  const ha = lab('mq-a-0.example.com:10911').replace(/\d+$/, (port) => String(Number(port) + 1));
  const said: [seen: string, words: string][] = [
    [`master ${lab('mq-a-0.example.com:10911')}, others`, 'master mq-a-0.example.com:10911, others'],
    [`leaders: ${lab('mq-ctl-2.example.com:9878')}`, 'leaders: mq-ctl-2.example.com:9878'],
    [`asked ${lab('mq-ns-1.example.com:9876')}`, 'asked mq-ns-1.example.com:9876'],
    [`slave of ${ha}`, 'slave of mq-a-0.example.com:10912'],
    ['127.0.0.1:1 is nobody', 'a port of the rehearsal is nobody'],
    ['lock of /run/site-7/broker-a-0/files/data/rocketmq/store', 'lock of /data/rocketmq/store'],
    ['/run/site-7/broker-a-0/logs', '$ROCKETMQ_HOME/logs'],
    ['-c /run/broker-a-0.conf', `-c ${servers.find(({ name }) => name === 'broker-a-0')!.file.path}`],
  ];
  for (const [seen, words] of said) assert.equal(inUsersWords(seen), words);
});
