import { LookbackError } from "../base/errors.js";

/** `value` when it is a whole number within the bounds, else LIMIT_EXCEEDED naming the argument. */
export function bounded(name: string, value: number, least: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new LookbackError("LIMIT_EXCEEDED", `${name} is ${least} to ${most}, not ${value}`, { argument: name, given: value, limit: most });
}

/** `list` when it has no more than `most` items, else LIMIT_EXCEEDED naming the argument. */
export function boundedList<T>(name: string, list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  throw new LookbackError("LIMIT_EXCEEDED", `${name} has at most ${most} items, not ${list.length}`, { argument: name, given: list.length, limit: most });
}
