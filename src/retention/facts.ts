import path from "node:path";
import type { Clock } from "../base/clock.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { RetainedFile } from "../catalogue/packet-files.js";
import type { IndexStore, Partition } from "../index-store/index-store.js";
import { awayTest, DELETION_PATIENCE_MS, directoryLooks, isInside, measureSpace, type DirectoryLooks, type KeptFile, type SpaceProbe, type TombstoneListing, type Tombstones, type UnmeasuredDirectory } from "../packet-store/packet-store.js";
import type { ClassService } from "./class-service.js";
import { COPY_STREAM, isKeptCopy } from "./keep-packets.js";
import type { DeviceFact, HeldPackets, PacketFacts, PacketFileFact, PacketPlan, PacketRules, PartitionFact, SessionFacts } from "./plan.js";
import { isSettled, planPackets } from "./policy.js";
import type { Progressed } from "./progress.js";
import { DAY_MS } from "../base/utc-day.js";
import { dayStartMs } from "./session-policy.js";

/** Files that a plan begins with. */
const FIRST_LIMIT = 4_096;
/** Looks at files on disk before a plan is believed: each look finds files that are not as listed, and the next plan has others. */
const MOST_LOOKS = 100;

export interface FactSources {
  readonly catalogue: Pick<Catalogue, "files" | "holds" | "marks" | "replays">;
  readonly store: Pick<IndexStore, "partitions" | "dataNodes">;
  readonly tombstones: Pick<Tombstones, "list">;
  /** Directories of packet files that we write. */
  readonly packetDirectories: readonly string[];
  readonly probe: SpaceProbe;
  readonly clock: Clock;
  /** Looks at packet directories; by default those of the process. */
  readonly looks?: DirectoryLooks;
  /** Whether the settings of a node read; files of one whose do not stay, also in directories that others share. Left out where all do. */
  readonly sectionReads?: (node: string) => boolean;
  /** First packet of the earliest held session that should be looked up again and cannot be; left out where all are settled. */
  readonly undecidedFromMs?: number | null;
  /** Sessions that are kept longer than others; left out where nobody keeps any. */
  readonly classes?: Pick<ClassService, "claimFile" | "claimDays" | "prune">;
  /** Told of each file that was looked at, or for which classes were asked. */
  readonly progressed?: Progressed;
}

/**
 * Free space of the devices of our packet directories, and what could not be measured and why; a directory whose tombstones cannot be
 * listed counts as such, and so does each on the device of the data directory where those there cannot be: nobody knows what waits
 * there already. `failing`: devices where writes failed for want of room. `unfinished`: what could not be
 * listed when tombstones were to be removed; they take room still, and more must not go for it.
 */
export async function gatherDevices(
  sources: FactSources, failing: ReadonlySet<number> = new Set(), unfinished: TombstoneListing["unlisted"] = [],
): Promise<{ devices: readonly DeviceFact[]; unmeasured: readonly UnmeasuredDirectory[] }> {
  const measured = await measureSpace(sources.packetDirectories, sources.probe, sources.looks, DELETION_PATIENCE_MS);
  const listing = await sources.tombstones.list(DELETION_PATIENCE_MS);
  const { tombstones } = listing;
  const hidden = [...unfinished, ...listing.unlisted];
  const unlisted: UnmeasuredDirectory[] = [];
  const devices: DeviceFact[] = [];
  for (const { device, ...space } of measured.devices) {
    const reasonOf = (directory: string): string | undefined => hidden.find((one) => one.directory === path.resolve(directory) || one.device === device || one.device === null)?.reason;
    for (const directory of space.directories) {
      const reason = reasonOf(directory);
      if (reason !== undefined) unlisted.push({ directory, reason: `what is being deleted there cannot be listed: ${reason}` });
    }
    const directories = space.directories.filter((directory) => reasonOf(directory) === undefined);
    if (directories.length === 0) continue;
    const stuck = tombstones.filter((one) => one.device === device);
    devices.push({ ...space, device, directories, pendingFiles: stuck.length, pendingBytes: stuck.reduce((sum, one) => sum + one.bytes, 0), writesFail: failing.has(device) });
  }
  return { devices, unmeasured: [...measured.unmeasured, ...unlisted] };
}

/**
 * Packet files that are not gone, as the catalogue knows them: which device their directory is on, and their size. With `limit` the
 * oldest of ours that a plan begins with, else all. Nothing on disk is looked at; `planOnDisk` does that for the files that
 * matter. `failed` are those whose deletion failed in this run.
 */
