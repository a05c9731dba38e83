// HAProxy v1:  PROXY TCP4|TCP6|UNKNOWN <source> <destination> <source port> <destination port>\r\n   at most 107 bytes
import { SwitchlabError } from '../base/errors.ts';

const awaitedBytes = 12;
const proxyLineBytesMax = 107;

/**
 * What a new server reads before the first frame: it waits for 12 bytes, and takes a PROXY line (v1) away.
 * The binary PROXY v2 is not built: its first bytes are an illegal frame length.
 * Source: `HandshakeHandler` and `HAProxyMessageForwarder` of 5.3.3.
 */
export class Preamble {
  /** `ip:port` that the PROXY line names as the source, null when there was none. */
  sourceAddress: string | null = null;
  #bytes: Buffer = Buffer.alloc(0);

  /** Bytes from the first frame on, null while more are awaited. Throws FRAME_MALFORMED. */
  take(chunk: Buffer): Buffer | null {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    if (this.#bytes.length < awaitedBytes) return null;
    if (this.#bytes.toString('latin1', 0, 6) !== 'PROXY ') return this.#bytes;
    const lineEnd = this.#bytes.subarray(0, proxyLineBytesMax).indexOf('\r\n');
    if (lineEnd < 0 && this.#bytes.length < proxyLineBytesMax) return null;
    if (lineEnd < 0) throw new SwitchlabError('FRAME_MALFORMED', 'A PROXY line has no end.');
    this.#readLine(this.#bytes.toString('latin1', 0, lineEnd));
    return this.#bytes.subarray(lineEnd + 2);
  }

  #readLine(line: string): void {
    const [, family, source, , sourcePort] = line.split(' ');
    if (family === 'UNKNOWN') return;
    if ((family !== 'TCP4' && family !== 'TCP6') || source === undefined || sourcePort === undefined) {
      throw new SwitchlabError('FRAME_MALFORMED', `"${line}" is not a PROXY line.`);
    }
    this.sourceAddress = `${source}:${sourcePort}`;
  }
}
