import { LookbackError } from "../../base/errors.js";
import type { HistogramRequest } from "../../index-store/index-store.js";
import type { TimeRange } from "../../model/time-range.js";
import { LIMITS } from "../limits.js";

type IntervalWidth = HistogramRequest["interval"];

/** Least milliseconds of a unit; months and days vary with the calendar. */
const UNIT_MS: Readonly<Record<IntervalWidth["unit"], number>> = {
  second: 1_000, minute: 60_000, hour: 3_600_000, day: 82_800_000, week: 601_200_000, month: 2_415_600_000,
};

/** Widths to choose from, narrow to wide. */
const WIDTHS: readonly IntervalWidth[] = [
  ...[1, 2, 5, 10, 15, 30].map((count): IntervalWidth => ({ unit: "second", count })),
  ...[1, 2, 5, 10, 15, 30].map((count): IntervalWidth => ({ unit: "minute", count })),
  ...[1, 3, 6, 12].map((count): IntervalWidth => ({ unit: "hour", count })),
  { unit: "day", count: 1 }, { unit: "week", count: 1 }, { unit: "month", count: 1 }, { unit: "month", count: 3 }, { unit: "month", count: 12 },
];

/** Buckets that a chosen width aims at, at most. */
const AIM = 200;

/** Milliseconds between the ends of a range, open ends taken from what the store holds. */
export function spanMs(range: TimeRange, extent: { readonly firstMs: number; readonly lastMs: number } | null): number {
  const start = Math.max(range.startMs ?? 0, extent?.firstMs ?? 0);
  const end = Math.min(range.endMs ?? Number.MAX_SAFE_INTEGER, extent?.lastMs ?? start);
  return Math.max(0, end - start);
}

/** The narrowest width that gives no more than some 200 buckets. */
export function chosenInterval(span: number): IntervalWidth {
  return WIDTHS.find(({ unit, count }) => span / (UNIT_MS[unit] * count) <= AIM) ?? { unit: "month", count: 12 };
}

function bucketsOf({ unit, count }: IntervalWidth, span: number): number {
  return Math.floor(span / (UNIT_MS[unit] * count)) + 1;
}

function mostBuckets(metrics: number): number {
  return Math.min(LIMITS.histogramBuckets, Math.floor(LIMITS.histogramCells / Math.max(1, metrics)));
}

/** Whether a width gives no more buckets and values over the span than are allowed. */
export function fits(interval: IntervalWidth, span: number, metrics: number): boolean {
  return bucketsOf(interval, span) <= mostBuckets(metrics);
}

/** Refuses a width that gives too many buckets or values over the span. LIMIT_EXCEEDED names one that would do. */
export function checkInterval(interval: IntervalWidth, span: number, metrics: number): void {
  if (fits(interval, span, metrics)) return;
  const [chosen, limit, given] = [chosenInterval(span), mostBuckets(metrics), bucketsOf(interval, span)];
  const message = `this interval gives up to ${given} buckets, at most ${limit} are allowed; ${chosen.count} ${chosen.unit} fits, or give a time range (timeRange, --last, --start)`;
  throw new LookbackError("LIMIT_EXCEEDED", message, { limit, given });
}
