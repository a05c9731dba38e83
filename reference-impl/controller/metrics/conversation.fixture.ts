import { directDial } from '../../base/address.ts';
import { silentLog } from '../../base/log.ts';
import { createRemotingClient } from '../../remoting/client.ts';
import { RequestCode, ResponseCode } from '../../remoting/codes.ts';

const timeoutMs = 5000;
const set = { clusterName: 'DefaultCluster', brokerName: 'broker-a' };
const brokers = ['1', '2'] as const;

/**
 * A set of two brokers, its elections and its requests, as `golden/controller/metrics-5.3.3.txt` was recorded after.
 * @param look what to look at while the brokers are still connected
 */
export async function talkToController(address: string, look: () => Promise<string>): Promise<string> {
  const client = createRemotingClient({ release: 'new', log: silentLog, addressBook: directDial });
  const ask = (code: number, extFields: Record<string, string>, body: string | null = null) =>
    client.invoke(address, { code, extFields, body: body === null ? null : Buffer.from(body) }, timeoutMs);
  try {
    await leads(() => ask(RequestCode.CONTROLLER_GET_NEXT_BROKER_ID, set));
    for (const id of brokers) {
      const brokerAddress = `127.0.0.1:${id}`;
      await ask(RequestCode.CONTROLLER_APPLY_BROKER_ID, {
        ...set,
        appliedBrokerId: id,
        registerCheckCode: `${brokerAddress};0`,
      });
      await ask(RequestCode.CONTROLLER_REGISTER_BROKER, { ...set, brokerId: id, brokerAddress });
      await ask(RequestCode.BROKER_HEARTBEAT, { ...set, brokerId: id, brokerAddr: brokerAddress });
    }
    for (let i = 0; i < 2; i++)
      await ask(RequestCode.CONTROLLER_ELECT_MASTER, { ...set, brokerId: '1', designateElect: 'false' });
    const alter = { brokerName: 'broker-a', masterBrokerId: '1', masterEpoch: '1' };
    await ask(RequestCode.CONTROLLER_ALTER_SYNC_STATE_SET, alter, '{"syncStateSet":[1,2],"syncStateSetEpoch":1}');
    await ask(RequestCode.CONTROLLER_GET_REPLICA_INFO, { brokerName: 'broker-a' });
    await ask(RequestCode.CONTROLLER_GET_METADATA_INFO, {});
    await ask(RequestCode.CONTROLLER_GET_SYNC_STATE_DATA, {}, '["broker-a"]');
    await ask(RequestCode.GET_CONTROLLER_CONFIG, {});
    await ask(RequestCode.UPDATE_CONTROLLER_CONFIG, {}, 'notifyBrokerRoleChanged=false\n');
    await ask(RequestCode.CLEAN_BROKER_DATA, { brokerName: 'nobody', isCleanLivingBroker: 'false' });
    return await look();
  } finally {
    await client.close();
  }
}

/** A Java controller needs some seconds to lead; each question is counted. */
async function leads(ask: () => Promise<{ readonly code: number }>): Promise<void> {
  for (let i = 0; i < 100; i++) {
    const answer = await ask().catch(() => null);
    if (answer !== null && answer.code !== ResponseCode.CONTROLLER_NOT_LEADER) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the controller does not lead');
}
