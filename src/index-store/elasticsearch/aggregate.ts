import type { Field } from "../../model/field.js";
import type { FieldValue } from "../../model/session.js";
import type { CardinalityResult, ConnectionsRequest, ConnectionsResult, Metric, StatsRequest, StatsResult, TermsRequest, TermsResult } from "../index-store.js";
import { requireLinks, requireNumbers, requirePercentiles, requireTerms } from "../request-checks.js";
import { compareKeys, everyCombination, keyOf, METRIC_PATHS } from "./combinations.js";
import { at, listOf, numberOf, numberOrNull, type JsonObject } from "./json.js";
import { indexedPath } from "./mapping.js";
import type { Read } from "./reads.js";

/** Buckets that each shard hands up beyond those asked for: the more, the surer the order. */
const LEAST_SHARD_BUCKETS = 1_000;
/** Values up to which distinct values are counted one by one; the most that a cluster takes. */
const PRECISION = 40_000;
/** Relative error of a count of distinct values, three standard deviations at that precision. */
const RELATIVE_ERROR = 0.01;
/** Centroids of percentiles; the cluster's own default is 100. */
const COMPRESSION = 1_000;

const sumOf = (metric: Exclude<Metric, "sessions">): JsonObject => ({ sum: { field: METRIC_PATHS[metric] } });

/** Whether a session has one value of the field at most. */
function isSingle(field: Field): boolean {
  return field.object === "" && (field.shape === "one" || field.countOf !== null);
}

export async function terms(read: Read, request: TermsRequest): Promise<TermsResult> {
  requireTerms(request);
  for (const field of request.fields) read.query.requireVisible(field);
  if (read.query.indices === null) return { buckets: [], otherValue: 0, errorBound: 0 };
  const [field] = request.fields;
  if (field !== undefined && request.fields.length === 1) {
    const quick = await termsOfOne(read, request, field);
    if (quick !== null) return quick;
  }
  return termsOfAll(read, request);
}

/** One aggregation of the cluster: exact, or with its bound stated. Null when it can state none. */
async function termsOfOne(read: Read, { size, metric }: TermsRequest, field: Field): Promise<TermsResult | null> {
  const path = indexedPath(field);
  const measured = metric !== "sessions";
  const answer = await read.search({
    size: 0, query: read.query.body, track_total_hits: false,
    aggs: {
      values: {
        terms: { field: path, size, shard_size: Math.max(2 * size, LEAST_SHARD_BUCKETS), order: [{ [measured ? "value" : "_count"]: "desc" }, { _key: "asc" }] },
        ...(measured ? { aggs: { value: sumOf(metric) } } : {}),
      },
      ...(measured && isSingle(field) ? { present: { filter: { exists: { field: path } }, aggs: { value: sumOf(metric) } } } : {}),
    },
  });
  const values = at(answer, "aggregations", "values");
  const buckets = listOf(at(values, "buckets")).map((bucket) => ({
    keys: [keyOf(bucket, field)], sessions: numberOf(at(bucket, "doc_count")), value: measured ? numberOf(at(bucket, "value", "value")) : numberOf(at(bucket, "doc_count")),
  }));
  const others = numberOf(at(values, "sum_other_doc_count"));
  const bound = numberOf(at(values, "doc_count_error_upper_bound"));
  if (!measured) return { buckets, otherValue: others, errorBound: bound };
  if (others === 0) return { buckets, otherValue: 0, errorBound: 0 };
  // Ordered by a sum, only one shard's order is sure; and the rest of a field of many values cannot be told from here.
  if (numberOf(at(answer, "_shards", "total")) > 1 || !isSingle(field)) return null;
  const shown = buckets.reduce((sum, { value }) => sum + value, 0);
  return { buckets, otherValue: numberOf(at(answer, "aggregations", "present", "value", "value")) - shown, errorBound: 0 };
}

