import { observeCell, readCompatibilityTable } from '../compatibility.ts';
import { reportName } from '../report-name.ts';
import type { RunReport } from '../types.ts';
import { anchor, badge, escape } from './text.ts';

/** The documented table, in each cell what every target did instead or as well. Empty when no run reached a cell. */
export function renderMatrix(reports: readonly RunReport[]): string {
  const table = readCompatibilityTable();
  const judged = reports.filter((report) => table.cells.some((cell) => observeCell(cell, report).verdict !== null));
  if (judged.length === 0) return '<p>No scenario of the compatibility table was part of this run.</p>';
  const columns = Object.entries(table.nameservers);
  const rows = Object.entries(table.brokers).map(([broker, name]) => {
    const cells = columns.map(([nameservers, column]) => {
      const cell = table.cells.find((one) => one.broker === broker && one.nameservers === nameservers);
      return cell === undefined ? '<td></td>' : `<td data-h="${escape(column)}">${renderCell(cell, judged)}</td>`;
    });
    return `<tr><th scope="row">${escape(name)}</th>${cells.join('')}</tr>`;
  });
  const head = columns.map(([, name]) => `<th scope="col">${escape(name)}</th>`).join('');
  return `<table class="mx"><thead><tr><td></td>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function renderCell(cell: Parameters<typeof observeCell>[0], reports: readonly RunReport[]): string {
  const [own] = reports;
  const { documented } = observeCell(cell, own!);
  const seen = reports.map((report) => {
    const { observed, verdict } = observeCell(cell, report);
    const scenario = report.scenarios.find(({ requirements }) => requirements.includes(cell.requirement));
    if (scenario === undefined) return `<dt>${escape(reportName(report))}</dt><dd>${badge(null)}</dd>`;
    const words = escape(observed ?? 'not observed');
    // Only the scenarios of this run are on the page.
    const linked = report === own ? `<a href="#${anchor(scenario)}">${words}</a>` : words;
    const differs = observed === null || observed === documented ? '' : ' class="differs"';
    return `<dt>${escape(reportName(report))}</dt><dd${differs}>${linked} ${badge(verdict)}</dd>`;
  });
  return `<small>${escape(cell.requirement)}</small><dl><dt>documented</dt><dd>${documented}</dd>${seen.join('')}</dl>`;
}
