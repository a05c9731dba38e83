import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { errorText } from '../../../reference-impl/base/errors.ts';
import { SetupError } from '../setup-error.ts';
import { action } from './action.ts';
import { condition } from './condition.ts';
import { stageSelectors, stepSelectors } from './selectors.ts';

const plansFolder = path.resolve(import.meta.dirname, '../../../matrix/plans');

const text = z.string().trim().min(1);
const requirement = z.string().regex(/^CTL-[A-Z]+-\d\d$/, 'is no requirement, such as CTL-UPG-01');
const versionRange = z
  .string()
  .regex(/^((>=|<=|>|<)?\d+\.\d+\.\d+ ?)+$/, 'is no version range, such as >=5.0.0 <5.1.1');
const conditions = z.array(condition).default([]);

/** Takes one step back. Rollback plays them from the last step to the first. */
const rollback = z.strictObject({
  do: action,
  /** What must hold when it is done. */
  after: conditions,
  /** The sentence for an operator. */
  hand: text,
});

/** What a step can do to data, and the condition without which it does. */
const harm = z.strictObject({
  /** The step is harmless while this holds; otherwise a play stops before it, unless it is to show the harm. */
  unless: condition,
  /** What happens, in words. */
  what: text,
  /** How a report counts it. `acknowledged messages`: those of the ledger that no master gives out any more. */
  counted: z.enum(['acknowledged messages', 'nothing']),
});

/** One action on the members that `on` selects. */
const step = z
  .strictObject({
    do: action,
    on: z.enum(stepSelectors).default('it'),
    requirement,
    /** What must hold when the step begins; a play stops before the step when it does not. */
    before: conditions,
    /** What must come to hold after the action, within the deadlines of the profile. */
    after: conditions,
    /** The sentence for an operator, with placeholders: see `sentence.ts`. */
    hand: text,
    /** Absent: there is nothing to take back. */
    rollback: rollback.optional(),
    /** Why there is no way back from here on. */
    noReturn: text.optional(),
    harm: harm.optional(),
  })
  .refine(({ rollback, noReturn }) => rollback === undefined || noReturn === undefined, 'has a rollback and no return');

/** Steps that are played once for everything that `for` selects, one after another. */
const stage = z.strictObject({ title: text, for: z.enum(stageSelectors), steps: z.array(step).min(1) });

const presence = z.enum(['from', 'to']);

const upgradePlan = z.strictObject({
  title: text,
  about: text,
  requirements: z.array(requirement).min(1),
  /** Versions that it upgrades, and those that it leads to. */
  from: versionRange,
  to: versionRange,
  /** What runs before the first step: the release of each role. */
  start: z.strictObject({
    namesrv: presence,
    /** `joins`: there is none before the upgrade, and one after it. */
    controller: z.enum(['from', 'to', 'joins', 'none']),
    broker: presence,
    /** How brokers come to their roles. */
    roles: z.enum(['fixed', 'elected', 'dledger']),
    /** Where controllers are. */
    controllers: z.enum(['apart', 'in NameServers', 'none']),
    /** Each group gets a new one beside it, under controllers. */
    groupsJoin: z.boolean().default(false),
    /** Controllers have no controllerStorePath: their data is where their release puts it. */
    defaultControllerFolder: z.boolean().default(false),
    /** More controllers join those that run. */
    controllersJoin: z.boolean().default(false),
    /** Each controller moves between a NameServer and a process of its own, and keeps its address and its data. */
    controllersMove: z.boolean().default(false),
    namesrvsLeast: z.number().int().min(1).default(1),
    replicasLeast: z.number().int().min(1).default(1),
  }),
  stages: z.array(stage).min(1),
});

/** An upgrade procedure: ordered steps, as data of `matrix/plans`. */
export type UpgradePlan = Readonly<z.infer<typeof upgradePlan>> & { readonly name: string };
export type PlanStage = UpgradePlan['stages'][number];
export type PlanStep = PlanStage['steps'][number];
export type PlanHarm = NonNullable<PlanStep['harm']>;

/** Names of the plans in `matrix/plans`, sorted. */
export function planNames(): string[] {
  return readdirSync(plansFolder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** Reads `matrix/plans/<name>.yaml`. Throws `SetupError` that names each mistake with its line. */
export function readPlan(name: string): UpgradePlan {
  const file = path.join(plansFolder, `${name}.yaml`);
  try {
    return parsePlan(name, readFileSync(file, 'utf8'));
  } catch (thrown) {
    if (thrown instanceof SetupError) throw thrown;
    const known = planNames().join(', ');
    throw new SetupError(`Cannot read the plan "${name}": ${errorText(thrown)}. Plans: ${known}.`, { cause: thrown });
  }
}

/** The same from text. @param name of the plan, for messages and results */
export function parsePlan(name: string, yaml: string): UpgradePlan {
  const lineCounter = new LineCounter();
  const document = parseDocument(yaml, { lineCounter });
  const [syntax] = document.errors;
  if (syntax) throw new SetupError(`matrix/plans/${name}.yaml: ${syntax.message}`);
  const { success, data, error } = upgradePlan.safeParse(document.toJS());
  if (success) return { name, ...data };
  const mistakes = error.issues.map(({ path: where, message }) => {
    const line = lineOf(document, where, lineCounter);
    return `matrix/plans/${name}.yaml:${line} ${pathText(where)}: ${message}`;
  });
  throw new SetupError(mistakes.join('\n'));
}

/** Line of the node at that path, or of the nearest one above it that exists. */
function lineOf(document: Document, where: readonly PropertyKey[], lineCounter: LineCounter): number {
  for (let depth = where.length; depth > 0; depth--) {
    const node = document.getIn(where.slice(0, depth), true) as { range?: [number, number, number] } | undefined;
    if (node?.range) return lineCounter.linePos(node.range[0]).line;
  }
  return 1;
}

function pathText(where: readonly PropertyKey[]): string {
  const parts = where.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`));
  return parts.join('').replace(/^\./, '') || 'plan';
}
