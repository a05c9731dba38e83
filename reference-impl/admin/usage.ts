import type { OptionSpec } from './options.ts';

const width = 110;
const usageIndent = 7;
const descriptionGap = 3;

/** Help of one command in the layout of commons-cli's HelpFormatter, 110 columns wide. */
export function usageText(command: string, specs: readonly OptionSpec[]): string {
  const sorted = [...specs].sort((a, b) => (a.short.toLowerCase() < b.short.toLowerCase() ? -1 : 1));
  const usage = wrap(`usage: mqadmin ${command} ${usageItems(sorted).join(' ')}`, usageIndent);
  return [usage, ...optionLines(sorted)].join('\n');
}

/** A group stands where its first member does: `-b <arg> | -c <arg> `. */
function usageItems(specs: readonly OptionSpec[]): string[] {
  const items: string[] = [];
  const groupsSeen = new Set<string>();
  for (const spec of specs) {
    const { group } = spec;
    if (group === undefined) items.push(spec.required ? usageItem(spec) : `[${usageItem(spec)}]`);
    else if (!groupsSeen.has(group)) {
      groupsSeen.add(group);
      const members = specs.filter((other) => other.group === group).map(usageItem);
      items.push(`${members.join(' | ')} `);
    }
  }
  return items;
}

function usageItem({ short, long, hasValue }: OptionSpec): string {
  const name = short === long ? `--${long}` : `-${short}`;
  return hasValue ? `${name} <arg>` : name;
}

function optionLines(specs: readonly OptionSpec[]): string[] {
  const heads = specs.map(({ short, long, hasValue }) => {
    const names = short === long ? `    --${long}` : ` -${short},--${long}`;
    return `${names}${hasValue ? ' <arg>' : ''}`;
  });
  const column = Math.max(...heads.map((head) => head.length)) + descriptionGap;
  return specs.map(({ description }, i) => wrap(heads[i]!.padEnd(column) + description, column));
}

/** Breaks at the last blank within the width; later lines are indented. A word longer than a line is cut. */
function wrap(text: string, indent: number): string {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const blank = rest.lastIndexOf(' ', width);
    const end = blank > indent - 1 ? blank : width;
    lines.push(rest.slice(0, end).trimEnd());
    rest = ' '.repeat(indent) + rest.slice(end).trim();
  }
  lines.push(rest.trimEnd());
  return lines.join('\n');
}
