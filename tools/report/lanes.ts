import type { LinkEvent, ProcessEvent, RecordEvent, RouteEvent, Timed } from '../lab/timeline.ts';
import type { ScenarioResult } from './types.ts';

/** From when to when a timeline is drawn, ms since the epoch. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Bar extends Span {
  /** What it shows, for style: `step`, `runs`, `frozen`, `cut` … */
  readonly kind: string;
  /** Shown on it where there is room. */
  readonly label: string;
  /** The whole sentence. */
  readonly text: string;
}

export interface Mark {
  readonly atMs: number;
  readonly kind: string;
  readonly text: string;
}

export interface Lane {
  readonly label: string;
  readonly bars: readonly Bar[];
  readonly marks: readonly Mark[];
}

/** A scenario's clean-up kills everything: its timeline ends where its last step did. */
export function spanOf({ startedMs, durationMs, steps }: ScenarioResult): Span {
  const played = steps.filter(({ kind, status }) => kind !== 'Hook' && status !== 'SKIPPED');
  const toMs = played.at(-1)?.endedMs ?? startedMs + durationMs;
  return { fromMs: startedMs, toMs: Math.max(toMs, startedMs + 1) };
}

/** What happened in a scenario, on one axis: steps, who was master, the SyncStateSet, routes, processes, cuts. */
export function lanesOf(scenario: ScenarioResult, timeline: readonly Timed[]): Lane[] {
  const span = spanOf(scenario);
  const within = timeline.filter(({ atMs }) => atMs < span.toMs);
  const processes = within.filter((event): event is Timed<ProcessEvent> => 'process' in event);
  const links = within.filter((event): event is Timed<LinkEvent> => 'link' in event);
  const routes = within.filter((event): event is Timed<RouteEvent> => 'namesrv' in event);
  const records = within.filter((event): event is Timed<RecordEvent> => 'controller' in event);
  const lanes = [
    stepLane(scenario),
    ...ofGroups(records, (events) => [masterLane(events, span), setLane(events, span)]),
    ...ofGroups(routes, (events) =>
      byName(events, ({ namesrv }) => namesrv).map(([name, own]) => routeLane(name, own, span)),
    ),
    ...byName(processes, ({ process }) => process).map(([name, events]) => processLane(name, events, span)),
    ...cutLanes(links, span),
  ];
  return lanes.filter(({ bars, marks }) => bars.length + marks.length > 0);
}

/** Lanes of each broker group; with several of them the labels name the group. */
function ofGroups<E extends { readonly group: string }>(events: readonly E[], lanesOf: (own: E[]) => Lane[]): Lane[] {
  const groups = byName(events, ({ group }) => group);
  return groups.flatMap(([group, own]) =>
    lanesOf(own).map(({ label, bars, marks }) => ({
      label: groups.length > 1 ? `${group}: ${label}` : label,
      bars,
      marks,
    })),
  );
}

function stepLane({ steps }: ScenarioResult): Lane {
  const played = steps.filter(({ kind, status }) => kind !== 'Hook' && status !== 'SKIPPED');
  const bars = played.map(({ keyword, text, status, endedMs, durationMs }) => ({
    fromMs: endedMs - durationMs,
    toMs: endedMs,
    kind: status === 'PASSED' ? 'step' : 'step broken',
    label: text,
    text: `${keyword} ${text}: ${status.toLowerCase()}`,
  }));
  return { label: 'steps', bars, marks: [] };
}

function masterLane(records: readonly Timed<RecordEvent>[], span: Span): Lane {
  const bars = stretches(records, ({ master, masterEpoch }) => `${master} ${masterEpoch}`, span).map(
    ({ first: { master, masterEpoch, controller }, fromMs, toMs }) => ({
      fromMs,
      toMs,
      kind: master === null ? 'nobody' : `replica r${replicaOf(master)}`,
      label: `${master ?? 'nobody'} · epoch ${masterEpoch}`,
      text: `master on record: ${master ?? 'nobody'}, epoch ${masterEpoch} (${controller})`,
    }),
  );
  return { label: 'master, epoch', bars, marks: [] };
}

function setLane(records: readonly Timed<RecordEvent>[], span: Span): Lane {
  const bars = stretches(records, ({ inSync, syncStateSetEpoch }) => `${inSync.join()} ${syncStateSetEpoch}`, span).map(
    ({ first: { inSync, syncStateSetEpoch }, fromMs, toMs }) => ({
      fromMs,
      toMs,
      kind: 'set',
      label: `{${inSync.map((name) => replicaOf(name)).join(', ')}} · ${syncStateSetEpoch}`,
      text: `SyncStateSet {${inSync.join(', ')}}, its epoch ${syncStateSetEpoch}`,
    }),
  );
  return { label: 'SyncStateSet', bars, marks: [] };
}

