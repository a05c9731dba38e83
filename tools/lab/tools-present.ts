import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';

async function isOnPath(tool: string): Promise<boolean> {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    try {
      await access(path.join(folder, tool), constants.X_OK);
      return true;
    } catch {
      // Not in this folder: the next one may hold it.
    }
  }
  return false;
}

/** Those of `tools` that are not on PATH. */
export async function missingTools(...tools: string[]): Promise<string[]> {
  const present = await Promise.all(tools.map(isOnPath));
  return tools.filter((_, index) => !present[index]);
}
