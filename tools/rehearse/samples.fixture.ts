import path from 'node:path';
import { readDeployment } from '../doctor/read-deployment.ts';
import { type Server, serversOf } from './servers.ts';

const samples = path.resolve(import.meta.dirname, '../../configs/samples');
export const sampleControllers = [1, 2, 3].map((n) => `production/controller-${n}.conf`);

/** The servers of files, or of folders of them. @param base default: the folder of the samples */
export function sampleServers(paths: readonly string[], base = samples): Server[] {
  const nothing = { byRole: {}, stores: [], controllerStores: [], versions: [], hosts: [], probes: [] };
  return serversOf(readDeployment({ base, paths: [...paths], hostsByFolder: false, ...nothing }).deployment);
}
