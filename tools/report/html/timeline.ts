import type { Attempt } from '../../check/ledger.ts';
import type { Timed } from '../../lab/timeline.ts';
import type { Failure } from '../failure.ts';
import { type Bar, type Lane, lanesOf, type Mark, type Span, spanOf } from '../lanes.ts';
import { sendDensity, type SendEnd, sendEnds } from '../send-density.ts';
import type { ScenarioResult } from '../types.ts';
import { counted } from '../verdict.ts';
import { duration, escape } from './text.ts';

const columns = 120;
const stripHeight = 16;
/** Ticks at round seconds, at most so many. */
const ticksMax = 8;
const roundSeconds = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600];

/** One scenario on one axis: lanes of bars and marks, and how its sends ended as strips. Empty without any event. */
export function renderTimeline(
  scenario: ScenarioResult,
  timeline: readonly Timed[],
  attempts: readonly Attempt[],
  failure: Failure | null,
): string {
  const span = spanOf(scenario);
  const found = lanesOf(scenario, timeline);
  if (found.length === 0) return '';
  const lanes = [...(failure === null ? [] : [momentLane(failure, span)]), ...found];
  const tickMs = tickOf(span);
  const density = sendDensity(attempts, span, columns);
  const strips = sendEnds
    .filter((end) => density.totals[end] > 0)
    .map((end) => renderStrip(end, density.columns[end], density.totals[end]));
  const summary = `Timeline over ${duration(span.toMs - span.fromMs)}. ${lanes.map(laneInWords).join('; ')}. Sends: ${sendEnds
    .map((end) => `${density.totals[end]} ${end}`)
    .join(', ')}.`;
  const tick = share(tickMs, { fromMs: 0, toMs: span.toMs - span.fromMs });
  return `<div class="tl" role="img" aria-label="${escape(summary)}" style="--t:${tick}%">${renderAxis(span, tickMs)}${lanes
    .map((lane) => renderLane(lane, span))
    .join('')}${strips.join('')}</div>`;
}

function momentLane({ momentMs, violation }: Failure, span: Span): Lane {
  const atMs = Math.min(momentMs, span.toMs);
  const text = violation === null ? 'the step gave up' : `first row of ${violation.check}`;
  return { label: 'broke', bars: [], marks: [{ atMs, kind: 'moment', text }] };
}

function laneInWords({ label, bars, marks }: Lane): string {
  return `${label || 'more links'}: ${counted(bars.length + marks.length, 'event')}`;
}

function tickOf({ fromMs, toMs }: Span): number {
  const seconds = (toMs - fromMs) / 1000;
  return (roundSeconds.find((step) => seconds / step <= ticksMax) ?? seconds / ticksMax) * 1000;
}

function renderAxis(span: Span, tickMs: number): string {
  const lengthMs = span.toMs - span.fromMs;
  const ticks = Array.from({ length: Math.floor(lengthMs / tickMs) + 1 }, (_, i) => i * tickMs);
  const texts = ticks.map((atMs) => `<b style="left:${share(span.fromMs + atMs, span)}%">${atMs / 1000}</b>`);
  return `<div class="ln ax"><span>seconds</span><div class="tr">${texts.join('')}</div></div>`;
}

function renderLane({ label, bars, marks }: Lane, span: Span): string {
  const parts = [...bars.map((bar) => renderBar(bar, span)), ...marks.map((mark) => renderMark(mark, span))];
  return `<div class="ln"><span>${escape(label)}</span><div class="tr">${parts.join('')}</div></div>`;
}

/** A bar narrower than this has no room for a letter. */
const labelledFrom = 4;

function renderBar({ fromMs, toMs, kind, label, text }: Bar, span: Span): string {
  const left = share(fromMs, span);
  const width = Math.max(0.2, round(share(toMs, span) - left));
  const when = `${seconds(fromMs, span)}–${seconds(toMs, span)} s`;
  const shown = width >= labelledFrom ? escape(label) : '';
  return `<i class="${kind}" style="left:${left}%;width:${width}%" title="${escape(`${when} ${text}`)}">${shown}</i>`;
}

const markSigns: Readonly<Record<string, string>> = {
  SIGKILL: '✕',
  SIGTERM: '■',
  SIGSTOP: '❚❚',
  SIGCONT: '▶',
  ended: '|',
  moment: '▼',
};

function renderMark({ atMs, kind, text }: Mark, span: Span): string {
  const what = escape(`${seconds(atMs, span)} s ${text}`);
  return `<u class="${kind}" style="left:${share(atMs, span)}%" title="${what}">${markSigns[kind] ?? '•'}</u>`;
}

/** Heights grow with the root: a single refusal among thousands of acknowledgements is still seen. */
function renderStrip(end: SendEnd, counts: readonly number[], total: number): string {
  const most = Math.max(1, ...counts);
  const height = (count: number) => (count === 0 ? 0 : Math.max(2, Math.round(Math.sqrt(count / most) * stripHeight)));
  const steps = counts.map((count, i) => `V${stripHeight - height(count)}H${i + 1}`);
  const path = `M0 ${stripHeight}${steps.join('')}V${stripHeight}Z`;
  const label = `${total.toLocaleString('en')} ${end}`;
  return `<div class="ln"><span>${label}</span><div class="tr"><svg class="${end}" viewBox="0 0 ${columns} ${stripHeight}" preserveAspectRatio="none" aria-hidden="true"><path d="${path}"/></svg></div></div>`;
}

/** Place on the axis in percent. */
function share(atMs: number, { fromMs, toMs }: Span): number {
  return round(Math.min(100, Math.max(0, ((atMs - fromMs) / (toMs - fromMs)) * 100)));
}

function round(percent: number): number {
  return Math.round(percent * 100) / 100;
}

function seconds(atMs: number, { fromMs }: Span): string {
  return ((atMs - fromMs) / 1000).toFixed(2);
}
