/** A process of the cluster ended although nobody told it to. The message ends with the last lines of its log. */
export class ProcessExit extends Error {
  override name = 'ProcessExit';
}
