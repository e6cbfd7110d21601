import { Arg, Args, Ctx, Extensions, ID, Int, Mutation, Query, Resolver, Root, Subscription } from "type-graphql";
import { LookbackError } from "../../base/errors.js";
import { isFinished, type ExportState, type ExportView } from "../../export/export-view.js";
import { answered } from "../answer.js";
import { bounded } from "../bounded.js";
import { RequestContext } from "../context.js";
import { askedSessions } from "../filter/asked-sessions.js";
import { LIMITS } from "../limits.js";
import type { Exports } from "../services.js";
import { ExportArgs, ExportFormatName, ExportPackets } from "./export.args.js";
import { exportRequestOf } from "./export-request.js";
import { ExportDeletion, ExportEstimateView, ExportJobList, ExportJobView, ExportStateName } from "./export.type.js";

const STATES: Readonly<Record<ExportState, ExportStateName>> = {
  queued: ExportStateName.QUEUED, running: ExportStateName.RUNNING, done: ExportStateName.DONE, failed: ExportStateName.FAILED, cancelled: ExportStateName.CANCELLED,
  expired: ExportStateName.EXPIRED,
};
const FORMATS: Readonly<Record<ExportView["format"], ExportFormatName>> = {
  pcap: ExportFormatName.PCAP, pcapng: ExportFormatName.PCAPNG, csv: ExportFormatName.CSV, ndjson: ExportFormatName.NDJSON, parquet: ExportFormatName.PARQUET,
};
/** What a question that goes through the positions of all matching sessions costs. */
const SCAN_COST = 500;

/** The exports, for a user who may export. FORBIDDEN, UNAVAILABLE. */
export function exportsOf(context: RequestContext): Exports {
  context.require("export");
  const { exports } = context.services;
  if (exports === null) throw new LookbackError("UNAVAILABLE", "this server makes no exports");
  return exports;
}

function viewOf(job: ExportView, exports: Exports, context: RequestContext): ExportJobView {
  const isThere = job.state === "done" && (job.expiresMs === null || job.expiresMs > context.services.clock.nowMs());
  return {
    ...answered(context),
    id: job.id,
    state: STATES[job.state],
    query: job.query,
    requestedFormat: FORMATS[job.format],
    packetChoice: job.wholeConnections ? ExportPackets.WHOLE_CONNECTION : ExportPackets.MATCHING_PART,
    created: job.createdMs,
    started: job.startedMs,
    finished: job.finishedMs,
    expires: job.expiresMs,
    progress: job.progress,
    sessions: job.sessions,
    packets: job.packets,
    bytes: job.bytes,
    missingPackets: job.missingPackets,
    format: job.fileFormat,
    sha256: job.sha256,
    downloadUrl: isThere ? exports.link(job.id, context.user.name) : null,
    // It names the capture files that the packets came from.
    manifestUrl: isThere && context.may("files") ? exports.manifestLink(job.id, context.user.name) : null,
    error: job.error,
  };
}

/** Changes of the user's exports, or the present state of one and its changes until it is finished. NOT_FOUND at once. */
function progress(exportId: string | null, exports: Exports, user: string, signal: AbortSignal): AsyncIterableIterator<ExportView> {
  // Subscribed before the first look, so that no change is missed.
  const events = exports.events(signal);
  if (exportId === null) return changes(events, (view) => view.user === user, null);
  const job = exports.get(exportId, user);
  if (job !== null) return changes(events, (view) => view.id === job.id, job);
  void events.return?.();
  throw new LookbackError("NOT_FOUND", `there is no export ${JSON.stringify(exportId.slice(0, 60))}`);
}

