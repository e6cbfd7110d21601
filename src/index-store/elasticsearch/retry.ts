import { rmSync } from "node:fs";
import type { VersionedRow } from "../../native/types.js";
import { sendBulk, type DeadRow } from "./bulk.js";
import { indexNamed } from "./cluster-errors.js";
import { SHORT } from "./cluster.js";
import type { DeadLetter } from "./dead-letters.js";
import { at, numberOf, textOf, type Json } from "./json.js";
import type { ElasticsearchEngine } from "./open.js";
import { dropSuperseded, VERSIONS_MS } from "./versions.js";

/** Rows that are sent at once. */
const BATCH = 500;

/**
 * Sends the dead letters again, after what was wrong with them was mended, and deletes the versions that they hide. What is refused
 * again stays. Throws when the cluster has no room now, or an index takes no rows, once all other letters were sent: what is not done is
 * done by the next try.
 */
export async function retryDeadLetters({ cluster, deadLetters, catalogue, indices }: Pick<ElasticsearchEngine, "cluster" | "deadLetters" | "catalogue" | "indices">): Promise<{ readonly written: number; readonly refused: number }> {
  let written = 0;
  let refused = 0;
  const failures: unknown[] = [];
  for (const { segment, file } of deadLetters.list()) {
    try {
      const letters = deadLetters.read(file);
      const still: DeadRow[] = [];
      for (let from = 0; from < letters.length; from += BATCH) {
        const batch = letters.slice(from, from + BATCH);
        const lines = Buffer.from(batch.map(({ action, document }) => `${action}\n${document}\n`).join(""));
        const outcome = await sendBulk(cluster, lines, null);
        // What the cluster has no room for now is the next try's: the file keeps it.
        if (outcome.again !== null) throw outcome.cause ?? new Error("the cluster has no room");
        const versioned = batch.map(versionedRow).filter((row) => row !== null);
        if (versioned.length > 0) await dropSuperseded(cluster, indices, versioned, { signal: null, timeoutMs: VERSIONS_MS });
        written += outcome.written + outcome.repeated;
        still.push(...outcome.dead);
      }
      refused += still.length;
      if (still.length === 0) rmSync(file, { force: true });
      else {
        const rewritten = deadLetters.open(segment);
        rewritten.add(still);
        rewritten.close();
      }
      catalogue.shipments.setDeadRows(segment, still.length);
    } catch (error) {
      // What an index is to blame for holds up no other.
      if (indexNamed(error) === null) throw error;
      failures.push(error);
    }
  }
  if (written > 0) await cluster.request({ method: "POST", path: `/${indices.pattern}/_refresh`, query: { ignore_unavailable: true, allow_no_indices: true } }, SHORT);
  if (failures.length > 0) throw failures[0];
  return { written, refused };
}

/** The row of a letter, when it may be one of several versions; its version as the cluster counts them, which has the same order. */
function versionedRow({ action }: DeadLetter): VersionedRow | null {
  const target: Json = at(JSON.parse(action), "index");
  return target === undefined ? null : { id: textOf(at(target, "_id")), version: numberOf(at(target, "version")), index: textOf(at(target, "_index")) };
}
