import getPort from 'get-port';

/** Below the range from which Linux and macOS take outgoing ports: a proxy that is down keeps its port free for itself. */
const firstPort = 10_000;
const portCount = 20_000;
const slotSize = 200;
const slots = portCount / slotSize;
const slotsPerWorker = 25;

/**
 * Where this process and Cucumber worker begins to look. Workers are threads of one process with reservations of their
 * own: they must not look at the same ports in the same order, nor must two runs on one machine.
 */
function firstSlot(): number {
  return (process.pid + Number(process.env.CUCUMBER_WORKER_ID ?? 0) * slotsPerWorker) % slots;
}

let cursor = firstSlot() * slotSize;

/** The next ports in order, each at most once per call, wrapping at the end of the range. */
function* candidates(): Generator<number> {
  for (let tried = 0; tried < portCount; tried++) {
    yield firstPort + cursor;
    cursor = (cursor + 1) % portCount;
  }
}

/** A loopback port that nothing listens on, reserved for the life of this process. */
export async function reservePort(): Promise<number> {
  return await getPort({ port: candidates(), reserve: true });
}

const brokerTriesMax = 100;

/** Remoting port P of a broker, with P - 2 (fast server) and P + 1 (HA) reserved as well. */
export async function reserveBrokerPort(): Promise<number> {
  for (let tries = 0; tries < brokerTriesMax; tries++) {
    const fast = await reservePort();
    const wanted = [fast + 2, fast + 3] as const;
    const remoting = await getPort({ port: wanted[0], reserve: true });
    if (remoting !== wanted[0]) continue;
    if ((await getPort({ port: wanted[1], reserve: true })) === wanted[1]) return remoting;
  }
  throw new Error(`No four ports in a row are free after ${brokerTriesMax} tries.`);
}
