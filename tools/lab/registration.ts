import { BrokerIds } from './broker-ids.ts';
import { IdentityFile } from './identity-file.ts';
import { Inconclusive } from './inconclusive.ts';
import type { Link } from './link.ts';
import type { PlannedServer } from './plan-servers.ts';
import { Replicas } from './replicas.ts';
import type { Trial } from './trial.ts';
import { until } from './until.ts';

/** Moments of a registration, as features write them. */
export const registrationMoments = [
  'any controller hears it',
  'its id is granted',
  'it hears that its id is its own',
  'it has registered',
  'it is in the SyncStateSet',
] as const;
export type RegistrationMoment = (typeof registrationMoments)[number];

/** Each way of a request of the broker takes so long, which sets the steps of a registration apart. */
const latencyMs = 250;
const pollMs = 5;

/** New brokers of a trial on their way to an id, slowly, so that the lab can act between two steps. */
export class Registration {
  readonly #trial: Trial;
  readonly #replicas: Replicas;
  readonly #ids: BrokerIds;

  constructor(trial: Trial) {
    this.#trial = trial;
    this.#replicas = new Replicas(trial);
    this.#ids = new BrokerIds(trial);
  }

  /** Starts a replica that was held back, and kills it between that moment and the one before. */
  async diesBefore(moment: RegistrationMoment): Promise<void> {
    const [server] = this.#replicas.absent;
    const links = this.#linksToControllers(server!);
    const process = this.#trial.cluster.process(server!.name);
    const isNear = await this.#signOf(moment, server!);
    const unheard = moment === 'any controller hears it';
    await Promise.all(links.map((link) => (unheard ? link.refuse() : link.slow(latencyMs))));
    await process.start();
    await until(`${server!.name} comes near`, isNear, (near) => near, { ...this.#trial.within('online'), pollMs });
    await process.kill();
    await Promise.all(links.map((link) => link.heal()));
    const { appliedId, isFinal } = new IdentityFile(this.#trial, server!);
    if (isFinal && registrationMoments.indexOf(moment) < registrationMoments.indexOf('it has registered'))
      throw new Inconclusive(`${server!.name} had its id before it died, which was to be before ${moment}.`);
    const text = `${server!.name} died before ${moment}: applied for ${appliedId ?? 'none'}, id kept: ${isFinal}`;
    this.#trial.options.observe('died', moment, text);
  }

  /** Starts all replicas that were held back at once. Whether they applied for the same id is an observation. */
  async race(): Promise<void> {
    const servers = this.#replicas.absent;
    const links = servers.flatMap((server) => this.#linksToControllers(server));
    const files = servers.map((server) => new IdentityFile(this.#trial, server));
    await Promise.all(links.map((link) => link.slow(latencyMs)));
    await Promise.all(servers.map(({ name }) => this.#trial.cluster.process(name).start()));
    let raced = false;
    const look = () => {
      const [first, ...others] = files.map(({ appliedId }) => appliedId);
      raced ||= first !== null && others.every((id) => id === first);
      return files.map(({ isFinal }) => isFinal);
    };
    const all = (final: readonly boolean[]) => final.every((isFinal) => isFinal);
    await until('every replica has its id', look, all, { ...this.#trial.within('online'), pollMs });
    await Promise.all(links.map((link) => link.heal()));
    this.#trial.options.observe('raced', raced, `new brokers applied for the same id at once: ${raced}`);
  }

  /** What can be seen when the moment is near. */
  async #signOf(moment: RegistrationMoment, server: PlannedServer): Promise<() => boolean | Promise<boolean>> {
    const file = new IdentityFile(this.#trial, server);
    const process = this.#trial.cluster.process(server.name);
    const next = await this.#ids.next();
    const signs: Record<RegistrationMoment, () => boolean | Promise<boolean>> = {
      'any controller hears it': async () => {
        await process.waitReady(this.#trial.options.profile.deadlines.ready);
        return true;
      },
      'its id is granted': () => file.appliedId !== null,
      'it hears that its id is its own': async () => (await this.#ids.next()) > next,
      'it has registered': () => file.isFinal,
      'it is in the SyncStateSet': async () =>
        (await this.#ids.known()).some(({ brokerId, alive }) => brokerId === next && alive),
    };
    return signs[moment];
  }

  #linksToControllers({ name }: PlannedServer): Link[] {
    return this.#trial.controllers.map((controller) => this.#trial.cluster.link(name, controller.name));
  }
}
