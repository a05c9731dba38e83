import { type Release, releases } from '../../reference-impl/base/release.ts';
import { type Settings, SettingsFile } from './settings-file.ts';

export interface NamesrvNode {
  readonly release: Release;
  /** Carries a controller (`enableControllerInNamesrv`). */
  readonly controller: boolean;
  /** Runs the guest of the run instead of its target, with its controller. */
  readonly guest: boolean;
  readonly config: Settings;
}

/** A controller process of its own; always of the new release. */
export interface ControllerNode {
  readonly guest: boolean;
  readonly config: Settings;
}

/**
 * Brokers of one name. `fixed`: the first is master, the others slaves, by configuration. `elected`: controller mode.
 * `dledger`: Raft on the commit log, in release old.
 */
export interface BrokerGroup {
  readonly group: string;
  readonly release: Release;
  readonly roles: 'fixed' | 'elected' | 'dledger';
  readonly replicas: number;
  /** Of fixed roles: told of the controllers all the same, which must make no difference. */
  readonly toldControllers?: boolean;
  /** Places in the group, from 0, that run the guest. */
  readonly guests: readonly number[];
  readonly config: Settings;
}

/** Which processes a cluster has. They are named `namesrv-0`, `controller-0`, `broker-a-0` … in order. */
export interface Topology {
  readonly namesrvs: readonly NamesrvNode[];
  readonly controllers: readonly ControllerNode[];
  readonly brokers: readonly BrokerGroup[];
}

/**
 * Reads and joins topology files, by path below `configs/topologies` without `.yaml`: each may hold a part, such as
 * `nameservers/old` and `brokers/fixed-role`. Throws `SetupError`.
 */
export function readTopology(...names: string[]): Topology {
  const parts = names.map((name) => readPart(SettingsFile.read(`topologies/${name}`)));
  return {
    namesrvs: parts.flatMap(({ namesrvs }) => namesrvs),
    controllers: parts.flatMap(({ controllers }) => controllers),
    brokers: parts.flatMap(({ brokers }) => brokers),
  };
}

function readPart(file: SettingsFile): Topology {
  const part: Topology = {
    namesrvs: file.list('namesrvs').map((node) =>
      closed(node, {
        release: node.oneOf('release', releases),
        controller: node.flag('controller'),
        guest: node.flag('guest'),
        config: node.settings('config'),
      }),
    ),
    controllers: file
      .list('controllers')
      .map((node) => closed(node, { guest: node.flag('guest'), config: node.settings('config') })),
    brokers: file.list('brokers').map((node) =>
      closed(node, {
        group: node.name('group'),
        release: node.oneOf('release', releases),
        roles: node.oneOf('roles', ['fixed', 'elected', 'dledger']),
        replicas: node.count('replicas'),
        toldControllers: node.flag('toldControllers'),
        guests: node.indexes('guests'),
        config: node.settings('config'),
      }),
    ),
  };
  return closed(file, part);
}

function closed<T>(file: SettingsFile, value: T): T {
  file.end();
  return value;
}
