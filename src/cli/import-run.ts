import path from "node:path";
import type { LookbackError } from "../base/errors.js";
import { counted } from "./counted.js";
import { EXIT } from "./exit-code.js";
import { printBytes, printDuration, ProgressPrinter, resultLine, type ShownJob } from "./progress.js";

export type { ShownJob };

/** What a request to import became. */
export interface Submitted {
  readonly jobs: readonly ShownJob[];
  /** Paths that became no job. */
  readonly failed: readonly { readonly path: string; readonly error: LookbackError }[];
}

/** Imports as commands use them: of this process, of the service, or through its queue. */
export interface Imports {
  submit(paths: readonly string[], options: { readonly copy: boolean; readonly workingDirectory: string; readonly requestedBy: string; readonly node?: string | null; readonly onlyNew?: boolean }): Promise<Submitted>;
  /** Resolves when the jobs are finished, with their final states; `onChange` sees each step. */
  finished(ids: readonly string[], onChange?: (job: ShownJob) => void): Promise<readonly ShownJob[]>;
}

/** What became of the captures of one command. */
export interface ImportOutcome {
  readonly done: number;
  readonly already: number;
  readonly failed: number;
  /** Paths of those that found no room, which there may be later. */
  readonly again: readonly string[];
  /** Paths of those that failed otherwise: it may be their fault, or pass. */
  readonly later: readonly string[];
  /** Paths of those that a user ended. */
  readonly cancelled: readonly string[];
}

/** How outcomes are shown. */
export interface ImportOutput {
  readonly json: boolean;
  readonly print: (line: string) => void;
  readonly progress: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown };
  readonly nowMs: () => number;
}

/** Imports captures and shows how it goes: progress, a line per capture, and the sums. With `onlyNew` none whose packets expired. */
export async function runImports(
  imports: Imports, paths: readonly string[], copy: boolean, output: ImportOutput, node: string | null = null, onlyNew = false,
): Promise<ImportOutcome> {
  const begun = output.nowMs();
  const printer = new ProgressPrinter(output.progress, output.nowMs);
  const { jobs, failed } = await imports.submit(paths, { copy, workingDirectory: process.cwd(), requestedBy: "command line", node, onlyNew });
  for (const { path: name, error } of failed) showFailure(name, error, printer, output);
  const finished = await imports.finished(jobs.map((job) => job.id), (job) => {
    if (job.state === "running") printer.running(job, shortName(job));
    else if (job.state !== "queued") showResult(job, printer, output);
  });
  const count = (state: ShownJob["state"]): number => finished.filter((job) => job.state === state).length;
  const failures = [...finished.filter(({ state }) => state === "failed"), ...failed.map((one) => ({ path: one.path, errorCode: one.error.code }))];
  const pathsOf = (of: (errorCode: string | null) => boolean): string[] => failures.filter(({ errorCode }) => of(errorCode)).map((one) => one.path);
  const outcome: ImportOutcome = {
    done: count("done"), already: count("already"), failed: failures.length, again: pathsOf((code) => code === "DISK_FULL"),
    later: pathsOf((code) => code !== "DISK_FULL" && code !== "QUERY_CANCELLED"), cancelled: pathsOf((code) => code === "QUERY_CANCELLED"),
  };
  if (!output.json) {
    const sum = (pick: (job: ShownJob) => number): number => finished.reduce((total, job) => total + (job.state === "done" ? pick(job) : 0), 0);
    const seconds = Math.max((output.nowMs() - begun) / 1000, 0.001);
    const bytes = sum((job) => job.bytes);
    printer.line(`${counted(sum((job) => job.packets), "packet")}, ${counted(sum((job) => job.sessions), "session")}, ${printBytes(bytes)} in ${printDuration(seconds)} (${printBytes(bytes / seconds)}/s)`);
    printer.line(summary(outcome, failures.map((one) => one.path)));
  }
  return outcome;
}

/** The exit code of an import: whether all, some or none of the files were imported, or had been before, or the rest only found no room. */
export function importExitCode(outcome: ImportOutcome): number {
  if (outcome.failed === 0) return EXIT.ok;
  if (outcome.again.length === outcome.failed) return EXIT.noRoom;
  return outcome.done + outcome.already === 0 ? EXIT.failed : EXIT.someFilesFailed;
}

function summary({ done, already, failed }: ImportOutcome, failedPaths: readonly string[]): string {
  const parts = [`${done} imported`, ...(already > 0 ? [`${already} already imported`] : []), ...(failed > 0 ? [`${failed} failed (${failedPaths.slice(0, 5).join(", ")}${failed > 5 ? ", …" : ""})`] : [])];
  return parts.join(", ");
}

function showResult(job: ShownJob, printer: ProgressPrinter, output: ImportOutput): void {
  if (output.json) output.print(JSON.stringify(shown(job)));
  printer.over(job, output.json ? null : resultLine(job, shortName(job)));
}

/** The members that every way of importing knows. */
function shown({ id, path: name, state, packets, bytes, totalBytes, sessions, errorCode, errorMessage, warnings, createdAtMs, startedAtMs, finishedAtMs }: ShownJob): ShownJob {
  return { id, path: name, state, packets, bytes, totalBytes, sessions, errorCode, errorMessage, warnings, createdAtMs, startedAtMs, finishedAtMs };
}

function showFailure(name: string, error: LookbackError, printer: ProgressPrinter, output: ImportOutput): void {
  if (output.json) output.print(JSON.stringify({ path: name, state: "failed", errorCode: error.code, errorMessage: error.message }));
  else printer.line(`failed ${name}: ${error.code}: ${error.message}`);
}

function shortName(job: ShownJob): string {
  return job.path === "-" ? "standard input" : path.basename(job.path);
}
