import type { DataNode, PlannedMerge, PlannedPlacement } from "../index-store/index-store.js";
import type { OwnershipRefusal, UnmeasuredDirectory } from "../packet-store/packet-store.js";

/** Room to keep free on a device: a share of its size in percent, or GiB. */
export interface FreeSpaceRule {
  readonly unit: "percent" | "gib";
  readonly value: number;
}

/** What people want of packet files. */
export interface PacketRules {
  /** Room wanted on the device of each packet directory; of several on one device the largest counts. */
  readonly storage: readonly { readonly directory: string; readonly freeSpace: FreeSpaceRule }[];
  /** Age in milliseconds from which a file goes, or null. */
  readonly maxAgeMs: number | null;
  /** Bytes that our files take at most, on all devices together, or null. */
  readonly maxBytes: number | null;
}

/** What people want of sessions. */
export interface SessionRules {
  /** Whole UTC days that sessions are kept after their own, or null for ever. */
  readonly expireDays: number | null;
  /** Bytes that the index takes at most, or null. */
  readonly maxBytes: number | null;
  /** Room to keep free on each data node of the cluster, or null. */
  readonly nodeFreeSpace: FreeSpaceRule | null;
}

/** Packets of a file that must outlive it. */
export interface HeldPackets {
  /** Why, in the words of whoever holds them. */
  readonly reason: string;
  /** Numbers of the holds. */
  readonly holds: readonly number[];
  /** Bytes of their records. */
  readonly bytes: number;
}

/** A packet file that the catalogue lists and that is not gone. */
export interface PacketFileFact {
  readonly fileId: number;
  readonly node: string;
  readonly path: string;
  /** `in-place` is the user's own file. */
  readonly storage: "own" | "in-place";
  readonly state: "writing" | "complete";
  readonly locked: boolean;
  /** Settings of its node do not read, so nobody knows what is wanted of it. */
  readonly sectionUnread: boolean;
  /** Why a person wants the whole file kept, and the number of the hold; or null. */
  readonly hold: { readonly reason: string; readonly hold: number } | null;
  /** Packets of held sessions in it, or null for none. */
  readonly heldPackets: HeldPackets | null;
  /** It was made of held packets that were copied out of a deleted file. */
  readonly isCopy: boolean;
  /** It may have packets of held sessions that cannot be looked up now. */
  readonly undecided: boolean;
  /** An open session has packets in it, or in an earlier file of its stream, or one of a capture that died, whose packets are still to be read again. */
  readonly neededForReplay: boolean;
  /** Inode of the directory that it was seen in, or null where nobody saw it there. */
  readonly directoryInode: string | null;
  /** When it was listed, milliseconds since 1970. */
  readonly importedAtMs: number;
  /**
   * What is known to lie at the path: a file of ours on a device, or why it is not ours to touch. Until it has been looked
   * at, that is what the catalogue says.
   */
  readonly found: { readonly device: number; readonly bytes: number } | { readonly refusal: OwnershipRefusal };
  /** Time of the first packet, or null when it has none; milliseconds since 1970. */
  readonly firstMs: number | null;
  /** Time of the last packet, or null. */
  readonly lastMs: number | null;
  /** Since when it may count as old: its last packet, or when it came to us where that is later. */
  readonly settledMs: number;
  /** Its deletion was tried in this run and failed. */
  readonly deletionFailed: boolean;
}

/** A device that packet files are on. */
export interface DeviceFact {
  readonly device: number;
  readonly directories: readonly string[];
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Tombstones and their bytes: deleted for readers, not unlinked. A run unlinks them first, so what is left is stuck. */
  readonly pendingFiles: number;
  readonly pendingBytes: number;
  /** Something could not be written there for want of room, whatever the measurement says (a quota, reserved blocks, inodes). */
  readonly writesFail: boolean;
}

export interface PacketFacts {
  readonly nowMs: number;
  readonly devices: readonly DeviceFact[];
  readonly files: readonly PacketFileFact[];
  /** Files of ours that are not listed: complete ones that are younger than every listed one but the newest of a node. Their bytes are of those in directories of ours. */
  readonly beyond: FileSum;
  /** First packet of the last file that was listed in order of age; null when all are listed. */
  readonly listedUntilMs: number | null;
}

/** A number of files and their size. */
export interface FileSum {
  readonly files: number;
  readonly bytes: number;
}

/** Why a packet file goes. */
export type DeleteReason =
  /** There is too little room; nothing older may go. */
  | "oldest"
  /** It was written for want of room in vain; more room is made than asked for. */
  | "writes-fail"
  | "older-than-max-age"
  | "over-total-size"
  /** There is too little room, and only files are left from which open sessions would be replayed after a crash. */
  | "replay-given-up"
  /** The file is not there any more; the catalogue learns of it. */
  | "missing";

