import { AstBuilder, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin';
import { type FeatureChild, IdGenerator, type RuleChild, type Tag } from '@cucumber/messages';
import { parse } from 'yaml';

export interface Requirement {
  readonly id: string;
  readonly text: string;
  /** Page of the documentation, or issue. */
  readonly page: string;
  /** Why it has no scenario; absent when it must have one. */
  readonly none?: string;
}

export interface Family {
  readonly family: string;
  readonly about: string;
  readonly requirements: readonly Requirement[];
}

/** A scenario, or one table of examples, and the requirements that its tags and those around it name. */
export interface TaggedScenario {
  readonly uri: string;
  /** Of the scenario or outline; for a table with tags of its own, of its first row. */
  readonly line: number;
  readonly name: string;
  readonly requirements: readonly string[];
  /** All of them, without @. */
  readonly tags: readonly string[];
}

/** A requirement beside what stands for it. `stale`: it has a scenario and a reason for none. */
export interface Covered extends Requirement {
  readonly scenarios: readonly TaggedScenario[];
  readonly state: 'scenario' | 'reason' | 'MISSING' | 'stale';
}

export interface Coverage {
  readonly families: readonly {
    readonly family: string;
    readonly about: string;
    readonly covered: readonly Covered[];
  }[];
  /** Tags in features that no requirement has, with where they are. */
  readonly unknownTags: readonly { readonly tag: string; readonly uri: string }[];
}

const requirementTag = /^CTL-/;
const requirementKeys: readonly string[] = ['id', 'page', 'text', 'none'];

/** Reads `matrix/requirements.yaml`. Throws when an id is there twice, outside its family or with other keys. */
export function parseRequirements(text: string): Family[] {
  const families = parse(text) as Family[];
  const seen = new Set<string>();
  for (const { family, requirements } of families) {
    for (const requirement of requirements) {
      const { id } = requirement;
      const unknown = Object.keys(requirement).find((key) => !requirementKeys.includes(key));
      if (unknown !== undefined) throw new Error(`${id} has the unknown key ${unknown}.`);
      if (!id.startsWith(`${family}-`)) throw new Error(`${id} stands in family ${family}.`);
      if (seen.has(id)) throw new Error(`${id} stands twice in the requirements.`);
      seen.add(id);
    }
  }
  return families;
}

/** Every scenario of one feature file with the requirements it inherits. Throws on text that is no Gherkin. */
export function taggedScenarios(uri: string, gherkin: string): TaggedScenario[] {
  const parser = new Parser(new AstBuilder(IdGenerator.incrementing()), new GherkinClassicTokenMatcher());
  const { feature } = parser.parse(gherkin);
  return feature === undefined ? [] : scenariosIn(uri, feature.children, feature.tags);
}

function scenariosIn(
  uri: string,
  children: readonly (FeatureChild | RuleChild)[],
  inherited: readonly Tag[],
): TaggedScenario[] {
  return children.flatMap((child) => {
    if ('rule' in child && child.rule) return scenariosIn(uri, child.rule.children, [...inherited, ...child.rule.tags]);
    const { scenario } = child;
    if (scenario === undefined) return [];
    const own = [...inherited, ...scenario.tags];
    const { name, location, examples } = scenario;
    const plain = { tags: [], tableBody: [] };
    return (examples.length === 0 ? [plain] : examples).map(({ tags, tableBody }) => {
      const all = [...own, ...tags].map((tag) => tag.name.slice(1));
      const line = tags.length > 0 ? tableBody[0]!.location.line : location.line;
      return { uri, line, name, requirements: all.filter((tag) => requirementTag.test(tag)), tags: all };
    });
  });
}

export function coverageOf(families: readonly Family[], scenarios: readonly TaggedScenario[]): Coverage {
  const known = new Set(families.flatMap(({ requirements }) => requirements.map(({ id }) => id)));
  const unknownTags = scenarios.flatMap(({ uri, requirements }) =>
    requirements.filter((id) => !known.has(id)).map((id) => ({ tag: `@${id}`, uri })),
  );
  const covered = (requirement: Requirement): Covered => {
    const own = scenarios.filter(({ requirements }) => requirements.includes(requirement.id));
    return { ...requirement, scenarios: own, state: stateOf(own.length > 0, requirement.none !== undefined) };
  };
  return {
    families: families.map(({ family, about, requirements }) => ({
      family,
      about,
      covered: requirements.map(covered),
    })),
    unknownTags,
  };
}

function stateOf(hasScenario: boolean, hasReason: boolean): Covered['state'] {
  if (hasScenario) return hasReason ? 'stale' : 'scenario';
  return hasReason ? 'reason' : 'MISSING';
}

/** Every requirement has a scenario or a reason, not both, and every tag a requirement. */
export function isWhole({ families, unknownTags }: Coverage): boolean {
  const states = families.flatMap(({ covered }) => covered.map(({ state }) => state));
  return unknownTags.length === 0 && !states.includes('MISSING') && !states.includes('stale');
}

/** The coverage as a table of families over a line per requirement. */
export function renderCoverage(coverage: Coverage): string {
  const lines = coverage.families.flatMap(({ family, about, covered }) => [
    `${family}  ${about}: ${share(covered)}`,
    ...covered.map((requirement) => `  ${requirement.id.padEnd(11)}  ${requirement.text}\n${standsFor(requirement)}`),
    '',
  ]);
  const unknown = coverage.unknownTags.map(({ tag, uri }) => `UNKNOWN TAG ${tag} in ${uri}`);
  const all = coverage.families.flatMap(({ covered }) => covered);
  return [...lines, ...unknown, `all: ${share(all)}`].join('\n');
}

function standsFor({ state, none, scenarios }: Covered): string {
  const where = scenarios.map(({ uri, name }) => `               ${uri}: ${name}`);
  if (state === 'MISSING') return '               MISSING';
  if (state === 'reason') return `               none: ${none}`;
  return [...(state === 'stale' ? [`               STALE REASON, it has a scenario: ${none}`] : []), ...where].join(
    '\n',
  );
}

function share(covered: readonly Covered[]): string {
  const count = (state: Covered['state']) => covered.filter((requirement) => requirement.state === state).length;
  const has = count('scenario') + count('stale');
  const percent = Math.floor((100 * has) / covered.length);
  return `${has} of ${covered.length} have a scenario (${percent} %), ${count('reason')} a reason, ${count('MISSING')} are MISSING`;
}
