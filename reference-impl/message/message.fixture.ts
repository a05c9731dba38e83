import { readFileSync } from 'node:fs';

/** One entry of a file in `golden/client`. */
export interface Golden {
  readonly name: string;
  readonly version: string;
  readonly decoded: unknown;
  readonly hex: string;
}

export function golden(file: string): Golden[] {
  return JSON.parse(readFileSync(new URL(`../../golden/client/${file}`, import.meta.url), 'utf8')) as Golden[];
}
