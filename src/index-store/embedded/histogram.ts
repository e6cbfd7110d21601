import type { SegmentInfo } from "../../model/segment.js";
import type { HistogramRequest, HistogramResult, Metric, ReadContext } from "../index-store.js";
import { MAX_HISTOGRAM_BUCKETS, requireInterval, tooManyBuckets } from "../request-checks.js";
import { METRIC_SQL } from "./aggregate.js";
import type { Engine } from "./engine.js";
import type { QueryPlan } from "./query-plan.js";
import { parquet } from "./source.js";
import { Parameters } from "./statement.js";
import { countOf, textOf } from "./values.js";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** Zones differ from UTC by whole quarters of an hour, so calendar buckets are made of whole slots of that width. */
const SLOT_MS = 15 * MINUTE_MS;

/** Slots that one statement may give, over all its segments: some 20 years of quarters of an hour in one, or days of seconds. */
const MAX_SLOTS = 1_000_000;
/** Slots kept of one segment at most; a finer histogram is computed anew each time. */
const MAX_KEPT_PER_SEGMENT = 50_000;
/** Slots kept in all, some 40 bytes each. */
const MAX_KEPT = 1_000_000;

/** Sums of a slot of time: one for each of METRICS. */
type Sums = readonly number[];
const METRICS: readonly Metric[] = ["sessions", "packets", "bytes", "databytes"];
const SUMS = METRICS.map((metric) => (metric === "sessions" ? "count(*)" : `sum(${METRIC_SQL[metric]})::BIGINT`)).join(", ");

/** Sums of whole segments, kept: segments never change, and the same overview is asked for again and again. */
export class HistogramCache {
  readonly #kept = new Map<string, ReadonlyMap<number, Sums>>();
  #slots = 0;

  get(key: string): ReadonlyMap<number, Sums> | null {
    const slots = this.#kept.get(key);
    if (slots === undefined) return null;
    // The one used last is dropped last.
    this.#kept.delete(key);
    this.#kept.set(key, slots);
    return slots;
  }

  put(key: string, slots: ReadonlyMap<number, Sums>): void {
    if (slots.size > MAX_KEPT_PER_SEGMENT || this.#kept.has(key)) return;
    this.#kept.set(key, slots);
    this.#slots += slots.size;
    for (const [oldest, dropped] of this.#kept) {
      if (this.#slots <= MAX_KEPT) break;
      this.#kept.delete(oldest);
      this.#slots -= dropped.size;
    }
  }
}

/** What the sums of slots are computed with. */
interface Slots {
  readonly engine: Engine;
  readonly context: ReadContext;
  readonly on: HistogramRequest["on"];
  /** Milliseconds. */
  readonly width: number;
}

function addTo(total: Map<number, number[]>, slot: number, sums: Sums): void {
  const known = total.get(slot);
  if (known === undefined) total.set(slot, [...sums]);
  else sums.forEach((sum, at) => { known[at] = (known[at] ?? 0) + sum; });
}

async function addFiltered(total: Map<number, number[]>, plan: QueryPlan, { engine, context, on, width }: Slots): Promise<void> {
  if (plan.isEmpty) return;
  const parameters = new Parameters();
  const sql = `SELECT "${on}" // ${width} AS slot, ${SUMS} FROM ${plan.from([])} WHERE ${plan.where(parameters)} GROUP BY slot LIMIT ${MAX_SLOTS}`;
  const rows = await engine.rows(parameters.statement(sql), context);
  if (rows.length >= MAX_SLOTS) throw tooManyBuckets();
  for (const [slot, ...sums] of rows) addTo(total, countOf(slot), sums.map(countOf));
}

async function addWhole(
  total: Map<number, number[]>, segments: readonly SegmentInfo[], cache: HistogramCache, fileOf: (path: string) => string, { engine, context, on, width }: Slots,
): Promise<void> {
  const missing = new Map<string, { readonly key: string; readonly slots: Map<number, Sums> }>();
  for (const { path } of segments) {
    const key = `${on} ${width} ${path}`;
    const kept = cache.get(key);
    if (kept === null) missing.set(fileOf(path), { key, slots: new Map() });
    else for (const [slot, sums] of kept) addTo(total, slot, sums);
  }
  if (missing.size === 0) return;
  const sql = `SELECT filename, "${on}" // ${width} AS slot, ${SUMS} FROM ${parquet([...missing.keys()])} GROUP BY filename, slot LIMIT ${MAX_SLOTS}`;
  const rows = await engine.rows(new Parameters().statement(sql), context);
  if (rows.length >= MAX_SLOTS) throw tooManyBuckets();
  for (const [file, slot, ...values] of rows) {
    const sums = values.map(countOf);
    missing.get(textOf(file))?.slots.set(countOf(slot), sums);
    addTo(total, countOf(slot), sums);
  }
  for (const { key, slots } of missing.values()) cache.put(key, slots);
}

/**
 * Sessions by time. Seconds and minutes are counted from 1970; hours, days, weeks (from Monday) and months follow the
 * zone's calendar, several hours from local midnight.
 */
export async function histogram(
  engine: Engine, plan: QueryPlan, request: HistogramRequest, context: ReadContext, cache: HistogramCache, fileOf: (path: string) => string,
): Promise<HistogramResult> {
  const { unit, count } = request.interval;
  requireInterval(request);
  const width = unit === "second" ? SECOND_MS * count : unit === "minute" ? MINUTE_MS * count : SLOT_MS;
  // Its library is large, and a process that only writes segments never asks.
  const calendar = unit === "second" || unit === "minute" ? null : { unit, ...(await import("../calendar.js")) };
  const total = new Map<number, number[]>();
  const slots: Slots = { engine, context, on: request.on, width };
  const { whole, rest } = plan.wholeSegments();
  await addWhole(total, whole, cache, fileOf, slots);
  await addFiltered(total, rest, slots);

  const columns = request.metrics.map((metric) => METRICS.indexOf(metric));
  const startsMs: number[] = [];
  const values: number[][] = request.metrics.map(() => []);
  let bucket = { start: -Infinity, end: -Infinity };
  for (const [slot, sums] of [...total].sort(([a], [b]) => a - b)) {
    const ms = slot * width;
    if (ms >= bucket.end) {
      bucket = calendar !== null ? calendar.calendarBucket(ms, calendar.unit, count, request.timeZone) : { start: ms, end: ms + width };
      startsMs.push(bucket.start);
      for (const series of values) series.push(0);
    }
    columns.forEach((column, at) => {
      const series = values[at];
      if (series !== undefined) series[series.length - 1] = (series.at(-1) ?? 0) + (sums[column] ?? 0);
    });
  }
  if (startsMs.length > MAX_HISTOGRAM_BUCKETS) throw tooManyBuckets();
  return { startsMs, values };
}
