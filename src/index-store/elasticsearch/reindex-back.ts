import { LookbackError } from "../../base/errors.js";
import type { Catalogue } from "../../catalogue/catalogue.js";
import type { StoredRow } from "../stored-row.js";
import { at, numberOf, textOf, type Json } from "./json.js";
import type { ElasticsearchEngine } from "./open.js";
import type { RowPosition } from "./stored-rows.js";

/** Rows, and packets of them, that become one commit; with some kilobytes a row this bounds memory. */
const COMMIT_ROWS = 10_000;
const COMMIT_PACKETS = 1_000_000;
const DAY_MS = 86_400_000;
/** Where a copy keeps how far it is. */
const KEY = "reindex.position";

/** How far a copy from the cluster is. */
export interface ReindexBackProgress {
  /** UTC day, `YYYY-MM-DD`. */
  readonly day: string;
  readonly days: number;
  readonly ofDays: number;
  readonly rows: number;
}

export interface ReindexBackParts {
  readonly engine: ElasticsearchEngine;
  readonly target: { addStored(rows: readonly StoredRow[], alongside: () => void): Promise<void> };
  readonly catalogue: Catalogue;
}

/**
 * Copies every row of the cluster into the embedded index, day by day in order of last packet. How far it is, is noted in the
 * transaction that makes rows visible, so a copy that was ended goes on where it was; a row that is there already is replaced
 * by itself. The cluster stays as it is.
 */
export async function copyFromCluster({ engine, target, catalogue }: ReindexBackParts, onProgress: (progress: ReindexBackProgress) => void, signal: AbortSignal | null): Promise<void> {
  const { store, cluster, indices } = engine;
  const from = `${cluster.shown} ${indices.pattern}`;
  await cluster.product();
  // What the cluster does not know yet of tags and of moved packets must not be lost on the way.
  await engine.overlays.apply();
  const days = await store.days();
  let after = positionOf(catalogue.settings.get(KEY), from);
  let rows = 0;
  for (const [position, startMs] of days.entries()) {
    const day = new Date(startMs).toISOString().slice(0, 10);
    const endMs = startMs + DAY_MS - 1;
    if (after !== null && after.lastMs > endMs) continue;
    const within = after !== null && after.lastMs >= startMs ? after : null;
    let batch: StoredRow[] = [];
    let packets = 0;
    const commit = async (): Promise<void> => {
      const last = batch.at(-1);
      if (last === undefined) return;
      await target.addStored(batch, () => { catalogue.settings.set(KEY, JSON.stringify({ from, lastMs: last.lastMs, id: last.id })); });
      rows += batch.length;
      after = { lastMs: last.lastMs, id: last.id };
      batch = [];
      packets = 0;
      onProgress({ day, days: position + 1, ofDays: days.length, rows });
    };
    for await (const page of store.storedRows({ startMs, endMs, bounding: "last" }, within, signal)) {
      batch = [...batch, ...page];
      packets += page.reduce((sum, row) => sum + row.packets.length, 0);
      if (batch.length >= COMMIT_ROWS || packets >= COMMIT_PACKETS) await commit();
      if (signal?.aborted === true) throw new LookbackError("SHUTTING_DOWN", `the copy was ended at ${day} after ${rows} sessions; start it again to go on`);
    }
    await commit();
  }
}

/** Lets the next copy begin anew. */
export function forgetPosition({ settings }: Pick<Catalogue, "settings">): void {
  settings.set(KEY, "");
}

/** Where a copy of the same cluster was ended, or null. */
function positionOf(text: string | null, from: string): RowPosition | null {
  if (text === null || text === "") return null;
  const noted: Json = JSON.parse(text);
  return at(noted, "from") === from ? { lastMs: numberOf(at(noted, "lastMs")), id: textOf(at(noted, "id")) } : null;
}
