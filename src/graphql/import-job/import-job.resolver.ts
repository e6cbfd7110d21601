import { Arg, Ctx, Extensions, ID, Int, Mutation, Query, Resolver, Root, Subscription } from "type-graphql";
import { LookbackError } from "../../base/errors.js";
import { isFinished, type ImportJob, type ImportState } from "../../capture/import-job.js";
import { answered } from "../answer.js";
import { bounded, boundedList } from "../bounded.js";
import { RequestContext } from "../context.js";
import { LIMITS } from "../limits.js";
import type { Imports } from "../services.js";
import { ImportJobList, ImportJobView, ImportStateName, ImportSubmission, type Failure, type ImportWarningView } from "./import-job.type.js";

const STATES: Readonly<Record<ImportState, ImportStateName>> = {
  queued: ImportStateName.QUEUED, running: ImportStateName.RUNNING, done: ImportStateName.DONE, failed: ImportStateName.FAILED,
  already: ImportStateName.ALREADY_IMPORTED,
};

/** As config.ini takes it. */
const NODE_NAME = /^[\w.-]{1,64}$/;

function importsOf(context: RequestContext): Imports {
  context.require("import");
  const { imports } = context.services;
  if (imports === null) throw new LookbackError("UNAVAILABLE", "this server takes no imports");
  return imports;
}

function viewOf(job: ImportJob, context: RequestContext): ImportJobView {
  return {
    ...answered(context),
    id: job.id,
    path: job.path,
    state: STATES[job.state],
    submitted: job.createdAtMs,
    started: job.startedAtMs,
    finished: job.finishedAtMs,
    packets: job.packets,
    bytes: job.bytes,
    totalBytes: job.totalBytes,
    progress: job.state === "done" || job.state === "already" ? 1 : job.totalBytes > 0 ? Math.min(1, job.bytes / job.totalBytes) : null,
    sessions: job.sessions,
    error: job.errorCode === null ? null : { code: job.errorCode, message: job.errorMessage ?? "" },
    warnings: job.warnings.flatMap(warningOf),
  };
}

/** A stored warning; entries of another shape (a later version's) are left out. */
function warningOf({ name, count, firstOffset }: Readonly<Record<string, unknown>>): readonly ImportWarningView[] {
  if (typeof name !== "string" || typeof count !== "number") return [];
  return [{ name, count, firstOffset: typeof firstOffset === "number" ? firstOffset : null }];
}

function failureOf(error: Error): Failure {
  return error instanceof LookbackError ? { code: error.code, message: error.message } : { code: "INTERNAL", message: "the path cannot be read" };
}

/** Changes of all jobs, or the present state of one and its changes until it is finished. NOT_FOUND at once. */
function progress(jobId: string | null, imports: Imports, signal: AbortSignal): AsyncIterableIterator<ImportJob> {
  // Subscribed before the first look, so that no change is missed.
  const events = imports.events(signal);
  if (jobId === null) return events;
  const job = imports.job(jobId);
  if (job !== null) return untilFinished(job, events);
  void events.return?.();
  throw new LookbackError("NOT_FOUND", `there is no import ${JSON.stringify(jobId.slice(0, 60))}`);
}

async function* untilFinished(job: ImportJob, events: AsyncIterableIterator<ImportJob>): AsyncGenerator<ImportJob> {
  try {
    yield job;
    if (isFinished(job.state)) return;
    for await (const change of events) {
      if (change.id !== job.id) continue;
      yield change;
      if (isFinished(change.state)) return;
    }
  } finally {
    await events.return?.();
  }
}

/** Imports. */
@Resolver()
export class ImportJobResolver {
  @Query(() => ImportJobList, { complexity: ({ args, childComplexity }) => 10 + (typeof args["first"] === "number" ? (Math.max(0, args["first"]) * childComplexity) / 20 : 0), description: "Imports, newest first." })
  importJobs(@Arg("first", () => Int, { defaultValue: 50, description: "Jobs in the list, 1 to 1000." }) first: number, @Ctx() context: RequestContext): ImportJobList {
    const jobs = importsOf(context).jobs(bounded("first", first, 1, LIMITS.pageSize));
    return { ...answered(context), jobs: jobs.map((job) => viewOf(job, context)) };
  }

  @Query(() => ImportJobView, { nullable: true, description: "One import; null when there is none of that id." })
  importJob(@Arg("id", () => ID, { description: "Identity of the job." }) id: string, @Ctx() context: RequestContext): ImportJobView | null {
    const job = importsOf(context).job(id);
    return job === null ? null : viewOf(job, context);
  }

  // The same capture again is "already imported".
  @Extensions({ idempotency: { repeatable: true } })
  @Mutation(() => ImportSubmission, { complexity: 100, description: "Queues captures for import: files, or directories of them, on the server's own file system. Returns at once; see `importProgress`." })
  async importCapture(
    @Arg("paths", () => [String], { description: "Paths of files or directories, at most 100." }) paths: string[],
    @Arg("copy", () => Boolean, { defaultValue: false, description: "Copy the packets into files of our own instead of reading the capture where it is; compressed captures are always copied." }) copy: boolean,
    @Arg("node", () => String, { nullable: true, description: "Sensor that the packets are of; left out: this one." }) node: string | null | undefined,
    @Arg("onlyNew", () => Boolean, { defaultValue: false, description: "Captures count as already imported, too, whose packets we copied and deleted since." }) onlyNew: boolean,
    @Ctx() context: RequestContext,
  ): Promise<ImportSubmission> {
    const imports = importsOf(context);
    for (const path of boundedList("paths", paths, LIMITS.importPaths)) {
      if (path === "" || path === "-" || path.includes("\0")) throw new LookbackError("BAD_INPUT", `${JSON.stringify(path)} is no path of a file or directory`);
    }
    if (typeof node === "string" && !NODE_NAME.test(node)) throw new LookbackError("BAD_INPUT", `${JSON.stringify(node.slice(0, 80))} is no name of a sensor: 1 to 64 letters, digits, _ . -`);
    if (paths.length === 0) throw new LookbackError("BAD_INPUT", "no path is given");
    const { jobs, failed } = await imports.submit(paths, { copy, workingDirectory: context.services.workingDirectory, requestedBy: context.user.name, node: node ?? null, onlyNew });
    context.audit("capture.import", { paths: paths.join(" ").slice(0, 1_000), copy, jobs: jobs.length, refused: failed.length });
    return {
      ...answered(context),
      jobs: jobs.map((job) => viewOf(job, context)),
      refused: failed.map(({ path, error }) => ({ path, error: failureOf(error) })),
    };
  }

  @Subscription(() => ImportJobView, {
    subscribe: ({ args, context }: { readonly args: { readonly jobId?: string | null }; readonly context: RequestContext }) => progress(args.jobId ?? null, importsOf(context), context.signal),
    description: "Progress of imports: of one job its present state, then each change until it is finished; without `jobId` every change of every job.",
  })
  importProgress(
    @Root() job: ImportJob,
    @Arg("jobId", () => ID, { nullable: true, description: "Only this job." }) _jobId: string | null | undefined,
    @Ctx() context: RequestContext,
  ): ImportJobView {
    return viewOf(job, context);
  }
}
