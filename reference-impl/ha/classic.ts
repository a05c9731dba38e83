import { offsetAckedBy } from './acked-by.ts';
import { ClassicMasterLink } from './classic-master.ts';
import { ClassicSlave } from './classic-slave.ts';
import { HaListener } from './listener.ts';
import type { HaSocket } from './network.ts';
import type { ClassicHaService, HaDependencies } from './types.ts';

/**
 * Replication between brokers whose roles come from their configuration, old and new alike (`HAService` 4.9.7,
 * `DefaultHAService` 5.3.3). Listens always; dials once `setMasterHaAddress` names a master.
 */
export function createClassicHa({ options, store }: HaDependencies): ClassicHaService {
  const links = new Set<ClassicMasterLink>();
  const listeners: (() => void)[] = [];
  const slave = new ClassicSlave(options, store);
  let push2SlaveMaxOffset = 0;

  const changed = (link: ClassicMasterLink) => {
    if (link.closed) links.delete(link);
    push2SlaveMaxOffset = Math.max(push2SlaveMaxOffset, link.ackOffset);
    for (const listener of listeners) listener();
  };
  const listener = new HaListener(options, (socket: HaSocket) => {
    const link = new ClassicMasterLink(socket, options, store, changed);
    links.add(link);
  });
  store.onProgress(() => {
    for (const link of links) link.pump();
  });

  return {
    get port() {
      return listener.port;
    },
    get replicas() {
      return [...links].map((link) => link.status);
    },
    get slave() {
      return slave.status;
    },
    get push2SlaveMaxOffset() {
      return push2SlaveMaxOffset;
    },
    offsetAckedBy: (count) => offsetAckedBy(links, count),
    setMasterHaAddress: (address) => slave.setMasterHaAddress(address),
    onProgress: (listener) => void listeners.push(listener),
    start: () => listener.start(),
    async stop() {
      slave.stop();
      listener.stop();
      for (const link of links) link.close();
    },
  };
}
