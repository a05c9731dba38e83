import type { Settings } from './settings-file.ts';

/** Text in the syntax of java.util.Properties, which drops blanks at the begin of a value and keeps those at its end. */
export function propertiesText(config: Settings): string {
  const escape = (value: string) =>
    value
      .replaceAll('\\', '\\\\')
      .replaceAll(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .replace(/^ /, '\\ ');
  return Object.entries(config)
    .map(([key, value]) => `${key}=${escape(String(value))}\n`)
    .join('');
}
