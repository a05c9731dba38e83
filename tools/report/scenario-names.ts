/** What names a scenario of a feature file; an outline row has a line of its own. */
export interface NamedScenario {
  readonly uri: string;
  readonly line: number;
  readonly name: string;
}

/** Order of scenarios in reports: by feature file and line, whatever the order in which they ran. */
export function byPlace(a: NamedScenario, b: NamedScenario): number {
  if (a.uri !== b.uri) return a.uri < b.uri ? -1 : 1;
  return a.line - b.line;
}

/** By file and name, which outlast an edit of the feature as lines do not; equal names are numbered in the order of lines. */
export function nameEach<S extends NamedScenario>(scenarios: readonly S[]): (readonly [name: string, scenario: S])[] {
  const seen = new Map<string, number>();
  return [...scenarios].sort(byPlace).map((scenario) => {
    const name = `${scenario.uri}: ${scenario.name}`;
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    return [nth === 1 ? name : `${name} (${nth})`, scenario] as const;
  });
}
