// GET_BROKER_MEMBER_GROUP (901, new), broker -> NameServer.
//   request  ext clusterName! brokerName!
//   response body {"brokerMemberGroup":{"brokerAddrs":{id: "ip:port"},"brokerName":"b","cluster":"c"}}
// Source: GetBrokerMemberGroupRequestHeader, GetBrokerMemberGroupResponseBody, 5.3.3. Integer keys are always bare.
import { fieldsOf, intKeyed, parseFields, textField } from '../bodies/fields.ts';
import { RequestCode } from '../codes.ts';
import { writeFastjson } from '../fastjson-writer.ts';
import { defineCommand } from '../header.ts';

export const getBrokerMemberGroup = defineCommand({
  code: RequestCode.GET_BROKER_MEMBER_GROUP,
  request: { clusterName: 'string', brokerName: 'string' },
  response: {},
});

/** Members of one replica set by id; none when the NameServer does not know it. */
export interface BrokerMemberGroup {
  readonly brokerAddrs: ReadonlyMap<number, string>;
  readonly brokerName: string;
  readonly cluster: string;
}

export function encodeBrokerMemberGroup({ brokerAddrs, brokerName, cluster }: BrokerMemberGroup): Buffer {
  return Buffer.from(writeFastjson({ brokerMemberGroup: { brokerAddrs, brokerName, cluster } }));
}

/** Throws BODY_MALFORMED. */
export function decodeBrokerMemberGroup(body: Uint8Array | null): BrokerMemberGroup {
  const group = fieldsOf(parseFields(body, 'body').brokerMemberGroup, 'brokerMemberGroup');
  return {
    brokerAddrs: intKeyed(group.brokerAddrs, 'brokerAddrs', String),
    brokerName: textField(group, 'brokerName') ?? '',
    cluster: textField(group, 'cluster') ?? '',
  };
}
