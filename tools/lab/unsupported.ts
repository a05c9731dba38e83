/**
 * The scenario needs what the target does not have, and its maker says so: `supports` of a target file, or a requirement
 * that is younger than the release. Or this machine lacks what a client of it runs on. It is neither passed nor failed.
 */
export class Unsupported extends Error {
  override name = 'Unsupported';
}
