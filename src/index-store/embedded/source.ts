import type { TimeRange } from "../../model/time-range.js";
import type { SegmentInfo } from "../../model/segment.js";
import type { Snapshot } from "./live-set.js";
import { asPattern, literal, quoted } from "./statement.js";

/** Whether a segment can hold a session of the range. */
export function mayHold(segment: SegmentInfo, range: TimeRange): boolean {
  const start = range.startMs ?? -Infinity;
  const end = range.endMs ?? Infinity;
  switch (range.bounding) {
    case "first":
      // A session's first packet is no later than its last.
      return segment.firstMs <= end && segment.lastMs >= start;
    case "last":
      return segment.minLastMs <= end && segment.lastMs >= start;
    case "both":
      return segment.minLastMs <= end && segment.lastMs >= start;
    case "either":
      return segment.firstMs <= end && segment.lastMs >= start;
  }
}


/** Whether every session of a segment is of the range. */
export function holdsOnly(segment: SegmentInfo, range: TimeRange): boolean {
  const start = range.startMs ?? -Infinity;
  const end = range.endMs ?? Infinity;
  const earliest = range.bounding === "first" || range.bounding === "both" ? segment.firstMs : segment.minLastMs;
  return earliest >= start && segment.lastMs <= end;
}

/** `read_parquet` over files; columns that some lack are null there. `filename` and `file_row_number` name a row. */
export function parquet(files: readonly string[]): string {
  return `read_parquet([${files.map((file) => literal(asPattern(file))).join(", ")}], union_by_name = true, filename = true, file_row_number = true, hive_partitioning = false)`;
}

/** What to read. */
export interface SourceRequest {
  readonly snapshot: Snapshot;
  readonly segments: readonly SegmentInfo[];
  readonly fileOf: (path: string) => string;
  /** Columns that the overlay of tags changes and the query touches. */
  readonly withTags: boolean;
  /** Whether segments have a column `tags` of their own. */
  readonly hasTags: boolean;
}

/** A `FROM` item with the visible rows of the segments: hidden rows left out, edited tags in place. At least one segment. */
export function source({ snapshot, segments, fileOf, withTags, hasTags }: SourceRequest): string {
  const clean = segments.filter(({ path }) => !snapshot.dirty.has(path)).map(({ path }) => fileOf(path));
  const dirty = segments.filter(({ path }) => snapshot.dirty.has(path)).map(({ path }) => fileOf(path));
  const parts: string[] = [];
  if (clean.length > 0) parts.push(`SELECT * FROM ${parquet(clean)}`);
  if (dirty.length > 0 && snapshot.hiddenTable !== null) {
    parts.push(
      `SELECT * FROM ${parquet(dirty)} AS d WHERE NOT EXISTS (SELECT 1 FROM ${quoted(snapshot.hiddenTable)} h WHERE h.segment = d.filename AND h.id = d.id)`,
    );
  }
  const rows = `(${parts.join(" UNION ALL BY NAME ")})`;
  if (!withTags || snapshot.tagTable === null) return `${rows} AS r`;
  const own = hasTags ? "coalesce(r.tags, [])" : "[]::VARCHAR[]";
  const merged = `nullif(list_sort(list_distinct(list_filter(list_concat(${own}, o.added), lambda t: NOT list_contains(o.removed, t)))), [])`;
  const tags = `CASE WHEN o.id IS NULL THEN ${hasTags ? "r.tags" : "NULL::VARCHAR[]"} ELSE ${merged} END AS tags`;
  const columns = hasTags ? `r.* REPLACE (${tags})` : `r.*, ${tags}`;
  return `(SELECT ${columns} FROM ${rows} AS r LEFT JOIN ${quoted(snapshot.tagTable)} AS o ON o.id = r.id) AS r`;
}
