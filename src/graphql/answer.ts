import { Field, InterfaceType, ObjectType, registerEnumType } from "type-graphql";
import type { TimeRange } from "../model/time-range.js";
import type { RequestContext } from "./context.js";
import { DateTimeScalar, LongScalar } from "./scalar/scalars.js";

/** Whether a sensor captures. */
export enum SensorState { CAPTURING = "CAPTURING", STOPPED = "STOPPED", SILENT = "SILENT" }
registerEnumType(SensorState, {
  name: "SensorState",
  description: "Whether a sensor captures.",
  valuesConfig: {
    CAPTURING: { description: "It captures." },
    STOPPED: { description: "It was stopped in order." },
    SILENT: { description: "It was not stopped, and has told nothing for a minute: it died." },
  },
});

/** A node that captures or captured, and how far it is complete. */
@ObjectType("Sensor", { simpleResolvers: true, description: "A node that captures packets into the data directory of this service, or did." })
export class Sensor {
  @Field(() => String, { description: "Name of the node, as `node` of its sessions." })
  node!: string;

  @Field(() => DateTimeScalar, {
    description: "Every packet that it captured before this is in a session that the answer counts. `asOf` when it was stopped in order and nothing is missing. After its death it stands still, until it captures again and what it left is indexed. An import that waits or runs changes nothing about it.",
  })
  completeUntil!: number;

  @Field(() => SensorState, { description: "Whether it captures." })
  state!: SensorState;

  @Field(() => DateTimeScalar, { description: "When it last told how far it is: at least every 15 seconds while it captures." })
  lastHeard!: number;
}

/** What every answer carries: as of when it is, and until when it is complete. */
@InterfaceType("Answer", { description: "What every answer carries: the moment it is of, and until when everything captured is in it." })
export abstract class Answer {
  @Field(() => DateTimeScalar, { description: "When the operation began; later sessions may be missing from the answer." })
  asOf!: number;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Every packet captured or imported before this is in a session that the answer counts. While packets are captured it trails behind `asOf` by the packets of sessions that are still open; when nothing is captured or imported it is `asOf`. Null while an import waits or runs, which may bring sessions of any time.",
  })
  completeUntil!: number | null;

  @Field(() => [Sensor], {
    description: "How far each sensor is complete, by name; `completeUntil` is no later than the earliest. One that died stays here, and its mark stands still. Empty where nothing was captured, and for users with a forced expression or a time limit.",
  })
  sensors!: readonly Sensor[];

  @Field(() => Boolean, { description: "Whether packets are being captured. When it is false, only an import can change the answer." })
  capturing!: boolean;

  @Field(() => LongScalar, {
    nullable: true,
    description: "Packets that live captures are known to have lost in spans that touch the time range of the question: sessions of that time may be incomplete. Null where a question has no time range, and for users with a forced expression or a time limit.",
  })
  lossInRange!: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether packets may have been lost, which nobody counted, in spans that touch the time range of the question: a live capture died, and packets went by until it was started again. Null where `lossInRange` is.",
  })
  uncountedLossInRange!: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether packets of the time range of the question were captured through libpcap, which does not tell what the kernel dropped: `lossInRange` counts the other losses of that time. Null where `lossInRange` is.",
  })
  unknownDropsInRange!: boolean | null;
}

/** What an answer to this operation carries; `range` is the time range of a question that has one. */
export function answered(context: RequestContext, range: TimeRange | null = null): Answer {
  const { asOfMs, services: { completeness } } = context;
  const losses = range === null || context.isNarrowed ? null : completeness.lossIn(range);
  const { completeUntilMs, capturing, sensors } = completeness.of(asOfMs);
  return {
    asOf: asOfMs, completeUntil: completeUntilMs, capturing, lossInRange: losses?.packets ?? null, uncountedLossInRange: losses?.uncounted ?? null, unknownDropsInRange: losses?.unknownDrops ?? null,
    // What is of the whole store is not for a reader who sees a part of it.
    sensors: context.isNarrowed ? [] : sensors.map(({ node, completeUntilMs: untilMs, state, heardMs }) => ({ node, completeUntil: untilMs, state: SensorState[state], lastHeard: heardMs })),
  };
}
