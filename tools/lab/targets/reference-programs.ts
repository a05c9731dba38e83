import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { buildSync } from 'esbuild';
import type { Role } from './target.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const sources: Record<Role, string> = {
  namesrv: path.join(root, 'reference-impl/bin/mqnamesrv.ts'),
  controller: path.join(root, 'reference-impl/bin/mqcontroller.ts'),
  broker: path.join(root, 'reference-impl/bin/mqbroker.ts'),
};
/** Where programs of one text have been put together, by the hash of that text. */
const cache = path.join(root, '.cache/reference');
const keptMs = 24 * 60 * 60_000;
/** Modules that are still CommonJS want a `require` in a module that is not. */
const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/**
 * The program of each role, in one file: Node starts it in half the time that it needs for hundreds of modules. While
 * coverage is measured, the source itself.
 */
export function referencePrograms(): Record<Role, string> {
  if (process.env.NODE_V8_COVERAGE) return sources;
  const { outputFiles } = buildSync({
    entryPoints: Object.values(sources),
    outdir: cache,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    banner: { js: banner },
    write: false,
  });
  const hash = createHash('sha256');
  for (const { hash: part } of outputFiles) hash.update(part);
  const folder = path.join(cache, hash.digest('hex').slice(0, 16));
  if (!existsSync(folder)) {
    // Several workers come here at once: whoever is first puts its folder in place, whole.
    const own = `${folder}-${process.pid}`;
    mkdirSync(own, { recursive: true });
    for (const { path: file, contents } of outputFiles) writeFileSync(path.join(own, path.basename(file)), contents);
    try {
      renameSync(own, folder);
    } catch {
      rmSync(own, { recursive: true });
    }
  }
  utimesSync(folder, new Date(), new Date());
  prune();
  const programOf = (role: Role) => path.join(folder, `${path.basename(sources[role], '.ts')}.mjs`);
  return { namesrv: programOf('namesrv'), controller: programOf('controller'), broker: programOf('broker') };
}

/** Other runs may start processes of another text; a day later none does. */
function prune(): void {
  for (const name of readdirSync(cache)) {
    const folder = path.join(cache, name);
    const { mtimeMs } = statSync(folder, { throwIfNoEntry: false }) ?? { mtimeMs: Infinity };
    if (mtimeMs < Date.now() - keptMs) rmSync(folder, { recursive: true, force: true });
  }
}