export function gatherPacketFacts(sources: FactSources, devices: readonly DeviceFact[], failed: ReadonlySet<number>, limit: number | null = null): PacketFacts {
  const { catalogue, undecidedFromMs = null } = sources;
  const held = heldFiles(sources);
  const needed = neededForReplays(catalogue);
  const unread = unreadNodes(sources);
  const deviceOf = deviceLookup(sources.packetDirectories, devices);
  const listed = limit === null ? catalogue.files.retained() : catalogue.files.oldestRetained(limit, COPY_STREAM);
  const files = listed.map((file): PacketFileFact => {
    const device = file.storage === "own" ? deviceOf(file.path) : null;
    return {
      fileId: file.id, node: file.node, path: file.path, storage: file.storage, state: file.state, locked: file.locked, sectionUnread: unread(file.node),
      hold: held.files.get(file.id) ?? heldByDay(file, held.days), heldPackets: held.packets.get(file.id) ?? null, isCopy: isKeptCopy(file),
      // Packets of a session are not older than its first.
      undecided: undecidedFromMs !== null && file.storage === "own" && (file.lastMs ?? Number.NEGATIVE_INFINITY) >= undecidedFromMs,
      neededForReplay: needed(file),
      // Nobody looks at a user's own file again: what it had when it was imported is told. A file of ours in no directory of ours counts for nothing.
      found: device !== null ? { device, bytes: file.bytes } : { refusal: "outside", ...(file.storage === "in-place" ? { bytes: file.bytes } : {}) },
      directoryInode: file.directoryInode, importedAtMs: file.importedAtMs, firstMs: file.firstMs, lastMs: file.lastMs, settledMs: Math.max(file.lastMs ?? 0, file.importedAtMs), deletionFailed: failed.has(file.id),
    };
  });
  const nowMs = sources.clock.nowMs();
  if (limit === null) return { nowMs, devices, files, beyond: { files: 0, bytes: 0 }, listedUntilMs: null };
  // As of those that are listed: one in no directory of ours has no bytes.
  const inDirectories = catalogue.files.ownBytesIn(sources.packetDirectories.map((directory) => path.resolve(directory)));
  const bytes = files.reduce((sum, { found }) => sum + ("bytes" in found ? found.bytes : 0), 0);
  return { nowMs, devices, files, beyond: { files: catalogue.files.own().files - listed.length, bytes: inDirectories - bytes }, listedUntilMs: listed[Math.min(limit, listed.length) - 1]?.firstMs ?? null };
}

/** Whether a file has packets that a capture would read again if it died now, or that are to be read again after one which did. */
function neededForReplays({ marks, replays }: Pick<Catalogue, "marks" | "replays">): (file: RetainedFile) => boolean {
  const spans = new Map<string, { readonly from: number; readonly until: number }[]>();
  const need = (stream: string, from: number, until: number): void => { spans.set(stream, [...(spans.get(stream) ?? []), { from, until }]); };
  for (const { stream, replayFromOrdinal } of marks.all()) if (replayFromOrdinal !== null) need(stream, replayFromOrdinal, Infinity);
  for (const { stream, fromOrdinal, untilOrdinal } of replays.all()) need(stream, fromOrdinal, untilOrdinal);
  return (file) => (spans.get(file.stream) ?? []).some(({ from, until }) => file.firstOrdinal + file.packets > from && file.firstOrdinal < until);
}

/** Whether the settings of a node do not read, found out once for each. */
function unreadNodes({ sectionReads = () => true }: FactSources): (node: string) => boolean {
  const known = new Map<string, boolean>();
  return (node) => {
    const unread = known.get(node) ?? !sectionReads(node);
    known.set(node, unread);
    return unread;
  };
}

/**
 * The plan of the oldest files, and of more of them until it is settled: a million files are not listed each minute. Devices that do
 * not answer while their files are looked at are in no plan.
 */
export function planOldest(sources: FactSources, devices: readonly DeviceFact[], failed: ReadonlySet<number>, rules: PacketRules): Promise<PacketPlan> {
  return passingOver(sources, devices, async (answering) => {
    for (let limit = FIRST_LIMIT; ; limit *= 8) {
      const facts = gatherPacketFacts(sources, answering, failed, limit);
      const plan = await planOnDisk(sources, facts, rules, planPackets);
      if (isSettled(facts, rules, plan)) return plan;
    }
  });
}

