import { LookbackError } from "../../base/errors.js";
import type { SessionFilter } from "../../index-store/index-store.js";
import type { CheckedExpression } from "../../model/checked-expression.js";
import { ALL_TIME, type TimeRange } from "../../model/time-range.js";
import { parseFilter } from "../../query/filter.js";
import { boundedList } from "../bounded.js";
import type { RequestContext } from "../context.js";
import { LIMITS } from "../limits.js";
import type { SearchArgs, TimeRangeInput } from "./search.args.js";

/** A session's id as every answer prints it. */
const SESSION_ID = /^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/i;

function conjunction(items: readonly CheckedExpression[]): CheckedExpression {
  const real = items.filter((item) => item.node !== "everything");
  const [first] = real;
  if (first === undefined) return { node: "everything" };
  return real.length === 1 ? first : { node: "and", items: real };
}

/** The range of an argument; left out: all time. TIME_RANGE_INVALID when it ends before it starts. */
export function timeRangeOf(input: TimeRangeInput | null | undefined): TimeRange {
  if (input === null || input === undefined) return ALL_TIME;
  const startMs = input.start ?? null;
  const endMs = input.end ?? null;
  if (startMs !== null && endMs !== null && startMs > endMs) {
    throw new LookbackError("TIME_RANGE_INVALID", `the range starts at ${new Date(startMs).toISOString()}, after its end ${new Date(endMs).toISOString()}`);
  }
  return { startMs, endMs, bounding: input.bounding };
}

/** The sessions that search arguments mean, checked for this user. */
export function sessionFilterOf(args: SearchArgs, context: RequestContext): SessionFilter {
  const items: CheckedExpression[] = [];
  if (typeof args.expression === "string" && args.expression.trim() !== "") items.push(context.compile(args.expression));
  if (args.filter !== null && args.filter !== undefined) items.push(context.compile(parseFilter(args.filter)));
  return { expression: conjunction(items), range: timeRangeOf(args.timeRange) };
}

/** A session id in the spelling of answers, also when it is given without hyphens. NOT_FOUND for text that cannot be one. */
export function sessionId(text: string): string {
  const groups = SESSION_ID.exec(text);
  if (groups !== null) return groups.slice(1).join("-").toLowerCase();
  throw new LookbackError("NOT_FOUND", `there is no session ${JSON.stringify(text.slice(0, 60))}`);
}

/** The sessions of ids, or of search arguments; never both, never neither. */
export function chosenSessions(ids: readonly string[] | null | undefined, args: SearchArgs, context: RequestContext): SessionFilter {
  const bySearch = (typeof args.expression === "string" && args.expression.trim() !== "") || (args.filter ?? null) !== null || (args.timeRange ?? null) !== null;
  if (ids === null || ids === undefined) {
    if (!bySearch) throw new LookbackError("BAD_INPUT", "name the sessions: by ids, or by expression, filter or timeRange");
    return sessionFilterOf(args, context);
  }
  if (bySearch) throw new LookbackError("BAD_INPUT", "name the sessions by ids or by a search, not both");
  return { expression: { node: "ids", ids: boundedList("ids", ids, LIMITS.idsPerRequest).map(sessionId) }, range: ALL_TIME };
}
