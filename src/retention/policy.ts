import type {
  DeleteReason, DeviceFact, DevicePlan, FreeSpaceRule, KeepReason, PacketFacts, PacketFileFact, PacketPlan, PacketPlanItem, PacketRules,
} from "./plan.js";

const GIB = 2 ** 30;
/** Share of a file that held packets may be at most for copying them out to be worth it; a file that is held beyond stays. */
const WORTH_COPYING = 0.8;
/** Tombstones that could not be unlinked from which on no more files of a device go: one may be odd, several mean that it is the device. */
export const MOST_STUCK = 3;
/** What is freed beyond the present where writes fail: a hundredth of the device, between these bounds, and never more than a tenth of it. */
const RELIEF_SHARE = 0.01;
const MOST_RELIEF_SHARE = 0.1;
const LEAST_RELIEF_BYTES = 64 << 20;
const MOST_RELIEF_BYTES = 4 * GIB;

/** Bytes that must be free on a device of this size. A share never asks for more than the device has. */
export function targetBytes(rule: FreeSpaceRule, totalBytes: number): number {
  const wanted = rule.unit === "percent" ? (totalBytes * rule.value) / 100 : rule.value * GIB;
  return Math.ceil(Math.min(Math.max(0, wanted), totalBytes));
}

/** Bytes that must be free on a device: the largest of what its directories want. One that no rule names wants nothing. */
export function deviceTarget(device: DeviceFact, rules: PacketRules): number {
  return Math.max(0, ...rulesOn(device, rules).map(({ freeSpace }) => targetBytes(freeSpace, device.totalBytes)));
}

function rulesOn(device: Pick<DeviceFact, "directories">, rules: PacketRules): PacketRules["storage"] {
  return rules.storage.filter(({ directory }) => device.directories.includes(directory));
}

/** How a threshold is written in config.ini. */
export function printRule({ unit, value }: FreeSpaceRule): string {
  return unit === "percent" ? `${value}%` : String(value);
}

/** What is still wanted of one device while files go. */
interface Need {
  readonly device: DeviceFact;
  readonly target: number;
  /** Bytes short of the target. */
  short: number;
  /** Bytes short of what is freed where writes fail. */
  relief: number;
  deleteBytes: number;
  readonly blocked: Map<number, { items: number; bytes: number }>;
  readonly going: PacketPlanItem[];
  readonly kept: PacketPlanItem[];
}

/**
 * Which packet files go, oldest first packet first, and not one more than the rules want: files that are too old; files
 * until all of them together are small enough; and files of a device until it has enough room. While several deleted files are
 * still on a device, none of it go: what is not unlinked frees nothing, and deleting more would only lose packets. A file may go
 * when we wrote it, it is complete, where it should be, and nothing protects it; the newest of each node never goes.
 * Packets of held sessions are copied out first; a file that is little else stays. Files that a replay after a crash would need go
 * last of all, and only for room: a connection that lasts for days must not fill the disk.
 *
 * Pure: the same facts and rules give the same plan, whatever the order of the facts.
 */
