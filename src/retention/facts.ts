import type { Clock } from "../base/clock.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { PacketFile } from "../catalogue/packet-files.js";
import type { IndexStore } from "../index-store/index-store.js";
import { SERVICE_SCOPE } from "../model/access-scope.js";
import { ALL_TIME } from "../model/time-range.js";
import { measureSpace, OwnDirectory, type SpaceProbe, type Tombstones } from "../packet-store/packet-store.js";
import type { DeviceFact, PacketFacts, PacketFileFact, SessionFacts } from "./plan.js";
import { dayStartMs, utcDay } from "./policy.js";

const DAY_MS = 86_400_000;
/** Longest look-up of held sessions, in milliseconds. */
const HOLD_TIMEOUT_MS = 60_000;
/** Held sessions looked up at once. */
const HOLD_BATCH = 1000;

export interface FactSources {
  readonly catalogue: Pick<Catalogue, "files" | "holds" | "marks">;
  readonly store: Pick<IndexStore, "partitions" | "streamPackets">;
  readonly tombstones: Pick<Tombstones, "list">;
  /** Directories of packet files that we write. */
  readonly packetDirectories: readonly string[];
  readonly probe: SpaceProbe;
  readonly clock: Clock;
}

/** What people want kept: reasons by file number and by UTC day. */
interface Held {
  readonly files: ReadonlyMap<number, string>;
  /** Days whose packets are kept whole. */
  readonly packetDays: ReadonlyMap<string, string>;
  /** Days whose rows are kept. */
  readonly rowDays: ReadonlyMap<string, string>;
}

/** Free space of the devices of our packet directories, and what could not be measured and why. */
export async function gatherDevices(sources: FactSources): Promise<{ devices: readonly DeviceFact[]; unmeasured: readonly { directory: string; reason: string }[] }> {
  const [{ devices, unmeasured }, tombstones] = [await measureSpace(sources.packetDirectories, sources.probe), await sources.tombstones.list()];
  const pending = (device: number): number => tombstones.filter((one) => one.device === device).reduce((sum, one) => sum + one.bytes, 0);
  return { devices: devices.map((device) => ({ ...device, pendingBytes: pending(device.device) })), unmeasured };
}

/** Every packet file that is not gone, looked at on disk. `failed` are those whose deletion failed in this run. */
export async function gatherPacketFacts(sources: FactSources, devices: readonly DeviceFact[], failed: ReadonlySet<number>): Promise<PacketFacts> {
  const { catalogue } = sources;
  const held = await gatherHeld(sources);
  const replayFrom = new Map(catalogue.marks.all().map((mark) => [mark.stream, mark.replayFromOrdinal]));
  const directories = sources.packetDirectories.map((directory) => new OwnDirectory(directory));
  const files: PacketFileFact[] = [];
  for (const file of catalogue.files.list()) {
    if (file.state === "gone") continue;
    const from = replayFrom.get(file.stream) ?? null;
    files.push({
      fileId: file.id, node: file.node, path: file.path, storage: file.storage, state: file.state, locked: file.locked,
      hold: held.files.get(file.id) ?? heldByDay(file, held.packetDays),
      neededForReplay: from !== null && file.firstOrdinal + file.packets > from,
      found: file.storage === "own" ? await findOnDisk(file.path, directories) : { refusal: "outside" },
      firstMs: file.firstMs, deletionFailed: failed.has(file.id),
    });
  }
  return { devices, files };
}

/** The days of the store, and which are held. */
export async function gatherSessionFacts(sources: FactSources): Promise<SessionFacts> {
  const [partitions, held] = [await sources.store.partitions(), await gatherHeld(sources)];
  return { nowMs: sources.clock.nowMs(), partitions: partitions.map(({ day, rows, bytes }) => ({ day, rows, bytes, hold: held.rowDays.get(day) ?? null })) };
}

/** Looks for a path in the directory that holds it; one in none of them is outside. */
export async function findOnDisk(file: string, directories: readonly OwnDirectory[]): Promise<PacketFileFact["found"]> {
  let refusal: PacketFileFact["found"] = { refusal: "outside" };
  for (const directory of directories) {
    const found = await directory.examine(file);
    if (found.own) return { device: found.device, bytes: found.bytes };
    if (found.reason !== "outside") refusal = { refusal: found.reason };
  }
  return refusal;
}

function heldByDay(file: PacketFile, days: ReadonlyMap<string, string>): string | null {
  if (file.firstMs === null) return null;
  for (const [day, reason] of days) {
    const start = dayStartMs(day);
    if (start !== null && file.firstMs < start + DAY_MS && (file.lastMs ?? file.firstMs) >= start) return reason;
  }
  return null;
}

/**
 * Holds in force as files and days. A held day covers its packets too; a held session covers its files and the rows of its day. When
 * the store cannot say which those are, this throws: nothing is deleted on half the facts.
 */
async function gatherHeld(sources: FactSources): Promise<Held> {
  const files = new Map<number, string>();
  const days = new Map<string, string>();
  const sessions = new Map<string, string>();
  for (const hold of sources.catalogue.holds.active()) {
    if (hold.subject === "file") files.set(Number(hold.subjectId), hold.reason);
    else if (hold.subject === "day") days.set(hold.subjectId, hold.reason);
    else sessions.set(hold.subjectId, hold.reason);
  }
  const ids = [...sessions.keys()];
  const sessionDays = new Map<string, string>();
  for (let at = 0; at < ids.length; at += HOLD_BATCH) {
    const batches = sources.store.streamPackets(
      { expression: { node: "ids", ids: ids.slice(at, at + HOLD_BATCH) }, range: ALL_TIME }, { scope: SERVICE_SCOPE, signal: null, timeoutMs: HOLD_TIMEOUT_MS },
    );
    for await (const batch of batches) {
      for (const session of batch) {
        const reason = sessions.get(session.id) ?? "held session";
        sessionDays.set(utcDay(session.lastPacketMs), reason);
        for (const { fileId } of session.packets) files.set(fileId, reason);
      }
    }
  }
  return { files, packetDays: days, rowDays: new Map([...sessionDays, ...days]) };
}
