import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RequestCode } from '../../reference-impl/remoting/codes.ts';
import { probe, remotingQuestion } from './probe.ts';
import { createProcess, type LabProcess, type ProcessSpec } from './processes.ts';
import type { Settings } from './settings-file.ts';
import type { Role, Target } from './targets/target.ts';
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

  /** Writes the files of the process; starts nothing. */
  constructor(preparation: Preparation) {
    this.#preparation = preparation;
    this.configFile = path.join(preparation.evidenceFolder, `${preparation.name}.conf`);
    this.process = createProcess(this.#write());
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
    this.process.become(this.#write());
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
    writeFileSync(configFile, propertiesText(config), 'latin1');
    const launch = target.launch({ role, folder, configFile, hosts, dials, labDefect });
    for (const [file, text] of Object.entries(launch.files)) writeFileSync(file, text);
    const profiled = Object.entries(environment).map(([variable, value]) => [variable, String(value)]);
    const env = { ...Object.fromEntries(profiled), ...launch.env };
    const logFile = path.join(evidenceFolder, `${name}.log`);
    return { name, ...launch, env, workingFolder: folder, logFile, isReady: () => this.isReady(), note };
  }

  /** Whether everything that it should serve by its configuration answers. */
  async isReady(): Promise<boolean> {
    const { role, config, serves } = this.#preparation;
    const carries = String(config.enableControllerInNamesrv) === 'true';
    const asked = serves.filter((served) => served.role === role || carries);
    const ask = ({ listens, role }: (typeof serves)[number]) =>
      probe({ address: listens, question: questions[role], waitMs: readyAnswerMs });
    return (await Promise.all(asked.map(ask))).every(({ outcome }) => outcome === 'answered');
  }
}

/** Text in the syntax of java.util.Properties. */
function propertiesText(config: Settings): string {
  const escape = (value: string) =>
    value.replaceAll('\\', '\\\\').replaceAll(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return Object.entries(config)
    .map(([key, value]) => `${key}=${escape(String(value))}\n`)
    .join('');
}
