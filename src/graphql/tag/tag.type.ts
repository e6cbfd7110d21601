import { Field, ObjectType } from "type-graphql";
import { Answer } from "../answer.js";
import { LongScalar } from "../scalar/scalars.js";

/** What a change of tags did. */
@ObjectType("TagChange", { simpleResolvers: true, implements: Answer, description: "What a change of tags did." })
export class TagChange extends Answer {
  @Field(() => LongScalar, { description: "Sessions that were meant and that you may see." })
  matched!: number;

  @Field(() => LongScalar, { description: "Sessions whose tags changed." })
  changed!: number;
}
