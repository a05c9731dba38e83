import type { Release } from '../../../reference-impl/base/release.ts';

export type Role = 'namesrv' | 'controller' | 'broker';

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
}

/** One release of an implementation under test. */
export interface Target {
  /** As a user writes it: `reference:new`, `apache:5.3.3`. */
  readonly name: string;
  readonly release: Release;
  /** What a report shows. */
  readonly version: string;
  /**
   * How the lab leads its connections through proxies. `address-book`: every dialled address can be replaced.
   * `configuration`: NameServers by their configured address, controllers by host name; brokers are dialled directly.
   */
  readonly dialling: 'address-book' | 'configuration';
  /** Profile that suits it when a run names none. */
  readonly defaultProfile: string;
  /** Makes it startable: finds tools, fetches and caches. Throws `SetupError`. */
  prepare(): Promise<void>;
  launch(spec: LaunchSpec): Launch;
}
