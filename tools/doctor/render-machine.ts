import type { Deployment } from './deployment.ts';
import type { Finding } from './diagnose.ts';
import type { References } from './references.ts';
import { severities } from './rule.ts';
import { versionText } from './version.ts';

/** Findings as one JSON object, schema 1. */
export function renderJson(
  deployment: Deployment,
  findings: readonly Finding[],
  passedOver: readonly string[],
  references: References,
): string {
  const report = {
    schema: 1,
    files: deployment.files.map((file) => ({
      path: file.path,
      role: file.role,
      version: versionText(file.version),
      host: deployment.hostOf(file),
    })),
    passedOver,
    findings: findings.map(({ rule, caseName, severity, file, line, text, about }) => ({
      rule: rule.id,
      name: rule.name,
      case: caseName,
      severity,
      file,
      line,
      text,
      consequence: about.consequence,
      remedy: about.remedy,
      requirement: references.requirement(about.requirement),
      proof:
        typeof about.proof === 'string'
          ? { none: about.proof }
          : { at: references.scenario(about.proof), scenario: about.proof.scenario },
    })),
    counts: Object.fromEntries(
      severities.map((severity) => [severity, findings.filter((finding) => finding.severity === severity).length]),
    ),
  };
  return JSON.stringify(report, null, 1);
}

const commands = { error: 'error', warning: 'warning', note: 'notice' } as const;

/** Findings as workflow commands of GitHub Actions, which become annotations at their lines. */
export function renderGithub(findings: readonly Finding[]): string {
  return findings
    .map(({ rule, severity, file, line, text, about }) => {
      const place = `file=${property(file)},line=${line},title=${property(`${rule.id} ${rule.title}`)}`;
      return `::${commands[severity]} ${place}::${data(`${text}. ${about.consequence} ${about.remedy} [${about.requirement}]`)}`;
    })
    .join('\n');
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
