import { LookbackError } from "../../base/errors.js";
import { itemError, itemFailure } from "./cluster-errors.js";
import type { Cluster } from "./cluster.js";
import { at, isObject, listOf, numberOf } from "./json.js";

/** A row that the cluster refused for good. */
export interface DeadRow {
  readonly status: number;
  readonly type: string;
  readonly reason: string;
  /** Its action and its document, each a line of JSON. */
  readonly action: string;
  readonly document: string;
}

/** What became of the rows of one request. */
export interface BulkOutcome {
  readonly written: number;
  /** Rows that were there already, in this version or a later one. */
  readonly repeated: number;
  readonly dead: readonly DeadRow[];
  /** Lines of the rows that the cluster had no room for now, or null. */
  readonly again: Buffer | null;
  /** Why they must be sent again. */
  readonly cause: LookbackError | null;
}

/** Milliseconds that one request may take. */
const TIMEOUT_MS = 120_000;
/** How long the cluster waits for a shard that is not there. */
const SHARD_WAIT = "5s";
/** What of an answer is read: nothing of a row that went well. */
const FILTER = "took,errors,items.*.status,items.*.error";
/** Statuses of a row that may go well later. */
const PASSING = new Set([429, 502, 503, 504]);
/**
 * Types of errors that say nothing of a row: its index is closed, is not there and may not be made (`validation_exception`: there are too
 * many shards), or this user may not write to it. Somebody opens it, makes room or gives the right.
 */
const OF_THE_INDEX = new Set(["index_closed_exception", "index_not_found_exception", "validation_exception", "security_exception"]);

/** Whether a row that failed so may go well later by itself. */
export function mayPassLater(status: number, type: string): boolean {
  return PASSING.has(status) || type === "cluster_block_exception";
}

/** Start and end of each row's two lines. */
function rowsOf(lines: Buffer): readonly { readonly start: number; readonly middle: number; readonly end: number }[] {
  const rows: { start: number; middle: number; end: number }[] = [];
  for (let start = 0; start < lines.length;) {
    const middle = lines.indexOf(10, start) + 1;
    const end = lines.indexOf(10, middle) + 1;
    if (middle <= 0 || end <= 0) break;
    rows.push({ start, middle, end });
    start = end;
  }
  return rows;
}

/** Sends the lines of one request and sorts out what became of each row. Throws when the request as a whole failed. */
export async function sendBulk(cluster: Cluster, lines: Buffer, signal: AbortSignal | null): Promise<BulkOutcome> {
  const answer = await cluster.request({ method: "POST", path: "/_bulk", query: { filter_path: FILTER, timeout: SHARD_WAIT }, lines }, { signal, timeoutMs: TIMEOUT_MS });
  const items = listOf(at(answer, "items"));
  if (at(answer, "errors") !== true) return { written: items.length, repeated: 0, dead: [], again: null, cause: null };
  const rows = rowsOf(lines);
  if (rows.length !== items.length) throw new LookbackError("INTERNAL", `a bulk request of ${rows.length} rows was answered for ${items.length}`);
  let written = 0;
  let repeated = 0;
  const dead: DeadRow[] = [];
  const again: Buffer[] = [];
  let cause: LookbackError | null = null;
  items.forEach((item, position) => {
    const row = rows[position];
    const result = isObject(item) ? Object.values(item)[0] : undefined;
    const status = numberOf(at(result, "status"));
    const failure = itemFailure(result);
    if (row === undefined) return;
    if (failure === null) written += 1;
    else if (status === 409) repeated += 1;
    else if (mayPassLater(status, failure.type) || OF_THE_INDEX.has(failure.type)) {
      again.push(lines.subarray(row.start, row.end));
      cause ??= itemError(failure, indexOf(lines, row), cluster.shown);
    } else {
      dead.push({ status, type: failure.type, reason: failure.reason, action: lines.toString("utf8", row.start, row.middle - 1), document: lines.toString("utf8", row.middle, row.end - 1) });
    }
  });
  return { written, repeated, dead, again: again.length === 0 ? null : Buffer.concat(again), cause };
}

/** The index that the action of a row names. */
function indexOf(lines: Buffer, { start, middle }: { readonly start: number; readonly middle: number }): string {
  return /"_index":"([^"]+)"/.exec(lines.toString("utf8", start, middle))?.[1] ?? "";
}