/** The plan of all files, by the same rules. */
export function planAll(sources: FactSources, devices: readonly DeviceFact[], rules: PacketRules): Promise<PacketPlan> {
  return passingOver(sources, devices, (answering) => planOnDisk(sources, gatherPacketFacts(sources, answering, new Set()), rules, planPackets));
}

async function passingOver(sources: FactSources, devices: readonly DeviceFact[], plan: (answering: readonly DeviceFact[]) => Promise<PacketPlan>): Promise<PacketPlan> {
  const { looks = directoryLooks } = sources;
  for (let answering = devices; ; ) {
    try {
      return await plan(answering);
    } catch (error) {
      const left = answering.filter(({ directories }) => !directories.some((directory) => looks.isSilent(directory)));
      if (left.length === answering.length) throw error;
      answering = left;
    }
  }
}

/** The device of the innermost directory that a path is in; −1 where that directory could not be measured, null for a path in none. */
function deviceLookup(directories: readonly string[], devices: readonly DeviceFact[]): (file: string) => number | null {
  const known = directories.map((directory) => ({
    prefix: path.resolve(directory) + path.sep, device: devices.find((one) => one.directories.includes(directory))?.device ?? -1,
  })).toSorted((left, right) => right.prefix.length - left.prefix.length);
  return (file) => known.find(({ prefix }) => file.startsWith(prefix))?.device ?? null;
}

/**
 * Makes a plan, looks at the files on disk that it would delete, and plans again with what was found, until the plan names
 * only files that are as it says: what a run does is what the plan says. Throws UNAVAILABLE where a directory does not answer.
 */
export async function planOnDisk(sources: FactSources, facts: PacketFacts, rules: PacketRules, plan: (facts: PacketFacts, rules: PacketRules) => PacketPlan): Promise<PacketPlan> {
  // A directory that could not be measured is not looked into: it may not answer.
  const directories = facts.devices.flatMap((device) => device.directories);
  const at = new Map(facts.files.map((file, index) => [file.fileId, index]));
  const files = [...facts.files];
  const looked = new Set<number>();
  const lookedBeside = new Set<string>();
  for (let look = 0; ; look += 1) {
    const made = plan({ ...facts, files }, rules);
    const fresh = [...made.devices.flatMap(({ items }) => items), ...made.elsewhere].filter((item) => item.action === "delete" && !looked.has(item.fileId));
    if (fresh.length === 0) return made;
    let asExpected = true;
    for (const { fileId } of fresh) {
      looked.add(fileId);
      const index = at.get(fileId);
      const fact = index === undefined ? undefined : files[index];
      if (index === undefined || fact === undefined) continue;
      const found = await findOnDisk(fact, directories, sources.looks);
      sources.progressed?.();
      asExpected &&= sameFinding(found, fact.found);
      files[index] = { ...fact, found };
      // Where one is away others are, too: each would cost a look, and no look would be left for those that are there.
      const directory = path.dirname(fact.path);
      if (isAway(found) && !lookedBeside.has(directory)) {
        lookedBeside.add(directory);
        await lookBeside(sources, files, looked, directory);
      }
    }
    // Sessions of classes are held from the moment that their file is due.
    if (await claim(sources, fresh.map(({ fileId }) => files[at.get(fileId) ?? -1]))) {
      const held = sources.catalogue.holds.packetsByFile();
      for (const { fileId } of fresh) {
        const index = at.get(fileId);
        const fact = index === undefined ? undefined : files[index];
        if (index === undefined || fact === undefined) continue;
        files[index] = { ...fact, heldPackets: held.get(fileId) ?? null };
        asExpected &&= (held.get(fileId)?.bytes ?? 0) === (fact.heldPackets?.bytes ?? 0);
      }
    }
    // After so many surprises the rest is left to the executor, which looks at each file again anyway.
    if (asExpected || look === MOST_LOOKS) return plan({ ...facts, files }, rules);
  }
}

const isAway = (found: PacketFileFact["found"]): boolean => "refusal" in found && found.refusal === "directory-missing";

/** Finds out which other files of ours in one directory are away; those that are not are looked at when their turn comes. */
async function lookBeside({ looks = directoryLooks, progressed }: FactSources, files: PacketFileFact[], looked: Set<number>, directory: string): Promise<void> {
  const isAwayThere = await looks.list(directory, () => awayTest(directory));
  progressed?.();
  for (const [index, fact] of files.entries()) {
    if (looked.has(fact.fileId) || fact.storage !== "own" || fact.state !== "complete" || path.dirname(fact.path) !== directory || !isAwayThere(fact)) continue;
    looked.add(fact.fileId);
    files[index] = { ...fact, found: { refusal: "directory-missing" } };
  }
}

