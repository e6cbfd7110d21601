import type { Clock } from "../base/clock.js";
import type { SegmentInfo } from "../model/segment.js";
import type { Connection } from "./database.js";
import type { TagEdit } from "./tags.js";

/** A segment on its way to a search cluster. Times are milliseconds since 1970. */
export interface Shipment {
  readonly path: string;
  readonly day: string;
  readonly rows: number;
  readonly bytes: number;
  readonly firstMs: number;
  readonly minLastMs: number;
  readonly lastMs: number;
  readonly state: "queued" | "shipped" | "removing";
  readonly queuedAtMs: number;
  readonly deadRows: number;
}

/** What waits. */
export interface ShipmentQueue {
  readonly segments: number;
  readonly rows: number;
  readonly bytes: number;
  /** When the one that waits longest was queued, or null. */
  readonly oldestMs: number | null;
  /** Smallest first packet of a row that waits, or null: what is before it is in the cluster. */
  readonly firstMs: number | null;
  /** Rows that the cluster refused. */
  readonly deadRows: number;
}

/** UTC days from `first` to `last`, both included, `YYYY-MM-DD`. */
export interface Days {
  readonly first: string;
  readonly last: string;
}

/** What a cluster is to have of a row and may lack. */
export interface Overlay {
  /** 16 bytes. */
  readonly rowId: Uint8Array;
  /** When it was queued last, or null when it is not. */
  readonly queuedAtMs: number | null;
  readonly edits: readonly TagEdit[];
  /** Where its packets moved, as text, or null. */
  readonly move: string | null;
}

const COLUMNS = `path, day, rows, bytes, first_ms AS firstMs, min_last_ms AS minLastMs, last_ms AS lastMs, state, queued_at AS queuedAtMs, dead_rows AS deadRows`;

