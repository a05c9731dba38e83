import type { MessageToStore } from '../../message/types.ts';
import type { SimulatedReplica } from './replica.ts';
import { queueCount, topic, type World } from './world.ts';

const sendMaxMs = 120;
const delayMaxMs = 20;
const bodyMaxBytes = 400;
const batchMax = 4;
const host = { ip: Uint8Array.of(127, 0, 0, 1), port: 10911 };

/** Sends to whoever believes to be master, or sometimes to anybody, and counts the answers. */
export class Producer {
  readonly #world: World;
  readonly #number: number;
  readonly #replicas: readonly SimulatedReplica[];
  #count = 0;
  #ended = false;

  constructor(world: World, number: number, replicas: readonly SimulatedReplica[]) {
    this.#world = world;
    this.#number = number;
    this.#replicas = replicas;
    this.#later();
  }

  end(): void {
    this.#ended = true;
  }

  #later(): void {
    const { time, random } = this.#world;
    time.after(random.int(sendMaxMs), null, () => {
      if (this.#ended) return;
      this.#send();
      this.#later();
    });
  }

  #send(): void {
    const { random, time, coverage } = this.#world;
    const masters = this.#replicas.filter(({ isMaster }) => isMaster);
    const some = masters.length > 0 && random.int(10) > 0 ? masters : this.#replicas;
    const to = some[random.int(some.length)]!;
    const key = `p${this.#number}-${this.#count++}`;
    const count = random.int(4) === 0 ? 1 + random.int(batchMax) : 1;
    const queueId = random.int(queueCount);
    const messages = Array.from({ length: count }, (_, i) => this.#message(`${key}.${i}`, queueId));
    time.after(
      random.int(delayMaxMs),
      () => to.process,
      () => {
        to.send(key, messages, (answer) => {
          if (answer === 'ACKNOWLEDGED') coverage.acknowledged++;
          else if (answer === 'REFUSED') coverage.refused++;
          else coverage.unknown++;
        });
      },
    );
  }

  #message(key: string, queueId: number): MessageToStore {
    return {
      topic,
      queueId,
      flag: 0,
      sysFlag: 0,
      bornTimestamp: this.#world.time.nowMs,
      bornHost: host,
      storeHost: host,
      reconsumeTimes: 0,
      preparedTransactionOffset: 0,
      body: Buffer.from(`${key} ${'x'.repeat(this.#world.random.int(bodyMaxBytes))}`),
      properties: '',
    };
  }
}
