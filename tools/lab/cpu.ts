import { readFileSync } from 'node:fs';

/** Linux counts CPU time for user space in hundredths of a second (USER_HZ), whatever the kernel's own tick is. */
const ticksPerSecond = 100;
const utimeField = 14;

/** User and system CPU seconds that a process has used since its start. Throws without /proc or the process. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The second field is the command in brackets and may hold blanks; the third follows the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [utime, stime] = fields.slice(utimeField - 3);
  return (Number(utime) + Number(stime)) / ticksPerSecond;
}
