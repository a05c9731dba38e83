/**
 * The lab could not do what the step asked: the fault did not bite, or a tool of the lab broke. It says nothing about the
 * target; the run ends with exit code 2.
 */
export class Inconclusive extends Error {
  override name = 'Inconclusive';
}
