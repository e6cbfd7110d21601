import type { Connection } from "./database.js";

/** Packets of a stream that are to be indexed again, from a dead capture. */
export interface Replay {
  readonly stream: string;
  /** Position in the stream of the first packet after them. */
  readonly untilOrdinal: number;
  readonly node: string;
  /** No session that is to be written has a packet before this position. */
  readonly fromOrdinal: number;
  /** Packets before this position had been taken into sessions when the last mark was set. */
  readonly knownUntilOrdinal: number;
  /** Which sessions were open then, as the core encodes them. */
  readonly open: Buffer;
  /** Every packet before this time is in a visible row; milliseconds since 1970. */
  readonly completeUntilMs: number;
}

const COLUMNS = `stream, until_ordinal AS untilOrdinal, node, from_ordinal AS fromOrdinal, known_until_ordinal AS knownUntilOrdinal, open,
  complete_until_ms AS completeUntilMs`;

/** Table `replays`. */
export class Replays {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  add(replay: Replay): void {
    this.#connection.prepare(
      `INSERT INTO replays (stream, until_ordinal, node, from_ordinal, known_until_ordinal, open, complete_until_ms)
       VALUES (@stream, @untilOrdinal, @node, @fromOrdinal, @knownUntilOrdinal, @open, @completeUntilMs)`,
    ).run(replay);
  }

  /** Those of a stream, oldest first. */
  ofStream(stream: string): readonly Replay[] {
    return this.#connection.prepare<[string], Replay>(`SELECT ${COLUMNS} FROM replays WHERE stream = ? ORDER BY until_ordinal`).all(stream);
  }

  all(): readonly Replay[] {
    return this.#connection.prepare<[], Replay>(`SELECT ${COLUMNS} FROM replays ORDER BY stream, until_ordinal`).all();
  }

  /** Forgets one that is done. */
  remove({ stream, untilOrdinal }: Pick<Replay, "stream" | "untilOrdinal">): void {
    this.#connection.prepare("DELETE FROM replays WHERE stream = ? AND until_ordinal = ?").run(stream, untilOrdinal);
  }
}
