import { EVERY_INDEX, type ClusterProduct, type ClusterRequest } from "./cluster.js";
import { at, textOf, type Json } from "./json.js";

/** How long a cluster keeps a point in time between two requests: an export copies the packets of a page of sessions in between. */
const KEEP_ALIVE = "15m";

/** Where the products differ. */
export interface Dialect {
  openPoint(indices: string): ClusterRequest;
  pointOf(answer: Json): string;
  closePoint(id: string): ClusterRequest;
}

const QUERY = { keep_alive: KEEP_ALIVE, ...EVERY_INDEX };

const ELASTICSEARCH: Dialect = {
  openPoint: (indices) => ({ method: "POST", path: `/${indices}/_pit`, query: QUERY }),
  pointOf: (answer) => textOf(at(answer, "id")),
  closePoint: (id) => ({ method: "DELETE", path: "/_pit", body: { id }, ignore: [404] }),
};

const OPENSEARCH: Dialect = {
  openPoint: (indices) => ({ method: "POST", path: `/${indices}/_search/point_in_time`, query: { ...QUERY, allow_partial_pit_creation: false } }),
  pointOf: (answer) => textOf(at(answer, "pit_id")),
  closePoint: (id) => ({ method: "DELETE", path: "/_search/point_in_time", body: { pit_id: [id] }, ignore: [404] }),
};

/** The dialect of a product. */
export function dialectOf({ name }: ClusterProduct): Dialect {
  return name === "opensearch" ? OPENSEARCH : ELASTICSEARCH;
}

/** How a search names its point in time; the same in both. */
export function pointBody(id: string): { readonly id: string; readonly keep_alive: string } {
  return { id, keep_alive: KEEP_ALIVE };
}
