import { ArgsType, Field, InputType, registerEnumType } from "type-graphql";
import { DateTimeScalar } from "../scalar/scalars.js";
import { SessionFilterInput } from "./filter.input.js";

/** How a session's times must fall into a range. */
export enum BoundingName {
  FIRST_PACKET = "first",
  LAST_PACKET = "last",
  BOTH = "both",
  EITHER = "either",
}

registerEnumType(BoundingName, {
  name: "Bounding",
  description: "How a session's times must fall into a range.",
  valuesConfig: {
    FIRST_PACKET: { description: "Its first packet is in the range." },
    LAST_PACKET: { description: "Its last packet is in the range." },
    BOTH: { description: "Its first and its last packet are in the range." },
    EITHER: { description: "It has any moment in the range: it began before the end and ended after the start." },
  },
});

/** A closed range of time. */
@InputType("TimeRange", { description: "A range of time, both ends included. An end left out is open." })
export class TimeRangeInput {
  @Field(() => DateTimeScalar, { nullable: true, description: "Start of the range." })
  start?: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "End of the range." })
  end?: number | null;

  @Field(() => BoundingName, { defaultValue: BoundingName.LAST_PACKET, description: "Which times of a session must be in the range." })
  bounding!: BoundingName;
}

/** Which sessions are meant. */
@ArgsType()
export class SearchArgs {
  @Field(() => String, { nullable: true, description: "A search expression, `host.http == *.example && port.dst == 443`. With `filter` both must hold. Nothing, or empty: every session." })
  expression?: string | null;

  @Field(() => SessionFilterInput, { nullable: true, description: "A filter as an object." })
  filter?: SessionFilterInput | null;

  @Field(() => TimeRangeInput, { nullable: true, description: "Time range; left out: all time." })
  timeRange?: TimeRangeInput | null;
}
