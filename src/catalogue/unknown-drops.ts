import type { Connection } from "./database.js";

/** A run of a capture whose source cannot know what the kernel dropped. Times are milliseconds since 1970, both ends included. */
export interface UnknownDropsSpan {
  readonly node: string;
  readonly interface: string;
  /** When the capture began. */
  readonly fromMs: number;
  /** How far it is; never moves back. */
  readonly untilMs: number;
}

/** Table `unknown_drops`. */
export class UnknownDrops {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Notes a run, or how far it is by now. */
  note(span: UnknownDropsSpan): void {
    this.#connection.prepare(
      `INSERT INTO unknown_drops (node, interface, from_ms, until_ms) VALUES (@node, @interface, @fromMs, max(@fromMs, @untilMs))
       ON CONFLICT (node, interface, from_ms) DO UPDATE SET until_ms = max(until_ms, excluded.until_ms)`,
    ).run(span);
  }

  /** Whether there was such a capture in a range; a null end is open. */
  touch(startMs: number | null, endMs: number | null): boolean {
    return this.#connection.prepare("SELECT 1 FROM unknown_drops WHERE until_ms >= ? AND from_ms <= ? LIMIT 1")
      .get(startMs ?? 0, endMs ?? Number.MAX_SAFE_INTEGER) !== undefined;
  }

  /** Removes runs that ended before a time; returns how many went. */
  expire(beforeMs: number): number {
    return this.#connection.prepare("DELETE FROM unknown_drops WHERE until_ms < ?").run(beforeMs).changes;
  }
}
