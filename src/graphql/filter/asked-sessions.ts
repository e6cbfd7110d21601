import type { AuditEntry } from "../../access/user.js";
import { parseFilter } from "../../query/filter.js";
import type { SearchArgs } from "./search.args.js";

/** What was asked for as one search expression, or in words where it was by ids. */
export function queryText(ids: readonly string[] | null | undefined, { expression, filter }: SearchArgs): string {
  if (ids !== null && ids !== undefined) return `${ids.length} session${ids.length === 1 ? "" : "s"} by id`;
  const texts = [expression?.trim() ?? "", filter === null || filter === undefined ? "" : parseFilter(filter).text].filter((text) => text !== "");
  return texts.length < 2 ? (texts[0] ?? "") : texts.map((text) => `(${text})`).join(" && ");
}

/** Which sessions were asked for, as an audit entry says it: the search with its time range, or the ids. The log keeps the beginning of long texts. */
export function askedSessions(ids: readonly string[] | null | undefined, search: SearchArgs): AuditEntry["details"] {
  const { timeRange } = search;
  return {
    query: queryText(ids, search),
    ...(timeRange === null || timeRange === undefined ? {} : { timeRange: JSON.stringify(timeRange) }),
    ...(ids === null || ids === undefined ? {} : { ids: ids.join(" ") }),
  };
}
