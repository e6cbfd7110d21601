import type { Clock } from "../base/clock.js";
import type { Connection } from "./database.js";

/** What must not be deleted: a packet file (its id), a day of the index (`YYYY-MM-DD`), sessions (what they were chosen by). */
export interface Hold {
  readonly id: number;
  readonly subject: "file" | "day" | "session";
  readonly subjectId: string;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAtMs: number;
  /** When it ends by itself, or null. */
  readonly untilMs: number | null;
}

/** A hold with what it covers. */
export interface HoldSummary extends Hold {
  /** When somebody ended it, or null. */
  readonly releasedAtMs: number | null;
  readonly sessions: number;
  /** Packets of its sessions, as far as they are stored, and bytes of their records. */
  readonly packets: number;
  readonly bytes: number;
}

/** A session that is held. Times are milliseconds since 1970. */
export interface HeldSession {
  /** 16 bytes. */
  readonly id: Uint8Array;
  readonly firstMs: number;
  readonly lastMs: number;
  /** No later version of its row will come. */
  readonly settled: boolean;
  readonly packets: readonly { readonly fileId: number; readonly packets: number; readonly bytes: number }[];
}

/** Packets of held sessions in one file. */
export interface HeldInFile {
  readonly bytes: number;
  /** Reason of the oldest hold. */
  readonly reason: string;
  readonly holds: readonly number[];
}

const COLUMNS = "id, subject, subject_id AS subjectId, reason, created_by AS createdBy, created_at AS createdAtMs, until_at AS untilMs";
const IN_FORCE = "released_at IS NULL AND (until_at IS NULL OR until_at > @now)";
const FORGET_UNHELD = "DELETE FROM held_rows WHERE row_id = ? AND NOT EXISTS (SELECT 1 FROM held_sessions s WHERE s.row_id = held_rows.row_id)";
const HELD_ROWS = `SELECT row_id FROM held_sessions WHERE hold IN (SELECT id FROM holds WHERE ${IN_FORCE})`;

/** Tables `holds`, `held_sessions`, `held_rows` and `held_packets`. */
export class Holds {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  add(hold: Pick<Hold, "subject" | "subjectId" | "reason" | "createdBy"> & Partial<Pick<Hold, "untilMs">>): number {
    return Number(this.#connection.prepare("INSERT INTO holds (subject, subject_id, reason, created_by, created_at, until_at) VALUES (?, ?, ?, ?, ?, ?)")
      .run(hold.subject, hold.subjectId, hold.reason, hold.createdBy, this.#clock.nowMs(), hold.untilMs ?? null).lastInsertRowid);
  }

  /**
   * Puts sessions under a hold, with where their packets are. Of one that is held already and gets no more packets that is known:
   * whoever holds it again may have looked before its packets were copied.
   */
  addSessions(hold: number, sessions: readonly HeldSession[]): void {
    const insert = this.#connection.prepare<[number, Uint8Array]>("INSERT INTO held_sessions (hold, row_id) VALUES (?, ?) ON CONFLICT DO NOTHING");
    const known = this.#connection.prepare<[Uint8Array], { known: number }>("SELECT 1 AS known FROM held_rows WHERE row_id = ? AND settled = 1");
    this.#connection.transaction(() => {
      for (const session of sessions) insert.run(hold, session.id);
      this.describe(sessions.filter(({ id }) => known.get(id) === undefined));
    })();
  }

