import { LookbackError } from "../base/errors.js";
import { pause } from "../base/pause.js";
import { isFinished } from "../capture/import-job.js";
import { ImportQueue } from "../capture/import-queue.js";
import type { Submission } from "../capture/import-service.js";
import { findSources } from "../capture/sources.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { Connection } from "./connection.js";
import type { ShownJob } from "./import-run.js";

/** Milliseconds between two looks at jobs that another process runs. */
const LOOK_MS = 250;

/** Looks at jobs between two attempts to take over. */
const LOOKS_PER_ATTEMPT = 8;

/**
 * Imports through the queue of the process that holds the role and does not serve: one that starts, which looks for jobs of
 * others once it does, or another import, which may end before it sees them. Whoever waits takes over then.
 */
export class QueuedImports {
  readonly #queue: ImportQueue;
  readonly #names: RegExp;
  readonly #takeOver: () => Promise<Connection | null>;
  readonly #signal: AbortSignal;
  readonly #lookMs: number;

  /** `takeOver` connects to what took the role's place, or resolves to null while its holder goes on. The signal ends the wait. */
  constructor(catalogue: Catalogue, node: string, names: RegExp, takeOver: () => Promise<Connection | null>, signal: AbortSignal, lookMs = LOOK_MS) {
    this.#queue = new ImportQueue(catalogue, node);
    this.#names = names;
    this.#takeOver = takeOver;
    this.#signal = signal;
    this.#lookMs = lookMs;
  }

  async submit(paths: readonly string[], options: { readonly copy: boolean; readonly workingDirectory: string; readonly requestedBy?: string; readonly node?: string | null }): Promise<Submission> {
    if (paths.includes("-")) {
      throw new LookbackError("ROLE_HELD", "a running service imports for this data directory and cannot read this standard input: save it to a file and import that");
    }
    const { files, failed } = await findSources(paths, this.#names, options.workingDirectory);
    return { jobs: this.#queue.add(files, { copy: options.copy, requestedBy: options.requestedBy ?? "command line", node: options.node ?? null }), failed };
  }

  /** As of every way of importing. Throws QUERY_CANCELLED when the signal ends the wait; the jobs stay in the queue. */
  async finished(ids: readonly string[], onChange: (job: ShownJob) => void = () => {}): Promise<ShownJob[]> {
    const seen = new Map<string, ShownJob>();
    const tell = (job: ShownJob): void => {
      const before = seen.get(job.id);
      seen.set(job.id, job);
      if ((before === undefined || !isFinished(before.state)) && (before?.state !== job.state || before.bytes !== job.bytes)) onChange(job);
    };
    const open = (): string[] => ids.filter((id) => !isFinished(seen.get(id)?.state ?? "queued"));
    for (let looks = 1; ; looks++) {
      for (const id of open()) {
        const job = this.#queue.get(id);
        if (job !== null) tell(job);
      }
      if (ids.every((id) => isFinished(seen.get(id)?.state ?? "failed"))) return ids.flatMap((id) => seen.get(id) ?? []);
      if (this.#signal.aborted) throw new LookbackError("QUERY_CANCELLED", "interrupted: what is not in yet stays in the queue, for the process that holds the role or the next one");
      await pause(this.#lookMs, this.#signal);
      const connection = looks % LOOKS_PER_ATTEMPT === 0 && !this.#signal.aborted ? await this.#takeOver() : null;
      if (connection === null) continue;
      const stop = (): void => { if (connection.kind === "local") void connection.close(); };
      this.#signal.addEventListener("abort", stop, { once: true });
      if (this.#signal.aborted) stop();
      try {
        for (const job of await connection.imports.finished(open(), tell)) tell(job);
      } finally {
        this.#signal.removeEventListener("abort", stop);
        await connection.close();
      }
    }
  }
}