function routeLane(namesrv: string, routes: readonly Timed<RouteEvent>[], span: Span): Lane {
  const bars = stretches(routes, ({ master, slaves }) => `${master} ${slaves.join()}`, span).map(
    ({ first: { master, slaves }, fromMs, toMs }) => ({
      fromMs,
      toMs,
      kind: master === null ? 'nobody' : `replica r${replicaOf(master)}`,
      label: `${master ?? 'no master'}${slaves.length > 0 ? ` + ${slaves.map(replicaOf).join(', ')}` : ''}`,
      text: `${namesrv} lists master ${master ?? 'nobody'}, slaves ${slaves.join(', ') || 'none'}`,
    }),
  );
  return { label: `route, ${namesrv}`, bars, marks: [] };
}

function processLane(name: string, events: readonly Timed<ProcessEvent>[], span: Span): Lane {
  const bars: Bar[] = [];
  const marks: Mark[] = [];
  let state: { readonly kind: string; readonly sinceMs: number } | null = null;
  const enter = (kind: string | null, atMs: number) => {
    if (state !== null) bars.push(processBar(name, state.kind, state.sinceMs, atMs));
    state = kind === null ? null : { kind, sinceMs: atMs };
  };
  for (const { what, atMs } of events) {
    if (what === 'started') enter('starts', atMs);
    else if (what === 'serves' || what === 'SIGCONT') enter('runs', atMs);
    else if (what === 'SIGSTOP') enter('frozen', atMs);
    else if (what.startsWith('ended')) enter(null, atMs);
    if (what === 'started' || what === 'serves') continue;
    marks.push({ atMs, kind: what.startsWith('SIG') ? what : 'ended', text: `${name}: ${what}` });
  }
  enter(null, span.toMs);
  return { label: name, bars, marks };
}

function processBar(name: string, kind: string, fromMs: number, toMs: number): Bar {
  const label = kind === 'frozen' ? 'frozen' : '';
  return { fromMs, toMs, kind, label, text: `${name} ${kind === 'frozen' ? 'is frozen' : kind}` };
}

/** Cuts that come within this time are one fault over many links. */
const togetherMs = 700;
/** Cuts that overlap stand below each other, up to so many. */
const cutLanesMax = 4;

function cutLanes(links: readonly Timed<LinkEvent>[], span: Span): Lane[] {
  const lanes: Bar[][] = [];
  for (const bar of cuts(links, span)) {
    const free =
      lanes.find((bars) => bars.at(-1)!.toMs <= bar.fromMs) ?? (lanes.length < cutLanesMax ? null : lanes[0]!);
    if (free) free.push(bar);
    else lanes.push([bar]);
  }
  return lanes.map((bars, i) => ({ label: i === 0 ? 'links' : '', bars, marks: [] }));
}

function cuts(links: readonly Timed<LinkEvent>[], span: Span): Bar[] {
  const open = new Map<string, { readonly fromMs: number; readonly what: string }>();
  const cut: { readonly path: string; readonly what: string; readonly fromMs: number; readonly toMs: number }[] = [];
  const close = (path: string, toMs: number) => {
    const fault = open.get(path);
    if (fault) cut.push({ path, ...fault, toMs });
    open.delete(path);
  };
  for (const { link, what, atMs } of links) {
    const path = link.join(' to ');
    close(path, atMs);
    if (what !== 'healed') open.set(path, { fromMs: atMs, what });
  }
  for (const path of open.keys()) close(path, span.toMs);
  const faults: (typeof cut)[] = [];
  for (const one of cut.sort((a, b) => a.fromMs - b.fromMs)) {
    const same = faults.find(([first]) => first!.what === one.what && near(first!, one));
    if (same) same.push(one);
    else faults.push([one]);
  }
  return faults.map((group) => ({
    fromMs: group[0]!.fromMs,
    toMs: Math.max(...group.map(({ toMs }) => toMs)),
    kind: 'cut',
    label: `${group.length === 1 ? group[0]!.path : `${group.length} links`} ${group[0]!.what}`,
    text: `${group[0]!.what}: ${group.map(({ path }) => path).join('; ')}`,
  }));
}

function near(a: Span, b: Span): boolean {
  return Math.abs(a.fromMs - b.fromMs) <= togetherMs && Math.abs(a.toMs - b.toMs) <= togetherMs;
}

/** Joins neighbours of one state; the last lasts until the end of the span. */
function stretches<E extends Timed>(events: readonly E[], stateOf: (event: E) => string, span: Span) {
  const changes = events.filter((event, i) => i === 0 || stateOf(event) !== stateOf(events[i - 1]!));
  return changes.map((first, i) => ({ first, fromMs: first.atMs, toMs: changes[i + 1]?.atMs ?? span.toMs }));
}

/** In the order in which the names appear, servers sorted by name. */
function byName<E>(events: readonly E[], nameOf: (event: E) => string): [string, E[]][] {
  const groups = Map.groupBy(events, nameOf);
  return [...groups].sort(([a], [b]) => a.localeCompare(b));
}

/** `broker-a-1` is replica 1. */
function replicaOf(name: string): string {
  return /\d+$/.exec(name)?.[0] ?? name;
}
