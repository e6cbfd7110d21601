import type { ElasticsearchEngine } from "../../src/index-store/elasticsearch/open.js";
import { at, listOf, numberOf, objectOf, textOf } from "../../src/index-store/elasticsearch/json.js";

const LIMITS = { signal: null, timeoutMs: 120_000 };

/** Every id that the cluster has, once for each document of it. */
export async function idsInCluster({ cluster, indices }: ElasticsearchEngine): Promise<readonly string[]> {
  await cluster.request({ method: "POST", path: `/${indices.pattern}/_refresh`, query: { ignore_unavailable: true, allow_no_indices: true } }, LIMITS);
  const ids: string[] = [];
  let after: readonly unknown[] | null = null;
  for (;;) {
    const answer: unknown = await cluster.request({
      method: "POST", path: `/${indices.pattern}/_search`, query: { ignore_unavailable: true, allow_no_indices: true },
      body: { size: 5_000, _source: false, sort: [{ "lookback.id": "asc" }, { lastPacket: "asc" }], ...(after === null ? {} : { search_after: after }) },
    }, LIMITS);
    const hits = listOf(at(answer, "hits", "hits"));
    for (const hit of hits) ids.push(textOf(at(hit, "_id")));
    if (hits.length < 5_000) return ids;
    after = listOf(objectOf(hits.at(-1))["sort"]);
  }
}

/** Documents that the cluster counts. */
export async function countInCluster({ cluster, indices }: ElasticsearchEngine): Promise<number> {
  const answer = await cluster.request({ method: "GET", path: `/${indices.pattern}/_count`, query: { ignore_unavailable: true, allow_no_indices: true } }, LIMITS);
  return numberOf(at(answer, "count"));
}
