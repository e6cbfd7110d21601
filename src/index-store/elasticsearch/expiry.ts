import { LookbackError } from "../../base/errors.js";
import { WHOLE, type Cluster, type RequestLimits } from "./cluster.js";
import { at, listOf, numberOf, textOf, type JsonObject } from "./json.js";
import { refreshWhole } from "./refresh.js";

/** Deletes an index; when some of its rows are kept, all its other rows. `kept` says their ids at the moment. */
export async function expireIndex(cluster: Cluster, index: string, kept: () => readonly string[], limits: RequestLimits): Promise<void> {
  for (let ids = kept(); ; ) {
    const query = { ids: { values: ids } };
    // An index of which a shard is missing may hold kept rows that nobody sees: then the count fails, and it stays.
    const isEmptied = ids.length === 0 || (await countWhole(cluster, index, query, limits)) === 0;
    const [before, now] = [new Set(ids), kept()];
    ids = now;
    // Some were held while the cluster counted.
    if (!now.every((id) => before.has(id))) continue;
    if (isEmptied) await cluster.request({ method: "DELETE", path: `/${index}`, ignore: [404] }, limits);
    else await deleteRows(cluster, index, { bool: { must_not: [query] } }, limits);
    return;
  }
}

/** Rows of indices that match now, whichever were written a moment ago. Throws CLUSTER_BUSY when a shard is missing or an index closed. */
async function countWhole(cluster: Cluster, indices: string, query: JsonObject, limits: RequestLimits): Promise<number> {
  await refreshWhole(cluster, indices, limits);
  const answer = await cluster.request({ method: "POST", path: `/${indices}/_search`, query: WHOLE, body: { size: 0, track_total_hits: true, query }, ignore: [404] }, limits);
  return numberOf(at(answer, "hits", "total", "value"));
}

/** Deletes every matching row of indices. Throws CLUSTER_BUSY when some may be left. */
export async function deleteRows(cluster: Cluster, indices: string, query: JsonObject, limits: RequestLimits): Promise<void> {
  // The deletion itself passes over shards that are missing.
  if ((await countWhole(cluster, indices, query, limits)) === 0) return;
  const answer = await cluster.request({
    method: "POST", path: `/${indices}/_delete_by_query`, query: { ignore_unavailable: true, allow_no_indices: true, conflicts: "proceed", refresh: true }, body: { query },
  }, limits);
  const [failure] = listOf(at(answer, "failures"));
  if (failure === undefined && at(answer, "timed_out") !== true) return;
  const reason = failure === undefined ? "it took too long" : textOf(at(failure, "cause", "reason")) || textOf(at(failure, "reason", "reason"));
  throw new LookbackError("CLUSTER_BUSY", `rows of ${indices} could not all be deleted: ${reason}; it is tried again`, { cluster: cluster.shown, reason });
}
