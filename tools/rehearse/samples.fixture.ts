import path from 'node:path';
import { readDeployment } from '../doctor/read-deployment.ts';
import { type Server, serversOf } from './servers.ts';

const samples = path.resolve(import.meta.dirname, '../../configs/samples');
export const sampleControllers = [1, 2, 3].map((n) => `production/controller-${n}.conf`);

interface Sampled {
  /** Default: the folder of the samples. */
  readonly base?: string;
  /** Those of the files that join. */
  readonly add?: readonly string[] | undefined;
}

/** The servers of files, or of folders of them. */
export function sampleServers(paths: readonly string[], { base = samples, add = [] }: Sampled = {}): Server[] {
  const nothing = { byRole: {}, stores: [], controllerStores: [], versions: [], hosts: [], probes: [] };
  const { deployment } = readDeployment({ base, paths: [...paths], hostsByFolder: false, ...nothing });
  return serversOf(deployment, { files: new Set(add), replaces: new Map() });
}
