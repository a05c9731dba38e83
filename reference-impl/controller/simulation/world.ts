import type { Random } from '../../base/random.ts';
import type { CountName } from './counts.ts';
import type { Defect } from './defects.ts';
import type { SimulatedNetwork } from '../../remoting/simulation/network.ts';
import type { Safety } from './safety.ts';
import type { VirtualTime } from '../../base/simulation/virtual-time.ts';

/** What every simulated process lives in. */
export interface World {
  readonly time: VirtualTime;
  readonly network: SimulatedNetwork;
  readonly random: Random;
  readonly safety: Safety;
  readonly defect: Defect;
  /** `controllerDLegerPeers`. */
  readonly peers: string;
  /** Ids that brokers of a set hold. */
  readonly brokerIds: (brokerName: string) => number[];
  /** `processReadEvent`: no read may be older than its request. */
  readonly readsThroughLog: boolean;
  /** Notes what happened, for whoever reads a failing schedule. */
  readonly note: (text: string) => void;
  readonly count: (name: CountName) => void;
}
