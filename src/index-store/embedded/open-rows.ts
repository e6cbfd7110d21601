import type { Catalogue } from "../../catalogue/catalogue.js";
import type { SupersededRows } from "../../catalogue/segments.js";
import type { SegmentInfo } from "../../model/segment.js";
import { UNLIMITED, type Engine } from "./engine.js";
import { parquet } from "./source.js";
import { idBytes, Parameters } from "./statement.js";
import { countOf, textOf } from "./values.js";

/** What a commit of rows that go on hides, and what is open once it is done. */
export interface GoingOn {
  readonly superseded: readonly SupersededRows[];
  /** Call it when the commit is durable. */
  settle(): void;
}

/** A row that was added and either is open or follows one that was. */
interface AddedRow {
  readonly isFinal: boolean;
  readonly path: string;
}

/**
 * Where the open rows are that a capture committed, so that a commit each second asks a map which rows its own hide, and
 * not the files of a whole day. Some 100 bytes a session that is open and has a row. Rows that were there before the first
 * commit are of captures that ended: nothing follows them. Segments that others make, by merging, are read once.
 */
export class OpenRows {
  /** Path of the segment by id. A path that is not live any more counts for nothing: what was made of it was read. */
  readonly #places = new Map<string, string>();
  /** Live segments whose open rows are known. */
  #known: Set<string> | null = null;

  constructor(private readonly engine: Engine, private readonly catalogue: Catalogue, private readonly fileOf: (path: string) => string) {}

  /** What `added` hides in `live`. The caller commits it only if the live set is the same by then. */
  async follow(added: readonly SegmentInfo[], live: readonly SegmentInfo[]): Promise<GoingOn> {
    this.#known ??= new Set(live.map(({ path }) => path));
    const known = this.#known;
    await this.#read(live.filter(({ path, openRows }) => openRows > 0 && !known.has(path)));
    const livePaths = new Set(live.map(({ path }) => path));
    const hidden = new Map<string, Uint8Array[]>();
    const hide = (path: string, id: string): void => {
      const ids = hidden.get(path) ?? [];
      ids.push(idBytes(id));
      hidden.set(path, ids);
    };
    const rows = await this.#added(added);
    for (const [id, versions] of rows) {
      for (const { path } of versions.slice(1)) hide(path, id);
      const place = this.#places.get(id);
      if (place !== undefined && livePaths.has(place)) hide(place, id);
    }
    return {
      superseded: [...hidden].map(([segment, ids]) => ({ segment, ids })),
      settle: () => {
        for (const [id, [newest]] of rows) {
          if (newest === undefined || newest.isFinal) this.#places.delete(id);
          else this.#places.set(id, newest.path);
        }
        this.#known = new Set([...livePaths, ...added.map(({ path }) => path)]);
      },
    };
  }

  /** Rows of `added` that matter here, by id, the highest version first. */
  async #added(added: readonly SegmentInfo[]): Promise<ReadonlyMap<string, readonly AddedRow[]>> {
    const found = new Map<string, AddedRow[]>();
    if (added.length === 0) return found;
    const paths = new Map(added.map(({ path }) => [this.fileOf(path), path]));
    const rows = await this.engine.rows(new Parameters().statement(
      `SELECT id, "final"::INTEGER, filename FROM ${parquet([...paths.keys()])} WHERE "rowVersion" > 1 OR NOT "final" ORDER BY "rowVersion" DESC`,
    ), UNLIMITED);
    for (const [id, isFinal, file] of rows) {
      const path = paths.get(textOf(file));
      if (path === undefined) continue;
      const row = { isFinal: countOf(isFinal) === 1, path };
      const versions = found.get(textOf(id));
      if (versions === undefined) found.set(textOf(id), [row]);
      else versions.push(row);
    }
    return found;
  }

  async #read(segments: readonly SegmentInfo[]): Promise<void> {
    for (const { path } of segments) {
      const gone = new Set(this.catalogue.segments.supersededIds(path).map((id) => Buffer.from(id).toString("hex")));
      const rows = await this.engine.rows(new Parameters().statement(`SELECT id FROM ${parquet([this.fileOf(path)])} WHERE NOT "final"`), UNLIMITED);
      for (const [id] of rows) {
        const text = textOf(id);
        if (!gone.has(text.replaceAll("-", ""))) this.#places.set(text, path);
      }
    }
  }
}
