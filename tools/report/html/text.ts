import type { Verdict } from '../types.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text or attribute value of a page. Everything that comes from data goes through here. */
export function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character]!);
}

/** `12.3 s`, `4 min 05 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** A verdict is told by sign and word, never by colour alone. */
const signs: Readonly<Record<string, string>> = { pass: '✓', deviates: '≈', fail: '✕', inconclusive: '?' };

export function badge(verdict: Verdict | null): string {
  const word = verdict ?? 'not run';
  return `<span class="badge ${verdict ?? 'none'}"><span aria-hidden="true">${signs[word] ?? '–'}</span> ${word}</span>`;
}

/** Address of a scenario inside the page. */
export function anchor({ uri, line }: { readonly uri: string; readonly line: number }): string {
  return `s-${uri.replaceAll(/[^\w]+/g, '-')}-${line}`;
}

/** A link to something beside the page, by its path below the run folder. */
export function fileLink(path: string, text: string): string {
  return `<a href="${escape(encodeURI(path))}">${escape(text)}</a>`;
}
