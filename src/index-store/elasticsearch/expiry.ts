import type { Cluster, RequestLimits } from "./cluster.js";
import { at, numberOf } from "./json.js";

/** Deletes an index; when some of its rows are kept, all its other rows. `kept` are ids. */
export async function expireIndex(cluster: Cluster, index: string, kept: readonly string[], limits: RequestLimits): Promise<void> {
  const query = { ids: { values: kept } };
  if (kept.length > 0) {
    await cluster.request({ method: "POST", path: `/${index}/_refresh`, ignore: [404] }, limits);
    const found = await cluster.request({ method: "POST", path: `/${index}/_count`, body: { query }, ignore: [404] }, limits);
    if (numberOf(at(found, "count")) > 0) {
      await cluster.request({
        method: "POST", path: `/${index}/_delete_by_query`, query: { conflicts: "proceed", refresh: true }, body: { query: { bool: { must_not: [query] } } },
      }, limits);
      return;
    }
  }
  await cluster.request({ method: "DELETE", path: `/${index}`, ignore: [404] }, limits);
}
