import type { Clock } from "../base/clock.js";
import type { Connection } from "./database.js";
import { recordOf } from "./json.js";

/** Something that somebody did. */
export interface AuditEntry {
  readonly id: number;
  readonly atMs: number;
  readonly user: string;
  readonly action: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Table `audit`. Entries are added, never changed. */
export class Audit {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  add(user: string, action: string, details: Readonly<Record<string, unknown>> = {}): void {
    this.#connection.prepare("INSERT INTO audit (at, user, action, details) VALUES (?, ?, ?, ?)")
      .run(this.#clock.nowMs(), user, action, JSON.stringify(details));
  }

  /** Entries before the id `before` (0: from the newest), newest first. */
  list(before = 0, limit = 100): readonly AuditEntry[] {
    return this.#connection.prepare<[number, number, number], { id: number; at: number; user: string; action: string; details: string }>(
      "SELECT id, at, user, action, details FROM audit WHERE ? = 0 OR id < ? ORDER BY id DESC LIMIT ?",
    ).all(before, before, limit).map(({ at, details, ...entry }) => ({ ...entry, atMs: at, details: recordOf(details) }));
  }
}
