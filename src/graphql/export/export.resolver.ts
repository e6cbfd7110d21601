import { Arg, Args, Ctx, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import { LookbackError } from "../../base/errors.js";
import { answered } from "../answer.js";
import { bounded } from "../bounded.js";
import { RequestContext } from "../context.js";
import { SearchArgs } from "../filter/search.args.js";
import { chosenSessions } from "../filter/session-filter.js";
import { LIMITS } from "../limits.js";
import type { Exports, ExportState, ExportView } from "../services.js";
import { ExportJobList, ExportJobView, ExportStateName } from "./export.type.js";

const STATES: Readonly<Record<ExportState, ExportStateName>> = {
  queued: ExportStateName.QUEUED, running: ExportStateName.RUNNING, done: ExportStateName.DONE, failed: ExportStateName.FAILED, cancelled: ExportStateName.CANCELLED,
  expired: ExportStateName.EXPIRED,
};

function exportsOf(context: RequestContext): Exports {
  context.require("export");
  const { exports } = context.services;
  if (exports === null) throw new LookbackError("UNAVAILABLE", "this server makes no exports");
  return exports;
}

function viewOf(job: ExportView, exports: Exports, context: RequestContext): ExportJobView {
  return {
    ...answered(context),
    id: job.id,
    state: STATES[job.state],
    created: job.createdMs,
    finished: job.finishedMs,
    expires: job.expiresMs,
    sessions: job.sessions,
    packets: job.packets,
    bytes: job.bytes,
    missingPackets: job.missingPackets,
    format: job.format,
    sha256: job.sha256,
    downloadUrl: job.state === "done" ? exports.link(job.id, context.user.name) : null,
    error: job.error,
  };
}

/** Exports. */
@Resolver()
export class ExportResolver {
  @Query(() => ExportJobList, { complexity: ({ args, childComplexity }) => 10 + (typeof args["first"] === "number" ? (Math.max(0, args["first"]) * childComplexity) / 20 : 0), description: "Your exports, newest first." })
  exports(@Arg("first", () => Int, { defaultValue: 50, description: "Exports in the list, 1 to 1000." }) first: number, @Ctx() context: RequestContext): ExportJobList {
    const exports = exportsOf(context);
    const jobs = exports.list(context.user.name, bounded("first", first, 1, LIMITS.pageSize));
    return { ...answered(context), exports: jobs.map((job) => viewOf(job, exports, context)) };
  }

  @Query(() => ExportJobView, { nullable: true, description: "One of your exports; null when you have none of that id." })
  export(@Arg("id", () => ID, { description: "Identity of the export." }) id: string, @Ctx() context: RequestContext): ExportJobView | null {
    const exports = exportsOf(context);
    const job = exports.get(id, context.user.name);
    return job === null ? null : viewOf(job, exports, context);
  }

  @Mutation(() => ExportJobView, { complexity: 500, description: "Makes a capture file of the packets of sessions, named by ids or by a search, in order of time. Returns at once; ask `export` until it is done, then download from `downloadUrl`." })
  async createExport(
    @Arg("ids", () => [ID], { nullable: true, description: "Identities of the sessions, at most 10000; instead of a search." }) ids: string[] | null | undefined,
    @Args(() => SearchArgs) search: SearchArgs,
    @Ctx() context: RequestContext,
  ): Promise<ExportJobView> {
    const exports = exportsOf(context);
    const filter = chosenSessions(ids, search, context);
    const description = ids === null || ids === undefined ? (search.expression ?? "").slice(0, LIMITS.expressionLength) : `${ids.length} sessions by id`;
    const job = await exports.create({ ...filter, description }, context.scope);
    context.audit("export.create", { export: job.id, description: description.slice(0, 1_000) });
    return viewOf(job, exports, context);
  }

  @Mutation(() => ExportJobView, { nullable: true, complexity: 50, description: "Ends an export of yours; null when you have none of that id." })
  cancelExport(@Arg("id", () => ID, { description: "Identity of the export." }) id: string, @Ctx() context: RequestContext): ExportJobView | null {
    const exports = exportsOf(context);
    const job = exports.cancel(id, context.user.name);
    if (job === null) return null;
    context.audit("export.cancel", { export: job.id });
    return viewOf(job, exports, context);
  }
}
