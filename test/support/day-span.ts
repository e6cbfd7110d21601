/** A UTC day (`YYYY-MM-DD`) as a partition of its own; a text that is none gives no times. */
export function daySpan(day: string): { readonly day: string; readonly startMs: number; readonly endMs: number } {
  const startMs = Date.parse(day);
  return { day, startMs, endMs: startMs + 86_400_000 };
}
