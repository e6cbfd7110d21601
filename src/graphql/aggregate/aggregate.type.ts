import { Field, Float, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import type { SessionFilter } from "../../index-store/index-store.js";
import { Answer } from "../answer.js";
import { LongScalar } from "../scalar/scalars.js";

/** What a bucket measures. */
export enum MetricName {
  SESSIONS = "sessions",
  PACKETS = "packets",
  BYTES = "bytes",
  DATABYTES = "databytes",
}

registerEnumType(MetricName, {
  name: "Metric",
  description: "What a bucket or point measures.",
  valuesConfig: {
    SESSIONS: { description: "Number of sessions." },
    PACKETS: { description: "Packets of both directions." },
    BYTES: { description: "Bytes of both directions, headers included." },
    DATABYTES: { description: "Payload bytes of both directions." },
  },
});

/** Unit of a bucket's width. */
export enum IntervalUnit {
  SECOND = "second",
  MINUTE = "minute",
  HOUR = "hour",
  DAY = "day",
  WEEK = "week",
  MONTH = "month",
}

registerEnumType(IntervalUnit, {
  name: "IntervalUnit",
  description: "Unit of a histogram's bucket width. Days, weeks (from Monday) and months follow the time zone.",
  valuesConfig: {
    SECOND: { description: "Seconds." }, MINUTE: { description: "Minutes." }, HOUR: { description: "Hours." },
    DAY: { description: "Calendar days." }, WEEK: { description: "Calendar weeks." }, MONTH: { description: "Calendar months." },
  },
});

/** Time that a histogram counts sessions under. */
export enum HistogramTime {
  FIRST_PACKET = "firstPacket",
  LAST_PACKET = "lastPacket",
}

registerEnumType(HistogramTime, {
  name: "HistogramTime",
  description: "The time of a session that decides its bucket.",
  valuesConfig: { FIRST_PACKET: { description: "Time of its first packet." }, LAST_PACKET: { description: "Time of its last packet." } },
});

/** Width of a histogram's buckets. */
@InputType("IntervalInput", { description: "Width of a histogram's buckets." })
export class IntervalInput {
  @Field(() => IntervalUnit, { description: "Unit." })
  unit!: IntervalUnit;

  @Field(() => Int, { defaultValue: 1, description: "How many units, 1 to 10000." })
  count!: number;
}

/** Width of a histogram's buckets, as used. */
@ObjectType("Interval", { simpleResolvers: true, description: "Width of a histogram's buckets, as used." })
export class Interval {
  @Field(() => IntervalUnit, { description: "Unit." })
  unit!: IntervalUnit;

  @Field(() => Int, { description: "How many units." })
  count!: number;
}

/** One value of a field and what it adds up to. */
@ObjectType("TermsBucket", { simpleResolvers: true, description: "One value of a field and what its sessions add up to." })
export class TermsBucket {
  @Field(() => String, { description: "The value as text: numbers in decimal, addresses as `Address`, times in milliseconds since 1970." })
  key!: string;

  @Field(() => LongScalar, { description: "Sessions that have the value." })
  sessions!: number;

  @Field(() => LongScalar, { description: "The metric over these sessions." })
  value!: number;
}

/** The largest values of a field. */
@ObjectType("Terms", { simpleResolvers: true, description: "The values of a field with the largest metric. A session with several values counts under each." })
export class Terms {
  @Field(() => [TermsBucket], { description: "Buckets, largest metric first; ties in order of key." })
  buckets!: readonly TermsBucket[];

  @Field(() => LongScalar, { description: "The metric of everything outside these buckets." })
  otherValue!: number;

  @Field(() => LongScalar, { description: "Largest error of a bucket's value; 0: exact." })
  errorBound!: number;
}

/** One combination of values. */
@ObjectType("CrossTabBucket", { simpleResolvers: true, description: "One combination of values and what its sessions add up to." })
export class CrossTabBucket {
  @Field(() => [String], { description: "The values as text, in the order of the fields." })
  keys!: readonly string[];

  @Field(() => LongScalar, { description: "Sessions that have the combination." })
  sessions!: number;

  @Field(() => LongScalar, { description: "The metric over these sessions." })
  value!: number;
}

/** The largest combinations of several fields. */
@ObjectType("CrossTab", { simpleResolvers: true, description: "The combinations of values of several fields with the largest metric." })
export class CrossTab {
  @Field(() => [String], { description: "The fields, in the order of the keys." })
  fields!: readonly string[];

  @Field(() => [CrossTabBucket], { description: "Buckets, largest metric first." })
  buckets!: readonly CrossTabBucket[];

  @Field(() => LongScalar, { description: "The metric of everything outside these buckets." })
  otherValue!: number;

  @Field(() => LongScalar, { description: "Largest error of a bucket's value; 0: exact." })
  errorBound!: number;
}

/** One metric over time. */
@ObjectType("HistogramSeries", { simpleResolvers: true, description: "One metric over time, as a compact array." })
export class HistogramSeries {
  @Field(() => MetricName, { description: "What is measured." })
  metric!: MetricName;

  @Field(() => [LongScalar], { description: "One value per start." })
  values!: readonly number[];
}

/** Metrics over time. */
@ObjectType("Histogram", { simpleResolvers: true, description: "Metrics over time. Empty buckets are left out." })
export class Histogram {
  @Field(() => Interval, { description: "Width of the buckets." })
  interval!: Interval;

  @Field(() => String, { description: "Time zone that calendar units follow." })
  timeZone!: string;

  @Field(() => [LongScalar], { description: "Start of each bucket, milliseconds since 1970, ascending." })
  starts!: readonly number[];

  @Field(() => [HistogramSeries], { description: "One series per metric asked for." })
  series!: readonly HistogramSeries[];
}

/** Numbers about the values of a field. */
@ObjectType("Stats", { simpleResolvers: true, description: "Numbers about the values of a numeric or time field (times in milliseconds since 1970)." })
export class Stats {
  @Field(() => LongScalar, { description: "How many values there are." })
  count!: number;

  @Field(() => Float, { nullable: true, description: "Smallest; null when there is no value." })
  min!: number | null;

  @Field(() => Float, { nullable: true, description: "Largest; null when there is no value." })
  max!: number | null;

  @Field(() => Float, { description: "Sum of the values." })
  sum!: number;

  @Field(() => Float, { nullable: true, description: "Mean; null when there is no value." })
  average!: number | null;
}

/** One percentile. */
@ObjectType("Percentile", { simpleResolvers: true, description: "One percentile of the values of a field." })
export class Percentile {
  @Field(() => Float, { description: "The percentage, 0 to 100." })
  percent!: number;

  @Field(() => Float, { nullable: true, description: "The value that this percentage of values is not above; null when there is no value." })
  value!: number | null;
}

/** How many different values a field has. */
@ObjectType("Cardinality", { simpleResolvers: true, description: "How many different values a field has." })
export class Cardinality {
  @Field(() => LongScalar, { description: "The count." })
  value!: number;

  @Field(() => Float, { description: "Relative error; 0: exact." })
  relativeError!: number;
}

/** Questions about all sessions that match. */
@ObjectType("Aggregation", { simpleResolvers: true, implements: Answer, description: "Questions about all sessions that match, answered without listing them." })
export class Aggregation extends Answer {
  /** Not in the schema: the sessions that the questions are about. */
  filter_!: SessionFilter;
}

