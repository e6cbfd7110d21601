import { Field, Int, ObjectType } from "type-graphql";
import { Answer } from "../answer.js";
import { DateTimeScalar, LongScalar } from "../scalar/scalars.js";

/** What one source of packets counted. */
@ObjectType("CaptureSource", { simpleResolvers: true, description: "What one source of packets counted since it started." })
export class CaptureSource {
  @Field(() => String, { description: "Node that captures." })
  node!: string;

  @Field(() => String, { description: "Interface." })
  name!: string;

  @Field(() => DateTimeScalar, { description: "When it started." })
  started!: number;

  @Field(() => LongScalar, { description: "Packets taken." })
  packets!: number;

  @Field(() => LongScalar, { description: "Bytes taken." })
  bytes!: number;

  @Field(() => LongScalar, { nullable: true, description: "Packets that the kernel dropped; null: the source does not say." })
  droppedByKernel!: number | null;

  @Field(() => LongScalar, { description: "Packets that Lookback dropped because it could not keep up, or because a disk took nothing." })
  droppedByLookback!: number;

  @Field(() => Int, { description: "Sockets that read it." })
  readers!: number;

  @Field(() => LongScalar, { description: "Packets that are accounted for: stored, left out by a rule, seen twice, or lost." })
  received!: number;

  @Field(() => LongScalar, { description: "Packets in packet files." })
  stored!: number;

  @Field(() => LongScalar, { description: "Packets indexed and not stored, because `dontSaveBPFs` or `pcapWriteMethod` says so." })
  byRule!: number;

  @Field(() => LongScalar, { description: "Of those stored or left out by a rule, packets with a damaged header; of each as much as can be understood is in a session." })
  malformed!: number;

  @Field(() => LongScalar, { description: "Of those stored, packets cut at the snap length." })
  cut!: number;

  @Field(() => LongScalar, { description: "Packets seen twice on the loopback interface, kept once." })
  duplicate!: number;

  @Field(() => LongScalar, { nullable: true, description: "Packets lost before the kernel saw them; null: the interface does not say." })
  droppedByInterface!: number | null;

  @Field(() => LongScalar, { description: "Packets lost because our queue was full." })
  lostToQueue!: number;

  @Field(() => LongScalar, { description: "Packets lost because they could not be written." })
  lostToDisk!: number;

  @Field(() => String, { description: "Where times come from: `kernel`, `hardware`, or `arrival` at this process." })
  timestampSource!: string;
}

/** A counter. */
@ObjectType("Counter", { simpleResolvers: true, description: "A counter of the dissection engine." })
export class Counter {
  @Field(() => String, { description: "Name." })
  name!: string;

  @Field(() => LongScalar, { description: "Value." })
  value!: number;
}

/** What became of the sessions that closed. */
@ObjectType("CaptureSessions", { simpleResolvers: true, description: "What became of the sessions that closed since capture started: closed = indexed + byRule + lost, as of the last flush." })
export class CaptureSessions {
  @Field(() => LongScalar, { description: "Sessions, or parts of long ones, that closed." })
  closed!: number;

  @Field(() => LongScalar, { description: "Of them, in the index." })
  indexed!: number;

  @Field(() => LongScalar, { description: "Of them, left out because `minPacketsSaveBPFs` says so." })
  byRule!: number;

  @Field(() => LongScalar, { description: "Of them, lost because the index found no room for too long; their packets are stored." })
  lost!: number;

  @Field(() => LongScalar, { description: "Sessions that are open." })
  open!: number;
}

/** Capture as a whole. */
@ObjectType("CaptureStatistics", { simpleResolvers: true, implements: Answer, description: "Live capture and what it counted." })
export class CaptureStatisticsAnswer extends Answer {
  @Field(() => [CaptureSource], { description: "Sources that are capturing; empty when none is." })
  sources!: readonly CaptureSource[];

  @Field(() => CaptureSessions, { nullable: true, description: "What became of the sessions that closed; null when nothing captured yet." })
  closedSessions!: CaptureSessions | null;

  @Field(() => [Counter], { description: "Counters of the engine, in order of name." })
  counters!: readonly Counter[];

  @Field(() => LongScalar, { description: "Sessions in the index that you may see." })
  sessions!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: "Earliest first packet in the index; null when it is empty." })
  firstPacket!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Latest last packet in the index; null when it is empty." })
  lastPacket!: number | null;
}
