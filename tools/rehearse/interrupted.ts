/** How far a rehearsal came. */
export interface Reached {
  /** `in step [3] …`, `after step 3`. */
  where: string;
  /** Folder of the run, null while there is none. */
  kept: string | null;
}

/** What a user reads whose rehearsal was interrupted. @param argv the arguments that it was started with */
export function interruptedText({ where, kept }: Reached, argv: readonly string[]): string {
  const lines = [
    `Interrupted ${where}.`,
    'Nothing runs any more. Your files and stores are as they were, and their copies are gone.',
  ];
  if (kept !== null) lines.push(`Kept: ${kept}, with configuration files, logs and the ledger up to here.`);
  lines.push(
    `To resume, begin again: a rehearsal starts from fresh copies.\n  npm run rehearse -- ${argv.map(quoted).join(' ')}`,
  );
  return lines.join('\n');
}

function quoted(argument: string): string {
  return /^[\w./:=@,+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
