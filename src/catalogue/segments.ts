import type { SegmentInfo } from "../model/segment.js";
import type { Connection } from "./database.js";
import { textsOf } from "./json.js";

/** Rows of one segment that rows elsewhere hide; ids are 16 bytes. */
export interface SupersededRows {
  readonly segment: string;
  readonly ids: readonly Uint8Array[];
}

/** A change of the live set. */
export interface SegmentChange {
  readonly add: readonly SegmentInfo[];
  /** Paths that stop being live. Their files are unlinked later, when no query reads them. */
  readonly remove: readonly string[];
  readonly superseded: readonly SupersededRows[];
  /** Hidden rows that become visible, because what hid them is lost. */
  readonly revealed?: readonly SupersededRows[];
}

interface Row {
  readonly path: string; readonly day: string; readonly level: number; readonly rows: number; readonly bytes: number;
  readonly first_ms: number; readonly min_last_ms: number; readonly last_ms: number; readonly columns: string;
  readonly open_rows: number; readonly total_packets: number; readonly total_bytes: number;
}

function segmentOf(row: Row): SegmentInfo {
  return {
    path: row.path, day: row.day, level: row.level, rows: row.rows, bytes: row.bytes, firstMs: row.first_ms,
    minLastMs: row.min_last_ms, lastMs: row.last_ms, columns: textsOf(row.columns), openRows: row.open_rows,
    totalPackets: row.total_packets, totalBytes: row.total_bytes,
  };
}

/** Tables `segments` and `superseded`. */
export class Segments {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Applies a change; the caller runs it in a transaction. Adding a segment that is there already changes nothing. */
  apply(change: SegmentChange): void {
    const insert = this.#connection.prepare(
      `INSERT INTO segments (path, day, level, rows, bytes, first_ms, min_last_ms, last_ms, columns, open_rows, total_packets, total_bytes)
       VALUES (@path, @day, @level, @rows, @bytes, @firstMs, @minLastMs, @lastMs, @columns, @openRows, @totalPackets, @totalBytes)
       ON CONFLICT (path) DO NOTHING`,
    );
    for (const segment of change.add) insert.run({ ...segment, columns: JSON.stringify(segment.columns) });
    const retire = this.#connection.prepare("UPDATE segments SET live = 0 WHERE path = ?");
    const forget = this.#connection.prepare("DELETE FROM superseded WHERE segment = ?");
    for (const path of change.remove) {
      retire.run(path);
      forget.run(path);
    }
    const hide = this.#connection.prepare("INSERT INTO superseded (segment, id) VALUES (?, ?) ON CONFLICT DO NOTHING");
    for (const { segment, ids } of change.superseded) for (const id of ids) hide.run(segment, id);
    const reveal = this.#connection.prepare("DELETE FROM superseded WHERE segment = ? AND id = ?");
    for (const { segment, ids } of change.revealed ?? []) for (const id of ids) reveal.run(segment, id);
    this.#connection.prepare("UPDATE revisions SET revision = revision + 1 WHERE subject = 'segments'").run();
  }

  /** A number that changes with every change of the live set or of its hidden rows, whoever makes it. */
  revision(): number {
    return this.#connection.prepare<[], { revision: number }>("SELECT revision FROM revisions WHERE subject = 'segments'").get()?.revision ?? 0;
  }

  /** Live segments in order of last packet. */
  live(): readonly SegmentInfo[] {
    return this.#connection.prepare<[], Row>("SELECT * FROM segments WHERE live = 1 ORDER BY last_ms, path").all().map(segmentOf);
  }

  /** Whether a segment was committed and its file is not known to be gone. */
  has(path: string): boolean {
    return this.#connection.prepare<[string], { found: number }>("SELECT EXISTS (SELECT 1 FROM segments WHERE path = ?) AS found").get(path)?.found === 1;
  }

  /** Paths of segments that are no longer live and whose files may still be there. */
  retired(): readonly string[] {
    return this.#connection.prepare<[], { path: string }>("SELECT path FROM segments WHERE live = 0 ORDER BY path").all().map(({ path }) => path);
  }

  /** Forgets a retired segment once its file is gone. */
  forget(path: string): void {
    this.#connection.prepare("DELETE FROM segments WHERE path = ? AND live = 0").run(path);
  }

  /** Number of hidden rows of every live segment that has some. */
  supersededCounts(): ReadonlyMap<string, number> {
    const rows = this.#connection.prepare<[], { segment: string; hidden: number }>("SELECT segment, count(*) AS hidden FROM superseded GROUP BY segment").all();
    return new Map(rows.map(({ segment, hidden }) => [segment, hidden]));
  }

  /** Whether a row of a segment is hidden, as a test for many rows; ids are 16 bytes. */
  supersededTest(): (segment: string, id: Uint8Array) => boolean {
    const look = this.#connection.prepare<[string, Uint8Array], { found: number }>("SELECT EXISTS (SELECT 1 FROM superseded WHERE segment = ? AND id = ?) AS found");
    return (segment, id) => look.get(segment, id)?.found === 1;
  }

  /** Hidden rows of one segment, 16 bytes each. */
  supersededIds(segment: string): readonly Uint8Array[] {
    return this.#connection.prepare<[string], { id: Uint8Array }>("SELECT id FROM superseded WHERE segment = ?").all(segment).map(({ id }) => id);
  }
}
