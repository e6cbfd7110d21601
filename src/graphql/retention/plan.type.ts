import { Field, ID, Int, ObjectType } from "type-graphql";
import { Answer } from "../answer.js";
import { DateTimeScalar, LongScalar } from "../scalar/scalars.js";

/** A packet file that would go. */
@ObjectType("PlannedFile", { simpleResolvers: true, description: "A packet file that would be deleted." })
export class PlannedFile {
  @Field(() => LongScalar, { description: "Number of the file." })
  fileId!: number;

  @Field(() => String, { description: "Where it is." })
  path!: string;

  @Field(() => LongScalar, { description: "Its size in bytes." })
  bytes!: number;

  @Field(() => String, { description: "Why: `oldest` (for room), `writes-fail`, `older-than-max-age`, `over-total-size`, `replay-given-up` (for room, although sessions that are still open would be replayed from it after a crash), `missing` (not there any more: struck off)." })
  reason!: string;

  @Field(() => LongScalar, { description: "Bytes of held packets that are copied out of it first." })
  heldBytes!: number;

  @Field(() => String, { nullable: true, description: "Reason of the hold on packets in it." })
  note!: string | null;
}

/** Files that stay for one reason. */
@ObjectType("KeptFiles", { simpleResolvers: true, description: "Packet files that stay for one reason." })
export class KeptFiles {
  @Field(() => String, { description: "Why: `enough-space`, `in-place`, `writing`, `newest`, `locked`, `section-unread`, `held`, `undecided` (held sessions cannot be looked up now), `needed-for-replay`, `outside`, `symlink`, …" })
  reason!: string;

  @Field(() => Int, { description: "Number of files." })
  files!: number;

  @Field(() => LongScalar, { description: "Their size in bytes." })
  bytes!: number;
}

/** Files that a hold keeps although they would go. */
@ObjectType("BlockedFiles", { simpleResolvers: true, description: "Packet files that would be deleted, but for a hold." })
export class BlockedFiles {
  @Field(() => LongScalar, { description: "Number of the hold." })
  hold!: number;

  @Field(() => Int, { description: "Number of files." })
  items!: number;

  @Field(() => LongScalar, { description: "Their size in bytes." })
  bytes!: number;
}

/** What would be done on one device. */
@ObjectType("PlannedDevice", { simpleResolvers: true, description: "What would be done on one device with packet files." })
export class PlannedDevice {
  @Field(() => [String], { description: "Packet directories on it." })
  directories!: readonly string[];

  @Field(() => LongScalar, { description: "Bytes free now." })
  freeBytes!: number;

  @Field(() => LongScalar, { description: "Its size in bytes." })
  totalBytes!: number;

  @Field(() => LongScalar, { description: "Bytes that should be free (`freeSpaceG`)." })
  targetBytes!: number;

  @Field(() => LongScalar, { description: "Bytes of deleted files that are not unlinked yet." })
  pendingBytes!: number;

  @Field(() => LongScalar, { description: "Bytes that the deletions would free." })
  deleteBytes!: number;

  @Field(() => LongScalar, { description: "Bytes that would stay short of the target, because nothing more may go." })
  shortfallBytes!: number;

  @Field(() => Int, { description: "Number of files that would be deleted." })
  deletionCount!: number;

  @Field(() => [PlannedFile], { description: "They, in the order of deletion; the first of them when there are many." })
  deletions!: readonly PlannedFile[];

  @Field(() => [KeptFiles], { description: "The files that stay." })
  kept!: readonly KeptFiles[];

  @Field(() => [BlockedFiles], { description: "Holds that keep files from being deleted." })
  blocked!: readonly BlockedFiles[];
}

/** What would be done about one day of sessions. */
@ObjectType("PlannedDay", { simpleResolvers: true, description: "One UTC day of sessions, and what would be done about it." })
export class PlannedDay {
  @Field(() => String, { description: "The day, `YYYY-MM-DD`." })
  day!: string;

  @Field(() => LongScalar, { description: "Sessions of it." })
  sessions!: number;

  @Field(() => LongScalar, { description: "Bytes of its index." })
  bytes!: number;

  @Field(() => Boolean, { description: "Whether it would be removed." })
  expires!: boolean;

  @Field(() => String, { description: "Why: `older-than-expire-days`, `over-index-size`, `nodes-full`, or why it stays." })
  reason!: string;

  @Field(() => LongScalar, { description: "Held sessions that would stay of a removed day." })
  heldSessions!: number;

  @Field(() => [LongScalar], { description: "Numbers of the holds that keep the day, or sessions of it." })
  holds!: readonly number[];

  @Field(() => String, { nullable: true, description: "Reason of the hold that keeps the whole day." })
  note!: string | null;
}

