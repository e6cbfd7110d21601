import type { Clock } from "../base/clock.js";
import type { Connection } from "./database.js";

/** What must not be deleted: a packet file (its id), a day of the index (`YYYY-MM-DD`), a session (its id). */
export interface Hold {
  readonly id: number;
  readonly subject: "file" | "day" | "session";
  readonly subjectId: string;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAtMs: number;
}

/** Table `holds`. */
export class Holds {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  add(hold: Pick<Hold, "subject" | "subjectId" | "reason" | "createdBy">): number {
    return Number(this.#connection.prepare("INSERT INTO holds (subject, subject_id, reason, created_by, created_at) VALUES (?, ?, ?, ?, ?)")
      .run(hold.subject, hold.subjectId, hold.reason, hold.createdBy, this.#clock.nowMs()).lastInsertRowid);
  }

  /** Ends a hold; its row stays. Returns whether it was in force. */
  release(id: number): boolean {
    return this.#connection.prepare("UPDATE holds SET released_at = ? WHERE id = ? AND released_at IS NULL").run(this.#clock.nowMs(), id).changes === 1;
  }

  /** Holds in force. */
  active(): readonly Hold[] {
    return this.#connection.prepare<[], Hold>(
      `SELECT id, subject, subject_id AS subjectId, reason, created_by AS createdBy, created_at AS createdAtMs
       FROM holds WHERE released_at IS NULL ORDER BY id`,
    ).all();
  }
}
