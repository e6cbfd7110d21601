import { Field, ObjectType, registerEnumType } from "type-graphql";
import { Answer } from "../answer.js";
import { DateTimeScalar, LongScalar } from "../scalar/scalars.js";

/** Whose file it is. */
export enum CaptureFileStorage {
  OWN = "own",
  IN_PLACE = "in-place",
}

registerEnumType(CaptureFileStorage, {
  name: "CaptureFileStorage",
  description: "Whose file it is.",
  valuesConfig: { OWN: { description: "Written by Lookback; retention may delete it." }, IN_PLACE: { description: "Yours, imported where it is; never deleted." } },
});

/** Where a file is in its life. */
export enum CaptureFileState {
  WRITING = "writing",
  COMPLETE = "complete",
  GONE = "gone",
}

registerEnumType(CaptureFileState, {
  name: "CaptureFileState",
  description: "Where a packet file is in its life.",
  valuesConfig: { WRITING: { description: "Packets are being added." }, COMPLETE: { description: "Complete." }, GONE: { description: "Deleted; its sessions remain without packets." } },
});

/** A packet file. */
@ObjectType("CaptureFile", { simpleResolvers: true, description: "A packet file." })
export class CaptureFile {
  @Field(() => LongScalar, { description: "Number of the file." })
  id!: number;

  @Field(() => String, { description: "Node that captured or imported it." })
  node!: string;

  @Field(() => String, { description: "Name that `file ==` matches." })
  name!: string;

  @Field(() => CaptureFileStorage, { description: "Whose file it is." })
  storage!: CaptureFileStorage;

  @Field(() => CaptureFileState, { description: "Where it is in its life." })
  state!: CaptureFileState;

  @Field(() => String, { description: "`pcap` or `pcapng`." })
  format!: string;

  @Field(() => LongScalar, { description: "Size in bytes." })
  bytes!: number;

  @Field(() => LongScalar, { description: "Packets in it." })
  packets!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: "Earliest packet; null when there is none." })
  firstPacket!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Latest packet; null when there is none." })
  lastPacket!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was imported; null of live capture." })
  imported!: number | null;

  @Field(() => Boolean, { description: "Whether it is kept from retention." })
  locked!: boolean;
}

/** Packet files. */
@ObjectType("CaptureFileList", { simpleResolvers: true, implements: Answer, description: "Packet files, highest number first." })
export class CaptureFileList extends Answer {
  @Field(() => [CaptureFile], { description: "The files." })
  files!: readonly CaptureFile[];

  @Field(() => LongScalar, { nullable: true, description: "Number to give as `before` for the next page; null at the end." })
  next!: number | null;
}
