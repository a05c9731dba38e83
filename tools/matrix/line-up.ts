import { SetupError } from '../lab/setup-error.ts';
import { parseOneTarget, type RoleTexts } from '../lab/targets.ts';
import { releases } from '../lab/targets/target.ts';

/** Who plays the table once. */
export interface LineUp {
  /** As tables show it. */
  readonly name: string;
  /** For `--target`. */
  readonly target: string;
  /** For `--broker-target` and its like. */
  readonly roles: RoleTexts;
  /** Stock client beside the lab's own, null for none. */
  readonly client: string | null;
}

/** Who plays the table, and with which clients. */
export interface Sides {
  readonly olds: readonly string[];
  readonly news: readonly string[];
  /** Whether brokers of one implementation stand under servers of another, too. */
  readonly mixed: boolean;
  /** Stock clients. */
  readonly clients: readonly string[];
}

type Player = Pick<LineUp, 'target' | 'client'> & { readonly roles: object };

/** Every other one stands beside this, or beside the reference with the same client. */
export const referenceLineUp: LineUp = { name: 'reference', target: 'reference', roles: {}, client: null };

const isReference = (target: string) => target.startsWith('reference:');

/**
 * The reference, then every old target with every new one, each of these again with every stock client, and between two
 * implementations the halves of each such pair: brokers of the one under NameServers and controllers of the other. Throws
 * `SetupError`.
 */
export function lineUpsOf({ olds, news, mixed, clients }: Sides): LineUp[] {
  const sides = { old: olds, new: news };
  for (const release of releases) for (const target of sides[release]) assertRelease(target, release);
  const pairs = olds.flatMap((old) => news.map((young) => ({ old, young })));
  const foreign = pairs.filter(({ old, young }) => !isReference(old) || !isReference(young));
  const whole = [referenceLineUp, ...foreign.map(({ old, young }) => lineUp(nameOf(old, young), `${young},${old}`))];
  const halves = foreign.flatMap(({ old, young }) => {
    const pair = `${young},${old}`;
    return [
      lineUp(`${nameOf(old, young)}, reference brokers`, pair, { broker: 'reference' }),
      lineUp(`reference, brokers of ${nameOf(old, young)}`, 'reference', { broker: pair }),
    ];
  });
  const withClients = clients.flatMap((client) =>
    whole.map((one): LineUp => ({ ...one, name: `${one.name}, client ${client}`, client })),
  );
  return [...whole, ...(mixed ? halves : []), ...withClients];
}

/** The line-up of the reference beside which another one stands: the same clients take part. */
export function referenceFor<L extends Player>(lineUps: readonly L[], { client }: Player): L {
  const isReference = (one: L) => one.target === referenceLineUp.target && Object.keys(one.roles).length === 0;
  return lineUps.find((one) => isReference(one) && one.client === client)!;
}

function lineUp(name: string, target: string, roles: RoleTexts = {}): LineUp {
  return { name, target, roles, client: null };
}

function nameOf(old: string, young: string): string {
  return `${old} + ${young}`;
}

function assertRelease(text: string, release: string): void {
  const target = parseOneTarget(text);
  if (target.release === release) return;
  throw new SetupError(`--${release} ${text}: it is of the ${target.release} release, name it by --${target.release}.`);
}
