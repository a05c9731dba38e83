/** Something to run, what it costs, and what running it would show. */
export interface Candidate {
  readonly seconds: number;
  /** What it covers: `CTL-CMP-07`, `apache:5.3.3 as controller` … */
  readonly facets: readonly string[];
}

export interface Covering<C> {
  /** In the order of their choice. */
  readonly chosen: readonly C[];
  readonly leftOut: readonly C[];
}

/**
 * As much as fits into a budget: first, again and again, what covers most that is not covered yet for its seconds; then, when
 * nothing new is left to cover, the cheapest of the rest. Ties go to the earlier one. Never above the budget.
 * @param shown facets that are covered already
 */
export function coverWithin<C extends Candidate>(
  candidates: readonly C[],
  budgetSeconds: number,
  shown: ReadonlySet<string> = new Set(),
): Covering<C> {
  const uncovered = new Set(candidates.flatMap(({ facets }) => facets).filter((facet) => !shown.has(facet)));
  const rest = new Set(candidates);
  const chosen: C[] = [];
  let left = budgetSeconds;
  const worth = ({ facets, seconds }: C) => (facets.filter((facet) => uncovered.has(facet)).length + 1e-6) / seconds;
  for (;;) {
    const fitting = [...rest].filter(({ seconds }) => seconds <= left);
    const [first, ...others] = fitting;
    if (first === undefined) break;
    const best = others.reduce((one, other) => (worth(other) > worth(one) ? other : one), first);
    chosen.push(best);
    rest.delete(best);
    left -= best.seconds;
    for (const facet of best.facets) uncovered.delete(facet);
  }
  return { chosen, leftOut: [...rest] };
}
