import { LookbackError } from "../../base/errors.js";
import type { HistogramRequest, HistogramResult, Metric } from "../index-store.js";
import { MAX_HISTOGRAM_BUCKETS, requireInterval, tooManyBuckets } from "../request-checks.js";
import { METRIC_PATHS } from "./combinations.js";
import { at, isObject, listOf, numberOf, type Json, type JsonObject } from "./json.js";
import type { Read } from "./reads.js";

/** Buckets of one page, when there are more than the cluster gives at once. */
const PAGE = 10_000;

const SECONDS = { second: 1, minute: 60 } as const;

interface Bucket {
  readonly startMs: number;
  readonly sums: readonly number[];
}

/** The cluster's interval whose buckets make up ours: seconds and minutes are counted from 1970, others follow the zone's calendar unit by unit. */
function intervalBody({ interval: { unit, count }, timeZone }: HistogramRequest): JsonObject {
  if (unit === "second" || unit === "minute") return { fixed_interval: `${SECONDS[unit] * count}s` };
  return { calendar_interval: unit, time_zone: timeZone };
}

function bucketOf(bucket: Json, key: Json, metrics: readonly Metric[]): Bucket {
  return { startMs: numberOf(key), sums: metrics.map((metric) => (metric === "sessions" ? numberOf(at(bucket, "doc_count")) : numberOf(at(bucket, metric, "value")))) };
}

async function buckets(read: Read, request: HistogramRequest): Promise<readonly Bucket[]> {
  const body = { size: 0, query: read.query.body, track_total_hits: false };
  const measured = request.metrics.filter((metric) => metric !== "sessions");
  const sums = measured.length === 0 ? {} : { aggs: Object.fromEntries(measured.map((metric) => [metric, { sum: { field: METRIC_PATHS[metric] } }])) };
  const source = { field: request.on, ...intervalBody(request) };
  try {
    const answer = await read.search({ ...body, aggs: { times: { date_histogram: { ...source, min_doc_count: 1 }, ...sums } } });
    return listOf(at(answer, "aggregations", "times", "buckets")).map((bucket) => bucketOf(bucket, at(bucket, "key"), request.metrics));
  } catch (error) {
    if (!(error instanceof LookbackError) || error.code !== "LIMIT_EXCEEDED") throw error;
  }
  const found: Bucket[] = [];
  for (let after: JsonObject | null = null; ;) {
    const composite = { size: PAGE, sources: [{ time: { date_histogram: source } }], ...(after === null ? {} : { after }) };
    const answer: Json = await read.search({ ...body, aggs: { times: { composite, ...sums } } });
    for (const bucket of listOf(at(answer, "aggregations", "times", "buckets"))) found.push(bucketOf(bucket, at(bucket, "key", "time"), request.metrics));
    if (found.length > MAX_HISTOGRAM_BUCKETS) throw tooManyBuckets();
    const next: Json = at(answer, "aggregations", "times", "after_key");
    if (!isObject(next)) return found;
    after = next;
  }
}

/** Sessions by time. Several units of a calendar are put together here, counted as every store counts them. */
export async function histogram(read: Read, request: HistogramRequest): Promise<HistogramResult> {
  requireInterval(request);
  const startsMs: number[] = [];
  const values: number[][] = request.metrics.map(() => []);
  if (read.query.indices === null) return { startsMs, values };
  const { unit, count } = request.interval;
  const calendar = unit === "second" || unit === "minute" ? null : { unit, ...(await import("../calendar.js")) };
  let end = -Infinity;
  for (const { startMs, sums } of await buckets(read, request)) {
    if (calendar === null || startMs >= end) {
      const bucket = calendar === null ? { start: startMs, end: startMs + 1 } : calendar.calendarBucket(startMs, calendar.unit, count, request.timeZone);
      end = bucket.end;
      startsMs.push(bucket.start);
      for (const series of values) series.push(0);
    }
    sums.forEach((sum, position) => {
      const series = values[position];
      if (series !== undefined) series[series.length - 1] = (series.at(-1) ?? 0) + sum;
    });
  }
  if (startsMs.length > MAX_HISTOGRAM_BUCKETS) throw tooManyBuckets();
  return { startsMs, values };
}
