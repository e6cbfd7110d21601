import { Field, InterfaceType } from "type-graphql";
import type { RequestContext } from "./context.js";
import { DateTimeScalar } from "./scalar/scalars.js";

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
}

/** What an answer to this operation carries. */
export function answered(context: RequestContext): Answer {
  const { asOfMs, services: { completeness } } = context;
  return { asOf: asOfMs, completeUntil: completeness.completeUntilMs(asOfMs), capturing: completeness.capturing(asOfMs) };
}
