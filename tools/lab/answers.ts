import type { Attempt, OutcomeKind } from '../check/ledger.ts';
import { Inconclusive } from './inconclusive.ts';
import { addressOf, type PlannedServer } from './plan-servers.ts';
import { type ReplicaFault, Replicas } from './replicas.ts';
import { SyncStateView } from './sync-state-view.ts';
import { drainBroker } from './traffic/drain.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure, throughout, until } from './until.ts';

/** Answers of the expected kind, in a row and without any other, that show that sends end so now. */
const proofAnswers = 20;
/** A send that left just before a fault may still be answered as before it. */
const graceMs = 200;

/** How the sends of a trial's traffic are answered from some instant on. */
export class Answers {
  readonly #trial: Trial;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /** Attempts that were sent after `sinceMs`, in the order of their answers. */
  since(sinceMs: number): Attempt[] {
    return this.#trial.traffic.ledger.attempts.filter(({ sentMs }) => sentMs > sinceMs + graceMs);
  }

  /** Sends come to end like this: so many in a row do. Returns them. */
  async become(outcome: OutcomeKind, sinceMs: number): Promise<readonly Attempt[]> {
    const look = () => this.since(sinceMs).slice(-proofAnswers);
    const all = (rows: readonly Attempt[]) =>
      rows.length === proofAnswers && rows.every((row) => row.outcome === outcome);
    return await until(`sends end with ${outcome}`, look, all, this.#trial.within('switch'));
  }

  /** No send ends with another outcome, for as long as the profile looks; at least one ends. */
  async stay(outcome: OutcomeKind): Promise<void> {
    const sinceMs = Date.now();
    const strange = () => this.since(sinceMs).find((row) => row.outcome !== outcome) ?? null;
    await throughout(`sends end with ${outcome}`, strange, (row) => row === null, this.#trial.within('quiet'));
    if (this.since(sinceMs).length === 0) throw new ConditionFailure('No send was answered at all.');
  }

  /** Sends are refused with this code and text. */
  async areRefused(code: number, text: string, sinceMs: number): Promise<void> {
    const rows = await this.become('refused', sinceMs);
    const other = rows.find((row) => row.code !== code || !row.remark?.includes(text));
    if (other)
      throw new ConditionFailure(`A send was refused with ${other.code} ${other.remark}, not ${code} ${text}.`);
    const first = this.since(sinceMs).find((row) => row.outcome === 'refused')!;
    const afterMs = first.answeredMs - sinceMs;
    this.#trial.options.observe('refuses', afterMs, `the first send was refused after ${afterMs} ms: ${first.remark}`);
  }

  /** What ended so is not in the master's log. */
  async areNotStored(outcome: OutcomeKind): Promise<void> {
    const { views, traffic, group } = this.#trial;
    const [view] = await views.route(traffic.topic);
    const address = view?.master;
    if (!address) throw new ConditionFailure('The route names no master to read from.');
    const from = { topic: traffic.topic, brokerName: group, address, consumer: 'answers' };
    const keys = new Set(traffic.ledger.attempts.filter((row) => row.outcome === outcome).map(({ key }) => key));
    const stored = (await drainBroker(views.operator, from)).filter(({ key }) => keys.has(key));
    if (stored.length > 0) throw new ConditionFailure(`${stored.length} sends ended with ${outcome} but are stored.`);
  }

  /** This replica gives out everything that was acknowledged so far, soon. */
  async areReadableFrom(server: PlannedServer): Promise<void> {
    const { views, traffic, group } = this.#trial;
    const acknowledged = traffic.ledger.attempts.filter(({ outcome }) => outcome === 'SEND_OK').map(({ key }) => key);
    const from = { topic: traffic.topic, brokerName: group, address: addressOf(server), consumer: server.name };
    const missing = async () => {
      const readable = new Set((await drainBroker(views.operator, from)).map(({ key }) => key));
      return acknowledged.filter((key) => !readable.has(key));
    };
    const deadline = { ...this.#trial.within('online'), pollMs: 500 };
    await until(`${server.name} gives out what was acknowledged`, missing, (keys) => keys.length === 0, deadline);
  }

  /** Nothing is acknowledged after the fault before the replica may be out of the set, and sends are soon after that. */
  async stallsAsConfigured({ server, atMs }: ReplicaFault): Promise<void> {
    const [leastMs, mostMs] = new SyncStateView(this.#trial).removalMs;
    const first = () => this.since(atMs).find(({ outcome }) => outcome === 'SEND_OK') ?? null;
    const deadlineMs = Math.max(1, atMs + mostMs - Date.now());
    const seen = await until('a send is acknowledged again', first, (row) => row !== null, { deadlineMs });
    const stallMs = seen!.answeredMs - atMs;
    const text = `no send was acknowledged for ${stallMs} ms after ${server.name} was lost`;
    this.#trial.options.observe('stall', stallMs, text);
    if (stallMs < leastMs) throw new ConditionFailure(`${text}: shorter than ${leastMs} ms.`);
  }

  /** Sends that left after the fault are acknowledged before a member of the set could be taken out of it. */
  async doNotStall({ server, atMs }: ReplicaFault): Promise<void> {
    const [leastMs] = new SyncStateView(this.#trial).removalMs;
    const acknowledged = () => this.since(atMs).filter(({ outcome }) => outcome === 'SEND_OK').length;
    const deadlineMs = Math.max(1, atMs + leastMs - Date.now());
    await until(`sends do not wait for ${server.name}`, acknowledged, (count) => count >= proofAnswers, { deadlineMs });
  }

  /** While the replica with the fault is in the set, consumers are not given what was sent since. */
  async areHiddenWhileInSet({ server, atMs }: ReplicaFault): Promise<void> {
    const replicas = new Replicas(this.#trial);
    const stored = () => this.since(atMs).filter(({ outcome }) => outcome === 'FLUSH_SLAVE_TIMEOUT');
    await until('messages wait', stored, (rows) => rows.length >= proofAnswers, this.#trial.within('switch'));
    const keys = new Set(this.since(atMs).map(({ key }) => key));
    const seen = this.#trial.traffic.ledger.deliveries.find(({ key }) => keys.has(key));
    if (!(await replicas.inSync()).includes(server.name))
      throw new Inconclusive(`${server.name} left the set before messages could wait for it.`);
    if (seen) throw new ConditionFailure(`${seen.key} was delivered although ${server.name} does not have it.`);
  }

  /** Everything that ended so since then is given to consumers. */
  async areDelivered(outcome: OutcomeKind, sinceMs: number): Promise<void> {
    const wanted = this.since(sinceMs).filter((row) => row.outcome === outcome);
    if (wanted.length === 0) throw new ConditionFailure(`No send ended with ${outcome}.`);
    const missing = () => {
      const seen = new Set(this.#trial.traffic.ledger.deliveries.map(({ key }) => key));
      return wanted.filter(({ key }) => !seen.has(key)).map(({ key }) => key);
    };
    await until(
      `what ended with ${outcome} is delivered`,
      missing,
      (keys) => keys.length === 0,
      this.#trial.within('switch'),
    );
  }
}
