import type { Random } from '../../base/random.ts';
import type { Defect } from './defects.ts';
import type { SimulatedNetwork } from './network.ts';
import type { Safety } from './safety.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What every simulated process lives in. */
export interface World {
  readonly time: VirtualTime;
  readonly network: SimulatedNetwork;
  readonly random: Random;
  readonly safety: Safety;
  readonly defect: Defect;
  /** `controllerDLegerPeers`. */
  readonly peers: string;
  /** Notes what happened, for whoever reads a failing schedule. */
  readonly note: (text: string) => void;
}
