import { Arg, Ctx, Query, Resolver } from "type-graphql";
import { LookbackError } from "../../base/errors.js";
import { answered } from "../answer.js";
import { boundedList } from "../bounded.js";
import { RequestContext } from "../context.js";
import { LIMITS } from "../limits.js";
import { DateTimeScalar } from "../scalar/scalars.js";
import { StatisticsHistoryAnswer } from "./statistics.type.js";

/** How the service was. */
@Resolver()
export class StatisticsResolver {
  @Query(() => StatisticsHistoryAnswer, { complexity: 200, description: "What was counted and measured in each hour: captured packets and drops of interfaces, free space, sizes, runs of tasks." })
  statisticsHistory(
    @Arg("start", () => DateTimeScalar, { description: "Hours that begin at this time or later." }) start: number,
    @Arg("end", () => DateTimeScalar, { nullable: true, description: "Hours that begin before this time; left out: until now." }) end: number | null | undefined,
    @Arg("subjects", () => [String], { nullable: true, description: "Only these subjects; left out: all." }) subjects: string[] | null | undefined,
    @Ctx() context: RequestContext,
  ): StatisticsHistoryAnswer {
    context.require("statistics");
    const until = end ?? context.asOfMs;
    if (start > until) throw new LookbackError("TIME_RANGE_INVALID", "the range ends before it starts");
    const wanted = subjects === null || subjects === undefined ? null : boundedList("subjects", subjects, LIMITS.fieldNames);
    const found = context.services.statisticsHistory.list(wanted, start, until, LIMITS.histogramCells + 1);
    if (found.length > LIMITS.histogramCells) {
      throw new LookbackError("LIMIT_EXCEEDED", `there are more than ${LIMITS.histogramCells} values in this range; name subjects, or ask for fewer hours`, { limit: LIMITS.histogramCells });
    }
    const series: { subject: string; measure: string; starts: number[]; values: number[] }[] = [];
    for (const { hourMs, subject, measure, value } of found) {
      let last = series.at(-1);
      if (last?.subject !== subject || last.measure !== measure) series.push((last = { subject, measure, starts: [], values: [] }));
      last.starts.push(hourMs);
      last.values.push(value);
    }
    return { ...answered(context), series };
  }
}