/** Lets classes hold their sessions of files that are due. Returns whether there is any class. */
async function claim({ classes, progressed }: FactSources, due: readonly (PacketFileFact | undefined)[]): Promise<boolean> {
  if (classes === undefined) return false;
  let any = false;
  for (const file of due) {
    if (file === undefined || "refusal" in file.found) continue;
    any = await classes.claimFile(file, null);
    progressed?.();
    if (!any) return false;
  }
  return any;
}

function sameFinding(one: PacketFileFact["found"], other: PacketFileFact["found"]): boolean {
  if ("refusal" in one || "refusal" in other) return false;
  return one.device === other.device && one.bytes === other.bytes;
}

/** The days of the store, and what of them is held. */
export async function gatherSessionFacts(sources: FactSources): Promise<SessionFacts> {
  const partitions = await sources.store.partitions();
  const held = heldFiles(sources).days;
  const rows = sources.catalogue.holds.rowsByDay();
  // A partition of an index that is not daily has several days.
  const within = <T>(days: ReadonlyMap<string, T>, { startMs, endMs }: Partition): readonly T[] => [...days].filter(([day]) => (dayStartMs(day) ?? endMs) >= startMs && (dayStartMs(day) ?? endMs) < endMs).map(([, found]) => found);
  return {
    nodes: await sources.store.dataNodes(), nowMs: sources.clock.nowMs(),
    partitions: partitions.map((partition): PartitionFact => {
      const [wholeDays, heldRows] = [within(held, partition), within(rows, partition)];
      return {
        day: partition.day, startMs: partition.startMs, endMs: partition.endMs, rows: partition.rows, bytes: partition.bytes, hold: wholeDays[0]?.reason ?? null,
        holds: [...new Set([...wholeDays.map(({ hold }) => hold), ...heldRows.flatMap(({ holds }) => holds)])],
        heldRows: Math.min(partition.rows, heldRows.reduce((sum, day) => sum + day.rows, 0)),
      };
    }),
  };
}

/**
 * Looks for a packet file in the directory that holds it; one in none of them is outside. One that is missing is so for good, or its
 * directory is: a mount that is away. Other directories are not touched. Throws UNAVAILABLE where its own does not answer.
 */
export async function findOnDisk(file: KeptFile, directories: readonly string[], looks: DirectoryLooks = directoryLooks): Promise<PacketFileFact["found"]> {
  let refusal: PacketFileFact["found"] = { refusal: "outside" };
  for (const directory of directories) {
    if (!isInside(path.resolve(directory), file.path)) continue;
    const found = await looks.examine(directory, file.path);
    if (found.own) return { device: found.device, bytes: found.bytes };
    if (found.reason === "missing") return { refusal: (await looks.whereIs(file, DELETION_PATIENCE_MS)) === "gone" ? "missing" : "directory-missing" };
    if (found.reason !== "outside") refusal = { refusal: found.reason };
  }
  return refusal;
}

function heldByDay(file: RetainedFile, days: ReadonlyMap<string, WholeHold>): WholeHold | null {
  if (file.firstMs === null) return null;
  for (const [day, hold] of days) {
    const start = dayStartMs(day);
    if (start !== null && file.firstMs < start + DAY_MS && (file.lastMs ?? file.firstMs) >= start) return hold;
  }
  return null;
}

type WholeHold = NonNullable<PacketFileFact["hold"]>;

/** What people want kept: whole files by number, whole UTC days with packets and rows, and packets of held sessions by file. */
function heldFiles({ catalogue }: FactSources): {
  readonly files: ReadonlyMap<number, WholeHold>; readonly days: ReadonlyMap<string, WholeHold>; readonly packets: ReadonlyMap<number, HeldPackets>;
} {
  const files = new Map<number, WholeHold>();
  const days = new Map<string, WholeHold>();
  for (const hold of catalogue.holds.active()) {
    if (hold.subject === "file") files.set(Number(hold.subjectId), { reason: hold.reason, hold: hold.id });
    else if (hold.subject === "day") days.set(hold.subjectId, { reason: hold.reason, hold: hold.id });
  }
  return { files, days, packets: catalogue.holds.packetsByFile() };
}
