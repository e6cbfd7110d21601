/** Imports that wait and are looked at when the next one begins: what is behind them counts for nothing yet. */
export const LOOKED_AT = 64;

/**
 * Workers of the next import, of `free` of `all` that nobody uses: as large a part of all as its bytes are of those that are to be read,
 * `others` among them, the sizes of what waits and of what is being read (0: not known). Files of the same size are so read side by side, each
 * by one worker, which is faster than one after the other by all: workers that share a file hand each other half of it. All where there is
 * nothing else; 0 where it waits for workers that are busy.
 */
export function workersFor(bytes: number, others: readonly number[], all: number, free: number): number {
  if (others.length === 0) return free;
  const toReadBytes = others.reduce((sum, other) => sum + other, bytes);
  const wanted = toReadBytes > 0 ? Math.min(all, Math.max(1, Math.round((all * bytes) / toReadBytes))) : 1;
  return wanted <= free ? wanted : 0;
}
