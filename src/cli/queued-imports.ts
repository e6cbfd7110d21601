import { LookbackError } from "../base/errors.js";
import { isFinished, type ImportJob } from "../capture/import-job.js";
import { ImportQueue } from "../capture/import-queue.js";
import type { Submission } from "../capture/import-service.js";
import { findSources } from "../capture/sources.js";
import type { Catalogue } from "../catalogue/catalogue.js";

/** Milliseconds between two looks at jobs that another process runs. */
const LOOK_MS = 250;

/** Imports through the queue of a serving process, which looks for jobs of others every second. */
export class QueuedImports {
  readonly #queue: ImportQueue;
  readonly #names: RegExp;

  constructor(catalogue: Catalogue, node: string, names: RegExp) {
    this.#queue = new ImportQueue(catalogue, node);
    this.#names = names;
  }

  async submit(paths: readonly string[], options: { readonly copy: boolean; readonly workingDirectory: string; readonly requestedBy?: string; readonly node?: string | null }): Promise<Submission> {
    if (paths.includes("-")) {
      throw new LookbackError("ROLE_HELD", "a running service imports for this data directory and cannot read this standard input: save it to a file and import that");
    }
    const { files, failed } = await findSources(paths, this.#names, options.workingDirectory);
    return { jobs: this.#queue.add(files, { copy: options.copy, requestedBy: options.requestedBy ?? "command line", node: options.node ?? null }), failed };
  }

  async finished(ids: readonly string[], onChange: (job: ImportJob) => void = () => {}): Promise<ImportJob[]> {
    const seen = new Map<string, ImportJob>();
    for (;;) {
      for (const id of ids) {
        const job = this.#queue.get(id);
        const before = seen.get(id);
        if (job === null || (before !== undefined && isFinished(before.state))) continue;
        if (before?.state !== job.state || before.bytes !== job.bytes) onChange(job);
        seen.set(id, job);
      }
      if (ids.every((id) => isFinished(seen.get(id)?.state ?? "failed"))) return ids.flatMap((id) => seen.get(id) ?? []);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}
