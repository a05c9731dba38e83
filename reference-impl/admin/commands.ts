import type { AdminCommand } from './command.ts';
import { brokerStatus } from './commands/broker-status.ts';
import { cleanBrokerMetadata } from './commands/clean-broker-metadata.ts';
import { clusterList } from './commands/cluster-list.ts';
import { consumerProgress } from './commands/consumer-progress.ts';
import { deleteSubGroup } from './commands/delete-sub-group.ts';
import { deleteTopic } from './commands/delete-topic.ts';
import { electMaster } from './commands/elect-master.ts';
import { getBrokerConfig } from './commands/get-broker-config.ts';
import { getBrokerEpoch } from './commands/get-broker-epoch.ts';
import { getControllerConfig } from './commands/get-controller-config.ts';
import { getControllerMetaData } from './commands/get-controller-meta-data.ts';
import { getNamesrvConfig } from './commands/get-namesrv-config.ts';
import { getSyncStateSet } from './commands/get-sync-state-set.ts';
import { haStatus } from './commands/ha-status.ts';
import { queryMsgById } from './commands/query-msg-by-id.ts';
import { queryMsgByKey } from './commands/query-msg-by-key.ts';
import { queryMsgByOffset } from './commands/query-msg-by-offset.ts';
import { resetOffsetByTime } from './commands/reset-offset-by-time.ts';
import { sendMessage } from './commands/send-message.ts';
import { topicList } from './commands/topic-list.ts';
import { topicRoute } from './commands/topic-route.ts';
import { topicStatus } from './commands/topic-status.ts';
import { updateBrokerConfig } from './commands/update-broker-config.ts';
import { updateControllerConfig } from './commands/update-controller-config.ts';
import { updateNamesrvConfig } from './commands/update-namesrv-config.ts';
import { updateSubGroup } from './commands/update-sub-group.ts';
import { updateTopic } from './commands/update-topic.ts';
import { addWritePerm, wipeWritePerm } from './commands/write-perm.ts';

/** The commands of mqadmin that are built. */
export const adminCommands: readonly AdminCommand[] = [
  updateTopic,
  topicRoute,
  topicStatus,
  topicList,
  brokerStatus,
  clusterList,
  queryMsgById,
  queryMsgByKey,
  queryMsgByOffset,
  consumerProgress,
  haStatus,
  getSyncStateSet,
  getBrokerEpoch,
  electMaster,
  getControllerMetaData,
  cleanBrokerMetadata,
  getControllerConfig,
  updateControllerConfig,
  getBrokerConfig,
  updateBrokerConfig,
  getNamesrvConfig,
  updateNamesrvConfig,
  wipeWritePerm,
  addWritePerm,
  deleteTopic,
  updateSubGroup,
  deleteSubGroup,
  resetOffsetByTime,
  sendMessage,
];
