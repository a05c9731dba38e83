import { readFileSync } from 'node:fs';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { errorText } from '../../reference-impl/base/errors.ts';
import type { PropertyLine } from '../../reference-impl/config/properties.ts';
import { SetupError } from '../lab/setup-error.ts';
import { proxyKeys } from './proxy-keys.ts';

/** The ports that an `rmq-proxy.json` names, with their lines. Throws `SetupError` for a file that is no JSON object. */
export function readProxyFile(file: string): PropertyLine[] {
  const lineCounter = new LineCounter();
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
    JSON.parse(text);
  } catch (thrown) {
    throw new SetupError(`Proxy configuration ${file}: ${errorText(thrown)}.`, { cause: thrown });
  }
  // JSON is YAML, and its parser tells positions.
  const { contents } = parseDocument(text, { lineCounter });
  if (!isMap(contents)) throw new SetupError(`Proxy configuration ${file} is no JSON object.`);
  return contents.items.flatMap(({ key, value }) => {
    if (!isScalar(key) || !isScalar(value) || !Object.hasOwn(proxyKeys, String(key.value))) return [];
    return [
      { key: String(key.value), value: String(value.value), line: lineCounter.linePos(key.range?.[0] ?? 0).line },
    ];
  });
}
