import path from 'node:path';
import { SetupError } from '../lab/setup-error.ts';
import { type Role, roles } from './conf-file.ts';

interface Named {
  readonly path: string;
  readonly role: Role;
}

/** One `file=value` of the command line. */
export interface Assignment {
  /** As it was typed. */
  readonly text: string;
  readonly value: string;
}

/** The `file=value` arguments of one option: a file goes by its path as given, or by its last part when no other has it. */
export class Assignments {
  readonly #byFile = new Map<Named, Assignment>();

  /** @param takes `role=value`, and a value for all, besides files. Throws `SetupError` naming option and argument. */
  constructor(
    option: string,
    texts: readonly string[],
    files: readonly Named[],
    takes: { readonly roles?: boolean; readonly all?: boolean } = {},
  ) {
    // The widest first, so that a file overrules its role, and a role a value for all.
    const widths = texts.map((text) => ({ text, ...select(option, text, files, takes) }));
    for (const { text, value, chosen } of widths.sort((a, b) => b.width - a.width)) {
      for (const file of chosen) this.#byFile.set(file, { text, value });
    }
  }

  of(file: Named): Assignment | null {
    return this.#byFile.get(file) ?? null;
  }
}

function select(option: string, text: string, files: readonly Named[], takes: { roles?: boolean; all?: boolean }) {
  const equals = text.lastIndexOf('=');
  if (equals < 0 && takes.all) return { value: text, chosen: files, width: 2 };
  if (equals < 1 || equals === text.length - 1) throw new SetupError(`${option} ${text}: write file=value.`);
  const [name, value] = [text.slice(0, equals), text.slice(equals + 1)];
  if (takes.roles && roles.some((role) => role === name)) {
    return { value, chosen: files.filter(({ role }) => role === name), width: 1 };
  }
  const exact = files.filter((file) => path.normalize(file.path) === path.normalize(name));
  const chosen = exact.length > 0 ? exact : files.filter((file) => path.basename(file.path) === name);
  if (chosen.length === 1) return { value, chosen, width: 0 };
  const why =
    chosen.length === 0 ? 'is none of the files given' : `could be ${chosen.map((file) => file.path).join(' or ')}`;
  throw new SetupError(`${option} ${text}: ${name} ${why}.`);
}
