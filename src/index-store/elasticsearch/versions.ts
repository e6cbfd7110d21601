import type { VersionedRow } from "../../native/types.js";
import { idTimeMs } from "../row-id.js";
import { itemError, itemFailure } from "./cluster-errors.js";
import { WHOLE, type Cluster, type RequestLimits } from "./cluster.js";
import type { IndexList } from "./index-list.js";
import type { IndexPeriod } from "./index-names.js";
import { at, isObject, listOf, numberOf, textOf } from "./json.js";
import { LONGEST_PATH } from "./query.js";
import { refreshWhole } from "./refresh.js";

/** Rows whose versions are looked up at once. */
const BATCH = 1_000;
/** Milliseconds for the look-up and deletion of hidden versions. */
export const VERSIONS_MS = 120_000;
/** Copies that one look gives. */
const PAGE = 10_000;

/** A version of a row that is to go. */
interface Copy {
  readonly index: string;
  readonly id: string;
}

/**
 * Deletes the versions of rows that another one hides. In one index the cluster itself keeps the highest; an open row of
 * one day and its final one of the next lie in two. Of equal versions the one shipped now stays. Throws when the cluster did not
 * delete one, with `details.index` where its index takes no writes: then all of it is to be done again.
 */
export async function dropSuperseded(cluster: Cluster, indices: IndexList, rows: readonly VersionedRow[], limits: RequestLimits): Promise<void> {
  const newest = new Map<string, VersionedRow>();
  for (const row of rows) if ((newest.get(row.id)?.version ?? -1) <= row.version) newest.set(row.id, row);
  indices.forget();
  const existing = await indices.list();
  const elsewhere = [...newest.values()].filter((row) => existing.some((period) => period.index !== row.index && period.endMs > idTimeMs(row.id)));
  for (let from = 0; from < elsewhere.length; from += BATCH) {
    const batch = elsewhere.slice(from, from + BATCH);
    await dropOf(cluster, namesOf(batch, existing) ?? indices.pattern, batch, limits);
  }
}

/**
 * Names of the indices that versions of the rows can be in, so that an older one that is closed or lacks a shard holds up none of them; null
 * when they are too many to be named. Each is a pattern: one that expires meanwhile is no error.
 */
function namesOf(rows: readonly VersionedRow[], existing: readonly IndexPeriod[]): string | null {
  const oldestMs = Math.min(...rows.map(({ id }) => idTimeMs(id)));
  // Where the clock was set back a row's own index is before the time of its id.
  const own = new Set(rows.map(({ index }) => index));
  const names = existing.filter(({ index, endMs }) => endMs > oldestMs || own.has(index)).map(({ index }) => `${index}*`).join(",");
  return names.length > LONGEST_PATH ? null : names;
}

async function dropOf(cluster: Cluster, places: string, rows: readonly VersionedRow[], limits: RequestLimits): Promise<void> {
  await refreshWhole(cluster, places, limits);
  const byId = new Map(rows.map((row) => [row.id, row]));
  // A row has few versions in few indices; more than a page of them come with the next round.
  for (let again = true; again;) {
    const answer = await cluster.request({
      method: "POST", path: `/${places}/_search`, query: WHOLE,
      body: { size: PAGE, query: { ids: { values: [...byId.keys()] } }, _source: ["lookback.rowVersion"], track_total_hits: false },
    }, limits);
    const hits = listOf(at(answer, "hits", "hits"));
    const copies = new Map<string, { readonly index: string; readonly version: number }[]>();
    for (const hit of hits) {
      const id = textOf(at(hit, "_id"));
      copies.set(id, [...(copies.get(id) ?? []), { index: textOf(at(hit, "_index")), version: numberOf(at(hit, "_source", "lookback", "rowVersion")) }]);
    }
    const hidden: Copy[] = [];
    for (const [id, found] of copies) {
      const own = byId.get(id)?.index;
      const [keep, ...rest] = found.toSorted((a, b) => b.version - a.version || Number(b.index === own) - Number(a.index === own));
      if (keep === undefined) continue;
      for (const { index } of rest) hidden.push({ index, id });
    }
    again = hits.length >= PAGE && hidden.length > 0;
    if (hidden.length > 0) await deleteCopies(cluster, hidden, limits);
  }
}

async function deleteCopies(cluster: Cluster, copies: readonly Copy[], limits: RequestLimits): Promise<void> {
  const lines = copies.map(({ index, id }) => `${JSON.stringify({ delete: { _index: index, _id: id } })}\n`).join("");
  const answer = await cluster.request({ method: "POST", path: "/_bulk", query: { refresh: true }, lines: Buffer.from(lines) }, limits);
  for (const [position, item] of listOf(at(answer, "items")).entries()) {
    const failure = itemFailure(isObject(item) ? Object.values(item)[0] : undefined);
    // One that is gone is deleted.
    if (failure !== null && failure.status !== 404) throw itemError(failure, copies[position]?.index ?? "", cluster.shown);
  }
}
