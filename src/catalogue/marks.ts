import type { Clock } from "../base/clock.js";
import type { Connection } from "./database.js";

/** Where a stream stands. */
export interface StreamMark {
  readonly stream: string;
  readonly node: string;
  /** No open session has a packet before this position; null when none is open. Replay starts here. */
  readonly replayFromOrdinal: number | null;
  /** Position of the next packet. */
  readonly nextOrdinal: number;
  /** Every packet before this time is in a visible row; milliseconds since 1970. */
  readonly completeUntilMs: number | null;
}

/** Where a node stands, over its streams and what of them is to be replayed. Times are milliseconds since 1970. */
export interface NodeMark {
  readonly node: string;
  /** Every packet before this is in a visible row; null when nothing is incomplete. */
  readonly completeUntilMs: number | null;
  /** When it last told where it is. */
  readonly updatedMs: number;
  /** The same of a capture that was not stopped; null when there is none. */
  readonly runningMs: number | null;
}

/** Table `marks`. */
export class Marks {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  set(mark: StreamMark): void {
    this.#connection.prepare(
      `INSERT INTO marks (stream, node, replay_from_ordinal, next_ordinal, complete_until_ms, updated_at)
       VALUES (@stream, @node, @replayFromOrdinal, @nextOrdinal, @completeUntilMs, @now)
       ON CONFLICT (stream) DO UPDATE SET node = excluded.node, replay_from_ordinal = excluded.replay_from_ordinal,
         next_ordinal = excluded.next_ordinal, complete_until_ms = excluded.complete_until_ms, updated_at = excluded.updated_at`,
    ).run({ ...mark, now: this.#clock.nowMs() });
  }

  /** Moves a stream's `completeUntilMs` between two marks. */
  setCompleteUntil(stream: string, completeUntilMs: number | null): void {
    this.#connection.prepare("UPDATE marks SET complete_until_ms = ?, updated_at = ? WHERE stream = ?").run(completeUntilMs, this.#clock.nowMs(), stream);
  }

  get(stream: string): StreamMark | null {
    return this.all().find((mark) => mark.stream === stream) ?? null;
  }

  all(): readonly StreamMark[] {
    return this.#connection.prepare<[], StreamMark>(
      `SELECT stream, node, replay_from_ordinal AS replayFromOrdinal, next_ordinal AS nextOrdinal, complete_until_ms AS completeUntilMs
       FROM marks ORDER BY stream`,
    ).all();
  }

  /** One mark for each node that captures or captured, by name. */
  ofNodes(): readonly NodeMark[] {
    return this.#connection.prepare<[], NodeMark>(
      `SELECT node, min(completeUntilMs) AS completeUntilMs, max(updatedMs) AS updatedMs, max(runningMs) AS runningMs FROM (
         SELECT node, complete_until_ms AS completeUntilMs, updated_at AS updatedMs, CASE WHEN complete_until_ms IS NOT NULL THEN updated_at END AS runningMs FROM marks
         UNION ALL SELECT node, complete_until_ms, 0, NULL FROM replays
       ) GROUP BY node ORDER BY node`,
    ).all();
  }

  /** The time before which every stream is complete, what is to be replayed included, or null when nothing says so. */
  completeUntilMs(): number | null {
    return this.#connection.prepare<[], { least: number | null }>(
      "SELECT min(complete_until_ms) AS least FROM (SELECT complete_until_ms FROM marks UNION ALL SELECT complete_until_ms FROM replays)",
    ).get()?.least ?? null;
  }

  /** Whether a stream that is being captured has told where it is since `sinceMs`. */
  liveSince(sinceMs: number): boolean {
    return this.#connection.prepare<[number], { n: number }>("SELECT count(*) AS n FROM marks WHERE complete_until_ms IS NOT NULL AND updated_at >= ?").get(sinceMs)?.n !== 0;
  }
}
