/** `LanguageCode` names by ordinal. Old knows them up to RUST. */
const languageNames = [
  'JAVA',
  'CPP',
  'DOTNET',
  'PYTHON',
  'DELPHI',
  'ERLANG',
  'RUBY',
  'OTHER',
  'HTTP',
  'GO',
  'PHP',
  'OMS',
  'RUST',
  'NODE_JS',
] as const;

const ordinals = new Map<unknown, number>(languageNames.map((name, ordinal) => [name, ordinal]));

/** What both generations write into every frame of their own. */
export const javaLanguage = 0;

/** What a reader makes of a language it does not know: never an error. */
export const unknownLanguage = -1;

/** Ordinal of a `LanguageCode` name, -1 when unknown. */
export function languageOrdinal(name: unknown): number {
  return ordinals.get(name) ?? unknownLanguage;
}

/** Name of a `LanguageCode` ordinal, undefined when unknown. */
export function languageName(ordinal: number): string | undefined {
  return languageNames[ordinal];
}
