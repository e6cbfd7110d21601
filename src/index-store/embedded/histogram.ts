import { DateTime, IANAZone, type DurationLikeObject } from "luxon";
import { LookbackError } from "../../base/errors.js";
import type { HistogramRequest, HistogramResult, ReadContext } from "../index-store.js";
import { METRIC_SQL, requireSize } from "./aggregate.js";
import type { Engine } from "./engine.js";
import type { QueryPlan } from "./query-plan.js";
import { Parameters } from "./statement.js";
import { countOf } from "./values.js";

/** Most buckets of one histogram. */
export const MAX_HISTOGRAM_BUCKETS = 100_000;

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** Zones differ from UTC by whole quarters of an hour, so calendar buckets are made of whole slots of that width. */
const SLOT_MS = 15 * MINUTE_MS;

type Unit = HistogramRequest["interval"]["unit"];

/** Start of the calendar bucket that a time lies in, and of the next: `count` units, counted from 1970 in local time. */
function calendarBucket(ms: number, unit: Exclude<Unit, "second" | "minute">, count: number, zone: string): { readonly start: number; readonly end: number } {
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

/**
 * Sessions by time. Seconds and minutes are counted from 1970; hours, days, weeks (from Monday) and months follow the
 * zone's calendar, several hours from local midnight.
 */
export async function histogram(engine: Engine, plan: QueryPlan, request: HistogramRequest, context: ReadContext): Promise<HistogramResult> {
  const { unit, count } = request.interval;
  requireSize("the interval", count, 1, 10_000);
  if (!IANAZone.isValidZone(request.timeZone)) {
    throw new LookbackError("BAD_INPUT", `"${request.timeZone}" is no IANA time zone`, { given: request.timeZone });
  }
  if (plan.isEmpty) return { startsMs: [], values: request.metrics.map(() => []) };
  const width = unit === "second" ? SECOND_MS * count : unit === "minute" ? MINUTE_MS * count : SLOT_MS;
  const calendar = unit !== "second" && unit !== "minute";
  const parameters = new Parameters();
  const sums = request.metrics.map((metric) => (metric === "sessions" ? "count(*)" : `sum(${METRIC_SQL[metric]})::BIGINT`));
  const rows = await engine.rows(
    parameters.statement(
      `SELECT "${request.on}" // ${width} AS slot${sums.map((sum) => `, ${sum}`).join("")} FROM ${plan.from([])} WHERE ${plan.where(parameters)}
       GROUP BY slot ORDER BY slot${calendar ? "" : ` LIMIT ${MAX_HISTOGRAM_BUCKETS + 1}`}`,
    ), context,
  );
  const startsMs: number[] = [];
  const values: number[][] = request.metrics.map(() => []);
  let bucket = { start: -Infinity, end: -Infinity };
  for (const [slot, ...sums_] of rows) {
    const ms = countOf(slot) * width;
    if (ms >= bucket.end) {
      bucket = calendar ? calendarBucket(ms, unit, count, request.timeZone) : { start: ms, end: ms + width };
      startsMs.push(bucket.start);
      for (const series of values) series.push(0);
    }
    sums_.forEach((sum, at) => {
      const series = values[at];
      if (series !== undefined) series[series.length - 1] = (series.at(-1) ?? 0) + countOf(sum);
    });
  }
  if (startsMs.length > MAX_HISTOGRAM_BUCKETS) {
    throw new LookbackError("LIMIT_EXCEEDED", `more than ${MAX_HISTOGRAM_BUCKETS} buckets; use a wider interval`, { limit: MAX_HISTOGRAM_BUCKETS });
  }
  return { startsMs, values };
}
