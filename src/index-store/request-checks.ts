import { LookbackError } from "../base/errors.js";
import type { Field } from "../model/field.js";
import type { ConnectionsRequest, HistogramRequest, SearchRequest, StatsRequest, TermsRequest } from "./index-store.js";
import { isRowId } from "./row-id.js";

/** Largest page. */
export const MAX_PAGE = 2_000;
/** Largest number of buckets or links. */
export const MAX_BUCKETS = 10_000;
/** Most buckets of one histogram. */
export const MAX_HISTOGRAM_BUCKETS = 100_000;
/** Most units of one interval. */
const MAX_INTERVAL = 10_000;
const MAX_PERCENTILES = 20;
/** Tags of one change. */
const MAX_TAGS = 100;
/** Fields of one cross-tab. */
const MAX_DIMENSIONS = 4;

function requireSize(name: string, given: number, least: number, most: number): void {
  if (Number.isInteger(given) && given >= least && given <= most) return;
  throw new LookbackError("LIMIT_EXCEEDED", `${name} must be ${least} to ${most}, not ${given}`, { limit: most, given });
}

/** Throws LIMIT_EXCEEDED for a page that is none or too large. */
export function requirePage({ limit }: Pick<SearchRequest, "limit">): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE) return;
  throw new LookbackError("LIMIT_EXCEEDED", `a page has 1 to ${MAX_PAGE} sessions, not ${limit}`, { limit: MAX_PAGE, given: limit });
}

/** Throws LIMIT_EXCEEDED for too many buckets or fields, or none. */
export function requireTerms({ size, fields }: Pick<TermsRequest, "size" | "fields">): void {
  requireSize("size", size, 1, MAX_BUCKETS);
  requireSize("the number of fields", fields.length, 1, MAX_DIMENSIONS);
}

/** Throws LIMIT_EXCEEDED for too many links, or none. */
export function requireLinks({ limit }: Pick<ConnectionsRequest, "limit">): void {
  requireSize("limit", limit, 1, MAX_BUCKETS);
}

/** Throws LIMIT_EXCEEDED for an interval that is none, BAD_INPUT for a zone that is none. */
export function requireInterval({ interval, timeZone }: Pick<HistogramRequest, "interval" | "timeZone">): void {
  requireSize("the interval", interval.count, 1, MAX_INTERVAL);
  if (!isTimeZone(timeZone)) throw new LookbackError("BAD_INPUT", `"${timeZone}" is no IANA time zone`, { given: timeZone });
}

function isTimeZone(name: string): boolean {
  try {
    return name !== "" && new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** Throws LIMIT_EXCEEDED for too many percentiles, BAD_INPUT for one that is none. */
export function requirePercentiles({ percentiles }: Pick<StatsRequest, "percentiles">): void {
  requireSize("the number of percentiles", percentiles.length, 0, MAX_PERCENTILES);
  for (const percent of percentiles) {
    if (!(percent >= 0 && percent <= 100)) throw new LookbackError("BAD_INPUT", `a percentile is 0 to 100, not ${percent}`, { given: percent });
  }
}

/** Throws BAD_INPUT for a field that holds no numbers. */
export function requireNumbers(field: Field): void {
  if (field.kind === "integer" || field.kind === "float" || field.kind === "seconds") return;
  throw new LookbackError("BAD_INPUT", `${field.expression || field.path} holds no numbers`, { field: field.path, kind: field.kind });
}

/** The error about a histogram whose interval is too narrow for its range. */
export function tooManyBuckets(): LookbackError {
  return new LookbackError("LIMIT_EXCEEDED", `more than ${MAX_HISTOGRAM_BUCKETS} buckets; use a wider interval`, { limit: MAX_HISTOGRAM_BUCKETS });
}

/** Throws LIMIT_EXCEEDED for too many tags at once, BAD_INPUT for what is no id. */
export function requireTags(ids: readonly string[], add: readonly string[], remove: readonly string[]): void {
  const given = add.length + remove.length;
  if (given > MAX_TAGS) throw new LookbackError("LIMIT_EXCEEDED", `at most ${MAX_TAGS} tags change at once`, { limit: MAX_TAGS, given });
  const unknown = ids.find((id) => !isRowId(id));
  if (unknown !== undefined) throw new LookbackError("BAD_INPUT", `"${unknown}" is no session id`, { given: unknown });
}
