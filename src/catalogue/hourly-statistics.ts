import type { Connection } from "./database.js";

/** One number of one hour. */
export interface HourlyValue {
  /** Start of the UTC hour, milliseconds since 1970. */
  readonly hourMs: number;
  /** `interface:<node>/<name>`, `device:<directory>`, `task:<name>`, `packets:<storage>` or `index`. */
  readonly subject: string;
  readonly measure: string;
  readonly value: number;
}

/** How a number joins the one that its hour has: added, put in its place, or the smaller of both. */
export type HourlyJoin = "add" | "replace" | "least";

const JOINS: Readonly<Record<HourlyJoin, string>> = { add: "value + excluded.value", replace: "excluded.value", least: "min(value, excluded.value)" };

/** Table `hourly_statistics`. */
export class HourlyStatistics {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  put({ hourMs, subject, measure, value }: HourlyValue, join: HourlyJoin): void {
    this.#connection.prepare(
      `INSERT INTO hourly_statistics (hour, subject, measure, value) VALUES (?, ?, ?, ?) ON CONFLICT (hour, subject, measure) DO UPDATE SET value = ${JOINS[join]}`,
    ).run(hourMs, subject, measure, value);
  }

  /** At most `limit` values of hours in `[fromMs, toMs)`, of these subjects (null: of all), by subject, measure and hour. */
  list(subjects: readonly string[] | null, fromMs: number, toMs: number, limit: number): readonly HourlyValue[] {
    return this.#connection.prepare<[number, number, string | null, string | null, number], HourlyValue>(
      `SELECT hour AS hourMs, subject, measure, value FROM hourly_statistics
         WHERE hour >= ? AND hour < ? AND (? IS NULL OR subject IN (SELECT value FROM json_each(?))) ORDER BY subject, measure, hour LIMIT ?`,
    ).all(fromMs, toMs, subjects === null ? null : "", subjects === null ? "[]" : JSON.stringify(subjects), limit);
  }

  /** Rows that `expire` of the same time would remove. */
  countBefore(beforeMs: number): number {
    return this.#connection.prepare<[number], { rows: number }>("SELECT count(*) AS rows FROM hourly_statistics WHERE hour < ?").get(beforeMs)?.rows ?? 0;
  }

  /** Removes hours before `beforeMs`; returns how many values went. */
  expire(beforeMs: number): number {
    return this.#connection.prepare("DELETE FROM hourly_statistics WHERE hour < ?").run(beforeMs).changes;
  }
}