/** Tables `shipments`, `overlay_queue`, `packet_moves` and `shipping`. */
export class Shipments {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /**
   * Queues segments; one that is known already changes nothing, unless the cluster got no row of it: it could not be read, and was
   * made again. Returns those that are queued by this. The caller runs it in a transaction.
   */
  queue(segments: readonly SegmentInfo[]): readonly SegmentInfo[] {
    const insert = this.#connection.prepare(
      `INSERT INTO shipments (path, day, rows, bytes, first_ms, min_last_ms, last_ms, state, queued_at)
       VALUES (@path, @day, @rows, @bytes, @firstMs, @minLastMs, @lastMs, 'queued', @now)
       ON CONFLICT (path) DO UPDATE SET state = 'queued', queued_at = @now, dead_rows = 0 WHERE state = 'shipped' AND dead_rows = rows`,
    );
    const now = this.#clock.nowMs();
    return segments.filter(({ path, day, rows, bytes, firstMs, minLastMs, lastMs }) => insert.run({ path, day, rows, bytes, firstMs, minLastMs, lastMs, now }).changes > 0);
  }

  get(path: string): Shipment | null {
    return this.#connection.prepare<[string], Shipment>(`SELECT ${COLUMNS} FROM shipments WHERE path = ?`).get(path) ?? null;
  }

  /** Segments that wait, newest first: what is captured now is not behind what an outage left. */
  queued(limit: number): readonly Shipment[] {
    return this.#connection.prepare<[number], Shipment>(`SELECT ${COLUMNS} FROM shipments WHERE state = 'queued' ORDER BY last_ms DESC, path LIMIT ?`).all(limit);
  }

  /** Shipped segments whose rows the cluster must forget. */
  removing(): readonly Shipment[] {
    return this.#connection.prepare<[], Shipment>(`SELECT ${COLUMNS} FROM shipments WHERE state = 'removing' ORDER BY last_ms, path`).all();
  }

  /** Notes that the cluster has every row of a segment, but for `deadRows`. Returns whether it was queued still. */
  shipped(path: string, deadRows: number): boolean {
    this.#changed();
    return this.#connection.prepare("UPDATE shipments SET state = 'shipped', shipped_at = ?, dead_rows = ? WHERE path = ? AND state = 'queued'").run(this.#clock.nowMs(), deadRows, path).changes > 0;
  }

  /** Notes that a segment's rows must go. A queued one may have rows in the cluster already, when a shipper was killed on the way. */
  remove(path: string): void {
    this.#connection.prepare("UPDATE shipments SET state = 'removing' WHERE path = ?").run(path);
  }

  /** Changes how many rows of a segment are among the dead letters. */
  setDeadRows(path: string, deadRows: number): void {
    this.#connection.prepare("UPDATE shipments SET dead_rows = ? WHERE path = ?").run(deadRows, path);
  }

  forget(path: string): void {
    this.#connection.prepare("DELETE FROM shipments WHERE path = ?").run(path);
    this.#changed();
  }

  /** Forgets the shipped segments of days that the cluster has not any more. */
  forgetDays({ first, last }: Days): void {
    this.#connection.prepare("DELETE FROM shipments WHERE day >= ? AND day <= ? AND state = 'shipped'").run(first, last);
    this.#changed();
  }

  /** Paths of queued segments of days. */
  queuedOf({ first, last }: Days): readonly string[] {
    return this.#connection.prepare<[string, string], { path: string }>("SELECT path FROM shipments WHERE day >= ? AND day <= ? AND state = 'queued'").all(first, last).map(({ path }) => path);
  }

  waiting(): ShipmentQueue {
    const row = this.#connection.prepare<[], Omit<ShipmentQueue, "deadRows">>(
      `SELECT count(*) AS segments, coalesce(sum(rows), 0) AS rows, coalesce(sum(bytes), 0) AS bytes, min(queued_at) AS oldestMs, min(first_ms) AS firstMs
       FROM shipments WHERE state = 'queued'`,
    ).get();
    const dead = this.#connection.prepare<[], { rows: number }>("SELECT coalesce(sum(dead_rows), 0) AS rows FROM shipments").get();
    return { segments: 0, rows: 0, bytes: 0, oldestMs: null, firstMs: null, ...row, deadRows: dead?.rows ?? 0 };
  }

  /** A number that changes whenever this installation changes what the cluster has. */
  revision(): number {
    return this.#connection.prepare<[], { revision: number }>("SELECT revision FROM shipping WHERE id = 1").get()?.revision ?? 0;
  }

  #changed(): void {
    this.#connection.prepare("UPDATE shipping SET revision = revision + 1 WHERE id = 1").run();
  }

  /** Queues rows whose packets moved, `packets` as text; a later move of a row counts. */
  queueMoves(moves: readonly { readonly rowId: Uint8Array; readonly packets: string }[]): void {
    const insert = this.#connection.prepare<[Uint8Array, string]>("INSERT INTO packet_moves (row_id, packets) VALUES (?, ?) ON CONFLICT (row_id) DO UPDATE SET packets = excluded.packets");
    for (const { rowId, packets } of moves) insert.run(rowId, packets);
    this.queueOverlays(moves.map(({ rowId }) => rowId));
  }

  /** Where the packets of a row moved, when the cluster may not know it yet. */
  moveOf(rowId: Uint8Array): string | null {
    return this.#connection.prepare<[Uint8Array], { packets: string }>("SELECT packets FROM packet_moves WHERE row_id = ?").get(rowId)?.packets ?? null;
  }

  /** Whether any row has moved packets that the cluster may not know of. */
  hasMoves(): boolean {
    return this.#connection.prepare<[], { found: number }>("SELECT EXISTS (SELECT 1 FROM packet_moves) AS found").get()?.found === 1;
  }

  /** Queues rows whose tags were edited. */
  queueOverlays(rowIds: readonly Uint8Array[]): void {
    const insert = this.#connection.prepare<[Uint8Array, number]>("INSERT INTO overlay_queue (row_id, queued_at) VALUES (?, ?) ON CONFLICT (row_id) DO UPDATE SET queued_at = excluded.queued_at");
    for (const id of rowIds) insert.run(id, this.#clock.nowMs());
  }

  /** Rows whose edited tags or moved packets the cluster may not have, after `after`. */
  overlays(after: Uint8Array, limit: number): readonly Uint8Array[] {
    return this.#connection.prepare<[Uint8Array, number], { id: Uint8Array }>("SELECT row_id AS id FROM overlay_queue WHERE row_id > ? ORDER BY row_id LIMIT ?").all(after, limit).map(({ id }) => id);
  }

  /** What the cluster is to have of a row now. */
  overlay(rowId: Uint8Array): Overlay {
    return this.#connection.transaction(() => {
      const queued = this.#connection.prepare<[Uint8Array], { at: number }>("SELECT queued_at AS at FROM overlay_queue WHERE row_id = ?").get(rowId);
      return { rowId, queuedAtMs: queued?.at ?? null, edits: this.tagEdits(rowId, rowId), move: this.moveOf(rowId) };
    })();
  }

  /** Takes rows off the queue that are still as they were applied; one that was changed meanwhile stays, its last change is not in the cluster. */
  overlaysDone(applied: readonly Overlay[]): void {
    const remove = this.#connection.prepare<[Uint8Array]>("DELETE FROM overlay_queue WHERE row_id = ?");
    const settle = this.#connection.prepare<[Uint8Array]>("DELETE FROM packet_moves WHERE row_id = ?");
    this.#connection.transaction(() => {
      for (const overlay of applied) {
        if (!isSame(this.overlay(overlay.rowId), overlay)) continue;
        remove.run(overlay.rowId);
        settle.run(overlay.rowId);
      }
    }).immediate();
  }

  /** Edits of tags of rows whose ids lie between two, both included, in order of id. */
  tagEdits(low: Uint8Array, high: Uint8Array): readonly TagEdit[] {
    return this.#connection.prepare<[Uint8Array, Uint8Array], { rowId: Uint8Array; tag: string; removed: number }>(
      "SELECT row_id AS rowId, tag, removed FROM tag_edits WHERE row_id BETWEEN ? AND ? ORDER BY row_id, tag",
    ).all(low, high).map(({ rowId, tag, removed }) => ({ rowId, tag, removed: removed === 1 }));
  }
}

/** Whether nothing about a row was changed between two looks; an edit that was taken back by another shows in the time. */
function isSame(left: Overlay, right: Overlay): boolean {
  const edits = (overlay: Overlay): string => JSON.stringify(overlay.edits.map(({ tag, removed }) => [tag, removed]));
  return left.queuedAtMs === right.queuedAtMs && left.move === right.move && edits(left) === edits(right);
}
