/** Milliseconds of a UTC day. */
export const DAY_MS = 86_400_000;

/** UTC day of a time, `YYYY-MM-DD`. */
export function utcDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
