import type { Field } from "../../model/field.js";
import type { TimeRange } from "../../model/time-range.js";
import type { SegmentInfo } from "../../model/segment.js";
import { Columns } from "./columns.js";
import type { FieldShapes } from "./field-shapes.js";
import type { Snapshot } from "./live-set.js";
import { asPattern, literal, quoted } from "./statement.js";

/** Whether a segment can hold a session of the range. Its `firstMs` and `lastMs` are extremes of both times of its sessions. */
export function mayHold(segment: SegmentInfo, range: TimeRange): boolean {
  const start = range.startMs ?? -Infinity;
  const end = range.endMs ?? Infinity;
  switch (range.bounding) {
    case "first":
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
  readonly shapes: FieldShapes;
  /** Columns that the overlay of tags changes and the query touches. */
  readonly withTags: boolean;
  /** Whether segments have a column `tags` of their own. */
  readonly hasTags: boolean;
  /** Members of object lists whose flat column the rows must have; segments that lack one get it from their structs. */
  readonly flat: readonly Field[];
}

/** `SELECT` of the flat columns that a segment lacks, each with its comma; those whose objects it lacks are left null. */
function missingFlat({ flat, shapes }: SourceRequest, segment: SegmentInfo): string {
  const present = new Set(segment.columns);
  const columns = new Columns(present, shapes);
  const made = new Map(flat.filter(({ path }) => !present.has(path)).map((field) => [field.path, columns.fromObjects(field)]));
  return [...made].filter(([, sql]) => sql !== null).map(([path, sql]) => `, ${sql ?? ""} AS ${quoted(path)}`).join("");
}

/** A `FROM` item with the visible rows of the segments: hidden rows left out, edited tags in place. At least one segment. */
export function source(request: SourceRequest): string {
  const { snapshot, segments, fileOf, withTags, hasTags } = request;
  // Segments that need the same done are read together.
  const groups = new Map<string, { readonly dirty: boolean; readonly extra: string; readonly files: string[] }>();
  for (const segment of segments) {
    const dirty = snapshot.hiddenTable !== null && snapshot.dirty.has(segment.path);
    const extra = missingFlat(request, segment);
    const key = `${String(dirty)}${extra}`;
    const group = groups.get(key) ?? { dirty, extra, files: [] };
    group.files.push(fileOf(segment.path));
    groups.set(key, group);
  }
  const parts = [...groups.values()].map(({ dirty, extra, files }) => {
    const hidden = dirty ? ` WHERE NOT EXISTS (SELECT 1 FROM ${quoted(snapshot.hiddenTable ?? "")} h WHERE h.segment = d.filename AND h.id = d.id)` : "";
    return `SELECT *${extra} FROM ${parquet(files)} AS d${hidden}`;
  });
  const rows = `(${parts.join(" UNION ALL BY NAME ")})`;
  if (!withTags || snapshot.tagTable === null) return `${rows} AS r`;
  const own = hasTags ? "coalesce(r.tags, [])" : "[]::VARCHAR[]";
  const merged = `nullif(list_sort(list_distinct(list_filter(list_concat(${own}, o.added), lambda t: NOT list_contains(o.removed, t)))), [])`;
  const tags = `CASE WHEN o.id IS NULL THEN ${hasTags ? "r.tags" : "NULL::VARCHAR[]"} ELSE ${merged} END AS tags`;
  const columns = hasTags ? `r.* REPLACE (${tags})` : `r.*, ${tags}`;
  return `(SELECT ${columns} FROM ${rows} AS r LEFT JOIN ${quoted(snapshot.tagTable)} AS o ON o.id = r.id) AS r`;
}
