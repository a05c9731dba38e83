let counter = 0;

/** Next correlation id of this process: one i32 counter from 0 shared by all its connections, as in `RemotingCommand`. */
export function nextOpaque(): number {
  const opaque = counter;
  counter = (counter + 1) | 0;
  return opaque;
}
