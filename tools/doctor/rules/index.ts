import type { Rule } from '../rule.ts';
import { loopbackPeers } from './d01-loopback-peers.ts';
import { controllerMembers } from './d02-controller-members.ts';
import { embeddedController } from './d03-embedded-controller.ts';
import { controllerAddr } from './d04-controller-addr.ts';
import { controllerDomain } from './d05-controller-domain.ts';
import { passedOver } from './d06-passed-over.ts';
import { modeAndKeys } from './d07-mode-and-keys.ts';
import { roles } from './d08-roles.ts';
import { brokerName } from './d09-broker-name.ts';
import { oneIdentity } from './d10-one-identity.ts';
import { epochs } from './d11-epochs.ts';
import { addresses } from './d12-addresses.ts';
import { ports } from './d13-ports.ts';
import { oneCluster } from './d14-one-cluster.ts';
import { controllerFolder } from './d15-controller-folder.ts';
import { exclusive } from './d16-exclusive.ts';
import { replicaCounts } from './d17-replica-counts.ts';
import { lossless } from './d18-lossless.ts';
import { versions } from './d19-versions.ts';
import { healthProbe } from './d20-health-probe.ts';
import { jRaftLists } from './d21-jraft-lists.ts';
import { learners } from './d22-learners.ts';
import { namesrvAddr } from './d23-namesrv-addr.ts';

/** Every rule, in the order of its number. */
export const rules: readonly Rule[] = [
  loopbackPeers,
  controllerMembers,
  embeddedController,
  controllerAddr,
  controllerDomain,
  passedOver,
  modeAndKeys,
  roles,
  brokerName,
  oneIdentity,
  epochs,
  addresses,
  ports,
  oneCluster,
  controllerFolder,
  exclusive,
  replicaCounts,
  lossless,
  versions,
  healthProbe,
  jRaftLists,
  learners,
  namesrvAddr,
];
