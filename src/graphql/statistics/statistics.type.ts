import { Field, Float, ObjectType } from "type-graphql";
import { Answer } from "../answer.js";
import { DateTimeScalar } from "../scalar/scalars.js";

/** One measure of one subject over hours. */
@ObjectType("StatisticsSeries", { simpleResolvers: true, description: "One measure of one subject over hours." })
export class StatisticsSeries {
  @Field(() => String, { description: "`interface:<node>/<name>`, `device:<directory>`, `packets:<storage>`, `task:<name>` or `index`." })
  subject!: string;

  @Field(() => String, { description: "Of interfaces `packets`, `bytes`, `droppedByUs`, `droppedByKernel`; of devices `freeBytes`, `leastFreeBytes`, `totalBytes`; of packets `files`, `bytes`; of tasks `runs`, `failed`, `seconds`; of the index `rows`, `bytes`." })
  measure!: string;

  @Field(() => [DateTimeScalar], { description: "Starts of the hours that have a value, in order." })
  starts!: readonly number[];

  @Field(() => [Float], { description: "The value of each hour: what was counted in it, or what was measured in it last." })
  values!: readonly number[];
}

/** Statistics of hours. */
@ObjectType("StatisticsHistory", { simpleResolvers: true, implements: Answer, description: "What was counted and measured in each hour. Hours are kept for 400 days." })
export class StatisticsHistoryAnswer extends Answer {
  @Field(() => [StatisticsSeries], { description: "The series, by subject and measure." })
  series!: readonly StatisticsSeries[];
}
