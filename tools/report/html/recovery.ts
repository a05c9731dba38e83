import type { Recovery } from '../../lab/recovery.ts';
import type { ScenarioResult } from '../types.ts';
import { anchor, badge, duration, escape } from './text.ts';

/** One line of a scenario; empty when it measured none. */
export function renderRecovery({ recovery }: ScenarioResult): string {
  if (recovery === undefined) return '';
  const { client, version, fault, sendMs, deliveryMs, routePollMs } = recovery;
  const times = `first send acknowledged after ${duration(sendMs)}, first delivery of what the new master took after ${duration(deliveryMs)}`;
  return `<p><b>Recovery of ${escape(nameOf({ client, version }))}</b>, the master ${escape(fault)}: ${times}. It asks for routes every ${duration(routePollMs)}.</p>`;
}

/** All that the run measured, side by side; empty without any. */
export function renderRecoveries(scenarios: readonly ScenarioResult[]): string {
  const rows = scenarios.flatMap((scenario) => {
    const { recovery, verdict, name } = scenario;
    if (recovery === undefined) return [];
    const { fault, sendMs, deliveryMs, routePollMs } = recovery;
    const cells = [nameOf(recovery), fault, duration(sendMs), duration(deliveryMs), duration(routePollMs)];
    const link = `<a href="#${anchor(scenario)}">${escape(name)}</a> ${badge(verdict)}`;
    return [`<tr>${cells.map((text) => `<td>${escape(text)}</td>`).join('')}<td>${link}</td></tr>`];
  });
  if (rows.length === 0) return '';
  const head = [
    'client',
    'the master',
    'first send acknowledged',
    'first delivery',
    'asks for routes every',
    'scenario',
  ];
  return `<section aria-labelledby="recovery"><h2 id="recovery">Recovery of clients</h2><p>From the beginning of the fault to the first send that another broker acknowledged, and to the first delivery of such a message.</p><div class="scroll" tabindex="0"><table><thead><tr>${head
    .map((text) => `<th scope="col">${text}</th>`)
    .join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div></section>`;
}

function nameOf({ client, version }: Pick<Recovery, 'client' | 'version'>): string {
  return client.endsWith(version) ? client : `${client} ${version}`;
}
