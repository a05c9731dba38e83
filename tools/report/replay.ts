import type { RunReport, ScenarioResult } from './types.ts';

/** The command line that runs one scenario again, with the same target, guest, profile and seed. */
export function replayCommand(report: RunReport, { uri, line }: Pick<ScenarioResult, 'uri' | 'line'>): string {
  return `${command(report)} ${uri}:${line}`;
}

/** The command line that runs the whole selection again, or this shard of it. */
export function replayRunCommand(report: RunReport): string {
  const { shard, selection } = report;
  const tags = selection.tags === null ? '' : ` --tags ${quoted(selection.tags)}`;
  const part = shard === null ? '' : ` --shard ${shard.index}/${shard.of}`;
  return `${command(report)}${tags}${part} ${selection.features.map(quoted).join(' ')}`;
}

function command({ target, guest, roles, labDefect, profile, seed }: RunReport): string {
  const beside = guest === null ? '' : ` --guest ${quoted(guest)}`;
  const ofRoles = Object.entries(roles ?? {}).map(([role, list]) => ` --${role}-target ${quoted(list)}`);
  const defect = labDefect === undefined ? '' : ` --lab-defect ${labDefect}`;
  return `npm run conformance -- --target ${quoted(target)}${ofRoles.join('')}${beside}${defect} --profile ${profile} --seed ${seed}`;
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
