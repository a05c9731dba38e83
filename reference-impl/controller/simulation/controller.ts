import { SwitchlabError } from '../../base/errors.ts';
import { silentLog } from '../../base/log.ts';
import { controllerConfig, type ControllerMembers, controllerMembers } from '../../config/controller.ts';
import { controllerKeys } from '../../config/keys/controller.ts';
import { liveConfig } from '../../config/live.ts';
import type { RaftStatus } from '../../raft/node.ts';
import { assembleController } from '../assemble.ts';
import { DLedgerStore } from '../../dledger/dledger-store.ts';
import type { RaftDriver } from '../../dledger/driver.ts';
import { raftTimings } from '../../dledger/timings.ts';
import { type ControllerEvent, encodeEvent, isPlausibleBody } from '../state/events.ts';
import { ReplicasInfo } from '../state/replicas.ts';
import { SimulatedDisk } from './disk.ts';
import type { Endpoint } from '../../remoting/simulation/network.ts';
import type { SimulatedProcess } from '../../base/simulation/virtual-time.ts';
import { Watch } from './watch.ts';
import type { World } from './world.ts';

const timings = raftTimings('200');
/** Small, so that a schedule fills several. */
const segmentBytes = 2048;
const intervals = { scanNotActiveBrokerInterval: 300, scanInactiveMasterInterval: 500 };
const defaults = controllerConfig({ ...intervals, controllerDLegerGroup: 'grp', mappedFileSize: segmentBytes });
/** One flush in so many is the last thing that a controller does. */
const crashAtFlushEvery = 150;
/** Before, while or shortly after the flush. */
const crashInFlushMs = 30;

interface Life {
  readonly process: SimulatedProcess;
  readonly endpoint: Endpoint;
  readonly store: DLedgerStore;
  readonly driver: RaftDriver;
  readonly replicas: ReplicasInfo;
}

/** A controller: the real one, on a simulated disk, clock and network. */
export class SimulatedController {
  readonly id: string;
  readonly #world: World;
  readonly #watch: Watch;
  readonly #members: ControllerMembers;
  readonly #disk: SimulatedDisk;
  #life: Life | null = null;
  #applied = 0;
  /** Entries of this life up to here were shown as committed. */
  #shownIndex = -1;

  constructor(world: World, id: string) {
    this.id = id;
    this.#world = world;
    this.#watch = new Watch(id, world);
    this.#members = controllerMembers({
      ...defaults,
      controllerDLegerPeers: world.peers,
      controllerDLegerSelfId: id,
    });
    this.#disk = new SimulatedDisk(world);
  }

  get address(): string {
    return this.#members.selfAddress;
  }

  /** Null while it is down. */
  get process(): SimulatedProcess | null {
    return this.#life?.process ?? null;
  }

  get status(): RaftStatus | null {
    return this.#life?.driver.status ?? null;
  }

  /** Events applied since it started. */
  get applied(): number {
    return this.#applied;
  }

  get replicas(): ReplicasInfo | null {
    return this.#life?.replicas ?? null;
  }

  boot(): void {
    const { time, network, random, defect, safety, note, count, readsThroughLog } = this.#world;
    const watch = this.#watch;
    const process: SimulatedProcess = { alive: true, frozenUntilMs: 0 };
    const endpoint = network.listen(this.address, process);
    const store = watch.store(this.#openStore(process));
    this.#applied = 0;
    this.#shownIndex = -1;
    const replicas = watch.replicas(defect.replicas?.() ?? new ReplicasInfo(), () => this.#applied++);
    const config = { ...defaults, processReadEvent: readsThroughLog, ...defect.config };
    const { driver, elections } = assembleController({
      members: this.#members,
      timings,
      config: liveConfig(controllerKeys, 'new', config, '', silentLog),
      store,
      replicas,
      clock: time.clockOf(process),
      random,
      client: watch.client(network.client(endpoint)),
      server: { handle: (code, handler) => endpoint.handle(code, watch.handler(handler, replicas)) },
      log: watch.log(),
    });
    defect.driver?.(driver);
    let ledTerm = -1;
    driver.onStatus(() => {
      const { role, currTerm } = driver.status;
      if (role !== 'LEADER' || currTerm === ledTerm) return;
      ledTerm = currTerm;
      note(`${this.id} leads term ${currTerm}`);
      safety.leads(this.id, currTerm, (index) => store.entry(index));
    });
    this.#life = { process, endpoint, store, driver, replicas };
    count('controllerStarts');
    driver.start();
    elections.start();
  }

  crash(power: 'KEPT' | 'LOST'): void {
    if (this.#life === null) return;
    this.showCommitted();
    this.#world.note(`${this.id} crashes, power ${power}`);
    this.#life.process.alive = false;
    this.#disk.crash(power);
    this.#world.network.hangUp(this.#life.endpoint);
    this.#life = null;
  }

  /** Shows the promises what this controller holds for committed. */
  showCommitted(): void {
    if (this.#life === null) return;
    const { driver, store } = this.#life;
    const { appliedIndex, currTerm } = driver.status;
    while (this.#shownIndex < appliedIndex) {
      this.#world.safety.committed(this.id, store.entry(++this.#shownIndex)!, currTerm);
    }
  }

  /** Proposes events past the queue, all at once; what it acknowledges must be agreed. */
  async propose(events: readonly ControllerEvent[]): Promise<void> {
    if (this.#life === null) return;
    try {
      await this.#life.driver.propose(events.map(encodeEvent));
    } catch (thrown) {
      if (thrown instanceof SwitchlabError) return; // Not the leader, or not for long enough: no promise was made.
      throw thrown;
    }
    for (const event of events) {
      this.#world.count('writesAcknowledged');
      this.#world.safety.acknowledged(this.id, event);
    }
  }

  #openStore(process: SimulatedProcess): DLedgerStore {
    const { random, time, network, count } = this.#world;
    const onFlush = () => {
      if (network.lossRate === 0 || random.int(crashAtFlushEvery) > 0) return;
      time.after(random.int(crashInFlushMs), process, () => {
        if (network.lossRate === 0) return;
        count('crashesInFlush');
        this.crash('LOST');
      });
    };
    const disk = this.#disk.openedBy(process, this.id, onFlush);
    return new DLedgerStore({ disk, segmentBytes, plausible: isPlausibleBody });
  }
}
