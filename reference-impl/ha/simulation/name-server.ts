import type { SimulatedProcess } from '../../base/simulation/virtual-time.ts';
import { ResponseCode } from '../../remoting/codes.ts';
import { registerBroker } from '../../remoting/commands/register-broker.ts';
import { decodeHeader, encodeHeader } from '../../remoting/header.ts';
import { namesrvAddress, type World } from './world.ts';

/** What replicas need of a NameServer: it tells slaves where the last master that registered can be found. */
export function startNameServer({ network }: World): void {
  const process: SimulatedProcess = { alive: true, frozenUntilMs: 0 };
  let master = { masterAddr: '', haServerAddr: '' };
  network.listen(namesrvAddress, process).handle(registerBroker.code, ({ extFields }) => {
    const { brokerId, brokerAddr, haServerAddr } = decodeHeader(registerBroker.request, extFields);
    if (brokerId === 0) master = { masterAddr: brokerAddr ?? '', haServerAddr: haServerAddr ?? '' };
    const known = brokerId === 0 || master.masterAddr === '' ? {} : master;
    return { code: ResponseCode.SUCCESS, extFields: encodeHeader(registerBroker.response, known) };
  });
}
