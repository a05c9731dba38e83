import type { ToxicAttributeTypes, ToxicType } from 'toxiproxy-node-client';
import { Inconclusive } from './inconclusive.ts';
import { type ProbeResult, probe } from './probe.ts';
import type { Proxy, Stream } from './proxy.ts';
import type { Note } from './timeline.ts';

export interface LinkedProxy {
  readonly proxy: Proxy;
  /** What the server behind it answers; null for a port that answers no stranger (HA). */
  readonly question: Uint8Array | null;
}

/** The proxies of one directed link, one for each port of the server. */
export interface LinkParts {
  /** Names of the server that dials and of the one that is dialled. */
  readonly from: string;
  readonly to: string;
  readonly proxies: readonly LinkedProxy[];
  /** Why the lab cannot break this link; null when it can. */
  readonly unbreakable: string | null;
  readonly note: Note;
}

/**
 * One directed network path. A fault acts on open and new connections alike, one fault at a time. Each verb resolves when
 * a probe saw the fault bite, and throws `Inconclusive` when it did not.
 */
export interface Link {
  readonly from: string;
  readonly to: string;
  readonly fault: FaultName | 'none';
  /** Open connections close, new ones are refused: a dead process on a living host. */
  refuse(): Promise<void>;
  /** Bytes and closes vanish, in the given directions or both: a dead host or cable. */
  blackhole(streams?: readonly Stream[]): Promise<void>;
  /** Bytes are held, and delivered when the link heals. */
  freeze(streams?: readonly Stream[]): Promise<void>;
  /** Each direction delivers that much later. */
  slow(latencyMs: number): Promise<void>;
  /** Ends the fault. Connections that a black hole swallowed are closed by it: their owners dial again. */
  heal(): Promise<void>;
}

type FaultName = 'refused' | 'blackholed' | 'frozen' | 'slowed';

interface Fault {
  readonly name: FaultName;
  /** In the order in which they are added; they are removed from the last to the first. */
  readonly toxics: readonly (readonly [type: ToxicType, stream: Stream, attributes: ToxicAttributeTypes])[];
  /** Whether this is what a probe sees under the fault. */
  readonly bites: (seen: ProbeResult) => boolean;
  readonly probeMs: number;
}

const bothStreams: readonly Stream[] = ['upstream', 'downstream'];
/** Longer than an answer over loopback takes on a busy machine. */
const silenceMs = 500;
const answerMs = 5_000;
/** Longer than any scenario lasts. */
const neverMs = 3_600_000;

const refused: Fault = {
  name: 'refused',
  toxics: [],
  bites: ({ outcome }) => outcome === 'refused',
  probeMs: answerMs,
};

function blackholed(streams: readonly Stream[]): Fault {
  return {
    name: 'blackholed',
    // `timeout: 0` drops bytes but passes a close on at once: `slow_close` behind it holds that back.
    toxics: streams.flatMap((stream) => [
      ['timeout', stream, { timeout: 0 }] as const,
      ['slow_close', stream, { delay: neverMs }] as const,
    ]),
    bites: ({ outcome }) => outcome === 'silent',
    probeMs: silenceMs,
  };
}

function frozen(streams: readonly Stream[]): Fault {
  return {
    name: 'frozen',
    toxics: streams.map((stream) => ['bandwidth', stream, { rate: 0 }] as const),
    bites: ({ outcome }) => outcome === 'silent',
    probeMs: silenceMs,
  };
}

function slowed(latencyMs: number): Fault {
  return {
    name: 'slowed',
    toxics: bothStreams.map((stream) => ['latency', stream, { latency: latencyMs, jitter: 0 }] as const),
    bites: ({ outcome, afterMs }) => outcome === 'answered' && afterMs >= 2 * latencyMs,
    probeMs: 2 * latencyMs + answerMs,
  };
}

const toxicName = (type: ToxicType, stream: Stream) => `${type}_${stream}`;

/** A whole link over its proxies. Without any (`unbreakable`), its verbs are inconclusive. */
export function createLink({ from, to, proxies, unbreakable, note }: LinkParts): Link {
  const path = `${from} to ${to}`;
  let current: Fault | null = null;

  async function inject(fault: Fault): Promise<void> {
    if (unbreakable !== null) throw new Inconclusive(`${path} cannot be ${fault.name}: ${unbreakable}`);
    if (current !== null) throw new Inconclusive(`${path} is ${current.name} already: heal it first.`);
    current = fault;
    for (const { proxy } of proxies) {
      if (fault.toxics.length === 0) await proxy.setEnabled(false);
      for (const [type, stream, attributes] of fault.toxics) {
        await proxy.addToxic(toxicName(type, stream), type, stream, attributes);
      }
    }
    await Promise.all(proxies.map((linked) => assertBites(linked, fault, `${path}, ${fault.name}`)));
    note({ link: [from, to], what: fault.name });
  }

  async function heal(): Promise<void> {
    if (current === null) throw new Inconclusive(`${path} has no fault to heal.`);
    for (const { proxy } of proxies) {
      if (current.toxics.length === 0) await proxy.setEnabled(true);
      for (const [type, stream] of current.toxics.toReversed()) await proxy.removeToxic(toxicName(type, stream));
    }
    current = null;
    await Promise.all(proxies.map((linked) => assertWhole(linked, path)));
    note({ link: [from, to], what: 'healed' });
  }

  return {
    from,
    to,
    get fault() {
      return current?.name ?? 'none';
    },
    refuse: () => inject(refused),
    blackhole: (streams = bothStreams) => inject(blackholed(streams)),
    freeze: (streams = bothStreams) => inject(frozen(streams)),
    slow: (latencyMs) => inject(slowed(latencyMs)),
    heal,
  };
}

/** What a probe sees at the server itself: without an answer there, silence through the proxy would prove nothing. */
async function probeServer({ proxy, question }: LinkedProxy): Promise<ProbeResult> {
  return await probe({ address: proxy.upstream, question, waitMs: answerMs });
}

async function assertBites(linked: LinkedProxy, fault: Fault, what: string): Promise<void> {
  // A port that answers no stranger is silent with and without a fault; its refusal can be seen all the same.
  if (linked.question === null && fault !== refused) return;
  const seen = await probe({ address: linked.proxy.listen, question: linked.question, waitMs: fault.probeMs });
  if (!fault.bites(seen)) {
    throw new Inconclusive(`${what}: the fault did not bite, a probe was ${seen.outcome} after ${ms(seen)}.`);
  }
  if (fault === refused) return;
  const direct = await probeServer(linked);
  if (direct.outcome !== 'answered') {
    throw new Inconclusive(`${what}: not proved, the server itself was ${direct.outcome} after ${ms(direct)}.`);
  }
}

/** The link carries what the server answers; when that is nothing (it was killed meanwhile), there is nothing to prove. */
async function assertWhole(linked: LinkedProxy, what: string): Promise<void> {
  if (linked.question === null || (await probeServer(linked)).outcome !== 'answered') return;
  const seen = await probe({ address: linked.proxy.listen, question: linked.question, waitMs: answerMs });
  if (seen.outcome !== 'answered') {
    throw new Inconclusive(`${what}: the fault is still there after healing, a probe was ${seen.outcome}.`);
  }
}

function ms({ afterMs }: ProbeResult): string {
  return `${Math.round(afterMs)} ms`;
}
