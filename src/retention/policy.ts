import type {
  DeviceFact, DevicePlan, FreeSpaceRule, KeepReason, PacketFacts, PacketFileFact, PacketPlan, PacketPlanItem, SessionFacts, SessionPlan, SessionPlanItem,
} from "./plan.js";

const GIB = 2 ** 30;
const DAY_MS = 86_400_000;

/** Bytes that must be free on a device of this size. A share never asks for more than the device has. */
export function targetBytes(rule: FreeSpaceRule, totalBytes: number): number {
  const wanted = rule.unit === "percent" ? (totalBytes * rule.value) / 100 : rule.value * GIB;
  return Math.ceil(Math.min(Math.max(0, wanted), totalBytes));
}

/**
 * Which packet files go. Where a device has less free than the rule wants, the files that may go are deleted in order of their
 * first packet until the target is met, and not one more. While deleted files are still on the device, none go: what is
 * not unlinked frees nothing, and deleting more would only lose packets. A file may go when we wrote it, it is complete,
 * where it should be, and nothing protects it; the newest of each node never goes.
 *
 * Pure: the same facts and rule give the same plan, whatever the order of the facts.
 */
export function planPackets(facts: PacketFacts, rule: FreeSpaceRule): PacketPlan {
  const files = facts.files.toSorted(byAge);
  const newest = newestOfNodes(files);
  const devices = facts.devices.toSorted((left, right) => left.device - right.device);
  const measured = new Set(devices.map((one) => one.device));
  const elsewhere = files
    .filter((file) => !("device" in file.found) || !measured.has(file.found.device))
    .map((file) => item(file, "keep", "device" in file.found ? (protection(file, newest) ?? "device-unmeasured") : (protection(file, newest) ?? file.found.refusal)));
  return {
    devices: devices.map((device) => planDevice(device, files.filter((file) => "device" in file.found && file.found.device === device.device), newest, rule)),
    elsewhere,
  };
}

function planDevice(device: DeviceFact, files: readonly PacketFileFact[], newest: ReadonlySet<number>, rule: FreeSpaceRule): DevicePlan {
  const target = targetBytes(rule, device.totalBytes);
  let needed = target - device.freeBytes - device.pendingBytes;
  let deleteBytes = 0;
  const going: PacketPlanItem[] = [];
  const kept: PacketPlanItem[] = [];
  for (const file of files) {
    const reason = protection(file, newest) ?? (needed <= 0 ? "enough-space" : device.pendingBytes > 0 ? "deletion-pending" : null);
    if (reason !== null) {
      kept.push(item(file, "keep", reason));
      continue;
    }
    const gone = item(file, "delete", "oldest");
    going.push(gone);
    deleteBytes += gone.bytes;
    needed -= gone.bytes;
  }
  const { device: number, directories, freeBytes, totalBytes, pendingBytes } = device;
  return { device: number, directories, freeBytes, totalBytes, targetBytes: target, pendingBytes, items: [...going, ...kept], deleteBytes, shortfallBytes: Math.max(0, needed) };
}

/** Why a file must stay whatever the room, or null. */
function protection(file: PacketFileFact, newest: ReadonlySet<number>): KeepReason | null {
  if (file.storage !== "own") return "in-place";
  if (file.state !== "complete") return "writing";
  if (file.locked) return "locked";
  if (file.hold !== null) return "held";
  if (newest.has(file.fileId)) return "newest";
  if (file.neededForReplay) return "needed-for-replay";
  if (file.deletionFailed) return "deletion-failed";
  return "refusal" in file.found ? file.found.refusal : null;
}

function item(file: PacketFileFact, action: "delete" | "keep", reason: PacketPlanItem["reason"]): PacketPlanItem {
  const bytes = "bytes" in file.found ? file.found.bytes : 0;
  return { fileId: file.fileId, path: file.path, bytes, action, reason, note: reason === "held" ? file.hold : null };
}

/** Oldest first packet first; a file without packets is oldest of all; ties by number. */
function byAge(left: PacketFileFact, right: PacketFileFact): number {
  const [one, other] = [left.firstMs ?? Number.NEGATIVE_INFINITY, right.firstMs ?? Number.NEGATIVE_INFINITY];
  return one === other ? left.fileId - right.fileId : one - other;
}

/** The last file in order of age of each node, among ours. */
function newestOfNodes(byAgeAscending: readonly PacketFileFact[]): ReadonlySet<number> {
  const newest = new Map<string, number>();
  for (const file of byAgeAscending) if (file.storage === "own") newest.set(file.node, file.fileId);
  return new Set(newest.values());
}

/** UTC day of a time, `YYYY-MM-DD`. */
export function utcDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Start of a UTC day, or null when the text is none. */
export function dayStartMs(day: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  const ms = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(ms) || utcDay(ms) !== day ? null : ms;
}

/**
 * Which days of sessions go: those whose last moment lies `expireDays` whole days or more in the past. Today and days to
 * come never go, nor what is held. Pure.
 */
export function planSessions(facts: SessionFacts, expireDays: number | null): SessionPlan {
  const items = facts.partitions
    .toSorted((left, right) => (left.day < right.day ? -1 : 1))
    .map((partition): SessionPlanItem => {
      const reason = reasonOf(partition.day, partition.hold !== null, facts.nowMs, expireDays);
      const { day, rows, bytes, hold } = partition;
      return { day, rows, bytes, action: reason === "older-than-expire-days" ? "expire" : "keep", reason, note: reason === "held" ? hold : null };
    });
  return { expireDays, items };
}

function reasonOf(day: string, held: boolean, nowMs: number, expireDays: number | null): SessionPlanItem["reason"] {
  const startMs = dayStartMs(day);
  if (startMs === null) return "not-a-day";
  if (expireDays === null) return "no-expire-days";
  const today = dayStartMs(utcDay(nowMs)) ?? nowMs;
  if (startMs === today) return "today";
  if (startMs > today) return "future";
  if (held) return "held";
  return startMs + DAY_MS + expireDays * DAY_MS <= nowMs ? "older-than-expire-days" : "young";
}
