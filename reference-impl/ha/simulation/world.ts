import type { Random } from '../../base/random.ts';
import type { VirtualTime } from '../../base/simulation/virtual-time.ts';
import type { SimulatedNetwork } from '../../remoting/simulation/network.ts';
import type { Defect } from './defects.ts';
import type { Safety } from './safety.ts';
import type { SimulatedStreams } from './streams.ts';

/** What a schedule went through. */
export interface Coverage {
  /** Masters that took their role. */
  switches: number;
  crashes: number;
  powerLosses: number;
  /** Crashes within a change of the disk. */
  tornWrites: number;
  /** Logs that were cut to what the master has. */
  truncations: number;
  cuts: number;
  /** Records of a chosen size are what a schedule sends; the answers to it. */
  acknowledged: number;
  refused: number;
  unknown: number;
}

/** What every simulated process lives in. */
export interface World {
  readonly time: VirtualTime;
  readonly network: SimulatedNetwork;
  readonly streams: SimulatedStreams;
  readonly random: Random;
  readonly safety: Safety;
  readonly defect: Defect;
  /** Machines may lose their power: everything is flushed before it is acknowledged. */
  readonly losesPower: boolean;
  readonly coverage: Coverage;
  /** Notes what happened, for whoever reads a failing schedule. */
  readonly note: (text: string) => void;
}

export const clusterName = 'simulated';
export const brokerName = 'broker';
export const controllerAddress = 'controller:9870';
export const namesrvAddress = 'namesrv:9876';
export const topic = 'TopicA';
export const queueCount = 2;
