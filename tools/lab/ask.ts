import { createRemotingClient } from '../../reference-impl/remoting/client.ts';
import type { RemotingCommand, RequestInit } from '../../reference-impl/remoting/types.ts';
import { clientOptions } from './group-views.ts';
import { addressOf, type PlannedServer } from './plan-servers.ts';
import type { Trial } from './trial.ts';

const timeoutMs = 5_000;

/**
 * One request to exactly this server, over a connection of its own; resolves with its answer, whatever the code.
 * @param address one of its ports, by default its address
 */
export async function ask(
  trial: Trial,
  server: PlannedServer,
  request: RequestInit,
  address = addressOf(server),
): Promise<RemotingCommand> {
  const client = createRemotingClient(clientOptions(trial.cluster, [], 'new'));
  try {
    return await client.invoke(address, request, timeoutMs);
  } finally {
    await client.close();
  }
}
