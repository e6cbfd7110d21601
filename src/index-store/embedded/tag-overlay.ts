import { nextTurn } from "../../base/event-loop.js";
import type { Tags, TagEdit } from "../../catalogue/tags.js";
import { UNLIMITED, type Engine } from "./engine.js";
import { quoted, uuidOf } from "./statement.js";

/** Edits that are handed to the engine at once: some milliseconds, in which nothing else runs. */
const EDITS_AT_ONCE = 2_000;
/** Most rows of which is known that they changed; beyond, the next table is made of all edits. */
const MOST_CHANGED = 200_000;

/** Edited tags as a table of the engine, at one revision. */
export interface TagTable {
  readonly revision: number;
  /** Table (id UUID, added VARCHAR[], removed VARCHAR[]), or null when nothing was ever edited. */
  readonly name: string | null;
}

/**
 * Makes the tables of edited tags. A table is made of the one before and the rows that this process edited since; of all edits only when
 * another process edited too, or too many rows changed.
 */
export class TagOverlay {
  readonly #tags: Pick<Tags, "revision" | "page" | "ofRows">;
  readonly #engine: Engine;
  /** Edits of this process one after the other, with nobody else's in between: from the revision `#since` on. */
  #changes: { readonly revision: number; readonly rowIds: readonly Uint8Array[] }[] = [];
  #since: number | null = null;
  #changedRows = 0;

  constructor(tags: Pick<Tags, "revision" | "page" | "ofRows">, engine: Engine) {
    this.#tags = tags;
    this.#engine = engine;
  }

  /** Notes an edit of this process, with the revisions before and after it. */
  noteEdit(before: number, after: number, rowIds: readonly Uint8Array[]): void {
    const last = this.#changes.at(-1)?.revision ?? this.#since;
    // A revision that is not the next one holds somebody else's edit.
    const isAlone = after === before + 1;
    if (!isAlone || last !== before || this.#changedRows + rowIds.length > MOST_CHANGED) this.#forget(isAlone && rowIds.length <= MOST_CHANGED ? before : after);
    if (this.#since === after) return;
    this.#changes.push({ revision: after, rowIds });
    this.#changedRows += rowIds.length;
  }

  #forget(since: number): void {
    this.#changes = [];
    this.#changedRows = 0;
    this.#since = since;
  }

  /** Rows that were edited between two revisions; null when that is not known. */
  #changedBetween(from: number, to: number): readonly Uint8Array[] | null {
    const last = this.#changes.at(-1)?.revision ?? this.#since;
    if (this.#since === null || from < this.#since || last !== to) return null;
    return this.#changes.filter(({ revision }) => revision > from).flatMap(({ rowIds }) => rowIds);
  }

  /** The table as of now, under a new `name`. What is edited meanwhile may be in it or not. */
  async next(before: TagTable | null, name: string): Promise<TagTable> {
    const revision = this.#tags.revision();
    const changed = before === null ? null : this.#changedBetween(before.revision, revision);
    const edits = changed === null ? this.#all() : this.#ofRows(changed);
    const base = changed === null ? null : (before?.name ?? null);
    const isMade = await this.#make(name, base, edits);
    // Nothing older is asked for again.
    this.#changes = this.#changes.filter((change) => change.revision > revision);
    this.#changedRows = this.#changes.reduce((sum, { rowIds }) => sum + rowIds.length, 0);
    this.#since = Math.max(this.#since ?? revision, revision);
    return { revision, name: isMade ? name : null };
  }

  *#all(): Generator<readonly TagEdit[]> {
    let after: TagEdit | null = null;
    for (;;) {
      const page: readonly TagEdit[] = this.#tags.page(after, EDITS_AT_ONCE);
      if (page.length === 0) return;
      yield page;
      after = page.at(-1) ?? null;
    }
  }

  *#ofRows(rowIds: readonly Uint8Array[]): Generator<readonly TagEdit[]> {
    const distinct = [...new Map(rowIds.map((rowId) => [Buffer.from(rowId).toString("latin1"), rowId])).values()];
    for (let at = 0; at < distinct.length; at += EDITS_AT_ONCE) yield this.#tags.ofRows(distinct.slice(at, at + EDITS_AT_ONCE));
  }

  /** Makes a table of `base` and of edits in the place of those that it has of the same rows. Returns false when it would be empty. */
  async #make(name: string, base: string | null, pages: Generator<readonly TagEdit[]>): Promise<boolean> {
    let page = pages.next();
    if (base === null && page.done === true) return false;
    await this.#engine.use(UNLIMITED, async (connection) => {
      const raw = quoted(`${name}_edits`);
      await connection.run(`CREATE TEMP TABLE ${raw} (id UUID, tag VARCHAR, removed BOOLEAN)`);
      const appender = await connection.createAppender(`${name}_edits`);
      for (; page.done !== true; page = pages.next()) {
        for (const { rowId, tag, removed } of page.value) {
          appender.appendUUID(uuidOf(Buffer.from(rowId).toString("hex")));
          appender.appendVarchar(tag);
          appender.appendBoolean(removed);
          appender.endRow();
        }
        await nextTurn();
      }
      appender.closeSync();
      const kept = base === null ? "" : ` UNION ALL SELECT id, added, removed FROM ${quoted(base)} AS b WHERE NOT EXISTS (SELECT 1 FROM ${raw} AS e WHERE e.id = b.id)`;
      await connection.run(
        `CREATE TABLE ${quoted(name)} AS SELECT id, coalesce(list(tag) FILTER (NOT removed), []) AS added,
           coalesce(list(tag) FILTER (removed), []) AS removed FROM ${raw} GROUP BY id${kept}`,
      );
      await connection.run(`DROP TABLE ${raw}`);
    });
    return true;
  }
}
