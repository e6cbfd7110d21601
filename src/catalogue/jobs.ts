import { randomBytes } from "node:crypto";
import type { Clock } from "../base/clock.js";
import type { Connection } from "./database.js";
import { recordsOf } from "./json.js";

export type ImportState = "queued" | "running" | "done" | "failed" | "already";

/** An import that somebody asked for. Times are milliseconds since 1970. */
export interface ImportJob {
  readonly id: string;
  readonly path: string;
  readonly mode: "in-place" | "copy";
  /** Sensor that the packets are of; null: the one that imports. */
  readonly node: string | null;
  /** Whether it is not imported either when it was before and its packets expired. */
  readonly onlyNew: boolean;
  readonly state: ImportState;
  readonly requestedBy: string;
  readonly packets: number;
  /** Bytes read of `totalBytes` (0: unknown). */
  readonly bytes: number;
  readonly totalBytes: number;
  readonly sessions: number;
  /** The packet file it made or, in state `already`, found. */
  readonly fileId: number | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly warnings: readonly Readonly<Record<string, unknown>>[];
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
}

/** An import of a path that is in, or that found it was. */
export interface EarlierImport {
  /** When it began, milliseconds since 1970. */
  readonly startedAtMs: number;
  /** Which file the path was then; null where that is not known. */
  readonly source: string | null;
}

export type ImportJobChange = Partial<
  Pick<ImportJob, "packets" | "bytes" | "totalBytes" | "sessions" | "fileId" | "errorCode" | "errorMessage" | "warnings">
>;

interface Row extends Omit<ImportJob, "warnings" | "onlyNew"> {
  readonly warnings: string;
  readonly onlyNew: number;
}

const COLUMNS = `id, path, mode, node, only_new AS onlyNew, state, requested_by AS requestedBy, packets, bytes, total_bytes AS totalBytes, sessions, file_id AS fileId,
  error_code AS errorCode, error_message AS errorMessage, warnings, created_at AS createdAtMs, started_at AS startedAtMs, finished_at AS finishedAtMs`;

const jobOf = (row: Row): ImportJob => ({ ...row, onlyNew: row.onlyNew === 1, warnings: recordsOf(row.warnings) });

/** Imports that are remembered at most, and how many are added between two looks at that: a directory that gets a file a minute takes two years. */
export const JOB_BOUNDS = { most: 1_000_000, lookEvery: 1_000 } as const;

/** Table `jobs`: imports. Beyond the bound the oldest that are over are forgotten. */
export class ImportJobs {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #bounds: { readonly most: number; readonly lookEvery: number };
  #lastId = { ms: 0, count: 0 };
  #added = 0;

  constructor(connection: Connection, clock: Clock, bounds: { readonly most: number; readonly lookEvery: number } = JOB_BOUNDS) {
    this.#connection = connection;
    this.#clock = clock;
    this.#bounds = bounds;
  }

