import { randomBytes } from "node:crypto";
import type { Segments, SupersededRows } from "../../catalogue/segments.js";
import type { SegmentInfo } from "../../model/segment.js";
import type { SegmentCommit } from "../index-store.js";
import { UNLIMITED, type Engine } from "./engine.js";
import { parquet } from "./source.js";
import { Parameters, quoted, uuidOf } from "./statement.js";
import { textOf } from "./values.js";
import { bySegment } from "./versions.js";
import { idTimeMs, rowIdOf } from "../row-id.js";

/** Segments around rows that are lost. */
export interface Loss {
  /** Removed segments that nobody can read. */
  readonly lost: readonly SegmentInfo[];
  /** Segments that stay and cannot be read either. */
  readonly unreadable: readonly SegmentInfo[];
  /** Live segments that stay and can be read. */
  readonly live: readonly SegmentInfo[];
  /** Segments that become live. */
  readonly added: readonly SegmentInfo[];
  /** Paths among `live` of segments that were made again and found to be there. */
  readonly again: ReadonlySet<string>;
}

/** The loss that a commit to `live` segments brings; `added` are those that it really adds. */
export function lossOf({ add, remove, lost }: SegmentCommit, live: readonly SegmentInfo[], added: readonly SegmentInfo[]): Loss {
  const [removed, unreadable, known] = [new Set(remove), new Set(lost?.unreadable), new Set(live.map(({ path }) => path))];
  return {
    lost: live.filter(({ path }) => removed.has(path)), unreadable: live.filter(({ path }) => unreadable.has(path)),
    live: live.filter(({ path }) => !removed.has(path) && !unreadable.has(path)), added,
    again: new Set(add.map(({ path }) => path).filter((path) => known.has(path))),
  };
}

const overlaps = (one: SegmentInfo, other: SegmentInfo): boolean => one.firstMs <= other.lastMs && other.firstMs <= one.lastMs;
const holdsTime = (segments: readonly SegmentInfo[], ms: number): boolean => segments.some(({ firstMs, lastMs }) => firstMs <= ms && ms <= lastMs);

/**
 * Hidden rows that must become visible when segments are lost: what hid a row is not noted, so it is a row of which no other is
 * visible, and whose id is of the time of a lost segment. Of several with one id it is one that was made again, or else the highest
 * version. Rows that one in an unreadable segment may hide stay hidden until that is made again or lost.
 */
export async function findRevealed(engine: Engine, segments: Segments, loss: Loss, fileOf: (path: string) => string): Promise<readonly SupersededRows[]> {
  const near = loss.live.filter((segment) => loss.lost.some((one) => overlaps(one, segment)));
  if (near.length === 0) return [];
  const paths = new Map(near.map(({ path }) => [fileOf(path), path]));
  const table = `marks_${randomBytes(8).toString("hex")}`;
  return engine.use(UNLIMITED, async (connection) => {
    await connection.run(`CREATE TEMP TABLE ${quoted(table)} (segment VARCHAR, id UUID)`);
    try {
      const appender = await connection.createAppender(table);
      for (const { path } of near) {
        for (const id of segments.supersededIds(path).map(rowIdOf)) {
          if (!holdsTime(loss.lost, idTimeMs(id)) || holdsTime(loss.unreadable, idTimeMs(id))) continue;
          appender.appendVarchar(fileOf(path));
          appender.appendUUID(uuidOf(id));
          appender.endRow();
        }
      }
      appender.closeSync();
      const parameters = new Parameters();
      const made = parameters.texts([...loss.again].map(fileOf));
      const { sql, values, types } = parameters.statement(
        `WITH every AS (SELECT id, "rowVersion", filename FROM ${parquet([...paths.keys(), ...loss.added.map(({ path }) => fileOf(path))])} WHERE id IN (SELECT id FROM ${quoted(table)})),
           visible AS (SELECT id FROM every ANTI JOIN ${quoted(table)} AS m ON m.segment = every.filename AND m.id = every.id)
         SELECT id, filename FROM every WHERE id NOT IN (SELECT id FROM visible)
         QUALIFY row_number() OVER (PARTITION BY id ORDER BY list_contains(${made}, filename) DESC, "rowVersion" DESC, filename) = 1`,
      );
      const rows = (await connection.runAndReadAll(sql, { ...values }, { ...types })).getRows();
      return bySegment(rows.map(([id, filename]) => ({ segment: paths.get(textOf(filename ?? null)), id: textOf(id ?? null) })));
    } finally {
      await connection.run(`DROP TABLE IF EXISTS ${quoted(table)}`);
    }
  });
}
