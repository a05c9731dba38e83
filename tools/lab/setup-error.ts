/** The run cannot start as asked: a tool is missing, or a name or file is wrong. The message says what to do; exit code 3. */
export class SetupError extends Error {
  override name = 'SetupError';
}
