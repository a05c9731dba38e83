import { decodeFrame } from '../../reference-impl/remoting/frame.ts';
import { FrameSplitter } from '../../reference-impl/remoting/frame-splitter.ts';
import { encodeFrame } from '../../reference-impl/remoting/frame-writer.ts';
import { RequestCode } from '../../reference-impl/remoting/codes.ts';
import type { ExtFields, RemotingCommand } from '../../reference-impl/remoting/types.ts';

/** Announced `host:port` to the one that the reader of a frame shall dial. */
export type Dials = Readonly<Record<string, string>>;

interface Carrier {
  /** Header fields that hold one address. */
  readonly fields: readonly string[];
  /** Whether the body is JSON text with addresses in it. */
  readonly body: boolean;
}

const header = (...fields: string[]): Carrier => ({ fields, body: false });
const body: Carrier = { fields: [], body: true };

/** Answers, by the code of their request, from which a broker learns where to dial. Source: `BrokerOuterAPI`, 5.3.3. */
const answers: Readonly<Record<number, Carrier>> = {
  [RequestCode.REGISTER_BROKER]: header('masterAddr', 'haServerAddr'),
  [RequestCode.GET_ROUTEINFO_BY_TOPIC]: body,
  [RequestCode.GET_BROKER_MEMBER_GROUP]: body,
  [RequestCode.EXCHANGE_BROKER_HA_INFO]: header('masterHaAddress', 'masterAddress'),
  [RequestCode.CONTROLLER_ELECT_MASTER]: header('masterAddress'),
  [RequestCode.CONTROLLER_REGISTER_BROKER]: header('masterAddress'),
  [RequestCode.CONTROLLER_GET_REPLICA_INFO]: header('masterAddress'),
  [RequestCode.CONTROLLER_GET_METADATA_INFO]: header('controllerLeaderAddress'),
};

/** Requests from which a broker learns the same. */
const requests: Readonly<Record<number, Carrier>> = {
  [RequestCode.NOTIFY_BROKER_ROLE_CHANGED]: header('masterAddress'),
  [RequestCode.EXCHANGE_BROKER_HA_INFO]: header('masterHaAddress', 'masterAddress'),
  [RequestCode.NOTIFY_MIN_BROKER_ID_CHANGE]: header('minBrokerAddr', 'haBrokerAddr'),
};

const flagResponse = 1;
/** Requests of one connection whose answers have not come; the oldest is forgotten beyond. */
const unansweredMax = 4096;

/** Both directions of one remoting connection: what one side asked says what the answer of the other carries. */
export class AddressRewrite {
  readonly #asked = new Map<number, number>();
  readonly #towardsDialler: FrameRewrite;
  readonly #towardsServer: FrameRewrite;

  /**
   * @param dialler what the process that opened the connection dials instead of announced addresses
   * @param server likewise, of the one that it connected to
   */
  constructor(dialler: Dials, server: Dials) {
    this.#towardsDialler = new FrameRewrite(dialler, (answer) => this.#carrierOfAnswer(answer));
    this.#towardsServer = new FrameRewrite(server, (request) => this.#carrierOfRequest(request));
  }

  /** The chunk that the dialler sent, as the server shall read it. Throws on bytes that are no frame. */
  upstream(chunk: Buffer): Buffer[] {
    return this.#towardsServer.pass(chunk);
  }

  /** The chunk that the server sent, as the dialler shall read it. Throws on bytes that are no frame. */
  downstream(chunk: Buffer): Buffer[] {
    return this.#towardsDialler.pass(chunk);
  }

  #carrierOfRequest({ code, flag, opaque }: RemotingCommand): Carrier | undefined {
    if ((flag & flagResponse) !== 0) return undefined;
    if (answers[code] !== undefined) {
      if (this.#asked.size === unansweredMax) this.#asked.delete(this.#asked.keys().next().value!);
      this.#asked.set(opaque, code);
    }
    return requests[code];
  }

  #carrierOfAnswer({ flag, opaque }: RemotingCommand): Carrier | undefined {
    const code = (flag & flagResponse) === 0 ? undefined : this.#asked.get(opaque);
    if (code === undefined) return undefined;
    this.#asked.delete(opaque);
    return answers[code];
  }
}

/** One direction of a connection. Frames that carry no address of the table pass byte for byte. */
class FrameRewrite {
  readonly #dials: Dials;
  readonly #carrierOf: (command: RemotingCommand) => Carrier | undefined;
  readonly #frames = new FrameSplitter();

  constructor(dials: Dials, carrierOf: (command: RemotingCommand) => Carrier | undefined) {
    this.#dials = dials;
    this.#carrierOf = carrierOf;
  }

  pass(chunk: Buffer): Buffer[] {
    const out: Buffer[] = [];
    this.#frames.push(chunk);
    while (this.#frames.next()) {
      const command = decodeFrame(this.#frames);
      const carrier = this.#carrierOf(command);
      const rewritten = carrier === undefined ? null : this.#rewrite(command, carrier);
      if (rewritten === null) out.push(...whole(this.#frames));
      else out.push(encodeFrame(rewritten));
    }
    return out;
  }

  /** Null when nothing in it is in the table. */
  #rewrite(command: RemotingCommand, carrier: Carrier): RemotingCommand | null {
    const extFields: ExtFields = { ...command.extFields };
    let changed = false;
    for (const field of carrier.fields) {
      const dialled = this.#dials[extFields[field] ?? ''];
      if (dialled === undefined) continue;
      extFields[field] = dialled;
      changed = true;
    }
    const { body } = command;
    const text = carrier.body && body !== null ? this.#rewriteText(body.toString('utf8')) : null;
    if (text === null) return changed ? { ...command, extFields } : null;
    return { ...command, extFields: changed ? extFields : command.extFields, body: Buffer.from(text) };
  }

  /** Addresses stand in JSON as whole strings. */
  #rewriteText(text: string): string | null {
    const rewritten = text.replaceAll(/"([^"\\]+:\d+)"/g, (quoted, address: string) => {
      const dialled = this.#dials[address];
      return dialled === undefined ? quoted : `"${dialled}"`;
    });
    return rewritten === text ? null : rewritten;
  }
}

/** The frame that `frames` is at, with the length field that the splitter took off. */
function whole({ bytes, start, end }: FrameSplitter): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeInt32BE(end - start);
  return [length, bytes.subarray(start, end)];
}
