import { LookbackError, type ErrorCode } from "../base/errors.js";
import { pause } from "../base/pause.js";
import { isFinished } from "../capture/import-job.js";
import type { Connection } from "./connection.js";
import type { Imports, ShownJob, Submitted } from "./import-run.js";

/** Milliseconds before each look for the service that took the place of one that is gone. */
const LOOK_MS = 1_000;

/** What a service says that stops or took the place of another, whose token it does not know, and what is said where there is none. */
const GONE: ReadonlySet<ErrorCode> = new Set(["UNAUTHENTICATED", "UNREACHABLE", "SHUTTING_DOWN"]);

/** What imports that outlast a service need. */
export interface LastingImportsParts {
  readonly connection: Connection;
  /** Connects to the service that runs now, or resolves to null while there is none. */
  readonly connect: () => Promise<Connection | null>;
  /** Takes a line about what is waited for. */
  readonly note: (line: string) => void;
  /** Ends the wait for a service. */
  readonly signal: AbortSignal;
  /** Milliseconds before each look; for tests. */
  readonly lookMs?: number;
}

/**
 * Imports through the service of this machine that go on when it is started again: its queue outlasts it, its address and its
 * token do not. They never take its role, for then it could not start.
 */
export class LastingImports implements Imports {
  readonly #parts: LastingImportsParts;
  #connection: Connection;

  constructor(parts: LastingImportsParts) {
    this.#parts = parts;
    this.#connection = parts.connection;
  }

  submit(...given: Parameters<Imports["submit"]>): Promise<Submitted> {
    return this.#lasting((imports) => imports.submit(...given));
  }

  /** As of every way of importing. Throws QUERY_CANCELLED when the signal ends the wait for a service. */
  finished(ids: readonly string[], onChange: (job: ShownJob) => void = () => {}): Promise<readonly ShownJob[]> {
    // Another service is asked for all of them again.
    const over = new Set<string>();
    return this.#lasting((imports) => imports.finished(ids, (job) => {
      if (over.has(job.id)) return;
      if (isFinished(job.state)) over.add(job.id);
      onChange(job);
    }));
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #lasting<T>(run: (imports: Imports) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await run(this.#connection.imports);
      } catch (error) {
        if (!(error instanceof LookbackError) || !GONE.has(error.code)) throw error;
        await this.#connectAnew(error);
      }
    }
  }

  async #connectAnew(cause: LookbackError): Promise<void> {
    const { connect, note, signal, lookMs = LOOK_MS } = this.#parts;
    note(`the service is gone, and is waited for: ${cause.message}`);
    for (;;) {
      await pause(lookMs, signal);
      if (signal.aborted) throw new LookbackError("QUERY_CANCELLED", "no longer waiting for the service; it goes on with the imports that it took", {}, { cause });
      const connection = await connect();
      if (signal.aborted) await connection?.close();
      if (connection === null || signal.aborted) continue;
      await this.#connection.close();
      this.#connection = connection;
      note(`imports go on through ${connection.place}`);
      return;
    }
  }
}
