import type { Clock } from "../base/clock.js";
import type { Connection } from "./database.js";

/** What people did to the tags of one row; the row's own tags come from its segment. */
export interface TagEdit {
  /** 16 bytes. */
  readonly rowId: Uint8Array;
  readonly tag: string;
  readonly removed: boolean;
}

/** Table `tag_edits`: the overlay of tags, keyed by row id, which no rebuild of rows touches. */
export class Tags {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** Records added and removed tags of rows; the last edit of a row's tag counts. Returns how many rows changed. */
  edit(rowIds: readonly Uint8Array[], add: readonly string[], remove: readonly string[]): number {
    const write = this.#connection.prepare<[Uint8Array, string, number, number]>(
      `INSERT INTO tag_edits (row_id, tag, removed, changed_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (row_id, tag) DO UPDATE SET removed = excluded.removed, changed_at = excluded.changed_at WHERE removed <> excluded.removed`,
    );
    const now = this.#clock.nowMs();
    return this.#connection.transaction(() => {
      let rows = 0;
      for (const rowId of rowIds) {
        let changes = 0;
        for (const tag of add) changes += write.run(rowId, tag, 0, now).changes;
        for (const tag of remove) changes += write.run(rowId, tag, 1, now).changes;
        if (changes > 0) rows += 1;
      }
      if (rows > 0) this.#connection.prepare("UPDATE revisions SET revision = revision + 1 WHERE subject = 'tags'").run();
      return rows;
    }).immediate();
  }

  all(): IterableIterator<TagEdit> {
    const rows = this.#connection.prepare<[], { rowId: Uint8Array; tag: string; removed: number }>(
      "SELECT row_id AS rowId, tag, removed FROM tag_edits ORDER BY row_id, tag",
    );
    return (function* () {
      for (const { rowId, tag, removed } of rows.iterate()) yield { rowId, tag, removed: removed === 1 };
    })();
  }

  /** Edits in order of row and tag, at most `limit` of those after `after`; null is before the first. */
  page(after: Pick<TagEdit, "rowId" | "tag"> | null, limit: number): readonly TagEdit[] {
    const rows = this.#connection.prepare<[Uint8Array, string, number], { rowId: Uint8Array; tag: string; removed: number }>(
      "SELECT row_id AS rowId, tag, removed FROM tag_edits WHERE (row_id, tag) > (?, ?) ORDER BY row_id, tag LIMIT ?",
    );
    return rows.all(after?.rowId ?? new Uint8Array(), after?.tag ?? "", limit).map(({ rowId, tag, removed }) => ({ rowId, tag, removed: removed === 1 }));
  }

  /** Edits of some rows. */
  ofRows(rowIds: readonly Uint8Array[]): readonly TagEdit[] {
    const rows = this.#connection.prepare<[Uint8Array], { tag: string; removed: number }>("SELECT tag, removed FROM tag_edits WHERE row_id = ?");
    return rowIds.flatMap((rowId) => rows.all(rowId).map(({ tag, removed }) => ({ rowId, tag, removed: removed === 1 })));
  }

  /** A number that changes with every edit, whoever makes it. */
  revision(): number {
    return this.#connection.prepare<[], { revision: number }>("SELECT revision FROM revisions WHERE subject = 'tags'").get()?.revision ?? 0;
  }
}