/** Segments that would be merged. */
@ObjectType("PlannedMerge", { simpleResolvers: true, description: "Segments of the index that would be merged: compaction." })
export class PlannedMergeView {
  @Field(() => String, { description: "Their UTC day, `YYYY-MM-DD`." })
  day!: string;

  @Field(() => Int, { description: "Number of segments that are replaced." })
  segments!: number;

  @Field(() => LongScalar, { description: "Sessions in them." })
  sessions!: number;

  @Field(() => LongScalar, { description: "Their size in bytes." })
  bytes!: number;

  @Field(() => String, { description: "Why: `small` (they become one), `superseded` (many of its rows were replaced by newer ones), `unmerged` (an index of the cluster that takes no more rows)." })
  reason!: string;
}

/** A setting of an index. */
@ObjectType("IndexSetting", { simpleResolvers: true, description: "A setting of an index in the search cluster." })
export class IndexSettingView {
  @Field(() => String, { description: "Its name in the cluster." })
  name!: string;

  @Field(() => String, { description: "Its value." })
  value!: string;
}

/** An index that would be placed anew. */
@ObjectType("PlannedPlacement", { simpleResolvers: true, description: "An index of the search cluster that would get other nodes or another number of copies." })
export class PlannedPlacementView {
  @Field(() => String, { description: "Its name." })
  index!: string;

  @Field(() => String, { description: "UTC day of its last moment, `YYYY-MM-DD`." })
  day!: string;

  @Field(() => LongScalar, { description: "Its size in bytes, copies included." })
  bytes!: number;

  @Field(() => String, { description: "Why: `warm` (old enough for other nodes), `replicas` (more or fewer copies than are wanted)." })
  reason!: string;

  @Field(() => [IndexSettingView], { description: "What would be set." })
  settings!: readonly IndexSettingView[];
}

/** An export that would be removed. */
@ObjectType("PlannedExport", { simpleResolvers: true, description: "An export whose time is over." })
export class PlannedExport {
  @Field(() => ID, { description: "Identity of the export." })
  id!: string;

  @Field(() => String, { description: "Whose it is." })
  owner!: string;

  @Field(() => LongScalar, { description: "Size of its file in bytes." })
  bytes!: number;
}

/** A directory that cannot be measured. */
@ObjectType("UnmeasuredDirectory", { simpleResolvers: true, description: "A packet directory whose device cannot be measured: nothing is deleted there." })
export class UnmeasuredDirectory {
  @Field(() => String, { description: "The directory." })
  directory!: string;

  @Field(() => String, { description: "Why it cannot." })
  reason!: string;
}

/** Everything that retention would do. */
@ObjectType("RetentionPlan", { simpleResolvers: true, implements: Answer, description: "Everything that retention would do at this moment, and why. Asking deletes nothing." })
export class RetentionPlanAnswer extends Answer {
  @Field(() => [PlannedDevice], { description: "Packet files by device." })
  devices!: readonly PlannedDevice[];

  @Field(() => [PlannedFile], { description: "Files that are not there any more and would be struck off." })
  missing!: readonly PlannedFile[];

  @Field(() => [KeptFiles], { description: "Files on no measured device of ours; they stay." })
  elsewhere!: readonly KeptFiles[];

  @Field(() => LongScalar, { description: "Bytes of packet files beyond `pcapMaxSizeG` that may not go." })
  excessBytes!: number;

  @Field(() => [PlannedDay], { description: "Days of sessions in order." })
  days!: readonly PlannedDay[];

  @Field(() => [PlannedMergeView], { description: "Merges of the index in order of day; the first of them when there are many." })
  compaction!: readonly PlannedMergeView[];

  @Field(() => Int, { description: "Number of merges." })
  mergeCount!: number;

  @Field(() => [PlannedPlacementView], { description: "Indices of the search cluster that would be placed anew, in order of day; the first of them when there are many." })
  placement!: readonly PlannedPlacementView[];

  @Field(() => LongScalar, { description: "Bytes that the data nodes of the search cluster would stay short of `sessionFreeSpaceG`, because no more days may go." })
  nodesShortBytes!: number;

  @Field(() => [PlannedExport], { description: "Exports whose time is over." })
  exports!: readonly PlannedExport[];

  @Field(() => Int, { description: "Entries of the audit log that are older than `auditDays`." })
  auditEntries!: number;

  @Field(() => [UnmeasuredDirectory], { description: "Directories that cannot be measured." })
  unmeasured!: readonly UnmeasuredDirectory[];

  @Field(() => [String], { description: "What is odd about the rules (`FREE_SPACE_CONFLICT`), and what could not be found out, each with its code." })
  warnings!: readonly string[];

  @Field(() => DateTimeScalar, { description: "When it was made." })
  made!: number;
}
