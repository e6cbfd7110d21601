import type { LookbackConfig } from "./config.js";
import { printOrigin } from "./setting.js";
import type { SettingKey, SettingValues } from "./settings.js";

/** Settings of a search cluster, which only a copy to or from one reads while the index is in the data directory. */
const CLUSTER_KEYS: ReadonlySet<SettingKey> = new Set<SettingKey>([
  "elasticsearch", "elasticsearchAPIKey", "elasticsearchBasicAuth", "esClientCert", "esClientKey", "esClientKeyPass", "compressES", "dbBulkSize", "prefix", "rotateIndex",
  "sessionShards", "sessionReplicas", "sessionWarmAfterDays", "sessionWarmAllocation", "sessionWarmReplicas", "sessionRefreshSeconds",
]);

/** Settings of a search cluster that nothing reads then. */
const SHIPPING_KEYS: ReadonlySet<SettingKey> = new Set<SettingKey>(["sessionFreeSpaceG", "shipQueueG"]);

/** Why another setting keeps this one from being used; null when none does. */
export function unusedReason(key: SettingKey, { indexStore }: Pick<SettingValues, "indexStore">): string | null {
  if (indexStore !== "embedded") return null;
  if (CLUSTER_KEYS.has(key)) return "indexStore=embedded; only lookback reindex reads it then";
  return SHIPPING_KEYS.has(key) ? "indexStore=embedded" : null;
}

/** A sentence for each setting that is written and not used because of another. */
export function unusedNotes({ origins, values }: Pick<LookbackConfig, "origins" | "values">): readonly string[] {
  return [...origins].flatMap(([key, origin]) => {
    const reason = unusedReason(key, values);
    return reason === null ? [] : [`${printOrigin(origin)}: ${key} is not used: ${reason}`];
  });
}
