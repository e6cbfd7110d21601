import { rm } from "node:fs/promises";
import path from "node:path";
import { systemClock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";
import { isFinished, type ImportState } from "../capture/import-job.js";
import type { Answer } from "./answer.js";
import type { Connection } from "./connection.js";
import type { Imports, ShownJob, Submitted } from "./import-run.js";
import { spoolInput } from "./spooled-input.js";
import { errorOf } from "./told-error.js";
import { UsageError } from "./usage-error.js";

/** Milliseconds between two looks at jobs that a service runs. */
const LOOK_MS = 250;
/** Paths of one request, and jobs of one look. */
const PATHS_AT_ONCE = 100;
const JOBS_AT_ONCE = 25;

const STATES: Readonly<Record<string, ImportState>> = { QUEUED: "queued", RUNNING: "running", DONE: "done", FAILED: "failed", ALREADY_IMPORTED: "already" };
const JOB = "fragment Job on ImportJob { id path state submitted started finished packets bytes totalBytes sessions error { code message } warnings { name count firstOffset } }";
const SUBMIT = `${JOB} mutation ($paths: [String!]!, $copy: Boolean!, $node: String, $onlyNew: Boolean!) { importCapture(paths: $paths, copy: $copy, node: $node, onlyNew: $onlyNew) { jobs { ...Job } refused { path error { code message } } } }`;

/** Imports through a service: on this machine by absolute paths, elsewhere by paths of its own file system. */
export class ServedImports implements Imports {
  readonly #connection: Connection;
  readonly #dataDirectory: string | null;
  readonly #signal: AbortSignal;
  /** Where standard input was written down for the service, until its import is finished. */
  #spooled: string | null = null;

  /** `dataDirectory` is the service's where it runs on this machine, else null. */
  constructor(connection: Connection, dataDirectory: string | null, signal: AbortSignal) {
    this.#connection = connection;
    this.#dataDirectory = dataDirectory;
    this.#signal = signal;
  }

  async submit(paths: readonly string[], { copy, workingDirectory, node = null, onlyNew = false }: { readonly copy: boolean; readonly workingDirectory: string; readonly node?: string | null; readonly onlyNew?: boolean }): Promise<Submitted> {
    const here = this.#connection.kind === "served";
    const named = paths.filter((given) => given !== "-").map((given) => (here ? path.resolve(workingDirectory, given) : given));
    const jobs: ShownJob[] = [];
    const failed: { readonly path: string; readonly error: LookbackError }[] = [];
    const send = async (some: readonly string[], copied: boolean): Promise<void> => {
      const answer = (await this.#connection.ask(SUBMIT, { paths: some, copy: copied, node, onlyNew })).at("importCapture");
      jobs.push(...answer.at("jobs").list().map(jobOf));
      for (const refused of answer.at("refused").list()) {
        failed.push({ path: refused.at("path").text(), error: errorOf(refused.at("error").at("code").text(), refused.at("error").at("message").text()) });
      }
    };
    for (let at = 0; at < named.length; at += PATHS_AT_ONCE) await send(named.slice(at, at + PATHS_AT_ONCE), copy);
    if (paths.includes("-")) {
      const [before, file] = [jobs.length, await this.#spool()];
      try {
        await send([file], true);
      } finally {
        // Without a job nobody waits for its end.
        if (jobs.length === before) await this.#removeSpooled();
      }
    }
    return { jobs, failed };
  }

  async finished(ids: readonly string[], onChange: (job: ShownJob) => void = () => {}): Promise<ShownJob[]> {
    const seen = new Map<string, ShownJob>();
    try {
      for (;;) {
        const open = ids.filter((id) => !isFinished(seen.get(id)?.state ?? "queued"));
        for (let at = 0; at < open.length; at += JOBS_AT_ONCE) {
          for (const job of await this.#jobs(open.slice(at, at + JOBS_AT_ONCE))) {
            const before = seen.get(job.id);
            if (before?.state !== job.state || before.bytes !== job.bytes) onChange(job);
            seen.set(job.id, job);
          }
        }
        if (ids.every((id) => isFinished(seen.get(id)?.state ?? "failed"))) return ids.flatMap((id) => seen.get(id) ?? []);
        await pause(LOOK_MS, this.#signal);
      }
    } finally {
      await this.#removeSpooled();
    }
  }

  async #jobs(ids: readonly string[]): Promise<ShownJob[]> {
    const operation = `${JOB} query (${ids.map((_, at) => `$i${at}: ID!`).join(", ")}) { ${ids.map((_, at) => `j${at}: importJob(id: $i${at}) { ...Job }`).join(" ")} }`;
    const answer = await this.#connection.ask(operation, Object.fromEntries(ids.map((id, at) => [`i${at}`, id])));
    return ids.flatMap((_, at) => {
      const job = answer.at(`j${at}`).orNull();
      return job === null ? [] : [jobOf(job)];
    });
  }

  /** The service cannot read this process's standard input: it is written to a file first. */
  async #spool(): Promise<string> {
    if (this.#dataDirectory === null) {
      throw new UsageError("a remote service imports from its own file system and cannot read this standard input: copy the capture there and import that");
    }
    this.#spooled = await spoolInput(process.stdin, this.#dataDirectory, systemClock.nowMs(), this.#signal);
    return this.#spooled;
  }

  async #removeSpooled(): Promise<void> {
    if (this.#spooled !== null) await rm(this.#spooled, { force: true });
    this.#spooled = null;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new LookbackError("QUERY_CANCELLED", "no longer waiting; the service goes on with the imports that it took"));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

function jobOf(answer: Answer): ShownJob {
  const error = answer.at("error").orNull();
  const state = STATES[answer.at("state").text()];
  if (state === undefined) throw new LookbackError("UNAVAILABLE", `the service has imports in state ${answer.at("state").text()}, which this command does not know; update it`);
  return {
    id: answer.at("id").text(), path: answer.at("path").text(), state,
    packets: answer.at("packets").number(), bytes: answer.at("bytes").number(), totalBytes: answer.at("totalBytes").number(), sessions: answer.at("sessions").number(),
    errorCode: error?.at("code").text() ?? null, errorMessage: error?.at("message").text() ?? null,
    warnings: answer.at("warnings").list().map((warning) => ({ name: warning.at("name").text(), count: warning.at("count").number(), firstOffset: warning.at("firstOffset").orNull()?.number() ?? null })),
    createdAtMs: answer.at("submitted").time(), startedAtMs: answer.at("started").orNull()?.time() ?? null, finishedAtMs: answer.at("finished").orNull()?.time() ?? null,
  };
}
