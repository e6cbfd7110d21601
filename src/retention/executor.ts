import { LookbackError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import { Expirations } from "./expirations.js";
import type { IndexStore } from "../index-store/index-store.js";
import { directoryLooks, type DirectoryLooks, type PacketReader, type Tombstone, type TombstoneListing, type Tombstones } from "../packet-store/packet-store.js";
import { findOnDisk } from "./facts.js";
import { copyHeldOut, removeStrayCopies } from "./keep-packets.js";
import type { DevicePlan, PacketPlan, PacketPlanItem } from "./plan.js";
import { MOST_STUCK } from "./policy.js";
import type { Progressed } from "./progress.js";

/** Deletions between two measurements of free space. */
const BATCH = 8;

export interface ExecutorParts {
  readonly catalogue: Pick<Catalogue, "files" | "holds" | "audit" | "settings" | "transaction">;
  readonly store: Pick<IndexStore, "expirePartition" | "streamPackets" | "movePackets">;
  readonly tombstones: Tombstones;
  /** Looks at packet directories; by default those of the process. */
  readonly looks?: DirectoryLooks;
  /** Reads what is copied out, and lets go of files that are open for reading, so that their space is freed. */
  readonly reader: Pick<PacketReader, "forget" | "heads" | "packets">;
  /** Whether the settings of a node read; left out where all do. */
  readonly sectionReads?: (node: string) => boolean;
  readonly logger: Logger;
  /** Told of each file or day that was seen to, and of steps of those that take long. */
  readonly progressed?: Progressed;
}

/**
 * What became of one planned deletion. `deleted`: its space is free. `pending`: gone for readers, its tombstone is not
 * unlinked yet and is tried again at the next run. `spared`: something protects it by now. `failed`: it is where it was.
 * `forgotten`: it was not there, and the catalogue says so now.
 */
export interface DeletionOutcome {
  readonly fileId: number;
  readonly path: string;
  readonly bytes: number;
  readonly outcome: "deleted" | "pending" | "spared" | "failed" | "forgotten";
  /** Bytes of held packets that were copied out. */
  readonly keptBytes: number;
  readonly detail: string | null;
}

/**
 * Carries out the deletions of a device's plan in its order. Free space is measured again after every few of them, and
 * what was to go for room is spared once there is enough. A file that cannot be renamed or unlinked is reported and the next
 * one goes; with several tombstones that cannot be unlinked (`stuck` there are already) it stops: burying more would lose packets
 * and free nothing. It stops, too, where the device does not answer any more.
 */
export async function executePackets(parts: ExecutorParts, plan: DevicePlan, stuck: number, freeBytes: () => Promise<number>, signal: AbortSignal | null): Promise<readonly DeletionOutcome[]> {
  const outcomes: DeletionOutcome[] = [];
  let isEnough = false;
  let pending = stuck;
  // Only those that answered a moment ago: others may be on mounts that do not.
  const { directories } = plan;
  const { looks = directoryLooks } = parts;
  for (const item of plan.items) {
    if (signal?.aborted || directories.some((directory) => looks.isSilent(directory))) break;
    if (item.action !== "delete" || (isEnough && (item.reason === "oldest" || item.reason === "replay-given-up"))) continue;
    const outcome = await deleteFile(parts, item, directories, signal);
    outcomes.push(outcome);
    parts.progressed?.();
    if (outcome.outcome === "pending") pending += 1;
    if (pending >= MOST_STUCK) break;
    if (outcomes.length % BATCH === 0) isEnough = (await freeBytes()) >= plan.targetBytes;
  }
  return outcomes;
}

/** Lets the catalogue know of planned deletions of files that are not there; those in a directory that does not answer wait. */
export async function forgetMissing(parts: ExecutorParts, plan: PacketPlan): Promise<readonly DeletionOutcome[]> {
  const outcomes: DeletionOutcome[] = [];
  const directories = plan.devices.flatMap((device) => device.directories);
  for (const item of plan.elsewhere) {
    if (item.action !== "delete") continue;
    const row = parts.catalogue.files.get(item.fileId);
    const found = row?.path === item.path ? await findOnDisk(row, directories, parts.looks).catch(() => null) : null;
    parts.progressed?.();
    if (found === null || !("refusal" in found) || found.refusal !== "missing") continue;
    markGone(parts, { fileId: item.fileId, name: nameOf(item.path), bytes: 0 }, "missing");
    outcomes.push({ fileId: item.fileId, path: item.path, bytes: 0, outcome: "forgotten", keptBytes: 0, detail: null });
  }
  return outcomes;
}

async function deleteFile(parts: ExecutorParts, item: PacketPlanItem, directories: readonly string[], signal: AbortSignal | null): Promise<DeletionOutcome> {
  const { fileId, path, bytes } = item;
  let keptBytes = 0;
  const answer = (outcome: DeletionOutcome["outcome"], detail: string | null = null): DeletionOutcome => ({ fileId, path, bytes, outcome, keptBytes, detail });
  let tombstone: Tombstone;
  try {
    const spared = await protectionNow(parts, item, directories);
    if (spared !== null) return answer("spared", spared);
    const row = parts.catalogue.files.get(fileId);
    if (row !== null && parts.catalogue.holds.sessionsInFile(fileId, 1).length > 0) {
      keptBytes = await copyHeldOut(parts, { fileId, path, own: true, node: row.node }, signal);
      // Copying takes a while: what holds until now decides.
      const sparedNow = await protectionNow(parts, item, directories);
      if (sparedNow !== null || parts.catalogue.holds.sessionsInFile(fileId, 1).length > 0) return answer("spared", sparedNow ?? "held");
    }
    tombstone = await parts.tombstones.bury(fileId, path);
  } catch (error) {
    parts.logger.warn({ file: path, error }, "a packet file could not be deleted");
    return answer("failed", messageOf(error));
  }
  try {
    await parts.tombstones.settle(tombstone, path);
    await finishTombstone(parts, tombstone, item.reason);
    return answer("deleted");
  } catch (error) {
    parts.logger.warn({ file: path, tombstone: tombstone.path, error }, "a deleted packet file is still on disk");
    return answer("pending", messageOf(error));
  }
}

/** What changed since the plan was made: the catalogue and the disk are asked once more, right before the rename. */
async function protectionNow(parts: ExecutorParts, item: PacketPlanItem, directories: readonly string[]): Promise<string | null> {
  const listed = parts.catalogue.files.get(item.fileId);
  if (listed?.path !== item.path) return "changed";
  const found = await findOnDisk(listed, directories, parts.looks);
  if ("refusal" in found) return found.refusal;
  const row = parts.catalogue.files.get(item.fileId);
  if (row === null || row.state !== "complete" || row.storage !== "own" || row.path !== item.path) return "changed";
  if (row.locked) return "locked";
  if (parts.sectionReads?.(row.node) === false) return "section-unread";
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
  await parts.tombstones.change(tombstone.path, () => parts.reader.forget(tombstone.fileId));
  await parts.tombstones.remove(tombstone);
}

function markGone(parts: ExecutorParts, file: Pick<Tombstone, "fileId" | "name" | "bytes">, reason: string): void {
  const { catalogue } = parts;
  catalogue.transaction(() => {
    const row = catalogue.files.get(file.fileId);
    // A catalogue that was rebuilt may have given the number to another file: the name decides.
    if (row === null || row.state === "gone" || nameOf(row.path) !== file.name) return;
    catalogue.files.update(row.id, { state: "gone" });
    catalogue.audit.add("service", "retention.delete-file", { file: row.id, path: row.path, bytes: file.bytes, reason });
  });
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** What became of deletions that were half done: how many went, how many could not, and where nobody could look for them. */
export interface FinishedTombstones extends Pick<TombstoneListing, "unlisted"> {
  readonly removed: number;
  readonly stuck: number;
}

/** Finishes deletions that a crash or an error left half done, where directories answer within `patienceMs` milliseconds. */
export async function finishTombstones(parts: ExecutorParts, patienceMs?: number): Promise<FinishedTombstones> {
  let removed = 0;
  let stuck = 0;
  const { tombstones, unlisted } = await parts.tombstones.list(patienceMs);
  for (const tombstone of tombstones) {
    try {
      await finishTombstone(parts, tombstone, "finished later");
      removed += 1;
    } catch (error) {
      parts.logger.warn({ tombstone: tombstone.path, error }, "a deleted packet file is still on disk");
      stuck += 1;
    }
    parts.progressed?.();
  }
  return { removed, stuck, unlisted };
}

/** At a start: what a crash left of copies and deletions, and of holds that were being made. */
export async function finishLeftovers(parts: ExecutorParts): Promise<FinishedTombstones> {
  new Expirations(parts.catalogue.settings).settle();
  // Neither holds anything or is in anybody's way: a disk that is full or fails leaves them to the next start.
  try {
    const { removed, failed } = await removeStrayCopies(parts, null);
    for (const stray of removed) parts.logger.info({ path: stray }, "removed a copy of held packets that was not finished");
    for (const { path, error } of failed) parts.logger.warn({ path, error }, "a copy of held packets that was not finished could not be removed");
  } catch (error) {
    parts.logger.warn({ error }, "copies of held packets that were not finished could not be looked for");
  }
  try {
    const unfinished = parts.catalogue.holds.removeUnfinished();
    if (unfinished > 0) parts.logger.warn({ holds: unfinished }, "holds that were not whole when the service last ended are not in force; make them again");
  } catch (error) {
    parts.logger.warn({ error }, "what an ended process left of holds could not be removed");
  }
  return finishTombstones(parts);
}

/** The message of an error, for outcomes. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
