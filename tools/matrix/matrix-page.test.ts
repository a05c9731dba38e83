import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import axe from 'axe-core';
import { chromium } from 'playwright-core';
import { temporaryFolder } from '../lab/folders.ts';
import { findChromium, howToGetChromium } from '../report/browser/chromium.ts';
import type { Verdict } from '../report/types.ts';
import { sample, table } from './fixture/sample.ts';
import { renderMatrixHtml } from './html.ts';
import type { Matrix } from './result.ts';
import { exitCodeOf, overallOf, sentenceOf } from './summary.ts';
import { renderText } from './text.ts';
import { tellGitHubOfMatrix } from './write.ts';

test('each cell says what is documented, what the reference did, what was seen, and where to look', () => {
  const { lineUps } = sample();
  const [cell, leftOut, ofAnother, unreached] = lineUps[1]!.cells;
  assert.deepEqual(cell, {
    requirement: 'CTL-CMP-01',
    broker: 'old',
    nameservers: 'old',
    documented: 'works, no switch',
    reference: 'works, no switch',
    observed: 'works, switches',
    verdict: 'fail',
    source: 'played',
    seconds: 2,
    recoveryMs: null,
    reason: 'the slave took over',
    evidence: '2-x/report.html#s-features-compatibility-table-feature-10',
  });
  assert.deepEqual(
    [leftOut, ofAnother, unreached].map((one) => [one!.source, one!.verdict, one!.evidence]),
    [
      ['left out', null, null],
      ['other shard', null, null],
      ['interrupted', null, null],
    ],
  );
});

test('the table names what differs and what was left out', () => {
  const text = renderText(sample(), table);
  assert.match(text, /old NameServer {2,}works, no switch {4}✓ {3}✕/);
  assert.match(
    text,
    /FAIL {2}CTL-CMP-01 {2}apache:4\.9\.7 \+ apache:5\.3\.3\n {2}documented works, no switch, reference works, no switch, observed works, switches\n {2}the slave took over\n/,
  );
  assert.match(text, /Left out of a budget of 60 s:\n {2}apache:4\.9\.7 \+ apache:5\.3\.3: CTL-CMP-02\n/);
  assert.match(text, /apache:5\.3\.3 as controller/);
  assert.match(
    text,
    /Other than documented: 1 cell; 13 of 24 cells judged\. \(1 played now, 12 from the cache, 1 left out, 1 of other shards, 9 not reached; 1\.5 s\)$/,
  );
});

test('on GitHub the table stands in the summary of the step', async () => {
  await using folder = await temporaryFolder();
  const summary = path.join(folder.path, 'summary.md');
  tellGitHubOfMatrix(sample(), { GITHUB_STEP_SUMMARY: summary });
  assert.match(
    readFileSync(summary, 'utf8'),
    /^### Compatibility matrix\n\n```text\n[^]*Other than documented: 1 cell[^]*```\n$/,
  );
  tellGitHubOfMatrix(sample(), {});
});

test('the verdict is the worst of what was played', () => {
  const matrix = sample();
  const withVerdict = (verdict: Verdict | null): Matrix => {
    const [first, second] = matrix.lineUps;
    return {
      ...matrix,
      lineUps: [first!, { ...second!, cells: second!.cells.map((cell) => Object.assign({}, cell, { verdict })) }],
    };
  };
  assert.equal(overallOf(matrix), 'fail');
  assert.equal(overallOf(withVerdict(null)), 'inconclusive', 'interrupted');
  assert.equal(overallOf(withVerdict('inconclusive')), 'inconclusive');
  assert.equal(overallOf({ ...matrix, lineUps: withVerdict('unsupported').lineUps.slice(1) }), 'inconclusive');
});

test('a line-up that could not start is set-up, unless a cell differs', () => {
  const matrix = sample();
  const [first, second] = matrix.lineUps;
  const refused = second!.cells.map((cell) =>
    Object.assign({}, cell, { verdict: null, source: 'not startable' as const }),
  );
  const other = { ...matrix, lineUps: [first!, { ...second!, cells: refused }] };
  assert.deepEqual([exitCodeOf(matrix), exitCodeOf(other)], [1, 3]);
  assert.equal(
    sentenceOf(other),
    '12 of 24 cells judged, 12 could not start, and nothing differs from the documentation.',
  );
});

test('the page is whole by itself, and no text of a target becomes markup', () => {
  const matrix = sample();
  const [first, ...others] = matrix.lineUps;
  const html = renderMatrixHtml({ ...matrix, lineUps: [{ ...first!, name: '<img src=x>' }, ...others] }, table);
  assert.ok(!html.includes('<img'));
  assert.ok(html.includes('&lt;img src=x&gt;'));
  assert.ok(!/(src|href)="(https?:)?\/\//.test(html));
  assert.ok(html.includes('href="2-x/report.html#s-features-compatibility-table-feature-10"'));
});

const executablePath = await findChromium();
const skip = executablePath === null ? `SKIPPED: ${howToGetChromium}` : false;

test('the page reads well in both themes and on a phone', { skip }, async () => {
  await using folder = await temporaryFolder();
  const file = path.join(folder.path, 'matrix.html');
  writeFileSync(file, renderMatrixHtml(sample(), table));
  // Root has no sandbox to put it in; the page is our own.
  const browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 900 } });
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      await page.goto(`file://${file}`);
      // The page's own policy keeps strangers out: axe comes through the debugger.
      const client = await page.context().newCDPSession(page);
      await client.send('Runtime.evaluate', { expression: axe.source });
      const expression =
        'axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => id + nodes[0].html).join())';
      const { result } = await client.send('Runtime.evaluate', { expression, awaitPromise: true });
      assert.equal(result.value, '');
      await page.setViewportSize({ width: 360, height: 800 });
      const wide = await client.send('Runtime.evaluate', {
        expression: 'document.documentElement.scrollWidth - innerWidth',
      });
      assert.equal(wide.result.value, 0);
      assert.deepEqual(complaints, []);
      await page.close();
    }
  } finally {
    await browser.close();
  }
});
