import { Ctx, Query, Resolver } from "type-graphql";
import { ALL_TIME } from "../../model/time-range.js";
import { answered } from "../answer.js";
import { RequestContext } from "../context.js";
import { CaptureStatisticsAnswer } from "./capture-statistics.type.js";

/** Capture as a whole. */
@Resolver()
export class CaptureStatisticsResolver {
  @Query(() => CaptureStatisticsAnswer, { complexity: 100, description: "Live capture and what it counted, and the extent of the index. Users with a forced expression or a time limit get the number of sessions that they may see, and nothing of the rest." })
  async captureStatistics(@Ctx() context: RequestContext): Promise<CaptureStatisticsAnswer> {
    const { store, captureStatistics } = context.services;
    const sessions = await store.count({ expression: { node: "everything" }, range: ALL_TIME }, context.read);
    // The rest is of the whole store: not for a reader who sees a part of it.
    const whole = !context.isNarrowed;
    const extent = whole ? await store.extent() : null;
    return {
      ...answered(context),
      sources: (whole ? captureStatistics.sources() : []).map(({ startedMs, droppedByUs, ...source }) => ({ ...source, started: startedMs, droppedByLookback: droppedByUs })),
      closedSessions: whole ? captureStatistics.sessions() : null,
      counters: Object.entries(whole ? captureStatistics.counters() : {}).map(([name, value]) => ({ name, value })).sort((a, b) => (a.name < b.name ? -1 : 1)),
      sessions,
      firstPacket: extent?.firstMs ?? null,
      lastPacket: extent?.lastMs ?? null,
    };
  }
}
