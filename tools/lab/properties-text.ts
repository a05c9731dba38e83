import type { Settings } from './settings-file.ts';

/** Text in the syntax of java.util.Properties. */
export function propertiesText(config: Settings): string {
  const escape = (value: string) =>
    value.replaceAll('\\', '\\\\').replaceAll(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return Object.entries(config)
    .map(([key, value]) => `${key}=${escape(String(value))}\n`)
    .join('');
}
