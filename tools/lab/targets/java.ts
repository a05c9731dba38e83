import { execa } from 'execa';
import { SetupError } from '../setup-error.ts';

/** Version of the Java on the PATH, `17.0.15`. Throws `SetupError` when there is none. */
export async function javaVersion(): Promise<string> {
  try {
    const { stderr } = await execa('java', ['-version']);
    return /version "([^"]+)"/.exec(stderr)?.[1] ?? 'unknown';
  } catch (thrown) {
    throw new SetupError('Apache targets need Java 11 or later: put `java` on the PATH.', { cause: thrown });
  }
}

/** Throws `SetupError` when there is no Java on the PATH. */
export async function requireJava(): Promise<void> {
  await javaVersion();
}
