import type { Catalogue } from "../../catalogue/catalogue.js";
import type { SupersededRows } from "../../catalogue/segments.js";
import type { SegmentInfo } from "../../model/segment.js";
import { UNLIMITED, type Engine } from "./engine.js";
import { parquet } from "./source.js";
import { Parameters } from "./statement.js";
import { countOf, textOf } from "./values.js";
import { bySegment } from "./versions.js";
import { rowIdOf } from "../row-id.js";

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
  /** Path of the segment by id. */
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
    if ([...known].some((path) => !livePaths.has(path))) this.#forgetOutside(livePaths);
    const rows = await this.#added(added);
    const hidden = [...rows].flatMap(([id, versions]) =>
      [...versions.slice(1).map(({ path }) => path), this.#places.get(id)].map((segment) => ({ segment, id })));
    return {
      superseded: bySegment(hidden),
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

  /** Forgets rows in segments that are not live any more: what was made of those was read, or expired. */
  #forgetOutside(livePaths: ReadonlySet<string>): void {
    for (const [id, path] of this.#places) if (!livePaths.has(path)) this.#places.delete(id);
  }

  async #read(segments: readonly SegmentInfo[]): Promise<void> {
    for (const { path } of segments) {
      const gone = new Set(this.catalogue.segments.supersededIds(path).map(rowIdOf));
      const rows = await this.engine.rows(new Parameters().statement(`SELECT id FROM ${parquet([this.fileOf(path)])} WHERE NOT "final"`), UNLIMITED);
      for (const [id] of rows) {
        const text = textOf(id);
        if (!gone.has(text)) this.#places.set(text, path);
      }
    }
  }
}
