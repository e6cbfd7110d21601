import { Field, ID, ObjectType, registerEnumType } from "type-graphql";
import { Answer } from "../answer.js";
import { Failure } from "../import-job/import-job.type.js";
import { DateTimeScalar, LongScalar } from "../scalar/scalars.js";

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
@ObjectType("Export", { simpleResolvers: true, implements: Answer, description: "A capture file made of the packets of sessions." })
export class ExportJobView extends Answer {
  @Field(() => ID, { description: "Identity of the export." })
  id!: string;

  @Field(() => ExportStateName, { description: "Where it is." })
  state!: ExportStateName;

  @Field(() => DateTimeScalar, { description: "When it was asked for." })
  created!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it ended; null until then." })
  finished!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When the file is deleted; null while there is none." })
  expires!: number | null;

  @Field(() => LongScalar, { description: "Sessions in it." })
  sessions!: number;

  @Field(() => LongScalar, { description: "Packets in it." })
  packets!: number;

  @Field(() => LongScalar, { description: "Size of the file in bytes." })
  bytes!: number;

  @Field(() => LongScalar, { description: "Packets that are not stored any more and so are not in it." })
  missingPackets!: number;

  @Field(() => String, { nullable: true, description: "`pcap`, or `pcapng` when link types differ; null until it is known." })
  format!: string | null;

  @Field(() => String, { nullable: true, description: "SHA-256 of the file in hex; null while there is none." })
  sha256!: string | null;

  @Field(() => String, { nullable: true, description: "Signed path to download the file from this server, for you alone; null while there is none." })
  downloadUrl!: string | null;

  @Field(() => Failure, { nullable: true, description: "Why it failed; null otherwise." })
  error!: Failure | null;
}

/** Exports. */
@ObjectType("ExportList", { simpleResolvers: true, implements: Answer, description: "Your exports, newest first." })
export class ExportJobList extends Answer {
  @Field(() => [ExportJobView], { description: "The exports." })
  exports!: readonly ExportJobView[];
}