/** Every combination of values, walked through: exact, however many there are. */
async function termsOfAll(read: Read, { fields, metric, size }: TermsRequest): Promise<TermsResult> {
  const metrics = metric === "sessions" ? [] : [metric];
  const top = new Top<TermsResult["buckets"][number]>(size, (a, b) => b.value - a.value || compareKeys(a.keys, b.keys, fields));
  let total = 0;
  for await (const { keys, sessions, values } of everyCombination(read, fields, metrics)) {
    const value = metric === "sessions" ? sessions : (values[0] ?? 0);
    total += value;
    top.add({ keys, sessions, value });
  }
  const buckets = top.first();
  return { buckets, otherValue: total - buckets.reduce((sum, { value }) => sum + value, 0), errorBound: 0 };
}

/** The first few of very many in an order; holds some times as many as it gives. */
class Top<T> {
  readonly #size: number;
  readonly #order: (a: T, b: T) => number;
  #held: T[] = [];

  constructor(size: number, order: (a: T, b: T) => number) {
    this.#size = size;
    this.#order = order;
  }

  add(item: T): void {
    this.#held.push(item);
    if (this.#held.length > 4 * this.#size + 1_000) this.#held = this.#held.sort(this.#order).slice(0, this.#size);
  }

  first(): readonly T[] {
    return this.#held.sort(this.#order).slice(0, this.#size);
  }
}

export async function stats(read: Read, { field, percentiles }: StatsRequest): Promise<StatsResult> {
  requirePercentiles({ percentiles });
  read.query.requireVisible(field);
  requireNumbers(field);
  const none = percentiles.map((percent) => ({ percent, value: null }));
  if (read.query.indices === null) return { count: 0, min: null, max: null, sum: 0, average: null, percentiles: none };
  const path = indexedPath(field);
  const answer = await read.search({
    size: 0, query: read.query.body, track_total_hits: false,
    aggs: {
      numbers: { stats: { field: path } },
      ...(percentiles.length === 0 ? {} : { percentiles: { percentiles: { field: path, percents: percentiles, keyed: false, tdigest: { compression: COMPRESSION } } } }),
    },
  });
  const numbers = at(answer, "aggregations", "numbers");
  const found = listOf(at(answer, "aggregations", "percentiles", "values"));
  const [least, most] = [numberOrNull(at(numbers, "min")), numberOrNull(at(numbers, "max"))];
  return {
    count: numberOf(at(numbers, "count")), min: least, max: most, sum: numberOf(at(numbers, "sum")), average: numberOrNull(at(numbers, "avg")),
    percentiles: percentiles.map((percent) => {
      // The ends are known exactly.
      if (percent === 0 || percent === 100) return { percent, value: percent === 0 ? least : most };
      return { percent, value: numberOrNull(at(found.find((one) => at(one, "key") === percent), "value")) };
    }),
  };
}

export async function cardinality(read: Read, field: Field): Promise<CardinalityResult> {
  read.query.requireVisible(field);
  if (read.query.indices === null) return { value: 0, relativeError: 0 };
  const answer = await read.search({
    size: 0, query: read.query.body, track_total_hits: false, aggs: { values: { cardinality: { field: indexedPath(field), precision_threshold: PRECISION } } },
  });
  const value = numberOf(at(answer, "aggregations", "values", "value"));
  return { value, relativeError: value === 0 ? 0 : RELATIVE_ERROR };
}

export async function connections(read: Read, request: ConnectionsRequest): Promise<ConnectionsResult> {
  requireLinks(request);
  const fields = [request.sourceField, request.destinationField];
  for (const field of fields) read.query.requireVisible(field);
  if (read.query.indices === null) return { links: [], truncated: false };
  const least = Math.max(1, request.minimumSessions);
  const top = new Top<{ readonly keys: readonly FieldValue[]; readonly sessions: number; readonly values: readonly number[] }>(
    request.limit + 1, (a, b) => b.sessions - a.sessions || compareKeys(a.keys, b.keys, fields));
  for await (const combination of everyCombination(read, fields, ["packets", "bytes", "databytes"])) {
    if (combination.sessions >= least) top.add(combination);
  }
  const found = top.first();
  const links = found.slice(0, request.limit).map(({ keys: [source, destination], sessions, values: [packets = 0, bytes = 0, databytes = 0] }) => ({
    source: String(source), destination: String(destination), sessions, packets, bytes, databytes,
  }));
  return { links, truncated: found.length > request.limit };
}