export function planPackets(facts: PacketFacts, rules: PacketRules): PacketPlan {
  const files = facts.files.toSorted(byAge);
  const newest = newestOfNodes(files);
  const needs = new Map(facts.devices.toSorted((left, right) => left.device - right.device).map((device) => [device.device, needOf(device, rules)]));
  const elsewhere: PacketPlanItem[] = [];
  let excess = rules.maxBytes === null ? 0 : ownBytes(files) + facts.beyond.bytes - rules.maxBytes;
  for (const file of files) {
    const need = "device" in file.found ? needs.get(file.found.device) : undefined;
    const kept = protection(file, newest);
    if (need === undefined) {
      // A file that is not there is struck off; its bytes were none.
      const isMissing = kept === "missing" && rules.storage.length > 0;
      elsewhere.push(isMissing ? item(file, "delete", "missing") : item(file, "keep", kept ?? "device-unmeasured"));
      continue;
    }
    const wanted = whyItGoes(file, need, excess, facts.nowMs, rules);
    const reason = kept ?? (wanted === null ? "enough-space" : need.device.pendingFiles >= MOST_STUCK ? "deletion-pending" : isMostlyHeld(file) ? "held" : null);
    if (reason !== null || wanted === null) {
      need.kept.push(item(file, "keep", reason ?? "enough-space"));
      if (reason === "held" && wanted !== null && !file.isCopy) noteBlocked(need, file);
      continue;
    }
    excess -= goes(need, item(file, "delete", wanted));
  }
  // Only when every file is known: one that no replay needs may be among the others.
  if (facts.beyond.files === 0) {
    const needed = files.filter((file) => protection(file, newest) === "needed-for-replay" && !isMostlyHeld(file));
    for (const file of needed) {
      const need = "device" in file.found ? needs.get(file.found.device) : undefined;
      if (need === undefined || need.device.pendingFiles >= MOST_STUCK || !(excess > 0 || need.short > 0 || need.relief > 0)) continue;
      const gone = item(file, "delete", "replay-given-up");
      need.kept.splice(need.kept.findIndex(({ fileId }) => fileId === file.fileId), 1);
      excess -= goes(need, gone);
    }
  }
  return {
    devices: [...needs.values()].map(devicePlan), elsewhere, beyond: facts.beyond, excessBytes: Math.max(0, excess),
    warnings: ruleConflicts(facts.devices, rules),
  };
}

/** Notes that a file goes. Returns the bytes that it frees. */
function goes(need: Need, gone: PacketPlanItem): number {
  const freed = gone.bytes - gone.heldBytes;
  need.going.push(gone);
  need.deleteBytes += freed;
  need.short -= freed;
  need.relief -= freed;
  return freed;
}

/**
 * Whether a plan stays the same when the files beyond its facts are listed: every rule is met by older files, or there are none
 * beyond.
 */
export function isSettled(facts: PacketFacts, rules: PacketRules, plan: PacketPlan): boolean {
  if (facts.beyond.files === 0) return true;
  const met = plan.excessBytes === 0 && plan.devices.every(({ shortfallBytes, device }) => shortfallBytes === 0 || facts.devices.some((one) => one.device === device && one.pendingFiles >= MOST_STUCK));
  // What is beyond begins no earlier than the youngest complete file that was listed in order of age.
  const begin = facts.listedUntilMs;
  return met && facts.devices.every(({ writesFail }) => !writesFail) && (rules.maxAgeMs === null || (begin !== null && begin + rules.maxAgeMs > facts.nowMs));
}

function needOf(device: DeviceFact, rules: PacketRules): Need {
  const target = deviceTarget(device, rules);
  const relief = device.writesFail ? reliefBytes(device.totalBytes) : 0;
  return { device, target, short: target - device.freeBytes, relief, deleteBytes: 0, blocked: new Map(), going: [], kept: [] };
}

function reliefBytes(totalBytes: number): number {
  return Math.ceil(Math.min(MOST_RELIEF_BYTES, totalBytes * MOST_RELIEF_SHARE, Math.max(LEAST_RELIEF_BYTES, totalBytes * RELIEF_SHARE)));
}

function devicePlan({ device, target, short, going, kept, deleteBytes, blocked }: Need): DevicePlan {
  const { device: number, directories, freeBytes, totalBytes, pendingBytes } = device;
  return {
    device: number, directories, freeBytes, totalBytes, targetBytes: target, pendingBytes, items: [...going, ...kept], deleteBytes, shortfallBytes: Math.max(0, short),
    blocked: [...blocked].map(([hold, found]) => ({ hold, ...found })).toSorted((left, right) => left.hold - right.hold),
  };
}

function noteBlocked({ blocked }: Need, file: PacketFileFact): void {
  for (const hold of holdsOf(file)) {
    const { items, bytes } = blocked.get(hold) ?? { items: 0, bytes: 0 };
    blocked.set(hold, { items: items + 1, bytes: bytes + bytesOf(file) });
  }
}

