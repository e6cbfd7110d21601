import { Field, InterfaceType } from "type-graphql";
import type { RequestContext } from "./context.js";
import { DateTimeScalar } from "./scalar/scalars.js";

/** What every answer carries: as of when it is, and until when it is complete. */
@InterfaceType("Answer", { description: "What every answer carries: the moment it is of, and until when everything captured is in it." })
export abstract class Answer {
  @Field(() => DateTimeScalar, { description: "When the operation began; later sessions may be missing from the answer." })
  asOf!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: "Every packet before this is in a session that the answer counts. Null when nothing is being captured or imported: the answer is complete." })
  completeUntil!: number | null;
}

/** The two fields of an answer to this operation. */
export function answered(context: RequestContext): Answer {
  return { asOf: context.asOfMs, completeUntil: context.services.completeness.completeUntilMs() };
}
