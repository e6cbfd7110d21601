import { Field, ObjectType } from "type-graphql";
import { Answer } from "../answer.js";
import { LongScalar } from "../scalar/scalars.js";

/** One bound of the API. */
@ObjectType("Limit", { simpleResolvers: true, description: "One bound of the API." })
export class Limit {
  @Field(() => String, { description: "Name." })
  name!: string;

  @Field(() => LongScalar, { description: "The bound." })
  value!: number;

  @Field(() => String, { description: "What is counted." })
  unit!: string;

  @Field(() => String, { description: "What is bounded." })
  help!: string;
}

/** Every bound of the API. */
@ObjectType("LimitList", { simpleResolvers: true, implements: Answer, description: "Every bound of the API." })
export class LimitList extends Answer {
  @Field(() => [Limit], { description: "The bounds." })
  limits!: readonly Limit[];
}
