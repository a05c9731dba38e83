// Body of a log entry:  0 event id i16 | 2 compact JSON, keys in alphabetical order, null left out
//   An empty body is no event: the first entry of a leader, or a read that goes through the log.
//   1 ALTER_SYNC_STATE_SET_EVENT  brokerName, newSyncStateSet
//   2 APPLY_BROKER_ID_EVENT       brokerAddress, brokerName, clusterName, newBrokerId, registerCheckCode
//   3 ELECT_MASTER_EVENT          brokerName, newMasterBrokerId, newMasterElected
//   5 CLEAN_BROKER_DATA_EVENT     brokerIdSetToClean, brokerName
//   6 UPDATE_BROKER_ADDRESS       brokerAddress, brokerId, brokerName, clusterName
//   every one                     eventType
// Source: EventSerializer, FastJsonSerializer and the events of org.apache.rocketmq.controller.impl.event, 5.3.3.
import { SwitchlabError, errorText } from '../../base/errors.ts';
import { writeFastjson } from '../../remoting/fastjson-writer.ts';

export type ControllerEvent =
  | {
      readonly eventType: 'ALTER_SYNC_STATE_SET_EVENT';
      readonly brokerName: string;
      readonly newSyncStateSet: readonly number[];
    }
  | {
      readonly eventType: 'APPLY_BROKER_ID_EVENT';
      readonly brokerAddress: string;
      readonly brokerName: string;
      readonly clusterName: string;
      readonly newBrokerId: number;
      readonly registerCheckCode: string;
    }
  | {
      readonly eventType: 'ELECT_MASTER_EVENT';
      readonly brokerName: string;
      /** Null exactly when none was elected. */
      readonly newMasterBrokerId: number | null;
      readonly newMasterElected: boolean;
    }
  | {
      readonly eventType: 'CLEAN_BROKER_DATA_EVENT';
      readonly brokerName: string;
      /** Null: the whole set. */
      readonly brokerIdSetToClean: readonly number[] | null;
    }
  | {
      readonly eventType: 'UPDATE_BROKER_ADDRESS';
      readonly brokerAddress: string;
      readonly brokerId: number;
      readonly brokerName: string;
      readonly clusterName: string;
    };

type EventType = ControllerEvent['eventType'];

const eventIds: Readonly<Record<EventType, number>> = {
  ALTER_SYNC_STATE_SET_EVENT: 1,
  APPLY_BROKER_ID_EVENT: 2,
  ELECT_MASTER_EVENT: 3,
  CLEAN_BROKER_DATA_EVENT: 5,
  UPDATE_BROKER_ADDRESS: 6,
};

/** 4 is the event of a read, which nobody writes any more: it changes nothing. */
const readEventId = 4;

export function encodeEvent(event: ControllerEvent): Buffer {
  const members = Object.entries(event).sort(([a], [b]) => (a < b ? -1 : 1));
  const json = Buffer.from(writeFastjson(Object.fromEntries(members)));
  const bytes = Buffer.allocUnsafe(2 + json.length);
  bytes.writeInt16BE(eventIds[event.eventType], 0);
  json.copy(bytes, 2);
  return bytes;
}

/** The event of an entry, null when it changes nothing. Throws BODY_MALFORMED. */
export function decodeEvent(body: Uint8Array): ControllerEvent | null {
  if (body.length === 0) return null;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  const id = bytes.length > 2 ? bytes.readInt16BE(0) : 0;
  if (id === readEventId) return null;
  const eventType = (Object.keys(eventIds) as EventType[]).find((type) => eventIds[type] === id);
  if (eventType === undefined) throw new SwitchlabError('BODY_MALFORMED', `Controller event ${id} is unknown.`);
  try {
    const fields = JSON.parse(bytes.toString('utf8', 2)) as object;
    return { ...absent[eventType], ...fields, eventType } as ControllerEvent;
  } catch (thrown) {
    throw new SwitchlabError('BODY_MALFORMED', `Controller event ${eventType}: ${errorText(thrown)}.`);
  }
}

/** What a field that is left out means. */
const absent: Partial<Record<EventType, object>> = {
  ELECT_MASTER_EVENT: { newMasterBrokerId: null, newMasterElected: false },
  CLEAN_BROKER_DATA_EVENT: { brokerIdSetToClean: null },
};

/** Whether a body can be that of an entry: a torn one ends in zeros. */
export function isPlausibleBody(body: Uint8Array): boolean {
  try {
    decodeEvent(body);
    return true;
  } catch {
    return false; // What is wrong with it does not matter here.
  }
}
