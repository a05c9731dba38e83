import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeRecord } from '../../message/record.ts';
import { brokerLab } from '../lab.ts';

// The record as a 4.9.7 broker wrote it for the same pull; 5.3.3 writes none.
for (const release of ['old', 'new'] as const) {
  test(`${release}: an offset that is corrected is ${release === 'old' ? '' : 'not '}told in OFFSET_MOVED_EVENT`, async () => {
    await using lab = await brokerLab(release);
    await lab.send('T');
    const moved = await lab.pull('T', 0, 50_000, { consumerGroup: 'G' });
    assert.deepEqual([moved.code, moved.extFields!.nextBeginOffset], [21, '1']);
    const { code, body } = await lab.pull('OFFSET_MOVED_EVENT', 0, 0, { consumerGroup: 'G' });
    assert.equal(code, release === 'old' ? 0 : 19);
    if (release === 'new') return;
    const record = decodeRecord(body!);
    assert.equal(
      record.body.toString(),
      '{"consumerGroup":"G","messageQueue":{"brokerName":"broker-a","queueId":0,"topic":"T"},"offsetNew":1,"offsetRequest":50000}',
    );
    assert.equal(record.properties, 'KEYS\u0001G\u0002DELAY\u00010\u0002TAGS\u0001G');
  });
}
