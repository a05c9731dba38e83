import type { Case, Proof } from './rule.ts';

/** What a requirement says, and where. */
export interface RequirementLink {
  readonly id: string;
  readonly text: string;
  /** Page of the documentation, or issue. */
  readonly page: string;
  readonly url: string | null;
}

/** Looks up what rules name. */
export interface References {
  requirement(id: string): RequirementLink;
  /** `features/x.feature:12` of a scenario. */
  scenario(proof: Proof): string;
}

const docs = 'https://github.com/apache/rocketmq/blob/rocketmq-all-5.3.3/docs';

/** Address of a page as `matrix/requirements.yaml` names it; null for one without a stable address. */
export function pageUrl(page: string): string | null {
  const issue = /^issues? (\d+)/.exec(page)?.[1];
  if (issue !== undefined) return `https://github.com/apache/rocketmq/issues/${issue}`;
  const [, name, language] =
    /^(deploy|design|quick_start|persistent_unique_broker_id)(?: \((cn|en)\))?$/.exec(page) ?? [];
  return name === undefined ? null : `${docs}/${language ?? 'en'}/controller/${name}.md`;
}

/** Where the proof of a case is, or why there is none. */
export function proofText({ proof }: Case, references: References): string {
  return typeof proof === 'string' ? `none: ${proof}` : `${references.scenario(proof)} ${proof.scenario}`;
}
