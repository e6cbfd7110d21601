import type { Operand } from "./columns.js";

/** A closed range; its ends compare as SQL compares them: numbers, or addresses as hex digits. */
export interface Range<T extends number | string> {
  readonly low: T;
  readonly high: T;
}

/** The same values as ranges that do not overlap, in order. */
export function disjoint<T extends number | string>(ranges: readonly Range<T>[]): readonly Range<T>[] {
  const found: { low: T; high: T }[] = [];
  for (const { low, high } of ranges.toSorted((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0))) {
    const last = found.at(-1);
    if (last === undefined || low > last.high) found.push({ low, high });
    else if (high > last.high) last.high = high;
  }
  return found;
}

/**
 * That the value, or one value of the list, is within one of many ranges, which must not overlap: the only candidate is the range that
 * begins last before it, and the engine sorts both sides to find it. As predicates, a thousand ranges took a minute to plan, which nothing
 * interrupts. `lows` and `highs` are bound lists.
 */
export function withinOne(operand: Operand, lows: string, highs: string): string {
  return `EXISTS (SELECT 1 FROM ${valuesOf(operand, "v", "f")} ASOF JOIN (SELECT unnest(${lows}) AS s, unnest(${highs}) AS e) AS g ON f.v >= g.s WHERE f.v <= g.e)`;
}

/** As `withinOne`, for ranges that each hold beside one value of another field only; those of one such value must not overlap. */
export function withinOneBeside(operand: Operand, beside: Operand, lists: { readonly lows: string; readonly highs: string; readonly besides: string }): string {
  const pairs = `(SELECT v, w FROM ${valuesOf(operand, "v", "a")}, ${valuesOf(beside, "w", "b")})`;
  const ranges = `(SELECT unnest(${lists.lows}) AS s, unnest(${lists.highs}) AS e, unnest(${lists.besides}) AS p)`;
  return `EXISTS (SELECT 1 FROM ${pairs} AS f ASOF JOIN ${ranges} AS g ON f.w = g.p AND f.v >= g.s WHERE f.v <= g.e)`;
}

function valuesOf(operand: Operand, column: string, table: string): string {
  return `(SELECT ${operand.many ? `unnest(${operand.sql})` : operand.sql} AS ${column}) AS ${table}`;
}
