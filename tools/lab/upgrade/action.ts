import { z } from 'zod';
import { condition } from './condition.ts';

const value = z.union([z.string(), z.number(), z.boolean()]);
/** A path below a store folder, in which `*` stands for any part of a name. */
const storePath = z.string().regex(/^(?!\/)(?!.*\.\.)[\w./*-]+$/, 'is no path inside a store');
const nothing = z.null();

/** Everything that a step can do, and what each verb takes. */
const verbs = {
  start: nothing,
  stop: nothing,
  /** The next start runs another release: that of the plan's end, or of its beginning. */
  upgrade: z.enum(['to', 'from']),
  /** Keys of the configuration file; values may hold placeholders. */
  set: z.record(z.string(), value),
  unset: z.array(z.string()).min(1),
  /** Puts back keys that `set` and `unset` changed, as they were before the upgrade. */
  restore: z.array(z.string()).min(1),
  'forbid writes': nothing,
  'allow writes': nothing,
  /** Until a condition holds. */
  wait: condition,
  /** Whether a condition holds now. */
  check: condition,
  /** Files of the first selected store of `from` into the store of each member that the step is on. */
  copy: z.strictObject({ from: z.enum(['master', 'old master', 'kept']), only: z.array(storePath).optional() }),
  /** Keeps a copy of the store, which `copy: { from: kept }` puts back. */
  keep: nothing,
  clear: z.strictObject({ except: z.array(storePath) }),
  delete: z.array(storePath).min(1),
  /** Switches the traffic of the rehearsal; an operator does nothing. */
  load: z.enum(['on', 'off']),
} as const;

type Verbs = typeof verbs;
export type Verb = keyof Verbs;
/** One action: its verb, and what the verb takes. */
export type Action = { [V in Verb]: { readonly verb: V; readonly of: z.infer<Verbs[V]> } }[Verb];

const isVerb = (name: string): name is Verb => Object.hasOwn(verbs, name);

/** Written as the verb alone (`stop`), or as a mapping of the verb (`wait: aligned`). */
export const action = z.unknown().transform((written, context): Action => {
  const entries = typeof written === 'string' ? [[written, null] as const] : Object.entries(written ?? {});
  const [verb, of] = entries[0] ?? ['', null];
  if (entries.length !== 1 || !isVerb(verb)) {
    const message = `"${entries.map(([name]) => name).join(', ')}" is no action: one of ${Object.keys(verbs).join(', ')}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
  const { success, data, error } = verbs[verb].safeParse(of);
  if (success) return { verb, of: data } as Action;
  for (const { message, path } of error.issues)
    context.addIssue({ code: 'custom', message: `${verb}: ${message}`, path });
  return z.NEVER;
});
