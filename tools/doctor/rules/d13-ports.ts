import type { ConfFile } from '../conf-file.ts';
import type { Deployment } from '../deployment.ts';
import { type Port, portsOf } from '../ports.ts';
import { at, type Rule, type Sighting } from '../rule.ts';

interface Taken extends Port {
  readonly file: ConfFile;
}

function collisions(deployment: Deployment): Sighting[] {
  const taken: Taken[] = [];
  const sightings: Sighting[] = [];
  for (const file of deployment.files) {
    for (const port of portsOf(file)) {
      const other = taken.find((earlier) => earlier.port === port.port && isOneMachine(earlier.file, file, deployment));
      taken.push({ ...port, file });
      if (other !== undefined && !isToldElsewhere(other, port, file)) sightings.push(sighting(file, port, other));
    }
  }
  return sightings;
}

function isOneMachine(a: ConfFile, b: ConfFile, deployment: Deployment): boolean {
  if (a === b) return true;
  const host = deployment.hostOf(a);
  if (host === null || host !== deployment.hostOf(b)) return false;
  const [bindA, bindB] = [a, b].map((file) =>
    file.role === 'proxy' ? undefined : file.given('bindAddress')?.value.trim(),
  );
  return bindA === undefined || bindB === undefined || bindA === bindB;
}

/** D3 tells of a controller on the port of its NameServer, D2 of two controllers that are one member. */
function isToldElsewhere(other: Taken, port: Port, file: ConfFile): boolean {
  if (port.use !== 'controller port') return false;
  return other.file === file ? other.use === 'NameServer port' : other.use === 'controller port';
}

function sighting(file: ConfFile, port: Port, other: Taken): Sighting {
  if (other.file === file) return at('within', file, port.key, `${port.use} and ${other.use} are both ${port.port}`);
  return at(
    'between',
    file,
    port.key,
    `${port.use} ${port.port} is the ${other.use} of ${other.file.path}, on the same machine`,
  );
}

export const ports: Rule = {
  id: 'D13',
  name: 'ports',
  title: 'Every port of a machine has one listener',
  cases: {
    within: {
      severity: 'error',
      finds: 'one process with two uses for a port',
      consequence: 'Its second bind fails, and the process exits with 255.',
      remedy: 'Move one of them.',
      requirement: 'CTL-DEP-01',
      proof: 'the process ends at once: PORT_IN_USE in docs/errors.md',
    },
    between: {
      severity: 'error',
      finds:
        'processes of one machine that share a port: listen, listen - 2, HA, metrics, controller, NameServer, proxy',
      consequence: 'Whichever starts second exits with 255, perhaps only at the next restart.',
      remedy: 'Keep listen ports of brokers on one machine at least 10 apart.',
      requirement: 'CTL-DEP-01',
      proof: 'the second process ends at once: PORT_IN_USE in docs/errors.md',
    },
  },
  check: collisions,
};
