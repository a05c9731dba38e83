/** Rows under a heading, the first column to the left, the others to the right. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const pad = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!);
  return all.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** `what`, then median, least and most of its times in whole ms. */
export function rowOfTimes(what: string, ms: readonly number[]): string[] {
  return [what, ...[median(ms), Math.min(...ms), Math.max(...ms)].map((value) => value.toFixed(0))];
}
