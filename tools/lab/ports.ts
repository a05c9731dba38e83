import { once } from 'node:events';
import { createServer } from 'node:net';
import getPort, { clearLockedPorts } from 'get-port';
import type { PortSource } from './plan-servers.ts';
import { SetupError } from './setup-error.ts';

/** Below the range from which Linux and macOS take outgoing ports: a proxy that is down keeps its port free for itself. */
const firstPort = 10_000;
/** More than a cluster needs: its ports stay its own until the next clusters have had as many. */
export const slotSize = 400;
const slots = 50;

/** First port of the slot of this process or Cucumber worker. */
let slot: Promise<number> | null = null;
let taken = 0;

/**
 * Takes a slot for the life of this process: runs beside it on this machine must keep away from its ports also while a
 * process that will listen there still boots. Its first port, held by a socket, is the lock; the kernel opens it again
 * whatever ends the process.
 */
async function takeSlot(): Promise<number> {
  for (let tried = 0; tried < slots; tried++) {
    const first = firstPort + ((process.pid + tried) % slots) * slotSize;
    if (await hold(first)) return first;
  }
  throw new SetupError(`Every port range of the lab is in use: end some of the other runs on this machine.`);
}

async function hold(port: number): Promise<boolean> {
  const server = createServer().unref();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw thrown;
  }
}

/** The first of so many ports in a row that nothing listens on, the next ones in the slot. */
async function reserveRow(count: number): Promise<number> {
  const first = await (slot ??= takeSlot());
  for (let tried = 0; tried < slotSize; tried++) {
    if (taken + count >= slotSize) {
      taken = 0;
      // Whoever had the ports of the last round is gone; who is not is passed over.
      clearLockedPorts();
    }
    const row = Array.from({ length: count }, (_, i) => first + taken + 1 + i);
    taken += count;
    const free = await Promise.all(row.map((port) => getPort({ port })));
    if (free.every((port, i) => port === row[i])) return row[0]!;
  }
  throw new SetupError(`No ${count} ports in a row are free from ${first} on.`);
}

/** A loopback port that nothing listens on, and that nobody else is given before many others were. */
export async function reservePort(): Promise<number> {
  return await reserveRow(1);
}

/** Free ports for people, from those that RocketMQ takes by itself: 9876 and on, brokers 10911 and on. */
export function wellKnownPorts(): PortSource {
  let [next, nextBroker] = [9_876, 10_911];
  async function firstFree(take: () => readonly number[]): Promise<number> {
    for (let tried = 0; tried < slotSize; tried++) {
      const row = take();
      const free = await Promise.all(row.map((port) => getPort({ port })));
      if (free.every((port, i) => port === row[i])) return row[0]!;
    }
    throw new SetupError(`No port is free near 9876 or 10911: end what listens there.`);
  }
  return {
    reserve: () => firstFree(() => [next++]),
    reserveBroker: () =>
      firstFree(() => {
        const port = nextBroker;
        nextBroker += 20;
        return [port, port - 2, port + 1];
      }),
  };
}

/** Remoting port P of a broker, with P - 2 (fast server) and P + 1 (HA) reserved as well. */
export async function reserveBrokerPort(): Promise<number> {
  return (await reserveRow(4)) + 2;
}
