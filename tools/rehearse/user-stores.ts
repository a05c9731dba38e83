import type { ScriptStep } from '../lab/upgrade/script.ts';
import { isConfiguredMaster, rolesBy, type SiteMember } from '../lab/upgrade/site.ts';
import { commitLogFolders, hasDledgerLog } from '../lab/upgrade/stores.ts';
import { SetupError } from '../lab/setup-error.ts';
import { readBrokerStore } from '../doctor/store-facts.ts';
import { type OwnLog, ownLogOf } from './own-messages.ts';
import type { Server } from './servers.ts';
import {
  assertRoom,
  assertSegments,
  assertStore,
  copyStore,
  type MeasuredCopy,
  measureStore,
  type StoreCopy,
} from './store-copy.ts';
import { type GivenStore, harmsOf } from './store-harms.ts';
import type { UserSite } from './user-site.ts';

export interface UserStoresOptions {
  readonly userSite: UserSite;
  /** Store folder of the user by server. */
  readonly stores: ReadonlyMap<Server, string>;
  readonly script: readonly ScriptStep[];
  /** Takes the copies. */
  readonly folder: string;
  readonly onProgress: (text: string) => void;
  /** Goes on with stores that do harm. */
  readonly showTheLoss: boolean;
}

/** Stores of the user that can be copied. */
export interface CheckedStores {
  readonly given: readonly { readonly member: SiteMember; readonly server: Server; readonly from: string }[];
  readonly copies: readonly MeasuredCopy[];
}

/** Looks at the stores that the user gave. Throws `SetupError` when one of them is none, would do harm, or they do not fit on the disk. */
export async function checkUserStores(options: UserStoresOptions): Promise<CheckedStores> {
  const { userSite, stores, script, folder, onProgress, showTheLoss } = options;
  const given = userSite.site.members.flatMap((member) => {
    const server = userSite.serverOf(member);
    const from = server === null ? undefined : stores.get(server);
    return server === null || from === undefined ? [] : [{ member, server, from }];
  });
  const copies: MeasuredCopy[] = [];
  for (const { member, server, from } of given)
    copies.push(await measureStore(storeCopyOf(member, server, from, script)));
  const harms = harmsOf(
    given.flatMap(({ member, server, from }) => (server.role === 'broker' ? [givenStoreOf(member, server, from)] : [])),
    given.some(({ server }) => server.role !== 'broker'),
  );
  if (harms.length > 0 && !showTheLoss)
    throw new SetupError(
      `${harms.join('\n')}\nThe rehearsal stops before it starts anything on them; --show-the-loss goes on all the same.`,
    );
  for (const harm of harms) onProgress(`HARM SHOWN: ${harm}`);
  await assertRoom(copies, folder);
  return { given, copies };
}

/**
 * Copies the stores that the user gave to where the processes of the rehearsal look for them, if they pass
 * `checkUserStores`. Resolves with the logs that brokers have then.
 */
export async function copyUserStores(options: UserStoresOptions, signal: AbortSignal): Promise<OwnLog[]> {
  const { onProgress } = options;
  const { given, copies } = await checkUserStores(options);
  for (const copy of copies) {
    const tell = (text: string) => onProgress(`copying the store of ${copy.of}${text}`);
    tell('');
    await copyStore(copy, (text) => tell(`: ${text}`), signal);
  }
  const brokers = given.filter(({ server }) => server.role === 'broker');
  return brokers.flatMap(({ member, from }) => {
    if (!hasDledgerLog(member)) return [ownLogOf(member, from)];
    onProgress(`${member.name} has its messages in a DLedger log: they are not compared`);
    return [];
  });
}

function storeCopyOf(member: SiteMember, server: Server, from: string, script: readonly ScriptStep[]): StoreCopy {
  const [to, again] = [member.storeFolder!, copiesByPlan(member, script)];
  // Segments may be in any of several folders: a broker finds them all.
  const copy = { of: server.file.path, from, to, commitLog: commitLogFolders(member)[0]!, again };
  if (server.role !== 'broker') return copy;
  assertStore(copy);
  const { mappedFileSizeCommitLog } = member.prepared.config;
  assertSegments(copy, Number(mappedFileSizeCommitLog ?? server.file.number('mappedFileSizeCommitLog')));
  return copy;
}

function givenStoreOf(member: SiteMember, { file }: Server, folder: string): GivenStore {
  const { config } = member.prepared;
  const places = { root: '', identity: '', epochs: '' };
  return {
    of: file.path,
    group: member.group!,
    roles: rolesBy(config),
    isMaster: isConfiguredMaster(config),
    store: readBrokerStore(folder, places),
  };
}

/** How often a plan copies the store of a member: to keep it, or for the others of its group. */
function copiesByPlan(member: SiteMember, script: readonly ScriptStep[]): number {
  const copies = script.flatMap(({ action, members }) => {
    if (action.verb === 'keep') return members.filter((other) => other === member);
    if (action.verb !== 'copy' || action.of.from === 'kept' || action.of.only !== undefined) return [];
    // Whoever is not on the step has what the others of the group get.
    return members.includes(member)
      ? []
      : members.filter(({ group, replaces }) => (replaces ?? group) === member.group);
  });
  return copies.length;
}
