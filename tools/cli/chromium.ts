import { findChromium, howToGetChromium } from '../report/browser/chromium.ts';
import { run } from './run.ts';
import { missingTools } from '../lab/tools-present.ts';

/**
 * The browser for the tests of the report. A CI machine that is ours alone (root, with apt-get) gets it installed; nobody
 * else's machine is changed: there the tests are skipped, and say how to get it.
 */
const mayInstall =
  process.env.CI === 'true' && process.getuid?.() === 0 && (await missingTools('apt-get')).length === 0;
if ((await findChromium()) === null && mayInstall) {
  await run('apt-get', ['update', '-q']);
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium', 'fonts-dejavu-core']);
}
const found = await findChromium();
console.log(found === null ? `SKIPPED: ${howToGetChromium}.` : `The report is tested in ${found}.`);
