import { Field, Float, ID, ObjectType, registerEnumType } from "type-graphql";
import { Answer } from "../answer.js";
import { Failure } from "../import-job/import-job.type.js";
import { DateTimeScalar, LongScalar } from "../scalar/scalars.js";
import { ExportFormatName, ExportPackets } from "./export.args.js";

/** Where an export is. */
export enum ExportStateName {
  QUEUED = "queued",
  RUNNING = "running",
  DONE = "done",
  FAILED = "failed",
  CANCELLED = "cancelled",
  EXPIRED = "expired",
}

registerEnumType(ExportStateName, {
  name: "ExportState",
  description: "Where an export is.",
  valuesConfig: {
    QUEUED: { description: "Waits for those before it." },
    RUNNING: { description: "Collects packets." },
    DONE: { description: "The file can be downloaded until `expires`." },
    FAILED: { description: "There is no file; `error` says why." },
    CANCELLED: { description: "Ended by its user." },
    EXPIRED: { description: "Its time is over and its file is gone." },
  },
});

/** One export. */
@ObjectType("Export", { simpleResolvers: true, implements: Answer, description: "A file made of sessions: of their packets, or of their fields." })
export class ExportJobView extends Answer {
  @Field(() => ID, { description: "Identity of the export." })
  id!: string;

  @Field(() => ExportStateName, { description: "Where it is." })
  state!: ExportStateName;

  @Field(() => String, { description: "What was asked for." })
  query!: string;

  @Field(() => ExportFormatName, { description: "The format that was asked for." })
  requestedFormat!: ExportFormatName;

  @Field(() => ExportPackets, { description: "Which packets of long connections were asked for." })
  packetChoice!: ExportPackets;

  @Field(() => DateTimeScalar, { description: "When it was asked for." })
  created!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it began; null while it waits." })
  started!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it ended; null until then." })
  finished!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When the file is deleted; null while there is none." })
  expires!: number | null;

  @Field(() => Float, { nullable: true, description: "Part done, 0 to 1; null while it is not known." })
  progress!: number | null;

  @Field(() => LongScalar, { description: "Sessions in it." })
  sessions!: number;

  @Field(() => LongScalar, { description: "Packets in it; 0 for tables." })
  packets!: number;

  @Field(() => LongScalar, { description: "Size of the file in bytes." })
  bytes!: number;

  @Field(() => LongScalar, { description: "Packets that are not stored any more and so are not in it." })
  missingPackets!: number;

  @Field(() => String, { nullable: true, description: "The format of the file: `pcapng` where classic pcap was asked for and cannot hold the packets; null while there is none." })
  format!: string | null;

  @Field(() => String, { nullable: true, description: "SHA-256 of the file in hex; null while there is none." })
  sha256!: string | null;

  @Field(() => String, { nullable: true, description: "Signed path to download the file from this server, for you alone; null while there is none." })
  downloadUrl!: string | null;

  @Field(() => String, { nullable: true, description: "Signed path to its manifest: what is in it, what is missing, and a signature over both; null while there is none, and for users who may not see packet files (`hideFiles`), which it names." })
  manifestUrl!: string | null;

  @Field(() => Failure, { nullable: true, description: "Why it failed; null otherwise." })
  error!: Failure | null;
}

/** Exports. */
@ObjectType("ExportList", { simpleResolvers: true, implements: Answer, description: "Your exports, newest first." })
export class ExportJobList extends Answer {
  @Field(() => [ExportJobView], { description: "The exports." })
  exports!: readonly ExportJobView[];
}

/** What an export would hold. */
@ObjectType("ExportEstimate", { simpleResolvers: true, implements: Answer, description: "What an export would hold, from the index alone." })
export class ExportEstimateView extends Answer {
  @Field(() => LongScalar, { description: "Sessions." })
  sessions!: number;

  @Field(() => LongScalar, { description: "Packets that can be exported; 0 for tables." })
  packets!: number;

  @Field(() => LongScalar, { description: "Bytes of the file, within a few percent." })
  bytes!: number;

  @Field(() => LongScalar, { description: "Packets that are not stored any more." })
  missingPackets!: number;

  @Field(() => LongScalar, { description: "Sessions of which packets are not stored any more, or never were." })
  incompleteSessions!: number;

  @Field(() => LongScalar, { description: "Most bytes that the file may have." })
  maxBytes!: number;

  @Field(() => Boolean, { description: "Whether it would be refused because of its size." })
  tooLarge!: boolean;
}

/** What deleting did. */
@ObjectType("ExportDeletion", { simpleResolvers: true, implements: Answer, description: "What deleting an export did." })
export class ExportDeletion extends Answer {
  @Field(() => Boolean, { description: "Whether there was an export of that id." })
  deleted!: boolean;
}
