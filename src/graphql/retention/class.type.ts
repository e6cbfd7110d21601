import { Field, Float, ObjectType } from "type-graphql";
import { Answer } from "../answer.js";
import { DateTimeScalar, LongScalar } from "../scalar/scalars.js";

/** A class. */
@ObjectType("RetentionClass", { simpleResolvers: true, implements: Answer, description: "Sessions of a search that are kept longer than others, with their packets." })
export class RetentionClassView extends Answer {
  @Field(() => String, { description: "Its name." })
  name!: string;

  @Field(() => String, { description: "Search expression of its sessions." })
  expression!: string;

  @Field(() => Float, { description: "Days that its sessions and their packets are kept." })
  days!: number;

  @Field(() => LongScalar, { nullable: true, description: "Bytes of packets that are kept for it at most; null: as many as there are." })
  maxBytes!: number | null;

  @Field(() => LongScalar, { description: "Number of the hold under which it keeps them." })
  hold!: number;

  @Field(() => String, { description: "Who made it." })
  createdBy!: string;

  @Field(() => DateTimeScalar, { description: "When it was made." })
  created!: number;

  @Field(() => LongScalar, { description: "Sessions that it keeps beyond what is kept anyway." })
  sessions!: number;

  @Field(() => LongScalar, { description: "Bytes of their packets." })
  bytes!: number;
}

/** Classes. */
@ObjectType("RetentionClassList", { simpleResolvers: true, implements: Answer, description: "Classes, by name." })
export class RetentionClassList extends Answer {
  @Field(() => [RetentionClassView], { description: "The classes." })
  classes!: readonly RetentionClassView[];
}