  /** At most `limit` sessions of a hold after the id `after`, 16 bytes each, in order; with `span` those whose last packet is in it. */
  sessionsOf(hold: number, after: Uint8Array | null, limit: number, span: { readonly startMs: number; readonly endMs: number } | null = null): readonly Uint8Array[] {
    return this.#connection.prepare<[{ hold: number; after: Uint8Array; limit: number; startMs: number; endMs: number }], { row_id: Uint8Array }>(
      `SELECT s.row_id FROM held_sessions s JOIN held_rows r ON r.row_id = s.row_id
       WHERE s.hold = @hold AND s.row_id > @after AND r.last_ms >= @startMs AND r.last_ms < @endMs ORDER BY s.row_id LIMIT @limit`,
    ).all({ hold, after: after ?? new Uint8Array(0), limit, startMs: span?.startMs ?? Number.MIN_SAFE_INTEGER, endMs: span?.endMs ?? Number.MAX_SAFE_INTEGER }).map((row) => row.row_id);
  }

  /** Takes sessions out of a hold, 16 bytes each. */
  leave(hold: number, ids: readonly Uint8Array[]): void {
    const take = this.#connection.prepare("DELETE FROM held_sessions WHERE hold = ? AND row_id = ?");
    const forget = this.#connection.prepare(FORGET_UNHELD);
    this.#connection.transaction(() => {
      for (const id of ids) {
        take.run(hold, id);
        forget.run(id);
      }
    })();
  }

  /** Says anew where the packets of held sessions are. */
  describe(sessions: readonly HeldSession[]): void {
    const row = this.#connection.prepare(
      `INSERT INTO held_rows (row_id, first_ms, last_ms, settled) VALUES (?, ?, ?, ?)
       ON CONFLICT (row_id) DO UPDATE SET first_ms = excluded.first_ms, last_ms = excluded.last_ms, settled = excluded.settled`,
    );
    const forget = this.#connection.prepare("DELETE FROM held_packets WHERE row_id = ?");
    const place = this.#connection.prepare("INSERT INTO held_packets (row_id, file, packets, bytes) VALUES (?, ?, ?, ?)");
    this.#connection.transaction(() => {
      for (const { id, firstMs, lastMs, settled, packets } of sessions) {
        row.run(id, firstMs, lastMs, settled ? 1 : 0);
        forget.run(id);
        for (const { fileId, packets: count, bytes } of packets) place.run(id, fileId, count, bytes);
      }
    })();
  }

  /** Says where the packets are of held sessions that could get some until now. Of others that is known: they may have been copied meanwhile. */
  settle(sessions: readonly HeldSession[]): void {
    const open = this.#connection.prepare<[Uint8Array], { open: number }>("SELECT 1 AS open FROM held_rows WHERE row_id = ? AND settled = 0");
    this.#connection.transaction(() => { this.describe(sessions.filter(({ id }) => open.get(id) !== undefined)); })();
  }

  /** Puts a hold in force that was added with an end in the past. */
  enforce(id: number, untilMs: number | null): void {
    this.#connection.prepare("UPDATE holds SET until_at = ? WHERE id = ?").run(untilMs, id);
  }

  /** Takes a hold out that never was in force. */
  remove(id: number): void {
    this.#connection.transaction(() => {
      this.#forgetSessionsOf(id);
      this.#connection.prepare("DELETE FROM holds WHERE id = ?").run(id);
    })();
  }

  /** Takes out what an ended process left of holds that it was making. Only while nobody can be making one. Returns how many that were. */
  removeUnfinished(): number {
    return this.#connection.transaction(() => {
      const unfinished = this.#connection.prepare<[], { id: number }>("SELECT id FROM holds WHERE until_at = 0").all();
      for (const { id } of unfinished) this.remove(id);
      return unfinished.length;
    })();
  }

  /** Ends a hold; its row stays. Returns whether it was in force. */
  release(id: number): boolean {
    return this.#connection.transaction(() => {
      const now = this.#clock.nowMs();
      const ended = this.#connection.prepare(`UPDATE holds SET released_at = @now WHERE id = @id AND ${IN_FORCE}`).run({ id, now }).changes === 1;
      if (ended) this.#forgetSessionsOf(id);
      return ended;
    })();
  }

  /** Forgets which sessions were under holds whose time is over; one that is being made keeps its own. Returns how many holds that were. */
  forgetEnded(): number {
    return this.#connection.transaction(() => {
      const ended = this.#connection.prepare<[{ now: number }], { id: number }>(
        `SELECT id FROM holds WHERE NOT (${IN_FORCE}) AND until_at IS NOT 0 AND EXISTS (SELECT 1 FROM held_sessions WHERE hold = holds.id)`,
      ).all({ now: this.#clock.nowMs() });
      for (const { id } of ended) this.#forgetSessionsOf(id);
      return ended.length;
    })();
  }

  #forgetSessionsOf(hold: number): void {
    this.#connection.prepare("DELETE FROM held_rows WHERE row_id IN (SELECT row_id FROM held_sessions WHERE hold = ?) AND NOT EXISTS (SELECT 1 FROM held_sessions h WHERE h.row_id = held_rows.row_id AND h.hold <> ?)").run(hold, hold);
    this.#connection.prepare("DELETE FROM held_sessions WHERE hold = ?").run(hold);
  }

  /** Holds in force. */
  active(): readonly Hold[] {
    return this.#connection.prepare<[{ now: number }], Hold>(`SELECT ${COLUMNS} FROM holds WHERE ${IN_FORCE} ORDER BY id`).all({ now: this.#clock.nowMs() });
  }

  /** Holds, newest first, with what they cover; at most `limit` below the id `before`. */
  list(limit: number, before: number | null, withEnded: boolean): readonly HoldSummary[] {
    return this.#connection.prepare<[{ now: number; before: number; ended: number; limit: number }], HoldSummary>(
      `SELECT ${COLUMNS}, released_at AS releasedAtMs, (SELECT count(*) FROM held_sessions WHERE hold = holds.id) AS sessions,
         (SELECT coalesce(sum(packets), 0) FROM held_packets WHERE row_id IN (SELECT row_id FROM held_sessions WHERE hold = holds.id)) AS packets,
         (SELECT coalesce(sum(bytes), 0) FROM held_packets WHERE row_id IN (SELECT row_id FROM held_sessions WHERE hold = holds.id)) AS bytes
       FROM holds WHERE id < @before AND (@ended = 1 AND until_at IS NOT 0 OR (${IN_FORCE})) ORDER BY id DESC LIMIT @limit`,
    ).all({ now: this.#clock.nowMs(), before: before ?? Number.MAX_SAFE_INTEGER, ended: withEnded ? 1 : 0, limit });
  }

  /** A hold by number, or null. */
  get(id: number): HoldSummary | null {
    return this.list(1, id + 1, true).find((hold) => hold.id === id) ?? null;
  }

  /** At most `limit` held sessions after the id `after` that may still get packets, 16 bytes each, in order. */
  unsettled(after: Uint8Array | null, limit: number): readonly Uint8Array[] {
    return this.#connection.prepare<[{ now: number; after: Uint8Array; limit: number }], { row_id: Uint8Array }>(
      `SELECT row_id FROM held_rows WHERE settled = 0 AND row_id > @after AND row_id IN (${HELD_ROWS}) ORDER BY row_id LIMIT @limit`,
    ).all({ now: this.#clock.nowMs(), after: after ?? new Uint8Array(0), limit }).map((row) => row.row_id);
  }

  /** First packet of the earliest held session that may still get packets, milliseconds since 1970; null when there is none. */
  earliestUnsettled(): number | null {
    return this.#connection.prepare<[{ now: number }], { first: number | null }>(
      `SELECT min(first_ms) AS first FROM held_rows WHERE settled = 0 AND row_id IN (${HELD_ROWS})`,
    ).get({ now: this.#clock.nowMs() })?.first ?? null;
  }

  /** Packets of held sessions by the number of their file. */
  packetsByFile(): ReadonlyMap<number, HeldInFile> {
    const now = this.#clock.nowMs();
    const active = new Map(this.active().filter(({ subject }) => subject === "session").map((hold) => [hold.id, hold]));
    const found = new Map<number, { bytes: number; reason: string; holds: number[] }>();
    if (active.size === 0) return found;
    const sums = this.#connection.prepare<[{ now: number }], { file: number; bytes: number }>(
      `SELECT file, sum(bytes) AS bytes FROM held_packets WHERE row_id IN (${HELD_ROWS}) GROUP BY file`,
    ).all({ now });
    for (const { file, bytes } of sums) found.set(file, { bytes, reason: "", holds: [] });
    const pairs = this.#connection.prepare<[{ now: number }], { file: number; hold: number }>(
      `SELECT DISTINCT p.file, s.hold FROM held_sessions s JOIN held_packets p ON p.row_id = s.row_id
       WHERE s.hold IN (SELECT id FROM holds WHERE ${IN_FORCE}) ORDER BY s.hold`,
    ).all({ now });
    for (const { file, hold } of pairs) {
      const entry = found.get(file);
      if (entry === undefined) continue;
      if (entry.holds.length === 0) entry.reason = active.get(hold)?.reason ?? "";
      entry.holds.push(hold);
    }
    return found;
  }

  /** Held sessions that have packets in a file, 16 bytes each, at most `limit`. */
  sessionsInFile(file: number, limit: number): readonly Uint8Array[] {
    return this.#connection.prepare<[{ now: number; file: number; limit: number }], { row_id: Uint8Array }>(
      `SELECT row_id FROM held_packets WHERE file = @file AND row_id IN (${HELD_ROWS}) ORDER BY row_id LIMIT @limit`,
    ).all({ now: this.#clock.nowMs(), file, limit }).map((row) => row.row_id);
  }

  /** Takes a file away from held sessions whose rows are gone, 16 bytes each. */
  forgetPackets(file: number, ids: readonly Uint8Array[]): void {
    const forget = this.#connection.prepare("DELETE FROM held_packets WHERE file = ? AND row_id = ?");
    this.#connection.transaction(() => {
      for (const id of ids) forget.run(file, id);
    })();
  }

  /**
   * Takes sessions out of a hold: those whose last packet is before a time, then those with the oldest last packets until no more
   * than `mostSessions` with `mostBytes` of packets (null: any) are left. Returns how many went.
   */
  prune(hold: number, beforeMs: number, mostSessions: number, mostBytes: number | null): number {
    return this.#connection.transaction(() => {
      const rows = this.#connection.prepare<[number], { row_id: Uint8Array; lastMs: number; settled: number; bytes: number }>(
        `SELECT r.row_id, r.last_ms AS lastMs, r.settled, (SELECT coalesce(sum(bytes), 0) FROM held_packets p WHERE p.row_id = r.row_id) AS bytes
         FROM held_sessions s JOIN held_rows r ON r.row_id = s.row_id WHERE s.hold = ? ORDER BY r.last_ms DESC, r.row_id`,
      ).all(hold);
      const take = this.#connection.prepare("DELETE FROM held_sessions WHERE hold = ? AND row_id = ?");
      const forget = this.#connection.prepare(FORGET_UNHELD);
      let [sessions, bytes, gone] = [0, 0, 0];
      for (const row of rows) {
        sessions += 1;
        bytes += row.bytes;
        const isOver = sessions > mostSessions || (mostBytes !== null && bytes > mostBytes);
        if (!isOver && (row.lastMs >= beforeMs || row.settled === 0)) continue;
        // One that is too large leaves room for smaller, older ones.
        sessions -= 1;
        bytes -= row.bytes;
        take.run(hold, row.row_id);
        forget.run(row.row_id);
        gone += 1;
      }
      return gone;
    })();
  }

  /** Number of held sessions by the UTC day of their last packet, and the holds that they are under. */
  rowsByDay(): ReadonlyMap<string, { readonly rows: number; readonly holds: readonly number[] }> {
    const rows = this.#connection.prepare<[{ now: number }], { day: string; held: number }>(
      `SELECT strftime('%Y-%m-%d', last_ms / 1000, 'unixepoch') AS day, count(*) AS held FROM held_rows WHERE row_id IN (${HELD_ROWS}) GROUP BY day`,
    ).all({ now: this.#clock.nowMs() });
    const holds = this.#connection.prepare<[{ now: number }], { day: string; hold: number }>(
      `SELECT DISTINCT strftime('%Y-%m-%d', last_ms / 1000, 'unixepoch') AS day, s.hold FROM held_sessions s JOIN held_rows r ON r.row_id = s.row_id
       WHERE s.hold IN (SELECT id FROM holds WHERE ${IN_FORCE}) ORDER BY s.hold`,
    ).all({ now: this.#clock.nowMs() });
    return new Map(rows.map(({ day, held }) => [day, { rows: held, holds: holds.filter((one) => one.day === day).map(({ hold }) => hold) }]));
  }

  /** Held sessions whose last packet is in [startMs, endMs), 16 bytes each. */
  sessionsBetween(startMs: number, endMs: number): readonly Uint8Array[] {
    return this.#connection.prepare<[{ now: number; startMs: number; endMs: number }], { row_id: Uint8Array }>(
      `SELECT row_id FROM held_rows WHERE last_ms >= @startMs AND last_ms < @endMs AND row_id IN (${HELD_ROWS})`,
    ).all({ now: this.#clock.nowMs(), startMs, endMs }).map((row) => row.row_id);
  }
}
