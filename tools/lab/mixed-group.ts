import { ControllerGroup } from './controller-group.ts';
import { Inconclusive } from './inconclusive.ts';
import type { GroupView } from './group-views.ts';
import { addressOf, type PlannedServer } from './plan-servers.ts';
import { Replicas } from './replicas.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure, until } from './until.ts';

/** The two implementations of a mixed cluster. */
export const parties = ['target', 'guest'] as const;
export type Party = (typeof parties)[number];

/** A trial in which the target and its guest stand side by side: who has which part, and who takes over from whom. */
export class MixedGroup {
  readonly #trial: Trial;
  readonly #controllers: ControllerGroup;
  readonly #replicas: Replicas;

  constructor(trial: Trial) {
    this.#trial = trial;
    this.#controllers = new ControllerGroup(trial);
    this.#replicas = new Replicas(trial);
  }

  /** The first replica is master; then the others, held back until now, start and follow it. */
  async firstIsFollowed(): Promise<void> {
    const [first] = this.#replicas.all;
    const isFirst = ({ master }: GroupView) => master === addressOf(first!);
    const look = () => this.#trial.views.clusterInfo();
    await until('the first replica is master', look, (views) => views.every(isFirst), this.#trial.within('online'));
    await this.#replicas.startAbsent();
    await this.#trial.isOnline();
  }

  /** Starts the controller that was held back; all become one group. */
  async lastControllerJoins(name: string): Promise<void> {
    const process = this.#trial.cluster.process(name);
    await process.start();
    await process.waitReady(this.#trial.options.profile.deadlines.ready);
    await this.#controllers.isOneGroup();
  }

  /**
   * Makes a controller of this party the leader: as long as another one leads, only the wanted one reaches the others to
   * win their votes. Throws `Inconclusive` without a Toxiproxy server.
   */
  async lead(party: Party): Promise<void> {
    const wanted = this.#trial.controllers.find((server) => this.#partyOf(server) === party);
    if (wanted === undefined) throw new Inconclusive(`No controller of this cluster is of the ${party}.`);
    if (this.#partyOf(await this.#controllers.leader()) !== party) {
      const others = this.#trial.controllers.filter((server) => server !== wanted);
      const links = this.#trial.controllers.flatMap((to) =>
        others.filter((from) => from !== to).map((from) => this.#trial.cluster.link(from.name, to.name)),
      );
      await Promise.all(links.map((link) => link.refuse()));
      const leads = (leader: string | null) => leader === addressOf(wanted);
      const look = async () => {
        const answers = await this.#controllers.metadata();
        return answers.find(({ member }) => member === wanted.name)?.metadata.controllerLeaderAddress ?? null;
      };
      await until(`${wanted.name} leads the controllers`, look, leads, this.#trial.within('switch'));
      await Promise.all(links.map((link) => link.heal()));
      await this.#controllers.isOneGroup();
    }
    const leader = await this.#controllers.leader();
    if (this.#partyOf(leader) !== party) throw new Inconclusive(`${leader.name} leads, which is not of the ${party}.`);
    this.#trial.options.observe('leader', leader.target.name, `${leader.name} leads, of ${leader.target.name}`);
  }

  /** Kills one master after the other, each of which comes back as the slave of the next. Without any traffic. */
  async switchThereAndBack(): Promise<void> {
    for (const _ of this.#replicas.all) {
      const master = await this.#replicas.master();
      await this.#replicas.kill(master);
      const isOther = (view: GroupView) => view.master !== null && view.master !== addressOf(master);
      const look = () => this.#trial.views.clusterInfo();
      await until('another one is master', look, (views) => views.every(isOther), this.#trial.within('switch'));
      await this.#replicas.mend(master);
      await this.#replicas.areInSync(this.#replicas.all);
    }
  }

  /** The replica that was killed as master starts again and joins the SyncStateSet of the new one. */
  async killedReplicaFollows(): Promise<void> {
    const { server } = this.#trial.killed;
    await this.#replicas.mend(server);
    await this.#replicas.areInSync(this.#replicas.all);
    if ((await this.#replicas.master()) === server)
      throw new ConditionFailure(`${server.name} is master again, and follows nobody.`);
  }

  #partyOf({ target }: PlannedServer): Party {
    return target === this.#trial.options.targets.guest ? 'guest' : 'target';
  }
}
