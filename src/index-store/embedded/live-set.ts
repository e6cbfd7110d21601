import { unlinkSync } from "node:fs";
import { join } from "node:path";
import { systemErrorCode } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import type { Catalogue } from "../../catalogue/catalogue.js";
import type { SegmentInfo } from "../../model/segment.js";
import { UNLIMITED, type Engine } from "./engine.js";
import { Parameters, quoted, uuidOf } from "./statement.js";
import { TagOverlay } from "./tag-overlay.js";

/** A table in the engine that is dropped when nothing needs it any more. */
interface SharedTable {
  readonly revision: number;
  /** Null when there would be no rows. */
  readonly name: string | null;
  users: number;
}

/** The live segments, hidden rows and edited tags of one moment. Release it: files stay until no snapshot has them. */
export interface Snapshot {
  /** In order of last packet. */
  readonly segments: readonly SegmentInfo[];
  /** Paths of segments that have hidden rows. */
  readonly dirty: Pick<ReadonlySet<string>, "has">;
  /** Table (segment VARCHAR, id UUID) of hidden rows, or null; `segment` is the file's path as the engine names it. */
  readonly hiddenTable: string | null;
  /** Table (id UUID, added VARCHAR[], removed VARCHAR[]) of edited tags, or null when there are none, or the snapshot is without. */
  readonly tagTable: string | null;
  /** Whether the tags of the snapshot may be read. */
  readonly hasTags: boolean;
  release(): void;
}

interface View {
  readonly segments: readonly SegmentInfo[];
  /** Number of hidden rows of every segment that has some. */
  readonly dirty: ReadonlyMap<string, number>;
  readonly hidden: SharedTable;
}

/**
 * What is live, as the catalogue has it now. A query takes a snapshot and sees that set to its end, whatever is
 * committed, merged or expired meanwhile: files of retired segments are unlinked when the last snapshot that has them
 * is released.
 */
export class LiveSet {
  readonly #catalogue: Catalogue;
  readonly #engine: Engine;
  readonly #directory: string;
  readonly #logger: Logger;
  readonly #maintains: boolean;
  readonly #inUse = new Map<string, number>();
  #view: View | null = null;
  #tags: SharedTable | null = null;
  readonly #overlay: TagOverlay;
  #refresh: Promise<void> = Promise.resolve();
  #tables = 0;
  /** Whether hidden rows were revealed since the view was made. */
  #mayReveal = false;
  /** Whether a retired file stayed because a snapshot had it. */
  #unlinkLater = false;

  /** `maintains`: whether this process is the one that unlinks files of retired segments. */
  constructor(catalogue: Catalogue, engine: Engine, directory: string, logger: Logger, maintains: boolean) {
    this.#maintains = maintains;
    this.#catalogue = catalogue;
    this.#engine = engine;
    this.#directory = directory;
    this.#logger = logger;
    this.#overlay = new TagOverlay(catalogue.tags, engine);
  }

  /** Notes an edit of tags by this process, with the revisions before and after it: the next table is made of what changed. */
  noteTagEdit(before: number, after: number, rowIds: readonly Uint8Array[]): void {
    this.#overlay.noteEdit(before, after, rowIds);
  }

  /** Rows that were hidden are seen again: the next view reads anew what each segment hides. Other processes learn it as they start; none serves or captures then. */
  forgetHidden(): void {
    this.#mayReveal = true;
  }

