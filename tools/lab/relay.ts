import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { parseAddress } from '../../reference-impl/base/address.ts';
import { AddressRewrite, type Dials } from './address-rewrite.ts';

export interface RelayOptions {
  /** `host:port`. */
  readonly listen: string;
  readonly upstream: string;
  /** Address tables of the process that dials and of the one that is dialled. */
  readonly dialler: Dials;
  readonly server: Dials;
}

/**
 * Stands between a proxy and a server whose answers tell the dialler whom to dial next, and puts the dialler's own proxies
 * there. Both ends share their fate: when one is gone, so is the other. Disposal closes every connection.
 */
export async function openRelay(options: RelayOptions): Promise<AsyncDisposable> {
  const open = new Set<Socket>();
  const relay = createServer({ noDelay: true, allowHalfOpen: true }, (dialler) => join(dialler, options, open));
  relay.listen(parseAddress(options.listen));
  await once(relay, 'listening');
  return { [Symbol.asyncDispose]: () => close(relay, open) };
}

function join(
  dialler: Socket,
  { upstream, dialler: toDialler, server: toServer }: RelayOptions,
  open: Set<Socket>,
): void {
  const server = connect({ ...parseAddress(upstream), noDelay: true, allowHalfOpen: true });
  const rewrite = new AddressRewrite(toDialler, toServer);
  carry(dialler, server, (chunk) => rewrite.upstream(chunk), open);
  carry(server, dialler, (chunk) => rewrite.downstream(chunk), open);
}

/** Reads no faster than the receiver takes. */
function carry(from: Socket, to: Socket, pass: (chunk: Buffer) => Buffer[], open: Set<Socket>): void {
  open.add(from);
  from.on('data', (chunk: Buffer) => {
    try {
      for (const bytes of pass(chunk)) if (!to.write(bytes)) from.pause();
    } catch {
      from.destroy(); // no remoting frame: RocketMQ closes on it, too
    }
  });
  to.on('drain', () => from.resume());
  from.on('end', () => to.end());
  from.on('error', () => to.destroy()); // the other end hears of it as a close
  from.on('close', () => {
    open.delete(from);
    to.destroySoon();
  });
}

async function close(relay: Server, open: ReadonlySet<Socket>): Promise<void> {
  for (const socket of open) socket.destroy();
  relay.close();
  await once(relay, 'close');
}
