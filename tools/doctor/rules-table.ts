import type { References } from './references.ts';
import { rules } from './rules/index.ts';

/** Every rule with its cases, in Markdown: what `--rules` prints and `docs/doctor.md` holds. */
export function renderRules(references: References): string {
  return rules
    .map(({ id, title, cases }) => {
      const rows = Object.entries(cases).map(([name, { severity, finds, requirement, proof }]) => {
        // Names of outlines have <words> that Markdown would take for HTML.
        const shown =
          typeof proof === 'string' ? `none: ${proof}` : `${fileOf(references.scenario(proof))}: \`${proof.scenario}\``;
        return `| ${name} | ${severity} | ${finds} | ${requirement} | ${shown} |`;
      });
      const head = '| Case | Severity | Finds | Requirement | Proof |\n|---|---|---|---|---|';
      return `### ${id}: ${title}\n\n${head}\n${rows.join('\n')}`;
    })
    .join('\n\n');
}

/** Without the line, which moves with every change of the feature. */
function fileOf(scenario: string): string {
  return scenario.replace(/:\d+$/, '');
}
