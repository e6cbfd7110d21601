import { LookbackError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { IndexStore } from "../index-store/index-store.js";
import { OwnDirectory, type PacketReader, type Tombstone, type Tombstones } from "../packet-store/packet-store.js";
import { findOnDisk } from "./facts.js";
import type { DevicePlan, PacketPlanItem, SessionPlan } from "./plan.js";

/** Deletions between two measurements of free space. */
const BATCH = 8;

export interface ExecutorParts {
  readonly catalogue: Pick<Catalogue, "files" | "holds" | "audit" | "transaction">;
  readonly store: Pick<IndexStore, "expirePartition">;
  readonly tombstones: Tombstones;
  /** Lets go of files that are open for reading, so that their space is freed. */
  readonly reader: Pick<PacketReader, "forget">;
  readonly packetDirectories: readonly string[];
  readonly logger: Logger;
}

/**
 * What became of one planned deletion. `deleted`: its space is free. `pending`: gone for readers, its tombstone is not
 * unlinked yet and is tried again at the next run. `spared`: something protects it by now. `failed`: it is where it was.
 */
export interface DeletionOutcome {
  readonly fileId: number;
  readonly path: string;
  readonly bytes: number;
  readonly outcome: "deleted" | "pending" | "spared" | "failed";
  readonly detail: string | null;
}

/**
 * Carries out the deletions of a device's plan in its order. Free space is measured again after every few of them, and
 * the rest is spared once the target is met. Stops at a tombstone that cannot be unlinked: burying more would lose packets
 * and free nothing.
 */
export async function executePackets(parts: ExecutorParts, plan: DevicePlan, freeBytes: () => Promise<number>, signal: AbortSignal | null): Promise<readonly DeletionOutcome[]> {
  const outcomes: DeletionOutcome[] = [];
  const going = plan.items.filter((item) => item.action === "delete");
  for (const [index, item] of going.entries()) {
    if (signal?.aborted) break;
    if (index > 0 && index % BATCH === 0 && (await freeBytes()) >= plan.targetBytes) break;
    const outcome = await deleteFile(parts, item);
    outcomes.push(outcome);
    if (outcome.outcome === "pending") break;
  }
  return outcomes;
}

async function deleteFile(parts: ExecutorParts, item: PacketPlanItem): Promise<DeletionOutcome> {
  const { fileId, path, bytes } = item;
  const answer = (outcome: DeletionOutcome["outcome"], detail: string | null = null): DeletionOutcome => ({ fileId, path, bytes, outcome, detail });
  let tombstone: Tombstone;
  try {
    const spared = await protectionNow(parts, item);
    if (spared !== null) return answer("spared", spared);
    tombstone = await parts.tombstones.bury(fileId, path);
  } catch (error) {
    parts.logger.warn({ file: path, error }, "a packet file could not be deleted");
    return answer("failed", messageOf(error));
  }
  try {
    await finishTombstone(parts, tombstone, "oldest");
    return answer("deleted");
  } catch (error) {
    parts.logger.warn({ file: path, tombstone: tombstone.path, error }, "a deleted packet file is still on disk");
    return answer("pending", messageOf(error));
  }
}

/** What changed since the plan was made: the catalogue and the disk are asked once more, right before the rename. */
async function protectionNow(parts: ExecutorParts, item: PacketPlanItem): Promise<string | null> {
  const found = await findOnDisk(item.path, parts.packetDirectories.map((directory) => new OwnDirectory(directory)));
  if ("refusal" in found) return found.refusal;
  const row = parts.catalogue.files.get(item.fileId);
  if (row === null || row.state !== "complete" || row.storage !== "own" || row.path !== item.path) return "changed";
  if (row.locked) return "locked";
  const isHeld = parts.catalogue.holds.active().some((hold) => hold.subject === "file" && hold.subjectId === String(item.fileId));
  return isHeld ? "held" : null;
}

/**
 * The steps after the rename, which a start repeats for what a crash left: the row is marked gone, then the file goes.
 * Where the device is so full that the catalogue cannot note it, the tombstone is emptied first: its name still says it.
 */
async function finishTombstone(parts: ExecutorParts, tombstone: Tombstone, reason: string): Promise<void> {
  try {
    markGone(parts, tombstone, reason);
  } catch (error) {
    if (!(error instanceof LookbackError) || error.code !== "DISK_FULL") throw error;
    await parts.tombstones.empty(tombstone);
    markGone(parts, tombstone, reason);
  }
  await parts.reader.forget(tombstone.fileId);
  await parts.tombstones.remove(tombstone);
}

function markGone(parts: ExecutorParts, tombstone: Tombstone, reason: string): void {
  const { catalogue } = parts;
  catalogue.transaction(() => {
    const row = catalogue.files.get(tombstone.fileId);
    // A catalogue that was rebuilt may have given the number to another file: the name decides.
    if (row === null || row.state === "gone" || !row.path.endsWith(`/${tombstone.name}`)) return;
    catalogue.files.update(row.id, { state: "gone" });
    catalogue.audit.add("service", "retention.delete-file", { file: row.id, path: row.path, bytes: tombstone.bytes, reason });
  });
}

/** Finishes deletions that a crash or an error left half done. Returns how many went and how many could not. */
export async function finishTombstones(parts: ExecutorParts): Promise<{ readonly removed: number; readonly stuck: number }> {
  let removed = 0;
  let stuck = 0;
  for (const tombstone of await parts.tombstones.list()) {
    try {
      await finishTombstone(parts, tombstone, "finished later");
      removed += 1;
    } catch (error) {
      parts.logger.warn({ tombstone: tombstone.path, error }, "a deleted packet file is still on disk");
      stuck += 1;
    }
  }
  return { removed, stuck };
}

/** Expires the days of a plan, oldest first. A day that fails is reported and the others go on. */
export async function executeSessions(parts: ExecutorParts, plan: SessionPlan, signal: AbortSignal | null): Promise<{ readonly expired: readonly string[]; readonly failed: readonly { day: string; reason: string }[] }> {
  const expired: string[] = [];
  const failed: { day: string; reason: string }[] = [];
  for (const { day, rows, action, reason } of plan.items) {
    if (action !== "expire") continue;
    if (signal?.aborted) break;
    if (parts.catalogue.holds.active().some((hold) => hold.subject === "day" && hold.subjectId === day)) continue;
    try {
      await parts.store.expirePartition(day);
      parts.catalogue.audit.add("service", "retention.expire-day", { day, rows, reason });
      expired.push(day);
    } catch (error) {
      parts.logger.warn({ day, error }, "a day of sessions could not be expired");
      failed.push({ day, reason: messageOf(error) });
    }
  }
  return { expired, failed };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
