import { Field, InterfaceType } from "type-graphql";
import type { TimeRange } from "../model/time-range.js";
import type { RequestContext } from "./context.js";
import { DateTimeScalar, LongScalar } from "./scalar/scalars.js";

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
}

/** What an answer to this operation carries; `range` is the time range of a question that has one. */
export function answered(context: RequestContext, range: TimeRange | null = null): Answer {
  const { asOfMs, services: { completeness } } = context;
  const losses = range === null || context.isNarrowed ? null : completeness.lossIn(range);
  return { asOf: asOfMs, completeUntil: completeness.completeUntilMs(asOfMs), capturing: completeness.capturing(asOfMs), lossInRange: losses?.packets ?? null, uncountedLossInRange: losses?.uncounted ?? null };
}