function holdsOf({ hold, heldPackets }: PacketFileFact): readonly number[] {
  return [...(hold === null ? [] : [hold.hold]), ...(heldPackets?.holds ?? [])];
}

function whyItGoes(file: PacketFileFact, need: Need, excess: number, nowMs: number, rules: PacketRules): DeleteReason | null {
  if (rules.maxAgeMs !== null && file.settledMs + rules.maxAgeMs <= nowMs) return "older-than-max-age";
  if (excess > 0) return "over-total-size";
  if (need.short > 0) return "oldest";
  return need.relief > 0 ? "writes-fail" : null;
}

/** Directories of one device that want different room, in words, each with the way out. */
export function ruleConflicts(devices: readonly Pick<DeviceFact, "directories">[], rules: PacketRules): readonly string[] {
  return devices.flatMap((device) => conflictOf(device, rules) ?? []).toSorted();
}

function conflictOf(device: Pick<DeviceFact, "directories">, rules: PacketRules): string | null {
  const wanted = [...new Set(rulesOn(device, rules).map(({ directory, freeSpace }) => `${directory} (freeSpaceG=${printRule(freeSpace)})`))];
  if (new Set(rulesOn(device, rules).map(({ freeSpace }) => printRule(freeSpace))).size < 2) return null;
  return `FREE_SPACE_CONFLICT: ${wanted.join(" and ")} are on one device; the larger is kept free for all: give them the same freeSpaceG, or devices of their own`;
}

/** Why a file must stay whatever the room, or null. */
function protection(file: PacketFileFact, newest: ReadonlySet<number>): KeepReason | null {
  if (file.storage !== "own") return "in-place";
  if (file.state !== "complete") return "writing";
  if (file.locked) return "locked";
  // Before holds: what would stay anyway is not blocked by one.
  if (newest.has(file.fileId)) return "newest";
  if (file.sectionUnread) return "section-unread";
  if (file.hold !== null) return "held";
  if (file.undecided) return "undecided";
  if (file.deletionFailed) return "deletion-failed";
  if ("refusal" in file.found) return file.found.refusal;
  // Last: it alone gives way where there is no room.
  return file.neededForReplay ? "needed-for-replay" : null;
}

function isMostlyHeld(file: PacketFileFact): boolean {
  return file.heldPackets !== null && file.heldPackets.bytes > WORTH_COPYING * bytesOf(file);
}

function bytesOf(file: PacketFileFact): number {
  return "bytes" in file.found ? file.found.bytes : 0;
}

function ownBytes(files: readonly PacketFileFact[]): number {
  return files.reduce((sum, file) => sum + (file.storage === "own" ? bytesOf(file) : 0), 0);
}

function item(file: PacketFileFact, action: "delete" | "keep", reason: PacketPlanItem["reason"]): PacketPlanItem {
  const heldBytes = action === "delete" ? Math.min(file.heldPackets?.bytes ?? 0, bytesOf(file)) : 0;
  const isHeld = reason === "held" || heldBytes > 0;
  const note = isHeld ? (file.hold?.reason ?? file.heldPackets?.reason ?? null) : null;
  const holds = isHeld ? holdsOf(file) : [];
  return { fileId: file.fileId, path: file.path, bytes: bytesOf(file), action, reason, heldBytes, note, holds };
}

/** Oldest first packet first; a file without packets is oldest of all; ties by number. */
function byAge(left: PacketFileFact, right: PacketFileFact): number {
  const [one, other] = [left.firstMs ?? Number.NEGATIVE_INFINITY, right.firstMs ?? Number.NEGATIVE_INFINITY];
  return one === other ? left.fileId - right.fileId : one - other;
}

/** The last file in order of age of each node, among ours. A copy is no file that anything is captured to. */
function newestOfNodes(byAgeAscending: readonly PacketFileFact[]): ReadonlySet<number> {
  const newest = new Map<string, number>();
  for (const file of byAgeAscending) if (file.storage === "own" && !file.isCopy) newest.set(file.node, file.fileId);
  return new Set(newest.values());
}
