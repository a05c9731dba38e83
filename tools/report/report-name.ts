import type { RunReport } from './types.ts';

/** What a run judged, in words that no other kind of run shares: `apache:5.3.3, broker reference, beside apache:4.9.7`. */
export function reportName({ target, roles, guest, labDefect }: RunReport): string {
  const ofRoles = Object.entries(roles ?? {}).map(([role, list]) => `${role} ${list}`);
  const beside = guest === null ? [] : [`beside ${guest}`];
  const broken = labDefect === undefined ? [] : [`broken on purpose by ${labDefect}`];
  return [target, ...ofRoles, ...beside, ...broken].join(', ');
}
