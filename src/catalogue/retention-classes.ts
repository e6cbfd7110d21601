import type { Clock } from "../base/clock.js";
import type { Connection } from "./database.js";

/** Sessions that are kept longer than others. Times are milliseconds since 1970. */
export interface RetentionClass {
  readonly name: string;
  /** Search expression. */
  readonly expression: string;
  /** Days that its sessions and their packets are kept at least. */
  readonly days: number;
  /** Bytes of packets that are kept for it at most, or null. */
  readonly maxBytes: number | null;
  /** The hold under which it keeps them. */
  readonly hold: number;
  readonly createdBy: string;
  readonly createdAtMs: number;
}

const COLUMNS = "name, expression, days, max_bytes AS maxBytes, hold, created_by AS createdBy, created_at AS createdAtMs";

/** Table `retention_classes`. */
export class RetentionClasses {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** Adds a class or changes one; the hold of one that is there stays. */
  put(one: Omit<RetentionClass, "createdAtMs">): void {
    this.#connection.prepare(
      `INSERT INTO retention_classes (name, expression, days, max_bytes, hold, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET expression = excluded.expression, days = excluded.days, max_bytes = excluded.max_bytes`,
    ).run(one.name, one.expression, one.days, one.maxBytes, one.hold, one.createdBy, this.#clock.nowMs());
  }

  get(name: string): RetentionClass | null {
    return this.#connection.prepare<[string], RetentionClass>(`SELECT ${COLUMNS} FROM retention_classes WHERE name = ?`).get(name) ?? null;
  }

  /** The class that keeps its sessions under a hold, or null. */
  ofHold(hold: number): RetentionClass | null {
    return this.#connection.prepare<[number], RetentionClass>(`SELECT ${COLUMNS} FROM retention_classes WHERE hold = ?`).get(hold) ?? null;
  }

  /** By name. */
  list(): readonly RetentionClass[] {
    return this.#connection.prepare<[], RetentionClass>(`SELECT ${COLUMNS} FROM retention_classes ORDER BY name`).all();
  }

  /** Returns whether there was one. */
  remove(name: string): boolean {
    return this.#connection.prepare("DELETE FROM retention_classes WHERE name = ?").run(name).changes === 1;
  }
}
