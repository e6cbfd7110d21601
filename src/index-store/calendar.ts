import { DateTime, type DurationLikeObject } from "luxon";
import type { HistogramRequest } from "./index-store.js";

/** Units of an interval whose buckets follow a zone's calendar. */
export type CalendarUnit = Exclude<HistogramRequest["interval"]["unit"], "second" | "minute">;

/** Start of the calendar bucket that a time lies in, and of the next: `count` units, counted from 1970 in local time. */
export function calendarBucket(ms: number, unit: CalendarUnit, count: number, zone: string): { readonly start: number; readonly end: number } {
  const local = DateTime.fromMillis(ms, { zone });
  let start = local.startOf(unit);
  if (count > 1) {
    if (unit === "hour") {
      start = start.set({ hour: Math.floor(start.hour / count) * count });
    } else {
      const epoch = DateTime.fromObject({ year: 1970 }, { zone }).startOf(unit);
      const passed = Math.round(start.diff(epoch, `${unit}s`).as(`${unit}s`));
      start = epoch.plus({ [`${unit}s`]: Math.floor(passed / count) * count });
    }
  }
  let end = start.plus({ [`${unit}s`]: count } satisfies DurationLikeObject);
  // Hours start anew at midnight, so that each day has the same ones.
  if (unit === "hour" && count > 1) end = DateTime.min(end, start.startOf("day").plus({ days: 1 }));
  return { start: start.toMillis(), end: Math.max(end.toMillis(), start.toMillis() + 1) };
}
