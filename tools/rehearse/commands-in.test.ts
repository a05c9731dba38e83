import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandsIn } from './commands-in.ts';

const commands = (sentence: string) => commandsIn(sentence).flatMap(({ text, isCommand }) => (isCommand ? [text] : []));

test('a command ends before the punctuation of its sentence', () => {
  const sentences: [sentence: string, ...found: string[]][] = [
    ['mqadmin updateBrokerConfig -b h:1 -k a -v 4. Producers leave.', 'mqadmin updateBrokerConfig -b h:1 -k a -v 4'],
    ["mqadmin consumerProgress -n 'a:1;b:1' -g GROUP shows none", "mqadmin consumerProgress -n 'a:1;b:1' -g GROUP"],
    ['On h, stop x: sh bin/mqshutdown broker', 'sh bin/mqshutdown broker'],
    [
      'Start it: nohup sh bin/mqbroker -c /a/b.conf &. It is there when mqadmin clusterList -n h:1 lists it.',
      'nohup sh bin/mqbroker -c /a/b.conf &',
      'mqadmin clusterList -n h:1',
    ],
    ['Put it back: cp -a /s.kept/. /s/', 'cp -a /s.kept/. /s/'],
    ['Copy: rsync -aS --delete h:/s/ /t/', 'rsync -aS --delete h:/s/ /t/'],
    ['Wait until it is there.'],
  ];
  for (const [sentence, ...found] of sentences) {
    assert.deepEqual(commands(sentence), found);
    assert.equal(
      commandsIn(sentence)
        .map(({ text }) => text)
        .join(''),
      sentence,
    );
  }
});