  /** The file of a segment. */
  fileOf(path: string): string {
    return join(this.#directory, path);
  }

  /** A snapshot; its tags, which take long when many were edited, only on demand. They are at least as new as the call. */
  async acquire(withTags = false): Promise<Snapshot> {
    const wanted = withTags ? this.#catalogue.tags.revision() : null;
    // From the last look at the revisions to the count of users nothing waits, so no file can be unlinked in between.
    let current = this.#current(wanted);
    while (current === null) {
      // One refresh at a time.
      const refreshed = this.#refresh.then(() => this.#bringUpToDate(wanted));
      this.#refresh = refreshed.catch(() => undefined);
      await refreshed;
      current = this.#current(wanted);
    }
    const { view, tags } = current;
    view.hidden.users += 1;
    if (tags !== null) tags.users += 1;
    this.#hold(view.segments);
    let released = false;
    return {
      segments: view.segments,
      dirty: view.dirty,
      hiddenTable: view.hidden.name,
      tagTable: tags?.name ?? null,
      hasTags: tags !== null,
      release: () => {
        if (released) return;
        released = true;
        this.#letGo(view.segments);
        this.#leave(view.hidden, this.#view?.hidden);
        if (tags !== null) this.#leave(tags, this.#tags);
        if (this.#view !== view || this.#unlinkLater) this.unlinkRetired();
      },
    };
  }

  /** Runs `body` with a snapshot and releases it. */
  async with<T>(body: (snapshot: Snapshot) => Promise<T>, withTags = false): Promise<T> {
    const snapshot = await this.acquire(withTags);
    try {
      return await body(snapshot);
    } finally {
      snapshot.release();
    }
  }

  /**
   * Runs `body` with the live segments, whose files stay meanwhile. Without hidden rows and tags: a capture commits every few
   * seconds, and needs no tables of all of them.
   */
  async withSegments<T>(body: (segments: readonly SegmentInfo[]) => Promise<T>): Promise<T> {
    const segments = this.#catalogue.segments.live();
    this.#hold(segments);
    try {
      return await body(segments);
    } finally {
      this.#letGo(segments);
      if (this.#unlinkLater) this.unlinkRetired();
    }
  }

  #hold(segments: readonly SegmentInfo[]): void {
    for (const { path } of segments) this.#inUse.set(path, (this.#inUse.get(path) ?? 0) + 1);
  }

  #letGo(segments: readonly SegmentInfo[]): void {
    for (const { path } of segments) {
      const users = (this.#inUse.get(path) ?? 1) - 1;
      if (users > 0) this.#inUse.set(path, users);
      else this.#inUse.delete(path);
    }
  }

  /**
   * The view if the catalogue has not changed since it was made, with tags of revision `wanted` or a later one, or none when it is null.
   * Tags that are edited all the time would never be those of now.
   */
  #current(wanted: number | null): { readonly view: View; readonly tags: SharedTable | null } | null {
    const [view, tags] = [this.#view, this.#tags];
    if (view === null || view.hidden.revision !== this.#catalogue.segments.revision()) return null;
    if (wanted === null) return { view, tags: null };
    return tags === null || tags.revision < wanted ? null : { view, tags };
  }

  async #bringUpToDate(wanted: number | null): Promise<void> {
    const revision = this.#catalogue.segments.revision();
    if (this.#view === null || this.#view.hidden.revision !== revision) {
      const before = this.#view;
      const anew = this.#mayReveal;
      // Hidden rows of a segment only ever become more, but for what a loss reveals, so an equal number means the same rows.
      const { segments, dirty, changed } = this.#catalogue.transaction(() => {
        const counts = this.#catalogue.segments.supersededCounts();
        const paths = [...counts].filter(([path, count]) => anew || before?.dirty.get(path) !== count).map(([path]) => path);
        return {
          segments: this.#catalogue.segments.live(), dirty: counts,
          changed: paths.map((path) => ({ path, ids: this.#catalogue.segments.supersededIds(path) })),
        };
      });
      const table: SharedTable = { revision, name: await this.#hiddenTable(dirty, changed, before?.hidden.name ?? null), users: 0 };
      this.#view = { segments, dirty, hidden: table };
      this.#mayReveal = false;
      if (before !== null) this.#leave(before.hidden, table, 0);
    }
    if (wanted !== null && (this.#tags === null || this.#tags.revision < wanted)) {
      const before = this.#tags;
      this.#tags = { ...(await this.#overlay.next(before, this.#newTable("tags"))), users: 0 };
      if (before !== null) this.#leave(before, this.#tags, 0);
    }
  }

  /** A table of the hidden rows: those of `changed` segments, and of the other dirty ones what the table `before` has. */
  async #hiddenTable(
    dirty: ReadonlyMap<string, number>, changed: readonly { readonly path: string; readonly ids: readonly Uint8Array[] }[], before: string | null,
  ): Promise<string | null> {
    if (dirty.size === 0) return null;
    const name = this.#newTable("hidden");
    const fresh = new Set(changed.map(({ path }) => path));
    const kept = [...dirty.keys()].filter((path) => !fresh.has(path)).map((path) => this.fileOf(path));
    await this.#engine.use(UNLIMITED, async (connection) => {
      await connection.run(`CREATE TABLE ${quoted(name)} (segment VARCHAR, id UUID)`);
      if (before !== null && kept.length > 0) {
        const parameters = new Parameters();
        const { sql, values, types } = parameters.statement(
          `INSERT INTO ${quoted(name)} SELECT segment, id FROM ${quoted(before)} WHERE list_contains(${parameters.texts(kept)}, segment)`,
        );
        await connection.run(sql, { ...values }, { ...types });
      }
      const appender = await connection.createAppender(name);
      for (const { path, ids } of changed) {
        const file = this.fileOf(path);
        for (const id of ids) {
          appender.appendVarchar(file);
          appender.appendUUID(uuidOf(Buffer.from(id).toString("hex")));
          appender.endRow();
        }
      }
      appender.closeSync();
    });
    return name;
  }

  #newTable(kind: string): string {
    this.#tables += 1;
    return `${kind}_${this.#tables}`;
  }

  /** Takes `users` off a table and drops it when it is neither used nor current. */
  #leave(table: SharedTable, current: SharedTable | null | undefined, users = 1): void {
    table.users -= users;
    if (table.users > 0 || table === current || table.name === null) return;
    const { name } = table;
    this.#engine.use(UNLIMITED, (connection) => connection.run(`DROP TABLE IF EXISTS ${quoted(name)}`)).catch((error: unknown) => {
      this.#logger.debug({ error, table: name }, "a table of an old snapshot was not dropped");
    });
  }

  /**
   * Unlinks the files of retired segments that no snapshot has, and forgets them. What fails stays for the next time. Never throws:
   * it comes after a commit, and whoever commits takes an error for "not committed".
   */
  unlinkRetired(): void {
    if (!this.#maintains) return;
    try {
      this.#unlinkUnused();
    } catch (error) {
      this.#logger.warn({ error }, "retired segments could not be forgotten; it is tried again");
    }
  }

  #unlinkUnused(): void {
    this.#unlinkLater = false;
    for (const path of this.#catalogue.segments.retired()) {
      if (this.#inUse.has(path)) {
        this.#unlinkLater = true;
        continue;
      }
      try {
        unlinkSync(this.fileOf(path));
      } catch (error) {
        if (systemErrorCode(error) !== "ENOENT") {
          this.#logger.warn({ error, path }, `the retired segment ${path} could not be deleted`);
          continue;
        }
      }
      this.#catalogue.segments.forget(path);
    }
  }
}
