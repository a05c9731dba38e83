import { javaCrc32 } from '../base/bytes.ts';
import { encodeKvTable } from '../remoting/bodies/kv-table.ts';
import { dataVersionFields, readDataVersion } from '../remoting/bodies/data-version.ts';
import { parseFields } from '../remoting/bodies/fields.ts';
import { RequestCode, ResponseCode } from '../remoting/codes.ts';
import { addWritePermOfBroker } from '../remoting/commands/add-write-perm-of-broker.ts';
import { queryDataVersion } from '../remoting/commands/query-data-version.ts';
import {
  decodeRegisterBroker,
  noDataVersion,
  registerBroker as registerBrokerCommand,
  type RegisterBrokerBody,
} from '../remoting/commands/register-broker.ts';
import { decodeCompressedRegisterBroker } from '../remoting/commands/register-broker-compressed.ts';
import { unregisterBroker } from '../remoting/commands/unregister-broker.ts';
import { wipeWritePermOfBroker } from '../remoting/commands/wipe-write-perm-of-broker.ts';
import { decodeHeader, encodeHeader, required } from '../remoting/header.ts';
import { writeFastjson } from '../remoting/fastjson-writer.ts';
import type { Connection, RemotingCommand, RemotingServer, ResponseInit } from '../remoting/types.ts';
import { orderTopicConfigNamespace } from './kv-config.ts';
import type { Namesrv } from './namesrv.ts';
import { isDataVersionChanged, registerBroker } from './registration.ts';
import { liveKey, touchBroker } from './route-table.ts';
import { changeWritePermission } from './topics.ts';

/** What brokers send, and the write permission of a broker: 103, 104, 205, 322, 327; new also 904. */
export function handleBrokers(server: RemotingServer, namesrv: Namesrv): void {
  server.handle(registerBrokerCommand.code, (request, connection) => register(namesrv, request, connection));
  server.handle(unregisterBroker.code, (request) => unregister(namesrv, request));
  server.handle(queryDataVersion.code, (request) => queryVersion(namesrv, request));
  server.handle(wipeWritePermOfBroker.code, ({ extFields }) => {
    const { brokerName } = decodeHeader(wipeWritePermOfBroker.request, extFields);
    const wipeTopicCount = changeWritePermission(namesrv.table, brokerName ?? '', false);
    return { code: ResponseCode.SUCCESS, extFields: encodeHeader(wipeWritePermOfBroker.response, { wipeTopicCount }) };
  });
  server.handle(addWritePermOfBroker.code, ({ extFields }) => {
    const { brokerName } = decodeHeader(addWritePermOfBroker.request, extFields);
    const addTopicCount = changeWritePermission(namesrv.table, brokerName ?? '', true);
    return { code: ResponseCode.SUCCESS, extFields: encodeHeader(addWritePermOfBroker.response, { addTopicCount }) };
  });
  if (namesrv.release === 'old') return;
  server.handle(RequestCode.BROKER_HEARTBEAT, ({ extFields }) => {
    touchBroker(namesrv.table, extFields?.clusterName ?? '', extFields?.brokerAddr ?? '', namesrv.clock.nowMs());
    return { code: ResponseCode.SUCCESS };
  });
}

function register(namesrv: Namesrv, request: RemotingCommand, connection: Connection): ResponseInit {
  const header = decodeHeader(registerBrokerCommand.request, request.extFields);
  const crc = header.bodyCrc32 ?? 0;
  if (crc !== 0 && crc !== javaCrc32(request.body ?? Buffer.alloc(0))) {
    return refused('crc32 not match');
  }
  const { current } = namesrv.config;
  const registered = registerBroker(
    namesrv.table,
    {
      clusterName: required(header.clusterName, 'clusterName'),
      brokerName: required(header.brokerName, 'brokerName'),
      brokerAddr: required(header.brokerAddr, 'brokerAddr'),
      brokerId: required(header.brokerId, 'brokerId'),
      haServerAddr: header.haServerAddr,
      zoneName: header.__ZONE_NAME,
      enableActingMaster: header.enableActingMaster,
      heartbeatTimeoutMillis: header.heartbeatTimeoutMillis,
      body: registeredBody(namesrv, request, header.compressed ?? false),
      connectionId: connection.id,
    },
    namesrv.clock.nowMs(),
    current.deleteTopicWithBrokerRegistration,
  );
  if (registered === null) return refused('register broker failed');
  if (registered.minBrokerIdChange !== null) namesrv.tell(registered.minBrokerIdChange);
  const order = current.returnOrderTopicConfigToBroker ? namesrv.kv.namespace(orderTopicConfigNamespace) : null;
  return {
    code: ResponseCode.SUCCESS,
    extFields: encodeHeader(registerBrokerCommand.response, registered),
    body: order === null ? null : encodeKvTable(order),
  };
}

function refused(remark: string): ResponseInit {
  return { code: ResponseCode.SYSTEM_ERROR, remark, extFields: {} };
}

function registeredBody(namesrv: Namesrv, request: RemotingCommand, compressed: boolean): RegisterBrokerBody {
  const { body, version } = request;
  if (compressed && body !== null) return decodeCompressedRegisterBroker(body, version, namesrv.release);
  return decodeRegisterBroker(body, version, namesrv.release);
}

function unregister(namesrv: Namesrv, request: RemotingCommand): ResponseInit {
  const header = decodeHeader(unregisterBroker.request, request.extFields);
  const accepted = namesrv.leave([
    {
      clusterName: required(header.clusterName, 'clusterName'),
      brokerName: required(header.brokerName, 'brokerName'),
      brokerAddr: required(header.brokerAddr, 'brokerAddr'),
      brokerId: required(header.brokerId, 'brokerId'),
    },
  ]);
  return { code: accepted ? ResponseCode.SUCCESS : ResponseCode.SYSTEM_ERROR };
}

/** Also the heartbeat of new brokers. Old renews the broker only when its version is unchanged. */
function queryVersion({ table, release, clock }: Namesrv, request: RemotingCommand): ResponseInit {
  const header = decodeHeader(queryDataVersion.request, request.extFields);
  const clusterName = header.clusterName ?? '';
  const brokerAddr = header.brokerAddr ?? '';
  const asked = readDataVersion(parseFields(request.body, 'DataVersion'), release) ?? noDataVersion;
  const changed = isDataVersionChanged(table, clusterName, brokerAddr, asked);
  if (release === 'new' || !changed) touchBroker(table, clusterName, brokerAddr, clock.nowMs());
  const known = table.brokerLiveTable.get(liveKey(table, clusterName, brokerAddr))?.dataVersion;
  return {
    code: ResponseCode.SUCCESS,
    extFields: encodeHeader(queryDataVersion.response, { changed }),
    body: known === undefined ? null : Buffer.from(writeFastjson(dataVersionFields(known, release))),
  };
}
