import { Field, Float, ObjectType } from "type-graphql";
import { Answer } from "../answer.js";
import { DateTimeScalar, LongScalar } from "../scalar/scalars.js";

/** Why sessions wait. */
@ObjectType("ShippingError", { simpleResolvers: true, description: "Why sessions wait for the search cluster." })
export class ShippingErrorInfo {
  @Field(() => String, { description: "Stable code; docs/errors.md says what to do." })
  code!: string;

  @Field(() => String, { description: "What happened." })
  message!: string;

  @Field(() => DateTimeScalar, { description: "When." })
  at!: number;
}

/** The way of sessions to a search cluster. */
@ObjectType("Shipping", { simpleResolvers: true, implements: Answer, description: "Sessions on their way to the search cluster." })
export class ShippingInfo extends Answer {
  @Field(() => Boolean, { description: "Whether a shipper runs." })
  running!: boolean;

  @Field(() => LongScalar, { description: "Sessions that wait." })
  waitingSessions!: number;

  @Field(() => LongScalar, { description: "Segments that wait." })
  waitingSegments!: number;

  @Field(() => LongScalar, { description: "Bytes of segments that wait." })
  waitingBytes!: number;

  @Field(() => LongScalar, { description: "Bytes that may wait; health warns at half of it." })
  budgetBytes!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: "Since when the one waits that waits longest; null when none does." })
  waitingSince!: number | null;

  @Field(() => LongScalar, { description: "Sessions that the cluster refused for good; `lookback ship --retry` tries them again." })
  refusedSessions!: number;

  @Field(() => LongScalar, { description: "Sessions shipped since the shipper started." })
  shippedSessions!: number;

  @Field(() => Float, { description: "Sessions shipped a second, lately." })
  rate!: number;

  @Field(() => Float, { nullable: true, description: "Seconds until nothing waits; null when that cannot be told." })
  etaSeconds!: number | null;

  @Field(() => ShippingErrorInfo, { nullable: true, description: "The last error; null once nothing waits." })
  lastError!: ShippingErrorInfo | null;
}
