import { commandsIn } from './commands-in.ts';
import { howToRead, type Runbook, type RunbookStep } from './runbook.ts';

const style = `:root{color-scheme:light dark;--line:#8884;--warn:#b3541e}
body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}
li{margin:.8rem 0}ul{padding-left:1.2rem}small{opacity:.75}
label{display:flex;gap:.6rem}.harm,.no-return{color:var(--warn);font-weight:600}
section{border-top:1px solid var(--line)}@media print{section{break-inside:avoid-page}}`;

/** The runbook as one HTML file that works from disk: steps can be ticked off while they are followed. */
export function renderRunbookHtml(runbook: Runbook): string {
  const shown = runbook.shown.map((text) => `<li>${escape(text)}</li>`).join('');
  const notes = runbook.notes.map((text) => `<li>${withCode(text)}</li>`).join('');
  const stages = runbook.stages.map(
    ({ title, steps }) =>
      `<section><h2>${escape(title)}</h2><ol start="${steps[0]!.number}">${steps.map(stepHtml).join('')}</ol></section>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escape(runbook.title)}</title><style>${style}</style></head>
<body><h1>${escape(runbook.title)}</h1>
<p>From ${escape(runbook.from)} to ${escape(runbook.to)}. ${escape(runbook.about)} <small>${escape(runbook.requirements.join(', '))}</small></p>
<p>${escape(howToRead)}</p>
${notes === '' ? '' : `<section><h2>Note</h2><ul>${notes}</ul></section>`}
${shown === '' ? '' : `<section><h2>The rehearsal</h2><ul>${shown}</ul></section>`}
${stages.join('\n')}
</body></html>
`;
}

function stepHtml(step: RunbookStep): string {
  const details = [
    ...step.hand.slice(1).map(withCode),
    ...(step.before.length > 0 ? [`Before: ${escape(step.before.join('; '))}.`] : []),
    ...(step.after.length > 0 ? [`Go on when ${escape(step.after.join('; '))}.`] : []),
    ...(step.noReturn === null
      ? []
      : [`<span class="no-return">No way back from here: ${escape(step.noReturn)}</span>`]),
    ...(step.harm === null ? [] : [`<span class="harm">Harm: ${escape(step.harm)}</span>`]),
    ...step.rollback.map((text) => `Rollback: ${withCode(text)}`),
    ...(step.rehearsed === null ? [] : [`<small>Rehearsed: ${escape(step.rehearsed)}</small>`]),
  ];
  const items = details.map((text) => `<li>${text}</li>`).join('');
  return `<li value="${step.number}"><label><input type="checkbox"><span>${withCode(step.hand[0] ?? step.what)}</span></label><ul>${items}</ul></li>`;
}

function withCode(sentence: string): string {
  return commandsIn(sentence)
    .map(({ text, isCommand }) => (isCommand ? `<code>${escape(text)}</code>` : escape(text)))
    .join('');
}

function escape(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character]!);
}
