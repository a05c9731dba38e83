import type { Targets } from './targets.ts';
import { Unsupported } from './unsupported.ts';

/** Throws `Unsupported` when a target of the run says that it lacks what one of these tags stands for. */
export function assertSupported(targets: Targets, tags: readonly string[]): void {
  for (const { name, support } of targets.all) {
    const tag = tags.find((candidate) => Object.hasOwn(support.lacks, candidate));
    if (tag !== undefined) throw new Unsupported(`${name} does not support ${tag}: ${support.lacks[tag]}`);
  }
}
