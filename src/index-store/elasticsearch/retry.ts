import { rmSync } from "node:fs";
import { sendBulk, type DeadRow } from "./bulk.js";
import { SHORT } from "./cluster.js";
import type { ElasticsearchEngine } from "./open.js";

/** Rows that are sent at once. */
const BATCH = 500;

/** Sends the dead letters again, after what was wrong with them was mended. What is refused again stays. */
export async function retryDeadLetters({ cluster, deadLetters, catalogue, indices }: Pick<ElasticsearchEngine, "cluster" | "deadLetters" | "catalogue" | "indices">): Promise<{ readonly written: number; readonly refused: number }> {
  let written = 0;
  let refused = 0;
  for (const { segment, file } of deadLetters.list()) {
    const letters = deadLetters.read(file);
    const still: DeadRow[] = [];
    for (let from = 0; from < letters.length; from += BATCH) {
      const lines = Buffer.from(letters.slice(from, from + BATCH).map(({ action, document }) => `${action}\n${document}\n`).join(""));
      const outcome = await sendBulk(cluster, lines, null);
      // What the cluster has no room for now is the next try's: the file keeps it.
      if (outcome.again !== null) throw outcome.cause ?? new Error("the cluster has no room");
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
  }
  if (written > 0) await cluster.request({ method: "POST", path: `/${indices.pattern}/_refresh`, query: { ignore_unavailable: true, allow_no_indices: true } }, SHORT);
  return { written, refused };
}
