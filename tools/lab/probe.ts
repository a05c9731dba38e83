import { connect } from 'node:net';
import { parseAddress } from '../../reference-impl/base/address.ts';

/**
 * What a client sees that connects and asks: the connection was refused, closed without an answer, answered, or neither
 * answered nor closed within the time. `afterMs`: when.
 */
export interface ProbeResult {
  readonly outcome: 'refused' | 'closed' | 'answered' | 'silent';
  readonly afterMs: number;
}

export interface ProbeOptions {
  /** `host:port`. */
  readonly address: string;
  /** Any request that the server answers; null to connect and say nothing. */
  readonly question: Uint8Array | null;
  readonly waitMs: number;
}

/** Opens a connection of its own, sends `question` and reports the first thing that happens. */
export async function probe({ address, question, waitMs }: ProbeOptions): Promise<ProbeResult> {
  const startMs = performance.now();
  return await new Promise((resolve) => {
    const socket = connect(parseAddress(address));
    const end = (outcome: ProbeResult['outcome']) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ outcome, afterMs: performance.now() - startMs });
    };
    const timer = setTimeout(end, waitMs, 'silent');
    let connected = false;
    socket.on('connect', () => {
      connected = true;
      if (question !== null) socket.write(question);
    });
    socket.on('data', () => end('answered'));
    socket.on('error', () => end(connected ? 'closed' : 'refused'));
    socket.on('close', () => end('closed'));
  });
}

/** A remoting request without fields: length, header length with encoding 0 (JSON), header. */
export function remotingQuestion(code: number): Buffer {
  const header = Buffer.from(
    JSON.stringify({ code, language: 'OTHER', version: 0, opaque: 1, flag: 0, serializeTypeCurrentRPC: 'JSON' }),
  );
  const frame = Buffer.alloc(8 + header.length);
  frame.writeUInt32BE(4 + header.length, 0);
  frame.writeUInt32BE(header.length, 4);
  header.copy(frame, 8);
  return frame;
}
