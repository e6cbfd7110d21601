import { Ctx, Query, Resolver } from "type-graphql";
import { ALL_TIME } from "../../model/time-range.js";
import { answered } from "../answer.js";
import { RequestContext } from "../context.js";
import { CaptureStatisticsAnswer } from "./capture-statistics.type.js";

/** Capture as a whole. */
@Resolver()
export class CaptureStatisticsResolver {
  @Query(() => CaptureStatisticsAnswer, { complexity: 100, description: "Live capture and what it counted, and the extent of the index." })
  async captureStatistics(@Ctx() context: RequestContext): Promise<CaptureStatisticsAnswer> {
    context.require("search");
    const { store, captureStatistics } = context.services;
    const sessions = await store.count({ expression: { node: "everything" }, range: ALL_TIME }, context.read);
    // The extent is of the whole store: not for a reader who sees a part of it.
    const extent = context.scope.forcedExpression === null && context.scope.oldestMs === null ? await store.extent() : null;
    return {
      ...answered(context),
      sources: captureStatistics.sources().map(({ startedMs, droppedByUs, ...source }) => ({ ...source, started: startedMs, droppedByLookback: droppedByUs })),
      counters: Object.entries(captureStatistics.counters()).map(([name, value]) => ({ name, value })).sort((a, b) => (a.name < b.name ? -1 : 1)),
      sessions,
      firstPacket: extent?.firstMs ?? null,
      lastPacket: extent?.lastMs ?? null,
    };
  }
}
