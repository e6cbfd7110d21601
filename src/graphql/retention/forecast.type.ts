import { Field, Float, InputType, Int, ObjectType } from "type-graphql";
import { Answer } from "../answer.js";
import { DateTimeScalar, LongScalar } from "../scalar/scalars.js";

/** How far forecasts were off. */
@ObjectType("ForecastError", { simpleResolvers: true, description: "How far forecasts of the last four weeks, made from the days before, were from the days that followed." })
export class ForecastError {
  @Field(() => Int, { description: "Days of the past that were forecast and compared." })
  samples!: number;

  @Field(() => Float, { description: "Average of the absolute errors, in percent of what came." })
  meanErrorPercent!: number;

  @Field(() => Float, { description: "The largest error, in percent." })
  worstErrorPercent!: number;
}

/** How long packets are kept. */
@ObjectType("PacketForecast", { simpleResolvers: true, description: "How long packets are kept." })
export class PacketForecastView {
  @Field(() => Float, { nullable: true, description: "Days between the oldest packet that is there and now; null when there is none." })
  daysNow!: number | null;

  @Field(() => Float, { nullable: true, description: "Days that packets will be kept at the recent rate; null when nothing is written." })
  days!: number | null;

  @Field(() => String, { nullable: true, description: "What bounds them: `room` (`freeSpaceG`), `total-size` (`pcapMaxSizeG`) or `age` (`pcapMaxAgeDays`)." })
  boundBy!: string | null;

  @Field(() => LongScalar, { description: "Bytes written a day recently." })
  bytesPerDay!: number;

  @Field(() => Int, { description: "Complete days that this is the average of, at most 7; 0: of what there is of today." })
  averagedDays!: number;

  @Field(() => LongScalar, { description: "Bytes that packets may take." })
  capacityBytes!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: "When that is used up and the oldest begin to go; null: not at this rate." })
  full!: number | null;

  @Field(() => ForecastError, { nullable: true, description: "How far off such forecasts were; null before there is a complete day to compare." })
  error!: ForecastError | null;
}

/** How long sessions are kept. */
@ObjectType("SessionForecast", { simpleResolvers: true, description: "How long sessions are kept." })
export class SessionForecastView {
  @Field(() => Float, { nullable: true, description: "Days of sessions that are there; null when there are none." })
  daysNow!: number | null;

  @Field(() => Float, { nullable: true, description: "Days that sessions will be kept; null: as long as there is room." })
  days!: number | null;

  @Field(() => LongScalar, { description: "Bytes that the index grows a day." })
  bytesPerDay!: number;

  @Field(() => LongScalar, { description: "Sessions a day." })
  sessionsPerDay!: number;

  @Field(() => LongScalar, { nullable: true, description: "Bytes that the index comes to by then; null: not bounded." })
  bytesThen!: number | null;
}

/** What a bound on packets would change. */
@ObjectType("WhatIf", { simpleResolvers: true, description: "What keeping only the first packets of some sessions would change." })
export class WhatIfView {
  @Field(() => String, { description: "Which sessions; empty: all." })
  expression!: string;

  @Field(() => Int, { description: "Packets that each of them would keep." })
  firstPackets!: number;

  @Field(() => Float, { description: "Share of the bytes that would not be written, in percent." })
  savedPercent!: number;

  @Field(() => Float, { nullable: true, description: "Days that packets would be kept." })
  days!: number | null;

  @Field(() => Float, { nullable: true, description: "Days more than without." })
  gainedDays!: number | null;
}

/** A forecast. */
@ObjectType("RetentionForecast", { simpleResolvers: true, implements: Answer, description: "How long packets and sessions will be kept, if the days to come are like the last ones." })
export class RetentionForecastAnswer extends Answer {
  @Field(() => PacketForecastView, { description: "Packets." })
  packets!: PacketForecastView;

  @Field(() => SessionForecastView, { description: "Sessions." })
  sessions!: SessionForecastView;

  @Field(() => [WhatIfView], { description: "What was asked about, in its order." })
  whatIf!: readonly WhatIfView[];
}

/** A bound on packets to ask about. */
@InputType("WhatIfInput", { description: "A bound on the packets of some sessions." })
export class WhatIfInput {
  @Field(() => String, { defaultValue: "", description: "Search expression of the sessions; empty: all." })
  expression!: string;

  @Field(() => Int, { description: "Packets that each would keep, 1 to 1000000." })
  firstPackets!: number;
}
