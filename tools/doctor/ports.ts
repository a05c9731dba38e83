import { commaList, isJRaft, ownAddress } from './controllers.ts';
import type { ConfFile } from './conf-file.ts';
import { isEmbedded } from './deployment.ts';
import { endpoint } from './host.ts';

/** A port that a process listens on. */
export interface Port {
  readonly port: number;
  /** What for, as a finding names it. */
  readonly use: string;
  /** Key that decides it. */
  readonly key: string;
}

/** Every port that the process of a file listens on. */
export function portsOf(file: ConfFile): Port[] {
  if (file.role === 'broker') return [...brokerPorts(file), ...metricsPort(file)];
  if (file.role === 'controller') return [...controllerPorts(file), ...metricsPort(file)];
  if (file.role === 'proxy') {
    const grpc = { port: file.number('grpcServerPort'), use: 'gRPC port', key: 'grpcServerPort' };
    const remoting = { port: file.number('remotingListenPort'), use: 'remoting port', key: 'remotingListenPort' };
    return [grpc, remoting, ...metricsPort(file)];
  }
  const routes = { port: listenPort(file, 9876), use: 'NameServer port', key: 'listenPort' };
  return isEmbedded(file) ? [routes, ...controllerPorts(file), ...metricsPort(file)] : [routes];
}

/** Port of replication: releases up to 4.9 know no other than the one after `listenPort`. */
export function haPort(broker: ConfFile): number {
  const given = broker.given('haListenPort') === undefined ? 0 : broker.number('haListenPort');
  return broker.release === 'new' && given > 0 ? given : listenPort(broker, 10911) + 1;
}

function brokerPorts(broker: ConfFile): Port[] {
  const listen = listenPort(broker, 10911);
  const haKey = haPort(broker) === listen + 1 ? 'listenPort' : 'haListenPort';
  return [
    { port: listen, use: 'listen port', key: 'listenPort' },
    { port: listen - 2, use: 'fast port (listenPort - 2)', key: 'listenPort' },
    { port: haPort(broker), use: haKey === 'listenPort' ? 'HA port (listenPort + 1)' : 'HA port', key: haKey },
  ];
}

function controllerPorts(file: ConfFile): Port[] {
  const own = endpoint(ownAddress(file) ?? '');
  const key = isJRaft(file) ? 'jRaftControllerRPCAddr' : 'controllerDLegerPeers';
  const ports = own === null ? [] : [{ port: own.port, use: 'controller port', key }];
  const raft = isJRaft(file) ? endpoint(commaList(file.text('jRaftServerId'))[0]!) : null;
  return raft === null ? ports : [...ports, { port: raft.port, use: 'Raft port', key: 'jRaftServerId' }];
}

function metricsPort(file: ConfFile): Port[] {
  if (file.release === 'old' || file.text('metricsExporterType') !== 'PROM') return [];
  return [{ port: file.number('metricsPromExporterPort'), use: 'metrics port', key: 'metricsPromExporterPort' }];
}

/** The tables have no default that counts: each start-up sets its own. */
export function listenPort(file: ConfFile, startUp: number): number {
  return file.given('listenPort') === undefined ? startUp : file.number('listenPort');
}
