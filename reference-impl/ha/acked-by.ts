/** Largest offset that at least `count` of `links` have acknowledged; 0 when fewer have acknowledged anything. */
export function offsetAckedBy(links: Iterable<{ readonly ackOffset: number }>, count: number): number {
  const acks = Array.from(links, (link) => link.ackOffset).sort((a, b) => b - a);
  return count < 1 ? Infinity : Math.max(0, acks[count - 1] ?? 0);
}
