import { silentLog } from '../../base/log.ts';
import type { SimulatedProcess } from '../../base/simulation/virtual-time.ts';
import { controllerConfig } from '../../config/controller.ts';
import { controllerKeys } from '../../config/keys/controller.ts';
import { liveConfig } from '../../config/live.ts';
import { DecisionQueue } from '../../controller/decision-queue.ts';
import { Elections } from '../../controller/elections.ts';
import { handleControllerRequests } from '../../controller/handlers.ts';
import { RoleNotifier } from '../../controller/role-notifier.ts';
import { decodeEvent } from '../../controller/state/events.ts';
import { LiveBrokers } from '../../controller/state/liveness.ts';
import { type BrokerSet, ReplicasInfo } from '../../controller/state/replicas.ts';
import type { Endpoint } from '../../remoting/simulation/network.ts';
import { brokerName, controllerAddress, type World } from './world.ts';

const intervals = { scanNotActiveBrokerInterval: 200, scanInactiveMasterInterval: 400 };
const defaults = controllerConfig(intervals);
const commitMaxMs = 40;
const status = {
  role: 'LEADER',
  currTerm: 1,
  leaderId: 'n0',
  endIndex: 0,
  commitIndex: 0,
  appliedIndex: 0,
  serving: true,
} as const;

/** Events on their way to be agreed. */
interface Proposal {
  readonly bodies: readonly Uint8Array[];
}

/**
 * The judge of elections and SyncStateSets: the real decisions and the real state, without a Raft group. Events are agreed
 * a moment after they were proposed. A crash is what a change of the leader is to brokers: what was proposed is agreed or
 * not, nobody hears of it, and who lives must be found out again.
 */
export class SimulatedController {
  readonly #world: World;
  readonly #replicas: ReplicasInfo;
  #proposals: Proposal[] = [];
  #life: { readonly process: SimulatedProcess; readonly endpoint: Endpoint } | null = null;

  constructor(world: World) {
    this.#world = world;
    this.#replicas = new ReplicasInfo();
  }

  get process(): SimulatedProcess | null {
    return this.#life?.process ?? null;
  }

  /** Undefined before a broker applied for an id. */
  get set(): BrokerSet | undefined {
    return this.#replicas.set(brokerName);
  }

  boot(): void {
    const { time, network } = this.#world;
    const process: SimulatedProcess = { alive: true, frozenUntilMs: 0 };
    const endpoint = network.listen(controllerAddress, process);
    const clock = time.clockOf(process);
    const live = new LiveBrokers();
    const config = liveConfig(controllerKeys, 'new', defaults, '', silentLog);
    const queue = new DecisionQueue({
      driver: { status, propose: (bodies) => this.#propose(process, bodies) },
      context: {
        replicas: this.#replicas,
        living: (cluster, broker, id) => live.living(cluster, broker, id, clock.nowMs()),
        enableElectUncleanMaster: false,
      },
      readsThroughLog: () => false,
      clock,
      log: silentLog,
    });
    const elections = new Elections({
      config: () => config.current,
      replicas: this.#replicas,
      live,
      queue,
      notifier: new RoleNotifier(network.client(endpoint), silentLog),
      isServing: () => process.alive,
      clock,
      log: silentLog,
    });
    const members = { selfId: 'n0', selfAddress: controllerAddress, peers: new Map([['n0', controllerAddress]]) };
    handleControllerRequests(endpoint, { queue, elections, config, members, status: () => status });
    elections.start();
    this.#life = { process, endpoint };
  }

  crash(): void {
    if (this.#life === null) return;
    this.#world.note('the controller fails over');
    this.#life.process.alive = false;
    this.#world.network.hangUp(this.#life.endpoint);
    this.#life = null;
    const agreed = this.#world.random.int(this.#proposals.length + 1);
    for (const { bodies } of this.#proposals.splice(0).slice(0, agreed)) this.#apply(bodies);
  }

  #propose(process: SimulatedProcess, bodies: readonly Uint8Array[]): Promise<void> {
    const { time, random } = this.#world;
    const proposal = { bodies };
    this.#proposals.push(proposal);
    return new Promise((resolve) => {
      time.after(random.int(commitMaxMs), process, () => {
        this.#proposals = this.#proposals.filter((other) => other !== proposal);
        this.#apply(bodies);
        resolve();
      });
    });
  }

  #apply(bodies: readonly Uint8Array[]): void {
    for (const event of bodies.map(decodeEvent)) {
      if (event === null) continue;
      this.#replicas.apply(event);
      this.#world.note(`agreed: ${JSON.stringify(event)}`);
      this.#world.safety.agreed();
    }
  }
}
