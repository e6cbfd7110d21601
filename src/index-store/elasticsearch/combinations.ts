import { LookbackError } from "../../base/errors.js";
import type { Field } from "../../model/field.js";
import type { FieldValue } from "../../model/session.js";
import type { Metric } from "../index-store.js";
import { addressBytes } from "../stored-row.js";
import { at, isObject, listOf, numberOf, type Json, type JsonObject } from "./json.js";
import { indexedPath } from "./mapping.js";
import type { PointInTime, Read } from "./reads.js";

/** What a metric adds up. */
export const METRIC_PATHS: Readonly<Record<Exclude<Metric, "sessions">, string>> = { packets: "network.packets", bytes: "network.bytes", databytes: "totDataBytes" };
/** Combinations that one request gives. */
const PAGE = 10_000;
/** Values that a field of numbers with many values may have beside other fields. */
const MAX_INNER = 10_000;

/** One combination of values and what its sessions add up to. */
export interface Combination {
  readonly keys: readonly FieldValue[];
  readonly sessions: number;
  /** One for each metric asked for. */
  readonly values: readonly number[];
}

function plain(key: Json, field: Field): FieldValue {
  if (field.kind === "boolean") return key === true || key === 1 || key === "true";
  return typeof key === "string" || typeof key === "number" || typeof key === "boolean" ? key : null;
}

/** The value of a bucket of one field. */
export function keyOf(bucket: Json, field: Field): FieldValue {
  return plain(at(bucket, "key"), field);
}

/** The order of keys: numbers by size, addresses and texts by their bytes. */
export function compareKeys(a: readonly FieldValue[], b: readonly FieldValue[], fields: readonly Field[]): number {
  for (const [position, field] of fields.entries()) {
    const [one, other] = [a[position] ?? null, b[position] ?? null];
    if (one === other) continue;
    if (typeof one === "number" && typeof other === "number") return one - other;
    if (typeof one === "boolean" || typeof other === "boolean") return Number(one) - Number(other);
    const bytes = field.kind === "ip" ? addressBytes : textBytes;
    const order = Buffer.compare(bytes(String(one)), bytes(String(other)));
    if (order !== 0) return order;
  }
  return 0;
}

const textBytes = (text: string): Buffer => Buffer.from(text, "utf8");

/** Whether a session may hold a number twice: the cluster's walk over combinations would count it twice. */
function repeats(field: Field): boolean {
  const number = field.kind === "integer" || field.kind === "float" || field.kind === "seconds" || field.kind === "boolean";
  return number && (field.object !== "" || (field.shape === "list" && field.countOf === null));
}

/** A field at its place among those of a combination: the same one may stand at several. */
interface Place {
  readonly position: number;
  readonly field: Field;
}

/**
 * Every combination of the distinct values that sessions have of the fields, walked in pages over one point in time, so
 * that none is missed and none counted twice while rows are added. A `shared` point stays open for whoever opened it.
 */
export async function* everyCombination(
  read: Read, fields: readonly Field[], metrics: readonly Exclude<Metric, "sessions">[], shared: PointInTime | null = null,
): AsyncGenerator<Combination> {
  const places = fields.map((field, position): Place => ({ position, field }));
  const walked = places.filter(({ field }) => !repeats(field));
  const nested = places.filter(({ field }) => repeats(field));
  const sums = Object.fromEntries(metrics.map((metric) => [metric, { sum: { field: METRIC_PATHS[metric] } }]));
  const inner = innermost(nested, sums);
  const point = shared ?? await read.point();
  if (point === null) return;
  try {
    if (walked.length === 0) {
      const answer = await read.searchAt(point, { size: 0, query: read.query.body, track_total_hits: false, aggs: inner });
      yield* nestedCombinations(at(answer, "aggregations"), new Map(), fields.length, nested, metrics);
      return;
    }
    const sources = walked.map(({ field, position }) => ({ [`k${position}`]: { terms: { field: indexedPath(field) } } }));
    for (let after: JsonObject | null = null; ;) {
      const answer: Json = await read.searchAt(point, {
        size: 0, query: read.query.body, track_total_hits: false,
        aggs: { pairs: { composite: { size: nested.length === 0 ? PAGE : PAGE / 10, sources, ...(after === null ? {} : { after }) }, ...(Object.keys(inner).length === 0 ? {} : { aggs: inner }) } },
      });
      for (const bucket of listOf(at(answer, "aggregations", "pairs", "buckets"))) {
        const keys = new Map(walked.map(({ field, position }) => [position, plain(at(bucket, "key", `k${position}`), field)]));
        yield* nestedCombinations(bucket, keys, fields.length, nested, metrics);
      }
      const next: Json = at(answer, "aggregations", "pairs", "after_key");
      if (!isObject(next)) return;
      after = next;
    }
  } finally {
    if (shared === null) await point.close();
  }
}

function innermost(nested: readonly Place[], sums: JsonObject): JsonObject {
  return nested.reduceRight<JsonObject>((aggs, { field }) => ({
    inner: { terms: { field: indexedPath(field), size: MAX_INNER }, ...(Object.keys(aggs).length === 0 ? {} : { aggs }) },
  }), sums);
}

function* nestedCombinations(
  bucket: Json, keys: ReadonlyMap<number, FieldValue>, count: number, nested: readonly Place[], metrics: readonly Exclude<Metric, "sessions">[],
): Generator<Combination> {
  const [place, ...rest] = nested;
  if (place === undefined) {
    yield {
      keys: Array.from({ length: count }, (_, position) => keys.get(position) ?? null), sessions: numberOf(at(bucket, "doc_count")), values: metrics.map((metric) => numberOf(at(bucket, metric, "value"))),
    };
    return;
  }
  const { field, position } = place;
  if (numberOf(at(bucket, "inner", "sum_other_doc_count")) > 0) {
    throw new LookbackError("LIMIT_EXCEEDED", `${field.expression || field.path} has more than ${MAX_INNER} values here; narrow the filter`, { limit: MAX_INNER, field: field.path });
  }
  for (const one of listOf(at(bucket, "inner", "buckets"))) yield* nestedCombinations(one, new Map([...keys, [position, keyOf(one, field)]]), count, rest, metrics);
}
