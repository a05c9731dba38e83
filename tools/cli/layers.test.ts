import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { temporaryFolder } from '../lab/folders.ts';
import { projectRoot } from './run.ts';

/** Lints one file in a layer of a copy: the project's own tree stays as it is, for others look at it meanwhile. */
async function lintPlanted(layer: string, source: string) {
  await using root = await temporaryFolder();
  const folder = path.join(root.path, layer, 'planted');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'planted.ts'), source);
  copyFileSync(path.join(projectRoot, 'oxlint.config.ts'), path.join(root.path, 'oxlint.config.ts'));
  symlinkSync(path.join(projectRoot, 'node_modules'), path.join(root.path, 'node_modules'));
  return await execa('oxlint', [path.relative(root.path, folder)], {
    cwd: root.path,
    localDir: projectRoot,
    preferLocal: true,
    reject: false,
  });
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