/** With a `first` view, it and the changes until one is finished; without, all changes. */
async function* changes(events: AsyncIterableIterator<ExportView>, isMeant: (view: ExportView) => boolean, first: ExportView | null): AsyncGenerator<ExportView> {
  try {
    if (first !== null) {
      yield first;
      if (isFinished(first.state)) return;
    }
    for await (const view of events) {
      if (!isMeant(view)) continue;
      yield view;
      if (first !== null && isFinished(view.state)) return;
    }
  } finally {
    await events.return?.();
  }
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

  @Query(() => ExportEstimateView, { complexity: SCAN_COST, description: "What an export would hold, and what is missing, before it is made. Takes the arguments of `createExport`." })
  async exportEstimate(@Args(() => ExportArgs) args: ExportArgs, @Ctx() context: RequestContext): Promise<ExportEstimateView> {
    const exports = exportsOf(context);
    return { ...answered(context), ...(await exports.estimate(exportRequestOf(args, context), context.read)) };
  }

  @Extensions({ idempotency: { repeatable: true } })
  @Mutation(() => ExportJobView, { complexity: SCAN_COST, description: "Makes a file of sessions, named by ids or by a search: of their packets in order of time, or of their fields. Returns at once; watch `exportProgress` or ask `export` until it is done, then download from `downloadUrl`." })
  async createExport(
    @Args(() => ExportArgs) args: ExportArgs,
    @Arg("idempotencyKey", () => String, { nullable: true, description: "As for every mutation." }) key: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<ExportJobView> {
    const exports = exportsOf(context);
    const request = exportRequestOf(args, context);
    // The key makes the export's id, so that also a crash between export and answer makes no second one.
    const job = await exports.create(request, context.scope, key ?? null);
    context.audit("export.create", { export: job.id, ...askedSessions(args.ids, args), format: request.format, wholeConnections: request.wholeConnections });
    return viewOf(job, exports, context);
  }

  @Extensions({ idempotency: { repeatable: true } })
  @Mutation(() => ExportJobView, { nullable: true, complexity: 50, description: "Ends an export of yours; null when you have none of that id." })
  cancelExport(@Arg("id", () => ID, { description: "Identity of the export." }) id: string, @Ctx() context: RequestContext): ExportJobView | null {
    const exports = exportsOf(context);
    const job = exports.cancel(id, context.user.name);
    if (job === null) return null;
    context.audit("export.cancel", { export: job.id });
    return viewOf(job, exports, context);
  }

  @Extensions({ idempotency: { repeatable: true } })
  @Mutation(() => ExportJobView, { nullable: true, complexity: 50, description: "Makes an export of yours again that failed, was cancelled or expired; null when you have none of that id." })
  retryExport(@Arg("id", () => ID, { description: "Identity of the export." }) id: string, @Ctx() context: RequestContext): ExportJobView | null {
    const exports = exportsOf(context);
    const job = exports.retry(id, context.user.name);
    if (job === null) return null;
    context.audit("export.retry", { export: job.id });
    return viewOf(job, exports, context);
  }

  @Extensions({ idempotency: { repeatable: true } })
  @Mutation(() => ExportDeletion, { complexity: 50, description: "Deletes an export of yours with its file; one that runs is ended." })
  async deleteExport(@Arg("id", () => ID, { description: "Identity of the export." }) id: string, @Ctx() context: RequestContext): Promise<ExportDeletion> {
    const deleted = await exportsOf(context).delete(id, context.user.name);
    if (deleted) context.audit("export.delete", { export: id.slice(0, 64) });
    return { ...answered(context), deleted };
  }

  @Subscription(() => ExportJobView, {
    subscribe: ({ args, context }: { readonly args: { readonly exportId?: string | null }; readonly context: RequestContext }) => progress(args.exportId ?? null, exportsOf(context), context.user.name, context.signal),
    description: "Progress of your exports: of one its present state, then each change until it is finished; without `exportId` every change of each.",
  })
  exportProgress(
    @Root() job: ExportView,
    @Arg("exportId", () => ID, { nullable: true, description: "Only this export." }) _exportId: string | null | undefined,
    @Ctx() context: RequestContext,
  ): ExportJobView {
    return viewOf(job, exportsOf(context), context);
  }
}
