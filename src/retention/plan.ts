import type { OwnershipRefusal } from "../packet-store/packet-store.js";

/** Room to keep free on a device: a share of its size in percent, or GiB. */
export interface FreeSpaceRule {
  readonly unit: "percent" | "gib";
  readonly value: number;
}

/** `freeSpaceG` unless configured. */
export const DEFAULT_FREE_SPACE: FreeSpaceRule = { unit: "percent", value: 5 };

/** A packet file that the catalogue lists and that is not gone. */
export interface PacketFileFact {
  readonly fileId: number;
  readonly node: string;
  readonly path: string;
  /** `in-place` is the user's own file. */
  readonly storage: "own" | "in-place";
  readonly state: "writing" | "complete";
  readonly locked: boolean;
  /** Why a person wants it kept, or null. */
  readonly hold: string | null;
  /** An open session has packets in it, or in an earlier file of its stream. */
  readonly neededForReplay: boolean;
  /** What lies at the path: a file of ours on a device, or why it is not ours to touch. */
  readonly found: { readonly device: number; readonly bytes: number } | { readonly refusal: OwnershipRefusal };
  /** Time of the first packet, or null when it has none; milliseconds since 1970. */
  readonly firstMs: number | null;
  /** Its deletion was tried in this run and failed. */
  readonly deletionFailed: boolean;
}

/** A device that packet files are on. */
export interface DeviceFact {
  readonly device: number;
  readonly directories: readonly string[];
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Bytes of tombstones: on their way out, not free yet. A run unlinks them first, so what is left is stuck. */
  readonly pendingBytes: number;
}

export interface PacketFacts {
  readonly devices: readonly DeviceFact[];
  readonly files: readonly PacketFileFact[];
}

/** Why a packet file is kept. */
export type KeepReason =
  | "enough-space" | "in-place" | "writing" | "newest" | "locked" | "held" | "needed-for-replay" | "deletion-failed"
  | "device-unmeasured" | "deletion-pending" | OwnershipRefusal;

/** One file and what happens to it. */
export interface PacketPlanItem {
  readonly fileId: number;
  readonly path: string;
  /** Size on disk; 0 where nothing of ours was found. */
  readonly bytes: number;
  readonly action: "delete" | "keep";
  /** `oldest`: deleted for room, nothing older may go. */
  readonly reason: "oldest" | KeepReason;
  /** What the person who holds it said. */
  readonly note: string | null;
}

/** What is done about one device. */
export interface DevicePlan {
  readonly device: number;
  readonly directories: readonly string[];
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Free bytes wanted. */
  readonly targetBytes: number;
  readonly pendingBytes: number;
  /** Files in the order of deletion, then the kept ones. */
  readonly items: readonly PacketPlanItem[];
  /** Bytes that the deletions free. */
  readonly deleteBytes: number;
  /** Bytes that stay short of the target although nothing more may go. */
  readonly shortfallBytes: number;
}

export interface PacketPlan {
  readonly devices: readonly DevicePlan[];
  /** Files on no measured device; all kept. */
  readonly elsewhere: readonly PacketPlanItem[];
}

/** One day of sessions. */
export interface PartitionFact {
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
  readonly rows: number;
  readonly bytes: number;
  /** Why a person wants it kept, or null. */
  readonly hold: string | null;
}

export interface SessionFacts {
  readonly nowMs: number;
  readonly partitions: readonly PartitionFact[];
}

/** One day and what happens to it. */
export interface SessionPlanItem {
  readonly day: string;
  readonly rows: number;
  readonly bytes: number;
  readonly action: "expire" | "keep";
  readonly reason: "older-than-expire-days" | "no-expire-days" | "young" | "today" | "future" | "held" | "not-a-day";
  readonly note: string | null;
}

export interface SessionPlan {
  /** Days that sessions are kept, or null for ever. */
  readonly expireDays: number | null;
  /** In order of day. */
  readonly items: readonly SessionPlanItem[];
}
