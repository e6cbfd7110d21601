import { Field, ObjectType } from "type-graphql";
import { Answer } from "../answer.js";
import { LongScalar } from "../scalar/scalars.js";

/** Traffic between two values. */
@ObjectType("ConnectionLink", { simpleResolvers: true, description: "Traffic between a source and a destination." })
export class ConnectionLink {
  @Field(() => String, { description: "Value of the source field." })
  source!: string;

  @Field(() => String, { description: "Value of the destination field." })
  destination!: string;

  @Field(() => LongScalar, { description: "Sessions between them." })
  sessions!: number;

  @Field(() => LongScalar, { description: "Packets of both directions." })
  packets!: number;

  @Field(() => LongScalar, { description: "Bytes of both directions, headers included." })
  bytes!: number;

  @Field(() => LongScalar, { description: "Payload bytes of both directions." })
  databytes!: number;
}

/** Who talks to whom. */
@ObjectType("Connections", { simpleResolvers: true, implements: Answer, description: "Who talks to whom." })
export class Connections extends Answer {
  @Field(() => [ConnectionLink], { description: "Links, most sessions first." })
  links!: readonly ConnectionLink[];

  @Field(() => Boolean, { description: "Whether there are more links than were asked for." })
  truncated!: boolean;
}
