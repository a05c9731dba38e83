/** A broken invariant of our own code: a bug, never a consequence of what a peer or a user sent. */
export class AssertionFailure extends Error {
  override name = 'AssertionFailure';
}

/** Throws `AssertionFailure` unless `condition` holds. For bugs only: refuse or throw a `SwitchlabError` for bad input. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}
