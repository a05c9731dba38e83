import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { execa } from 'execa';
import type { Matrix } from '../matrix/result.ts';
import { readMatrix } from '../matrix/write.ts';
import { projectRoot } from './run.ts';

function matrix(t: TestContext, name: string, ...args: string[]) {
  const folder = path.join(projectRoot, 'test-results', name);
  const script = ['--disable-warning=ExperimentalWarning', 'tools/cli/matrix.ts', '--name', name];
  const run = execa(process.execPath, [...script, ...args], { cwd: projectRoot, reject: false });
  t.after(async () => {
    run.kill('SIGKILL');
    await run;
    rmSync(folder, { recursive: true, force: true });
  });
  return { run, folder };
}

const from = (found: Matrix, source: string) => found.lineUps[0]!.cells.filter((cell) => cell.source === source);

test('an interrupted matrix keeps what it has played, and the next one goes on from there', async (t) => {
  // Another run may have played these cells with this seed: they are played again.
  const first = matrix(t, `test-matrix-${process.pid}`, '--no-cache');
  createInterface({ input: first.run.stdout }).on('line', (line) => {
    if (line.startsWith('  pass ')) first.run.kill('SIGINT');
  });
  const { exitCode, stderr } = await first.run;
  assert.equal(exitCode, 130, stderr);
  const before = readMatrix(first.folder)!;
  const played = from(before, 'played');
  assert.ok(played.length > 0 && from(before, 'interrupted').length > 0);
  for (const { observed, documented, evidence } of played) {
    assert.equal(observed, documented);
    assert.ok(existsSync(path.join(first.folder, evidence!.split('#')[0]!)));
  }

  // Nothing more fits into a second.
  const next = matrix(t, `test-matrix-next-${process.pid}`, '--budget', '1s');
  const { exitCode: code, stdout } = await next.run;
  assert.equal(code, 0, stdout);
  const after = readMatrix(next.folder)!;
  const cached = new Map(from(after, 'cache').map((cell) => [cell.requirement, cell]));
  for (const { requirement, seconds } of played) assert.equal(cached.get(requirement)?.seconds, seconds);
  assert.deepEqual(from(after, 'played'), []);
  assert.match(stdout, /from the cache \(CTL-CMP-/);
});
