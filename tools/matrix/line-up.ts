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
}

/** Every other one stands beside this. */
export const referenceLineUp: LineUp = { name: 'reference', target: 'reference', roles: {} };

const isReference = (target: string) => target.startsWith('reference:');

/**
 * The reference, then every old target with every new one, and between two implementations the halves of each such pair:
 * brokers of the one under NameServers and controllers of the other. Throws `SetupError`.
 */
export function lineUpsOf(olds: readonly string[], news: readonly string[], mixed: boolean): LineUp[] {
  const sides = { old: olds, new: news };
  for (const release of releases) for (const target of sides[release]) assertRelease(target, release);
  const pairs = olds.flatMap((old) => news.map((young) => ({ old, young })));
  const foreign = pairs.filter(({ old, young }) => !isReference(old) || !isReference(young));
  return [
    referenceLineUp,
    ...foreign.map(({ old, young }): LineUp => ({ name: nameOf(old, young), target: `${young},${old}`, roles: {} })),
    ...(mixed ? foreign : []).flatMap(({ old, young }): LineUp[] => {
      const pair = `${young},${old}`;
      return [
        { name: `${nameOf(old, young)}, reference brokers`, target: pair, roles: { broker: 'reference' } },
        { name: `reference, brokers of ${nameOf(old, young)}`, target: 'reference', roles: { broker: pair } },
      ];
    }),
  ];
}

function nameOf(old: string, young: string): string {
  return `${old} + ${young}`;
}

function assertRelease(text: string, release: string): void {
  const target = parseOneTarget(text);
  if (target.release === release) return;
  throw new SetupError(`--${release} ${text}: it is of the ${target.release} release, name it by --${target.release}.`);
}
