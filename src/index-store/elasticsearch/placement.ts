import type { DataNode, PlannedPlacement } from "../index-store.js";
import type { Cluster, RequestLimits } from "./cluster.js";
import type { IndexList, IndexSize } from "./index-list.js";
import { lastDayOf } from "./index-names.js";
import { at, isObject, numberOf, objectOf, textOf, type JsonObject } from "./json.js";

const DAY_MS = 86_400_000;

/** In how many copies indices are kept, and by which nodes. */
export interface PlacementRules {
  /** Copies of each shard. */
  readonly replicas: number;
  /** What happens to an index whose last moment lies so many whole days in the past; null for nothing. */
  readonly warm: {
    readonly afterDays: number;
    /** `attribute:value` of the nodes, or `_tier_preference:data_warm,data_hot`. */
    readonly allocation: string;
    /** Null leaves the copies as they are. */
    readonly replicas: number | null;
  } | null;
}

/** An index as the cluster has it. */
export interface PlacedIndex extends Pick<IndexSize, "index" | "startMs" | "endMs" | "bytes"> {
  /** By their flat names. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The cluster's setting for an allocation and its value. */
function allocationOf(allocation: string): readonly [name: string, value: string] {
  const colon = allocation.indexOf(":");
  const [name, value] = [allocation.slice(0, colon), allocation.slice(colon + 1)];
  return [name === "_tier_preference" ? "index.routing.allocation.include._tier_preference" : `index.routing.allocation.require.${name}`, value];
}

/**
 * What must change so that every index has the copies and the nodes that are wanted for its age. An index that takes rows never
 * moves; copies that the cluster counts by itself (`auto_expand_replicas`) are left alone. Pure.
 */
export function planPlacements(indices: readonly PlacedIndex[], rules: PlacementRules, nowMs: number): readonly PlannedPlacement[] {
  return indices.flatMap((index): readonly PlannedPlacement[] => {
    const isWarm = rules.warm !== null && index.endMs + rules.warm.afterDays * DAY_MS <= nowMs;
    const settings: Record<string, string> = {};
    if (isWarm && rules.warm !== null) {
      const [name, value] = allocationOf(rules.warm.allocation);
      if (index.settings[name] !== value) settings[name] = value;
    }
    const moves = Object.keys(settings).length > 0;
    const replicas = isWarm ? (rules.warm?.replicas ?? null) : rules.replicas;
    const expands = (index.settings["index.auto_expand_replicas"] ?? "false") !== "false";
    if (replicas !== null && !expands && index.settings["index.number_of_replicas"] !== String(replicas)) settings["index.number_of_replicas"] = String(replicas);
    return Object.keys(settings).length === 0 ? [] : [{ day: lastDayOf(index), index: index.index, bytes: index.bytes, reason: moves ? "warm" : "replicas", settings }];
  });
}

/** Every index and how it is placed. */
export async function placedIndices(cluster: Cluster, indices: IndexList, limits: RequestLimits): Promise<readonly PlacedIndex[]> {
  const sizes = await indices.sizes();
  const answer = objectOf(await cluster.request({
    method: "GET", path: `/${indices.pattern}/_settings`, query: { flat_settings: true, ignore_unavailable: true, allow_no_indices: true }, ignore: [404],
  }, limits));
  return sizes.map(({ index, startMs, endMs, bytes }) => {
    const found = objectOf(at(answer[index], "settings"));
    return { index, startMs, endMs, bytes, settings: Object.fromEntries(Object.entries(found).map(([name, value]) => [name, textOf(value)])) };
  });
}

/** Changes one index; one that expired meanwhile is none. */
export async function placeIndex(cluster: Cluster, { index, settings }: PlannedPlacement, limits: RequestLimits): Promise<void> {
  const body: JsonObject = { ...settings };
  await cluster.request({ method: "PUT", path: `/${index}/_settings`, body, ignore: [404] }, limits);
}

/** Disk space of the nodes that hold data, as their node statistics tell it. */
export async function nodeSpace(cluster: Cluster, limits: RequestLimits): Promise<readonly DataNode[]> {
  const answer = await cluster.request({ method: "GET", path: "/_nodes/data:true/stats/fs", query: { filter_path: "nodes.*.name,nodes.*.fs.total" } }, limits);
  return Object.values(objectOf(at(answer, "nodes"))).filter(isObject).flatMap((node) => {
    const total = at(node, "fs", "total");
    const totalBytes = numberOf(at(total, "total_in_bytes"));
    // A node that has just come tells nothing yet.
    return totalBytes === 0 ? [] : [{ name: textOf(node["name"]), freeBytes: numberOf(at(total, "available_in_bytes")), totalBytes }];
  }).sort((a, b) => (a.name < b.name ? -1 : 1));
}