/** Why a packet file is kept. */
export type KeepReason =
  | "enough-space" | "in-place" | "writing" | "newest" | "locked" | "section-unread" | "held" | "undecided" | "needed-for-replay" | "deletion-failed"
  | "device-unmeasured" | "deletion-pending" | OwnershipRefusal;

/** One file and what happens to it. */
export interface PacketPlanItem {
  readonly fileId: number;
  readonly path: string;
  /** Size on disk; 0 where nothing of ours was found. */
  readonly bytes: number;
  readonly action: "delete" | "keep";
  readonly reason: DeleteReason | KeepReason;
  /** Bytes of held packets that are copied out before the file is deleted. */
  readonly heldBytes: number;
  /** What the person who holds it, or packets of it, said. */
  readonly note: string | null;
  /** Numbers of the holds that keep it, or packets of it. */
  readonly holds: readonly number[];
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
  /** Bytes that the deletions free; what is copied out is not among them. */
  readonly deleteBytes: number;
  /** Bytes that stay short of the target although nothing more may go. */
  readonly shortfallBytes: number;
  /** Files that would have gone but for a hold, by its number; copies that were made for holds do not count. */
  readonly blocked: readonly { readonly hold: number; readonly items: number; readonly bytes: number }[];
}

export interface PacketPlan {
  readonly devices: readonly DevicePlan[];
  /** Files on no measured device; kept, or struck off when they are not there any more. */
  readonly elsewhere: readonly PacketPlanItem[];
  /** Younger files, of which none goes. */
  readonly beyond: FileSum;
  /** Bytes of our files on all devices beyond `pcapMaxSizeG` although nothing more may go. */
  readonly excessBytes: number;
  /** What is odd about the rules, for people: two directories of one device that want different room. */
  readonly warnings: readonly string[];
}

/** One day of sessions, or the days that share an index. */
export interface PartitionFact {
  /** Its last UTC day, `YYYY-MM-DD`. */
  readonly day: string;
  /** Last packets of its rows are from `startMs` to before `endMs`, milliseconds since 1970. */
  readonly startMs: number;
  readonly endMs: number;
  readonly rows: number;
  readonly bytes: number;
  /** Why a person wants the whole day kept, or null. */
  readonly hold: string | null;
  /** Numbers of the holds on the day or on rows of it. */
  readonly holds: readonly number[];
  /** Rows of held sessions, which outlive the day. */
  readonly heldRows: number;
}

export interface SessionFacts {
  readonly nowMs: number;
  readonly partitions: readonly PartitionFact[];
  /** Data nodes of the cluster; none where the index is in the data directory. */
  readonly nodes: readonly DataNode[];
}

/** One day and what happens to it. */
export interface SessionPlanItem {
  readonly day: string;
  /** Last packets of its rows are from `startMs` to before `endMs`, milliseconds since 1970. */
  readonly startMs: number;
  readonly endMs: number;
  readonly rows: number;
  readonly bytes: number;
  readonly action: "expire" | "keep";
  readonly reason: "older-than-expire-days" | "over-index-size" | "nodes-full" | "no-expire-days" | "young" | "today" | "future" | "held" | "not-a-day";
  /** Rows that stay of a day that expires, because they are held. */
  readonly heldRows: number;
  /** Numbers of the holds that keep the day, or rows of it. */
  readonly holds: readonly number[];
  readonly note: string | null;
}

export interface SessionPlan {
  /** Days that sessions are kept, or null for ever. */
  readonly expireDays: number | null;
  /** In order of day. */
  readonly items: readonly SessionPlanItem[];
  /** Bytes beyond `sessionMaxSizeG` although nothing more may go. */
  readonly excessBytes: number;
  /** Bytes short of `sessionFreeSpaceG` on all data nodes together although nothing more may go. */
  readonly shortfallBytes: number;
  /** Days that would have gone but for a hold, by its number. */
  readonly blocked: DevicePlan["blocked"];
}

/** A merge of segments of one day, and why; what the next run of compaction does. */
export type CompactionPlanItem = PlannedMerge;

/** Everything that retention would do at a moment. */
export interface RetentionPlan {
  readonly madeMs: number;
  readonly packets: PacketPlan;
  readonly sessions: SessionPlan;
  /** Merges of segments, in order of day. */
  readonly compaction: readonly CompactionPlanItem[];
  /** Indices of the cluster that get other nodes or another number of copies, in order of day. */
  readonly placement: readonly PlannedPlacement[];
  /** Finished exports whose time is over. */
  readonly exports: readonly { readonly id: string; readonly owner: string; readonly bytes: number; readonly expiredMs: number }[];
  /** Entries of the audit log that are older than `auditDays`. */
  readonly audit: { readonly entries: number; readonly beforeMs: number };
  /** What could not be found out, and why: a search cluster that does not answer knows nothing of days and merges. */
  readonly unknown: readonly string[];
  /** Directories whose device cannot be measured, so that nothing is deleted there. */
  readonly unmeasured: readonly UnmeasuredDirectory[];
}
