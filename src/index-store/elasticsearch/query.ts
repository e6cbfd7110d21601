import { DAY_MS } from "../../base/utc-day.js";
import type { CheckedExpression } from "../../model/checked-expression.js";
import type { Field } from "../../model/field.js";
import type { TimeRange } from "../../model/time-range.js";
import { mergeTests } from "../../query/merge-tests.js";
import type { ReadContext, SessionFilter } from "../index-store.js";
import { hiddenField, isHidden } from "../visibility.js";
import type { IndexPeriod } from "./index-names.js";
import type { JsonObject } from "./json.js";
import { every, translate, wholeRange, type Translation } from "./translate.js";

/** Longest list of names in a request's path; a cluster takes 4,096 bytes of a first line by default. */
export const LONGEST_PATH = 3_000;

/** A filter as a query, and the indices that can hold rows of it. */
export class SessionQuery {
  /** Names for the path of a request; null when no index can hold a row. */
  readonly indices: string | null;
  readonly #filter: SessionFilter;
  readonly #context: ReadContext;
  readonly #places: Pick<Translation, "goneFiles" | "ownNodes" | "portOf">;

  constructor(filter: SessionFilter, context: ReadContext, existing: readonly IndexPeriod[], places: Pick<Translation, "goneFiles" | "ownNodes" | "portOf">) {
    this.#filter = filter;
    this.#context = context;
    this.#places = places;
    const touched = existing.filter((period) => mayHold(period, filter.range) && mayHold(period, { startMs: context.scope.oldestMs, endMs: null, bounding: "last" }));
    this.indices = touched.length === 0 ? null : pathOf(touched, existing);
  }

  /** Refuses a field that the reader may not see. Throws FORBIDDEN. */
  requireVisible(field: Field): void {
    if (!this.maySee(field)) throw hiddenField(field);
  }

  maySee(field: Field): boolean {
    return !isHidden(field, this.#context.scope.hiddenFields);
  }

  /** The filter, the range and the reader's scope as one query. */
  get body(): JsonObject {
    const { scope } = this.#context;
    const translation: Translation = { mayRead: (field) => this.maySee(field), ...this.#places };
    const clauses = [...rangeTests(this.#filter.range)];
    if (scope.oldestMs !== null) clauses.push(wholeRange("lastPacket", Math.ceil(scope.oldestMs), Infinity));
    if (this.#filter.expression.node !== "everything") clauses.push(translate(mergeTests(this.#filter.expression), translation));
    // What an administrator forces may use any field.
    if (scope.forcedExpression !== null) clauses.push(translate(mergeTests(scope.forcedExpression), { ...translation, mayRead: () => true }));
    return every(clauses);
  }

  /** The same reader over other sessions. */
  get scopeOnly(): SessionFilter {
    const everything: CheckedExpression = { node: "everything" };
    return { expression: everything, range: { startMs: null, endMs: null, bounding: "last" } };
  }
}

/** How far a clock may be set back while a session is open, for its rows to be found by the first packet. Older indices, which may be closed, are left out. */
const SET_BACK_MS = 2 * DAY_MS;

/**
 * Whether an index can hold rows of a range: rows lie in the index of their last packet. Their first may be stamped earlier, or later
 * where a clock was set back meanwhile.
 */
function mayHold(period: IndexPeriod, { startMs, endMs, bounding }: TimeRange): boolean {
  const startIsOfLast = bounding === "last" || bounding === "either";
  const endIsOfLast = bounding === "last" || bounding === "both";
  return (startMs === null || period.endMs > startMs - (startIsOfLast ? 0 : SET_BACK_MS)) && (endMs === null || !endIsOfLast || period.startMs <= endMs);
}

/** Names joined for a path. When they would be too long, indices that stand close together are named by a common start. */
function pathOf(touched: readonly IndexPeriod[], existing: readonly IndexPeriod[]): string {
  const names = touched.map(({ index }) => index);
  const joined = names.join(",");
  if (joined.length <= LONGEST_PATH) return joined;
  // A name's last characters are its day, then its month: patterns may name more than is touched, never less.
  for (let cut = 2; cut <= 6; cut += 2) {
    const patterns = [...new Set(names.map((name) => `${name.slice(0, Math.max(0, name.length - cut))}*`))].join(",");
    if (patterns.length <= LONGEST_PATH) return patterns;
  }
  const [first = ""] = existing.map(({ index }) => index);
  return `${first.slice(0, first.lastIndexOf("-") + 1)}*`;
}

function rangeTests({ startMs, endMs, bounding }: TimeRange): readonly JsonObject[] {
  const low = startMs === null ? -Infinity : Math.ceil(startMs);
  const high = endMs === null ? Infinity : Math.floor(endMs);
  const test = (path: string, from: number, to: number): readonly JsonObject[] => (from === -Infinity && to === Infinity ? [] : [wholeRange(path, from, to)]);
  switch (bounding) {
    case "first":
      return test("firstPacket", low, high);
    case "last":
      return test("lastPacket", low, high);
    case "both":
      return [...test("firstPacket", low, Infinity), ...test("lastPacket", -Infinity, high)];
    case "either":
      return [...test("firstPacket", -Infinity, high), ...test("lastPacket", low, Infinity)];
  }
}