  /** Queues an import and returns its id. Ids of one process sort in the order they were given, so a queue is a queue. */
  add(job: Pick<ImportJob, "path" | "mode" | "requestedBy"> & Partial<Pick<ImportJob, "node" | "onlyNew">>): string {
    if (this.#added++ % this.#bounds.lookEvery === 0) this.#forgetOldest();
    const id = this.#nextId();
    this.#connection.prepare("INSERT INTO jobs (id, path, mode, node, only_new, state, requested_by, created_at) VALUES (?, ?, ?, ?, ?, 'queued', ?, ?)")
      .run(id, job.path, job.mode, job.node ?? null, job.onlyNew === true ? 1 : 0, job.requestedBy, this.#clock.nowMs());
    return id;
  }

  #forgetOldest(): void {
    const beyond = (this.#connection.prepare<[], { n: number }>("SELECT count(*) AS n FROM jobs").get()?.n ?? 0) - this.#bounds.most;
    if (beyond <= 0) return;
    // Ids begin with the time.
    this.#connection.prepare("DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state NOT IN ('queued', 'running') ORDER BY id LIMIT ?)").run(beyond);
  }

  /** A UUID of version 7 with a 28-bit counter behind the time (RFC 9562 §6.2, method 1). */
  #nextId(): string {
    const ms = Math.max(this.#clock.nowMs(), this.#lastId.ms);
    const count = ms === this.#lastId.ms ? this.#lastId.count + 1 : 0;
    this.#lastId = { ms, count };
    const [time, counter] = [ms.toString(16).padStart(12, "0"), count.toString(16).padStart(7, "0")];
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.slice(0, 3)}-8${counter.slice(3, 6)}-${counter.slice(6)}${randomBytes(6).toString("hex").slice(1)}`;
  }

  /** Moves a job to a state, noting when it started or ended, with whatever else is known by then. */
  move(id: string, state: ImportState, change: ImportJobChange = {}): void {
    const now = this.#clock.nowMs();
    const ended = state === "done" || state === "failed" || state === "already";
    this.#connection.prepare(
      `UPDATE jobs SET state = @state,
         started_at = CASE WHEN @state = 'queued' THEN NULL WHEN @state = 'running' THEN @now ELSE started_at END,
         finished_at = CASE WHEN @ended THEN @now ELSE NULL END WHERE id = @id`,
    ).run({ id, state, now, ended: ended ? 1 : 0 });
    this.update(id, change);
  }

  /** Changes what is known of a job. */
  update(id: string, change: ImportJobChange): void {
    const job = this.get(id);
    if (job === null) return;
    const next = { ...job, ...change };
    this.#connection.prepare(
      `UPDATE jobs SET packets = @packets, bytes = @bytes, total_bytes = @totalBytes, sessions = @sessions, file_id = @fileId,
         error_code = @errorCode, error_message = @errorMessage, warnings = @warnings WHERE id = @id`,
    ).run({
      id, packets: next.packets, bytes: next.bytes, totalBytes: next.totalBytes, sessions: next.sessions, fileId: next.fileId,
      errorCode: next.errorCode, errorMessage: next.errorMessage, warnings: JSON.stringify(next.warnings),
    });
  }

  /** Notes which file it is that a job imports. */
  noteSource(id: string, source: string): void {
    this.#connection.prepare("UPDATE jobs SET source = ? WHERE id = ?").run(source, id);
  }

  get(id: string): ImportJob | null {
    const row = this.#connection.prepare<[string], Row>(`SELECT ${COLUMNS} FROM jobs WHERE id = ?`).get(id);
    return row === undefined ? null : jobOf(row);
  }

  /** Jobs, newest first. */
  list(limit = 100): readonly ImportJob[] {
    return this.#connection.prepare<[number], Row>(`SELECT ${COLUMNS} FROM jobs ORDER BY id DESC LIMIT ?`).all(limit).map(jobOf);
  }

  /** The newest import of a path that is in, or that found it was; null where there is none. */
  imported(path: string): EarlierImport | null {
    return this.#connection.prepare<[string], EarlierImport>(
      `SELECT started_at AS startedAtMs, source FROM jobs WHERE path = ? AND +state IN ('done', 'already') AND started_at IS NOT NULL
         ORDER BY started_at DESC LIMIT 1`,
    ).get(path) ?? null;
  }

  /** How many jobs wait or run. */
  unfinished(): number {
    return this.#connection.prepare<[], { n: number }>("SELECT count(*) AS n FROM jobs WHERE state IN ('queued', 'running')").get()?.n ?? 0;
  }

  /** Jobs in a state, oldest first; at most `limit`, or all. */
  inState(state: ImportState, limit = -1): readonly ImportJob[] {
    return this.#connection.prepare<[string, number], Row>(`SELECT ${COLUMNS} FROM jobs WHERE state = ? ORDER BY created_at, id LIMIT ?`).all(state, limit).map(jobOf);
  }
}
