import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Log, ReportingDescriptor, Result } from 'sarif';
import type { Finding } from './diagnose.ts';
import { proofText, type References } from './references.ts';
import { rules } from './rules/index.ts';

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** Findings as a SARIF 2.1.0 log: each case of a rule is a rule of its own there, `D4/commas`. */
export function renderSarif(findings: readonly Finding[], references: References): string {
  const descriptors = rules.flatMap((rule) =>
    Object.entries(rule.cases).map(([name, about]): ReportingDescriptor => {
      const { id, text, url } = references.requirement(about.requirement);
      const help = `${about.remedy} ${id}: ${text}. Proof: ${proofText(about, references)}`;
      return {
        id: `${rule.id}/${name}`,
        name: pascal(`${rule.name}-${name}`),
        shortDescription: { text: `${rule.title}: ${about.finds}` },
        fullDescription: { text: about.consequence },
        help: { text: help },
        helpUri: url ?? undefined,
        defaultConfiguration: { level: about.severity },
        properties: { requirement: id },
      };
    }),
  );
  const places = new Map(descriptors.map(({ id }, i) => [id, i]));
  const log: Log = {
    $schema: schema,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'switchlab doctor', rules: descriptors } },
        results: findings.map((finding): Result => {
          const ruleId = `${finding.rule.id}/${finding.caseName}`;
          return {
            ruleId,
            ruleIndex: places.get(ruleId)!,
            level: finding.severity,
            message: { text: `${finding.text}. ${finding.about.consequence} ${finding.about.remedy}` },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: uriOf(finding.file) },
                  region: { startLine: finding.line },
                },
              },
            ],
          };
        }),
      },
    ],
  };
  return JSON.stringify(log, null, 1);
}

function uriOf(file: string): string {
  return path.isAbsolute(file) ? pathToFileURL(file).href : file.split(path.sep).map(encodeURIComponent).join('/');
}

function pascal(name: string): string {
  return name.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
