import { WHOLE, type Cluster, type RequestLimits } from "./cluster.js";

/**
 * Makes visible what was written to indices a moment ago; one that is gone is none. Throws CLUSTER_BUSY when a shard is missing or an index
 * is closed, and asks for that first: a refresh waits a minute for a shard that nobody has.
 */
export async function refreshWhole(cluster: Cluster, indices: string, limits: RequestLimits): Promise<void> {
  await cluster.request({ method: "POST", path: `/${indices}/_search`, query: WHOLE, body: { size: 0, terminate_after: 1, track_total_hits: false }, ignore: [404] }, limits);
  await cluster.request({ method: "POST", path: `/${indices}/_refresh`, query: { ignore_unavailable: true, allow_no_indices: true }, ignore: [404] }, limits);
}
