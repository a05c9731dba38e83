import { RequestCode } from '../../remoting/codes.ts';

const codes = [
  'CONTROLLER_ALTER_SYNC_STATE_SET',
  'CONTROLLER_ELECT_MASTER',
  'CONTROLLER_REGISTER_BROKER',
  'CONTROLLER_GET_REPLICA_INFO',
  'CONTROLLER_GET_METADATA_INFO',
  'CONTROLLER_GET_SYNC_STATE_DATA',
  'CONTROLLER_GET_NEXT_BROKER_ID',
  'CONTROLLER_APPLY_BROKER_ID',
] as const;

/** Values of the label request_type by request code; some codes have another name there than elsewhere. */
export const requestTypes: Readonly<Record<number, string>> = {
  ...Object.fromEntries(codes.map((name) => [RequestCode[name], name])),
  [RequestCode.BROKER_HEARTBEAT]: 'CONTROLLER_BROKER_HEARTBEAT',
  [RequestCode.UPDATE_CONTROLLER_CONFIG]: 'CONTROLLER_UPDATE_CONTROLLER_CONFIG',
  [RequestCode.GET_CONTROLLER_CONFIG]: 'CONTROLLER_GET_CONTROLLER_CONFIG',
  [RequestCode.CLEAN_BROKER_DATA]: 'CONTROLLER_CLEAN_BROKER_DATA',
};
