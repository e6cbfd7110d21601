import { Field, ObjectType } from "type-graphql";
import { Answer } from "../answer.js";
import { DateTimeScalar, LongScalar } from "../scalar/scalars.js";

/** A hold. */
@ObjectType("Hold", { simpleResolvers: true, implements: Answer, description: "Sessions that retention must keep, with their packets, and why." })
export class HoldView extends Answer {
  @Field(() => LongScalar, { description: "Its number." })
  id!: number;

  @Field(() => String, { description: "What is held: `session` (sessions of a search), `file`, or `day`." })
  subject!: string;

  @Field(() => String, { description: "The search by which sessions were chosen, the number of the file, or the day." })
  description!: string;

  @Field(() => String, { description: "Why they are kept." })
  reason!: string;

  @Field(() => String, { description: "Who made it." })
  createdBy!: string;

  @Field(() => DateTimeScalar, { description: "When it was made." })
  created!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it ends by itself; null: when somebody releases it." })
  until!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When somebody ended it; null: nobody did." })
  released!: number | null;

  @Field(() => LongScalar, { description: "Sessions that it keeps." })
  sessions!: number;

  @Field(() => LongScalar, { description: "Stored packets of them." })
  packets!: number;

  @Field(() => LongScalar, { description: "Bytes of those packets' records." })
  bytes!: number;
}

/** Holds. */
@ObjectType("HoldList", { simpleResolvers: true, implements: Answer, description: "Holds, newest first." })
export class HoldList extends Answer {
  @Field(() => [HoldView], { description: "The holds." })
  holds!: readonly HoldView[];

  @Field(() => LongScalar, { nullable: true, description: "Number to give as `before` for the next page; null at the end." })
  next!: number | null;
}
