import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RequestCode } from '../../reference-impl/remoting/codes.ts';
import { probe, remotingQuestion } from './probe.ts';
import { createProcess, lastOutput, type LabProcess, type ProcessSpec } from './processes.ts';
import { propertiesText } from './properties-text.ts';
import { isOn, type Settings } from './settings-file.ts';
import { type Readiness, readyWhenItAnswers, type Role, type Target } from './targets/target.ts';
import type { Note } from './timeline.ts';

/** Everything that decides how one process of the lab runs. */
export interface Preparation {
  readonly name: string;
  readonly role: Role;
  readonly target: Target;
  /** Its home, with its store; created when missing. */
  readonly folder: string;
  readonly config: Settings;
  /** Host name to loopback address, as this process alone sees it. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Announced to dialled address. */
  readonly dials: Readonly<Record<string, string>>;
  /** What it serves, and where it listens: a NameServer with a controller has two. */
  readonly serves: readonly { readonly role: Role; readonly listens: string }[];
  /** Takes its configuration file and its log. */
  readonly evidenceFolder: string;
  readonly environment: Settings;
  readonly labDefect: string | null;
  readonly note: Note;
}

/** Requests that a server of each role answers at once, whatever its state. The one for brokers is unknown to them. */
export const questions: Record<Role, Buffer> = {
  namesrv: remotingQuestion(RequestCode.GET_BROKER_CLUSTER_INFO),
  controller: remotingQuestion(RequestCode.CONTROLLER_GET_METADATA_INFO),
  broker: remotingQuestion(31_999),
};
const readyAnswerMs = 1_000;

/** A process with its files written, which can be given another target or configuration between two of its lives. */
export class PreparedProcess {
  readonly process: LabProcess;
  readonly configFile: string;
  #preparation: Preparation;
  #spec: ProcessSpec;
  #ready: Readiness = readyWhenItAnswers;

  /** Writes the files of the process; starts nothing. */
  constructor(preparation: Preparation) {
    this.#preparation = preparation;
    this.configFile = path.join(preparation.evidenceFolder, `${preparation.name}.conf`);
    this.#spec = this.#write();
    this.process = createProcess(this.#spec);
  }

  /** How its next start runs, for whoever starts it otherwise than by `process`. */
  get spec(): ProcessSpec {
    return this.#spec;
  }

  /** When it serves, in the way of its target. */
  get readiness(): Readiness {
    return this.#ready;
  }

  get target(): Target {
    return this.#preparation.target;
  }

  /** Keys and values of its configuration file, as they were last written here. */
  get config(): Settings {
    return this.#preparation.config;
  }

  get folder(): string {
    return this.#preparation.folder;
  }

  /**
   * Its next start runs that target with that configuration, in the same folder, on the same ports, over the same links.
   */
  reconfigure(changes: Partial<Pick<Preparation, 'target' | 'config' | 'serves'>>): void {
    this.#preparation = { ...this.#preparation, ...changes };
    this.#spec = this.#write();
    this.process.become(this.#spec);
  }

  /** Another process with everything of this one but the given: a controller that leaves its NameServer. Starts nothing. */
  beside(changes: Pick<Preparation, 'name'> & Partial<Preparation>): PreparedProcess {
    return new PreparedProcess({ ...this.#preparation, ...changes });
  }

  #write(): ProcessSpec {
    const { name, role, target, folder, config, hosts, dials, evidenceFolder, environment, labDefect, note } =
      this.#preparation;
    const { configFile } = this;
    mkdirSync(folder, { recursive: true });
    mkdirSync(evidenceFolder, { recursive: true });
    writeFileSync(configFile, target.configText?.(role, config) ?? propertiesText(config));
    const launch = target.launch({ role, folder, configFile, hosts, dials, labDefect });
    for (const [file, text] of Object.entries(launch.files)) writeFileSync(file, text);
    const profiled = Object.entries(environment).map(([variable, value]) => [variable, String(value)]);
    const env = { ...Object.fromEntries(profiled), ...launch.env };
    if (launch.logFolder !== null)
      keepLogs(path.join(folder, launch.logFolder), path.join(evidenceFolder, `${name}-logs`));
    this.#ready = launch.ready;
    const logFile = path.join(evidenceFolder, `${name}.log`);
    return { name, ...launch, env, workingFolder: folder, logFile, isReady: () => this.isReady(), note };
  }

  /** Whether it said that it is ready, if that is waited for, and everything that it should serve by its configuration does. */
  async isReady(): Promise<boolean> {
    const { output, probe: kind } = this.#ready;
    if (output !== null && !output.test(lastOutput(this.process))) return false;
    const { role, config, serves } = this.#preparation;
    const carries = isOn(config.enableControllerInNamesrv);
    const asked = serves.filter((served) => served.role === role || carries);
    const ask = ({ listens, role }: (typeof serves)[number]) =>
      probe({ address: listens, question: kind === 'answer' ? questions[role] : null, waitMs: readyAnswerMs });
    const expected = kind === 'answer' ? 'answered' : 'silent';
    return (await Promise.all(asked.map(ask))).every(({ outcome }) => outcome === expected);
  }
}

/** What it writes there over all its lives outlives its folder. */
function keepLogs(folder: string, kept: string): void {
  mkdirSync(kept, { recursive: true });
  if (!existsSync(folder)) symlinkSync(kept, folder);
}
