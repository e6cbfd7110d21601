import type { ImportJob } from "./import-job.js";

/** Hands changes of jobs to any number of readers; a reader keeps at most the newest state of each job. */
export class ImportEvents {
  readonly #readers = new Set<Reader>();

  publish(job: ImportJob): void {
    for (const reader of this.#readers) reader.push(job);
  }

  subscribe(signal: AbortSignal | null): AsyncIterableIterator<ImportJob> {
    const reader = new Reader(() => { this.#readers.delete(reader); });
    this.#readers.add(reader);
    if (signal?.aborted === true) reader.end();
    else signal?.addEventListener("abort", () => { reader.end(); }, { once: true });
    return reader;
  }

  /** Ends every reader. */
  close(): void {
    for (const reader of this.#readers) reader.end();
  }
}

class Reader implements AsyncIterableIterator<ImportJob> {
  readonly #pending = new Map<string, ImportJob>();
  readonly #onEnd: () => void;
  #wake: (() => void) | null = null;
  #ended = false;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  push(job: ImportJob): void {
    // Bounded by the number of jobs that change while the reader is away: one entry per job.
    this.#pending.delete(job.id);
    this.#pending.set(job.id, job);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#onEnd();
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<ImportJob>> {
    while (!this.#ended || this.#pending.size > 0) {
      for (const [id, job] of this.#pending) {
        this.#pending.delete(id);
        return { done: false, value: job };
      }
      await new Promise<void>((resolve) => { this.#wake = resolve; });
      this.#wake = null;
    }
    return { done: true, value: undefined };
  }

  return(): Promise<IteratorResult<ImportJob>> {
    this.#pending.clear();
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
