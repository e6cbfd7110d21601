import type { Clock } from "../base/clock.js";
import type { Connection } from "./database.js";
import { recordOf } from "./json.js";

export type ExportState = "queued" | "running" | "done" | "failed" | "cancelled" | "expired";

/** An export that somebody asked for. Times are milliseconds since 1970. */
export interface ExportRecord {
  readonly id: string;
  readonly owner: string;
  readonly state: ExportState;
  /** What was asked for; its form is src/export's. */
  readonly request: Readonly<Record<string, unknown>>;
  /** Name under exports/, once there is one. */
  readonly fileName: string | null;
  readonly sessions: number;
  readonly packets: number;
  readonly bytes: number;
  readonly missingPackets: number;
  readonly sha256: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly expiresAtMs: number | null;
}

export type ExportChange = Partial<
  Pick<ExportRecord, "fileName" | "sessions" | "packets" | "bytes" | "missingPackets" | "sha256" | "errorCode" | "errorMessage" | "expiresAtMs">
>;

interface Row extends Omit<ExportRecord, "request"> {
  readonly request: string;
}

const COLUMNS = `id, owner, state, request, file_name AS fileName, sessions, packets, bytes, missing_packets AS missingPackets, sha256,
  error_code AS errorCode, error_message AS errorMessage, created_at AS createdAtMs, started_at AS startedAtMs, finished_at AS finishedAtMs,
  expires_at AS expiresAtMs`;

const exportOf = (row: Row): ExportRecord => ({ ...row, request: recordOf(row.request) });

/** Table `exports`. */
export class Exports {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  add(job: Pick<ExportRecord, "id" | "owner" | "request" | "expiresAtMs">): void {
    this.#connection.prepare("INSERT INTO exports (id, owner, state, request, created_at, expires_at) VALUES (?, ?, 'queued', ?, ?, ?)")
      .run(job.id, job.owner, JSON.stringify(job.request), this.#clock.nowMs(), job.expiresAtMs);
  }

  /** Moves a job to a state, noting when it started or ended, with whatever else is known by then. */
  move(id: string, state: ExportState, change: ExportChange = {}): void {
    const now = this.#clock.nowMs();
    const ended = state === "done" || state === "failed" || state === "cancelled";
    this.#connection.transaction(() => {
      this.#connection.prepare(
        `UPDATE exports SET state = @state,
           started_at = CASE WHEN @state = 'queued' THEN NULL WHEN @state = 'running' THEN @now ELSE started_at END,
           finished_at = CASE WHEN @ended THEN @now WHEN @state = 'expired' THEN finished_at ELSE NULL END WHERE id = @id`,
      ).run({ id, state, now, ended: ended ? 1 : 0 });
      this.update(id, change);
    })();
  }

  update(id: string, change: ExportChange): void {
    const job = this.get(id);
    if (job === null) return;
    const next = { ...job, ...change };
    this.#connection.prepare(
      `UPDATE exports SET file_name = @fileName, sessions = @sessions, packets = @packets, bytes = @bytes, missing_packets = @missingPackets,
         sha256 = @sha256, error_code = @errorCode, error_message = @errorMessage, expires_at = @expiresAtMs WHERE id = @id`,
    ).run({
      id, fileName: next.fileName, sessions: next.sessions, packets: next.packets, bytes: next.bytes, missingPackets: next.missingPackets,
      sha256: next.sha256, errorCode: next.errorCode, errorMessage: next.errorMessage, expiresAtMs: next.expiresAtMs,
    });
  }

  get(id: string): ExportRecord | null {
    const row = this.#connection.prepare<[string], Row>(`SELECT ${COLUMNS} FROM exports WHERE id = ?`).get(id);
    return row === undefined ? null : exportOf(row);
  }

  /** Exports of `owner` (null: of everybody), newest first. */
  list(owner: string | null, limit = 100): readonly ExportRecord[] {
    return this.#connection.prepare<[string | null, string | null, number], Row>(
      `SELECT ${COLUMNS} FROM exports WHERE ? IS NULL OR owner = ? ORDER BY created_at DESC, id LIMIT ?`,
    ).all(owner, owner, limit).map(exportOf);
  }

  /** Exports in a state, oldest first. */
  inState(state: ExportState): readonly ExportRecord[] {
    return this.#connection.prepare<[string], Row>(`SELECT ${COLUMNS} FROM exports WHERE state = ? ORDER BY created_at, id`).all(state).map(exportOf);
  }

  /** Finished exports whose time is over. */
  due(nowMs: number): readonly ExportRecord[] {
    return this.#connection.prepare<[number], Row>(
      `SELECT ${COLUMNS} FROM exports WHERE state IN ('done', 'failed', 'cancelled') AND expires_at IS NOT NULL AND expires_at <= ? ORDER BY expires_at, id`,
    ).all(nowMs).map(exportOf);
  }

  /** How many exports are in each state. */
  counts(): readonly { readonly state: ExportState; readonly exports: number }[] {
    return this.#connection.prepare<[], { state: ExportState; exports: number }>("SELECT state, count(*) AS exports FROM exports GROUP BY state ORDER BY state").all();
  }

  remove(id: string): void {
    this.#connection.prepare("DELETE FROM exports WHERE id = ?").run(id);
  }
}
