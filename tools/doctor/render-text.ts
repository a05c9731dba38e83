import { styleText } from 'node:util';
import type { Deployment } from './deployment.ts';
import type { Finding } from './diagnose.ts';
import { proofText, type References } from './references.ts';
import { rules } from './rules/index.ts';
import { type Severity, severities } from './rule.ts';
import { versionText } from './version.ts';

const colours = { error: 'red', warning: 'yellow', note: 'cyan' } as const;

export interface TextStyle {
  readonly colour: boolean;
  readonly columns: number;
}

/** Findings for people: by file, each kind explained once. */
export function renderText(
  deployment: Deployment,
  findings: readonly Finding[],
  passedOver: readonly string[],
  references: References,
  style: TextStyle,
): string {
  const explained = new Set<string>();
  const lines = deployment.files.flatMap((file) => {
    const own = findings.filter((finding) => finding.file === file.path);
    if (own.length === 0) return [];
    const head = paint(style, 'bold', `${file.path}  (${file.role} ${versionText(file.version)})`);
    return [head, ...own.flatMap((finding) => renderFinding(finding, explained, references, style)), ''];
  });
  const unread = passedOver.map((file) => `Not judged, its role is unknown: ${file}`);
  return [...lines, ...unread, summary(deployment, findings)].join('\n');
}

function renderFinding(finding: Finding, explained: Set<string>, references: References, style: TextStyle): string[] {
  const { rule, caseName, severity, line, text, about } = finding;
  const label = paint(style, colours[severity], severity.padEnd(7));
  const head = wrap(`${rule.id} ${text}`, style.columns - 16, ' '.repeat(16));
  const first = `  ${String(line).padStart(4)}  ${label} ${head}`;
  const kind = `${rule.id}/${caseName}`;
  if (explained.has(kind)) return [first];
  explained.add(kind);
  const { id, text: statement, page, url } = references.requirement(about.requirement);
  const rows = [
    ['then', about.consequence],
    ['do', about.remedy],
    ['see', `${id} ${statement} (${url ?? page})`],
    ['proof', proofText(about, references)],
  ] as const;
  const indent = ' '.repeat(24);
  return [
    first,
    ...rows.map(
      ([name, value]) =>
        `${' '.repeat(16)}${paint(style, 'dim', name.padEnd(7))} ${wrap(value, style.columns - 24, indent)}`,
    ),
  ];
}

function summary(deployment: Deployment, findings: readonly Finding[]): string {
  const judged = `${deployment.files.length} files, ${rules.length} rules`;
  if (findings.length === 0) return `${judged}: nothing found.`;
  const counts = severities.map((severity) => count(findings, severity)).filter((text) => text !== null);
  return `${judged}: ${counts.join(', ')}.`;
}

function count(findings: readonly Finding[], severity: Severity): string | null {
  const found = findings.filter((finding) => finding.severity === severity).length;
  return found === 0 ? null : `${found} ${severity}${found === 1 ? '' : 's'}`;
}

function paint(style: TextStyle, format: Parameters<typeof styleText>[0], text: string): string {
  return style.colour ? styleText(format, text, { validateStream: false }) : text;
}

/** Breaks at blanks; a longer word stays whole. */
function wrap(text: string, width: number, indent: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.join(`\n${indent}`);
}
