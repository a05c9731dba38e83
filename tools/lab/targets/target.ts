import type { Release } from '../../../reference-impl/base/release.ts';
import type { Settings } from '../settings-file.ts';

/** `releases` of the reference, for tools that may not import it. */
export { type Release, releases } from '../../../reference-impl/base/release.ts';

export const roles = ['namesrv', 'controller', 'broker'] as const;
export type Role = (typeof roles)[number];

/** What a cluster may ask of a target: to play a role, and how its brokers come to theirs. */
export const abilities = [...roles, 'controller-in-namesrv', 'elected-roles', 'fixed-roles'] as const;
export type Ability = (typeof abilities)[number];

/** What a target cannot do, as far as its maker said so. */
export interface Support {
  readonly abilities: ReadonlySet<Ability>;
  /** Tag of features and scenarios, such as `@CTL-RIP-04`, to the reason why they are not for it. */
  readonly lacks: Readonly<Record<string, string>>;
}

export const everything: Support = { abilities: new Set(abilities), lacks: {} };

/** What one process is given, besides its target's own set-up. */
export interface LaunchSpec {
  readonly role: Role;
  /** Its home: working folder, `user.home`, parent of its store. Empty at the first start, kept between starts. */
  readonly folder: string;
  readonly configFile: string;
  /** Host name to loopback address, for a target that dials by host name. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Logical to dialled `host:port`, for a target that takes an address book. */
  readonly dials: Readonly<Record<string, string>>;
  /** Lab defect of a reference process, null for none. */
  readonly labDefect: string | null;
}

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Text files to write before the start, by absolute path. */
  readonly files: Readonly<Record<string, string>>;
  /** Where below its folder it writes logs of its own, which belong to the evidence; null: it writes its output alone. */
  readonly logFolder: string | null;
  /** Null: one process, which SIGTERM ends. */
  readonly signals: Signals | null;
  readonly ready: Readiness;
}

/** Of a process that may have children: it gets a process group of its own, all of which SIGKILL and SIGSTOP reach. */
export interface Signals {
  /** Ends it cleanly. */
  readonly stop: NodeJS.Signals;
  /** Who is sent that: the process that was started, or every one of its group. */
  readonly stopReaches: 'first' | 'all';
}

/** When a process serves: after this line, if there is one, as soon as it passes the probe. */
export interface Readiness {
  /** In its output since its start; null: none is waited for. */
  readonly output: RegExp | null;
  /** `answer`: each server answers a request that no state of it refuses. `connect`: it accepts connections. */
  readonly probe: 'answer' | 'connect';
}

export const readyWhenItAnswers: Readiness = { output: null, probe: 'answer' };

/** One release of an implementation under test. */
export interface Target {
  /** As a user writes it: `reference:new`, `apache:5.3.3`; a target file gives its own. */
  readonly name: string;
  readonly release: Release;
  /** What a report shows. */
  readonly version: string;
  /** `5.3.3` of a release of Apache RocketMQ, null of anything else: which listed deviations and regressions apply. */
  readonly apacheVersion: string | null;
  readonly support: Support;
  /**
   * How the lab leads its connections through proxies. `address-book`: every dialled address can be replaced. `hosts`:
   * NameServers by their configured address, controllers and brokers by host name, and what has no name by what a relay
   * puts into the answers that it reads. `configuration`: as `hosts`, without the names.
   */
  readonly dialling: 'address-book' | 'hosts' | 'configuration';
  /** Profile that suits it when a run names none. */
  readonly defaultProfile: string;
  /** Makes it startable: finds tools, fetches and caches. Throws `SetupError`. */
  prepare(): Promise<void>;
  launch(spec: LaunchSpec): Launch;
  /** Text of a configuration file; absent: in the syntax of java.util.Properties, every key as RocketMQ calls it. */
  readonly configText?: (role: Role, config: Settings) => string;
}
