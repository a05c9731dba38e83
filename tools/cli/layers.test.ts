import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { projectRoot } from './run.ts';

/** Plants one file in a layer, lints that layer, and takes it away again. */
async function lintPlanted(layer: string, source: string) {
  const folder = path.join(projectRoot, layer, `canary-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(path.join(folder, 'planted.ts'), source);
    return await execa('oxlint', [folder], { cwd: projectRoot, preferLocal: true, reject: false });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const forbidden = [
  ['reference-impl/store', "import '../../remoting/server.ts';"],
  ['reference-impl/raft', "import 'node:fs';"],
  ['reference-impl/controller', "import '../simulation/run.ts';"],
  ['reference-impl/namesrv', "import '../../broker/start.ts';"],
  ['tools/lab', "import '../../../reference-impl/broker/start.ts';"],
  ['tools/check', "import '../../lab/until.ts';"],
  ['tools/doctor', "import '../../../reference-impl/store/commit-log.ts';"],
  ['steps', "import '../../reference-impl/base/bytes.ts';"],
] as const;

for (const [layer, source] of forbidden) {
  test(`the linter refuses ${source} in ${layer}`, async () => {
    const { exitCode, stdout } = await lintPlanted(layer, source);
    assert.equal(exitCode, 1, stdout);
    assert.match(stdout, /no-restricted-imports/);
  });
}

test('the linter accepts an import that the table lists', async () => {
  const { exitCode, stdout } = await lintPlanted('reference-impl/store', "import '../../base/bytes.ts';");
  assert.equal(exitCode, 0, stdout);
});
