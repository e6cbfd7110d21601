import type { Segments, SupersededRows } from "../../catalogue/segments.js";
import type { SegmentInfo } from "../../model/segment.js";
import { UNLIMITED, type Engine } from "./engine.js";
import { parquet } from "./source.js";
import { Parameters } from "./statement.js";
import { textOf } from "./values.js";
import { rowIdBytes } from "../row-id.js";

/**
 * Which rows must be hidden when `added` segments join `live` ones, so that of rows with one id the highest version is
 * the only one visible; of equal versions the added one stays. Rows of `live` that `hidden` has are no rivals: one that is lost, or
 * expired, may have hidden them. Ids start with a time between the row's first and last packet, so only segments of overlapping time
 * can hold the same id.
 */
export async function findSuperseded(
  engine: Engine, hidden: Pick<Segments, "supersededCounts" | "supersededTest">, added: readonly SegmentInfo[], live: readonly SegmentInfo[], fileOf: (path: string) => string,
): Promise<readonly SupersededRows[]> {
  const others = live.filter((old) => added.some((segment) => old.firstMs <= segment.lastMs && old.lastMs >= segment.firstMs));
  // A row has one final version, so among segments without open rows no two have the same; an import's are such.
  const settled = added.every(({ openRows }) => openRows === 0);
  if (added.length === 0 || ((added.length === 1 || settled) && others.length === 0)) return [];
  const paths = new Map([...added, ...others].map(({ path }) => [fileOf(path), path]));
  const incoming = `SELECT id, "rowVersion", filename, true AS added FROM ${parquet(added.map(({ path }) => fileOf(path)))}`;
  const known = others.length === 0 ? "" : ` UNION ALL SELECT id, "rowVersion", filename, false FROM ${parquet(others.map(({ path }) => fileOf(path)))}
    WHERE id IN (SELECT id FROM incoming)`;
  const { sql } = new Parameters().statement(
    `WITH incoming AS (${incoming}), every AS (SELECT * FROM incoming${known}),
       twice AS (SELECT id FROM every GROUP BY id HAVING count(*) > 1)
     SELECT id, filename FROM every WHERE id IN (SELECT id FROM twice) ORDER BY id, "rowVersion" DESC, added DESC, filename`,
  );
  const dirty = hidden.supersededCounts();
  const isHidden = hidden.supersededTest();
  const losers: { readonly segment: string | undefined; readonly id: string }[] = [];
  await engine.use(UNLIMITED, async (connection) => {
    const ranked = await connection.stream(sql);
    let winner: string | null = null;
    for (let chunk = await ranked.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await ranked.fetchChunk()) {
      for (const [idValue = null, filename = null] of chunk.getRows()) {
        const id = textOf(idValue);
        const segment = paths.get(textOf(filename));
        if (segment !== undefined && dirty.has(segment) && isHidden(segment, rowIdBytes(id))) continue;
        if (id === winner) losers.push({ segment, id });
        winner = id;
      }
    }
  });
  return bySegment(losers);
}

/** Hidden rows, ids as text, as the catalogue takes them; those of no segment are passed over. */
export function bySegment(rows: readonly { readonly segment: string | undefined; readonly id: string }[]): readonly SupersededRows[] {
  const hidden = new Map<string, Uint8Array[]>();
  for (const { segment, id } of rows) {
    if (segment === undefined) continue;
    const ids = hidden.get(segment) ?? [];
    ids.push(rowIdBytes(id));
    hidden.set(segment, ids);
  }
  return [...hidden].map(([segment, ids]) => ({ segment, ids }));
}
