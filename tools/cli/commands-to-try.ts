import type { StandingCluster, StandingServer } from '../lab/standing/state.ts';

/** Command lines that work on a cluster as it stands, for somebody who looks at one for the first time. */
export function commandsToTry({ processes }: StandingCluster): string[] {
  const servers = processes.flatMap((process) => process.servers);
  const first = (role: StandingServer['role']) => servers.find((server) => server.role === role);
  const [namesrv, controller, broker] = [first('namesrv'), first('controller'), first('broker')];
  const lines: string[] = [];
  if (namesrv !== undefined && broker !== undefined) {
    lines.push(
      `npm run mqadmin -- clusterList -n ${namesrv.address}`,
      `npm run mqadmin -- updateTopic -n ${namesrv.address} -c switchlab -t Hello`,
      `npm run mqadmin -- topicRoute -n ${namesrv.address} -t Hello`,
    );
  }
  if (controller !== undefined) lines.push(`npm run mqadmin -- getControllerMetaData -a ${controller.address}`);
  if (controller !== undefined && broker?.group?.elected) {
    const master = processes.find(({ servers: own }) => own.includes(broker))!;
    // Behind the scripts of a distribution the server is not the process that was started.
    const whole = master.signals?.stopReaches === 'all' ? '-- -' : '';
    lines.push(
      `npm run mqadmin -- getSyncStateSet -a ${controller.address} -b ${broker.group.name}`,
      `kill -9 ${whole}${master.pid}    # ${broker.name}, the first master: another takes over`,
    );
  }
  return [...lines, 'npm run cluster -- status', 'npm run cluster -- down'];
}
