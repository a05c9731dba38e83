import { setTimeout as delay } from 'node:timers/promises';
import { Toxiproxy, type Proxy as ApiProxy, type ToxicAttributeTypes, type ToxicType } from 'toxiproxy-node-client';
import { errorText } from '../../reference-impl/base/errors.ts';
import { Inconclusive } from './inconclusive.ts';

/** Directions through a proxy: `upstream` from the client to the server, `downstream` back. */
export type Stream = 'upstream' | 'downstream';

/** One Toxiproxy proxy, called by name each time: the objects of the client library go stale after an update. */
export interface Proxy {
  /** `host:port` that clients dial. */
  readonly listen: string;
  readonly upstream: string;
  /** Refuses connections and closes those that are open, or accepts them again. */
  setEnabled(enabled: boolean): Promise<void>;
  /** Appends a toxic that acts on every connection. */
  addToxic(name: string, type: ToxicType, stream: Stream, attributes: ToxicAttributeTypes): Promise<void>;
  removeToxic(name: string): Promise<void>;
  /** Closes every connection and frees the port. */
  remove(): Promise<void>;
}

const apiTimeoutMs = 8_000;
/** For a port that was free when it was planned and is in use at the moment. */
const bindTimeoutMs = 3_000;
const bindAgainMs = 100;

/** The client library knows no time-outs and keeps no error text: both are added here. */
async function call<T>(what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${apiTimeoutMs / 1000} s`)), apiTimeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } catch (thrown) {
    throw new Inconclusive(`Toxiproxy, ${what}: ${errorText(thrown)}`, { cause: thrown });
  } finally {
    clearTimeout(timer);
  }
}

/** The server has no other reason for this status than that it cannot listen. */
function isBindFailure(thrown: unknown): boolean {
  return errorText(thrown).endsWith('status code 500');
}

/** @param url API address of the server; `name` must be unique there */
export async function createProxy(url: string, name: string, listen: string, upstream: string): Promise<Proxy> {
  const api = new Toxiproxy(url);
  const current = (): Promise<ApiProxy> => api.get(name);
  const create = async (): Promise<void> => {
    const endMs = performance.now() + bindTimeoutMs;
    for (;;) {
      try {
        await api.createProxy({ name, listen, upstream, enabled: true });
        return;
      } catch (thrown) {
        if (!isBindFailure(thrown) || performance.now() > endMs) throw thrown;
        await delay(bindAgainMs);
      }
    }
  };
  await call(`create ${name} on ${listen}`, create());
  return {
    listen,
    upstream,
    async setEnabled(enabled) {
      const update = async () => await (await current()).update({ enabled, listen, upstream });
      const { enabled: seen } = await call(`${enabled ? 'enable' : 'disable'} ${name}`, update());
      if (seen !== enabled) throw new Inconclusive(`Toxiproxy left ${name} ${seen ? 'enabled' : 'disabled'}.`);
    },
    async addToxic(toxic, type, stream, attributes) {
      const add = async () => await (await current()).addToxic({ name: toxic, type, stream, toxicity: 1, attributes });
      await call(`add ${type} to ${name}`, add());
    },
    async removeToxic(toxic) {
      const remove = async () => await (await (await current()).getToxic(toxic)).remove();
      await call(`remove ${toxic} from ${name}`, remove());
    },
    async remove() {
      await call(
        `remove ${name}`,
        current().then((proxy) => proxy.remove()),
      );
    },
  };
}
