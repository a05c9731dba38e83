import { fieldsOf, parseFields } from '../../remoting/bodies/fields.ts';
import { RequestCode, ResponseCode } from '../../remoting/codes.ts';
import { deleteSubscriptionGroup } from '../../remoting/commands/delete-subscription-group.ts';
import { getSubscriptionGroupConfig } from '../../remoting/commands/get-subscription-group-config.ts';
import { decodeHeader, required } from '../../remoting/header.ts';
import type { ExtFields, RemotingCommand, ResponseInit } from '../../remoting/types.ts';
import { jsonAnswer, slaveRefusal } from '../answers.ts';
import type { Broker, Handlers } from '../broker.ts';
import { AttributeRefusal, alterAttributes, groupAttributes } from '../topics/attributes.ts';
import { type GroupConfig, groupConfigFields, readGroupConfig } from './group-config.ts';
import { groupNameRefusal } from './group-table.ts';

/** Requests of tools about consumer groups: 200, 201, 207, 225 (new), 352 (new). */
export function groupHandlers(broker: Broker): Handlers {
  const shared: Handlers = {
    [RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP]: (request) => {
      return update(broker, [parseFields(request.body, 'SubscriptionGroupConfig')]);
    },
    [RequestCode.DELETE_SUBSCRIPTIONGROUP]: ({ extFields }) => remove(broker, extFields),
    [RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG]: () => jsonAnswer(broker.groups.fields()),
  };
  if (broker.release === 'old') return shared;
  return {
    ...shared,
    [RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST]: (request) => update(broker, groupList(request)),
    [RequestCode.GET_SUBSCRIPTIONGROUP_CONFIG]: ({ extFields }) => oneGroup(broker, extFields),
  };
}

function groupList(request: RemotingCommand): object[] {
  const list = parseFields(request.body, 'SubscriptionGroupList').groupConfigList;
  return Array.isArray(list) ? list.map((group) => fieldsOf(group, 'SubscriptionGroupConfig')) : [];
}

function update(broker: Broker, bodies: readonly object[]): ResponseInit {
  const refusal = slaveRefusal(broker);
  if (refusal !== null) return refusal;
  const groups = bodies.map((body) => readGroupConfig(body, ''));
  // 4.9 has no attributes, and takes every name.
  if (broker.release === 'old') {
    broker.groups.put(...groups);
    return { code: ResponseCode.SUCCESS };
  }
  const illegal = illegalName(groups);
  if (illegal !== null) return { code: ResponseCode.INVALID_PARAMETER, remark: illegal };
  try {
    broker.groups.put(...groups.map((group) => withAltered(broker, group)));
  } catch (thrown) {
    if (!(thrown instanceof AttributeRefusal)) throw thrown;
    return { code: ResponseCode.SYSTEM_ERROR, remark: thrown.message };
  }
  return { code: ResponseCode.SUCCESS };
}

/** What comes says how to alter what is there. Throws `AttributeRefusal`. */
function withAltered(broker: Broker, group: GroupConfig): GroupConfig {
  const known = broker.groups.get(group.groupName)?.attributes;
  const before = known === undefined ? null : new Map(Object.entries(known));
  const altered = alterAttributes(groupAttributes, before, Object.entries(group.attributes));
  return Object.assign({}, group, { attributes: Object.fromEntries(altered) });
}

function illegalName(groups: readonly GroupConfig[]): string | null {
  return groups.map((group) => groupNameRefusal(group.groupName)).find((refusal) => refusal !== null) ?? null;
}

function remove(broker: Broker, extFields: ExtFields | null): ResponseInit {
  const refusal = slaveRefusal(broker);
  if (refusal !== null) return refusal;
  const header = decodeHeader(deleteSubscriptionGroup.request, extFields);
  const group = required(header.groupName, 'groupName');
  broker.groups.delete(group);
  if (broker.release === 'new' ? header.cleanOffset : header.removeOffset) broker.offsets.deleteGroup(group);
  broker.stats.forget((key) => key.endsWith(`@${group}`));
  return { code: ResponseCode.SUCCESS };
}

function oneGroup(broker: Broker, extFields: ExtFields | null): ResponseInit {
  const name = required(decodeHeader(getSubscriptionGroupConfig.request, extFields).group, 'group');
  const group = broker.groups.get(name);
  if (group !== undefined) return jsonAnswer(groupConfigFields(group, 'new'));
  return { code: ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, remark: `No group in this broker. group: ${name}` };
}
