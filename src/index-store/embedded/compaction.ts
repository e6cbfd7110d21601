import { randomBytes } from "node:crypto";
import { renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { LookbackError } from "../../base/errors.js";
import type { Catalogue } from "../../catalogue/catalogue.js";
import type { FieldKind } from "../../model/field.js";
import type { SegmentInfo } from "../../model/segment.js";
import { loadNativeCore } from "../../native/native.js";
import type { FlatColumn } from "../../native/merge-types.js";
import type { Engine, RunLimits } from "./engine.js";
import type { FieldShapes } from "./field-shapes.js";
import type { LiveSet, Snapshot } from "./live-set.js";
import { sync, TEMPORARY_PREFIX } from "../segment-files.js";
import { source } from "./source.js";
import { asPattern, literal, Parameters, quoted } from "./statement.js";
import { countOf, textOf } from "./values.js";
import { rowIdBytes, rowIdOf } from "../row-id.js";

/** A segment with fewer rows is small. */
const SMALL_ROWS = 125_000;
/** Rows of one merged segment at most: what is written again when a day changes. */
const MERGED_ROWS = 250_000;
/** Segments of one merge at most: what is known of all of them, some 100 KB each, is held meanwhile. */
const MERGED_SEGMENTS = 256;
/** Rows of a row group: what one thread reads at a time, and the grain in which a time range skips. */
export const ROW_GROUP_ROWS = 122_880;
/** A segment is taken up into a merge when it is at most this many times what is there; so a row is written few times. */
const GROWTH = 4;
/** So many segments are merged whatever their sizes. */
const LEAST_SEGMENTS = 4;
/** Share of hidden rows from which a segment is worth writing again by itself. */
const HIDDEN_SHARE = 0.2;

/** What the values of a flat column are, by kind of its field. */
const FLAT_VALUES: Readonly<Record<FieldKind, FlatColumn["values"]>> = {
  integer: "integer", seconds: "integer", float: "float", boolean: "boolean", ip: "address", termfield: "text", lotermfield: "text", uptermfield: "text", lotextfield: "text",
};

/** Small segments that are worth merging: all of a day that is over, else the smallest that no other of them dwarfs. */
function worthMerging(segments: readonly SegmentInfo[], whole: boolean): readonly SegmentInfo[] {
  const small = segments.filter(({ rows }) => rows < SMALL_ROWS).sort((a, b) => a.rows - b.rows || (a.path < b.path ? -1 : 1));
  if (whole) return small;
  let rows = 0;
  const end = small.findIndex((segment, at) => {
    if (at >= LEAST_SEGMENTS && segment.rows > GROWTH * rows) return true;
    rows += segment.rows;
    return false;
  });
  return end < 0 ? small : small.slice(0, end);
}

/**
 * Groups of segments of one day that are worth merging, each of neighbours in time, so that merged segments overlap as
 * little as may be. `whole`: the day is over, or somebody asked for it.
 */
export function mergePlan(segments: readonly SegmentInfo[], hidden: ReadonlyMap<string, number>, whole: boolean): readonly (readonly SegmentInfo[])[] {
  const groups: SegmentInfo[][] = [];
  let group: SegmentInfo[] = [];
  let rows = 0;
  for (const segment of [...worthMerging(segments, whole)].sort((a, b) => a.minLastMs - b.minLastMs || (a.path < b.path ? -1 : 1))) {
    if (rows + segment.rows > MERGED_ROWS || group.length >= MERGED_SEGMENTS) {
      groups.push(group);
      group = [];
      rows = 0;
    }
    group.push(segment);
    rows += segment.rows;
  }
  groups.push(group);
  const merges = groups.filter(({ length }) => length > 1);
  const taken = new Set(merges.flat());
  const worn = segments.filter((segment) => !taken.has(segment) && (hidden.get(segment.path) ?? 0) > HIDDEN_SHARE * segment.rows);
  return [...merges, ...worn.map((segment) => [segment])];
}

/** What compaction works on. */
export interface CompactionParts {
  readonly catalogue: Catalogue;
  /** The engine of queries, with the tables of snapshots. */
  readonly engine: Engine;
  readonly live: LiveSet;
  /** The sessions directory. */
  readonly directory: string;
  readonly shapes: FieldShapes;
}

/** Rows that are kept of a day that goes. */
export interface Keep {
  readonly ids: ReadonlySet<string>;
  /** Whether no others are to be kept by now. Asked when the others go. */
  readonly isStillAll: () => boolean;
}

/**
 * Writes the visible rows of `segments` (of one day, all in `snapshot`) into one segment in order of last packet, and
 * puts it in their place in one step. Rows that others hid meanwhile stay hidden; when one of the segments was retired
 * meanwhile, nothing is done. With `keep` only the rows of these ids are written and the others are gone, if these are all that
 * are to be kept when they go. Returns how many segments were replaced. Throws what `NativeCore.mergeSegments` does.
 */
export async function merge(
  parts: CompactionParts, snapshot: Snapshot, segments: readonly SegmentInfo[], limits: RunLimits, keep: Keep | null = null,
): Promise<number> {
  const { catalogue, live, directory, shapes } = parts;
  const [first] = segments;
  if (first === undefined) return 0;
  const dropped = await hiddenIn(parts, snapshot, segments, limits);
  const id = randomBytes(8).toString("hex");
  const temporary = join(directory, first.day, `${TEMPORARY_PREFIX}compact-${id}`);
  let written: string | null = null;
  let committed = false;
  try {
    const merged = await loadNativeCore().mergeSegments({
      inputs: segments.map(({ path }) => ({ path: live.fileOf(path), hidden: packedIds(dropped.get(path) ?? []) })), day: first.day,
      keep: keep === null ? null : packedIds(keep.ids), flat: flatColumns(segments, shapes), level: 1 + Math.max(...segments.map(({ level }) => level)), id, output: temporary,
    }, limits.signal);
    if (merged !== null) {
      written = live.fileOf(merged.path);
      renameSync(temporary, written);
      sync(dirname(temporary));
    }
    committed = commit(catalogue, segments, merged, keep?.isStillAll ?? (() => true), (path, row) => dropped.get(path)?.has(row) === true || keep?.ids.has(row) === false);
    return committed ? segments.length : 0;
  } finally {
    rmSync(temporary, { force: true });
    if (!committed && written !== null) rmSync(written, { force: true });
  }
}

/** Ids one after the other, 16 bytes each. */
function packedIds(ids: Iterable<string>): Buffer {
  return Buffer.concat([...ids].map(rowIdBytes));
}

/** The flat columns of the lists of objects that some of the segments have (`columns.ts`). */
function flatColumns(segments: readonly SegmentInfo[], shapes: FieldShapes): FlatColumn[] {
  const present = new Set(segments.flatMap(({ columns }) => columns));
  return [...present].flatMap((list) => shapes.membersOf(list).map(({ path, object, kind }) => (
    { name: path, list, members: [...shapes.membersDownTo(path, object)], values: FLAT_VALUES[kind] })));
}

/** A `FROM` item of the visible rows with every column that a row written anew has, and the names of those columns. */
export function wholeRows({ live, shapes }: CompactionParts, snapshot: Snapshot, segments: readonly SegmentInfo[]): { readonly rows: string; readonly columns: ReadonlySet<string> } {
  const present = new Set(segments.flatMap(({ columns }) => columns));
  const flat = [...present].flatMap((column) => shapes.membersOf(column));
  const rows = source({ snapshot, segments, fileOf: (path) => live.fileOf(path), shapes, withTags: false, hasTags: false, flat });
  return { rows, columns: new Set([...present, ...flat.map(({ path }) => path)]) };
}

/** Ids by segment that the snapshot hides: what the merge leaves out. The catalogue may hide more by now. */
async function hiddenIn({ engine, live }: CompactionParts, snapshot: Snapshot, segments: readonly SegmentInfo[], limits: RunLimits): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const hidden = new Map(segments.map(({ path }) => [live.fileOf(path), new Set<string>()]));
  if (snapshot.hiddenTable !== null) {
    const parameters = new Parameters();
    const files = parameters.texts([...hidden.keys()]);
    const rows = await engine.rows(parameters.statement(`SELECT segment, id FROM ${quoted(snapshot.hiddenTable)} WHERE list_contains(${files}, segment)`), limits);
    for (const [file, id] of rows) hidden.get(textOf(file))?.add(textOf(id));
  }
  return new Map(segments.map(({ path }) => [path, hidden.get(live.fileOf(path)) ?? new Set<string>()]));
}

function commit(catalogue: Catalogue, segments: readonly SegmentInfo[], merged: SegmentInfo | null, isStillWanted: () => boolean, isLeftOut: (path: string, id: string) => boolean): boolean {
  return catalogue.transaction(() => {
    if (!isStillWanted()) return false;
    const stillLive = new Set(catalogue.segments.live().map(({ path }) => path));
    if (!segments.every(({ path }) => stillLive.has(path))) return false;
    const since = segments.flatMap(({ path }) => catalogue.segments.supersededIds(path).map(rowIdOf).filter((id) => !isLeftOut(path, id)));
    catalogue.segments.apply({
      add: merged === null ? [] : [merged],
      remove: segments.map(({ path }) => path),
      superseded: merged === null || since.length === 0 ? [] : [{ segment: merged.path, ids: since.map(rowIdBytes) }],
    });
    return true;
  });
}

/** The time in a row's id, milliseconds since 1970. */
const ID_MS = `('0x' || left(replace(id::VARCHAR, '-', ''), 12))::BIGINT`;

/** The entry of a written segment, read from the file itself; null when it has no rows. `columns` are all that it may have. */
export async function describe(
  { engine }: Pick<CompactionParts, "engine">, file: string, day: string, level: number, columns: ReadonlySet<string>, limits: RunLimits,
): Promise<SegmentInfo | null> {
  const [row = []] = await engine.rows(new Parameters().statement(
    `SELECT count(*), min(least("firstPacket", "lastPacket", ${ID_MS})), min("lastPacket"), max(greatest("firstPacket", "lastPacket", ${ID_MS})), count(*) FILTER (NOT final), sum("network.packets")::BIGINT, sum("network.bytes")::BIGINT
     FROM read_parquet(${literal(asPattern(file))})`,
  ), limits);
  const [rows, firstMs, minLastMs, lastMs, openRows, totalPackets, totalBytes] = row.map(countOf);
  if (rows === undefined || rows === 0) return null;
  const found = await engine.rows(new Parameters().statement(`SELECT column_name FROM (DESCRIBE SELECT * FROM read_parquet(${literal(asPattern(file))}))`), limits);
  const names = found.map(([name]) => textOf(name));
  if (names.some((name) => !columns.has(name))) throw new LookbackError("INTERNAL", `the merged segment ${file} has columns that its parts lack`, { file });
  return {
    path: `${day}/${level}-${firstMs ?? 0}-${lastMs ?? 0}-${randomBytes(8).toString("hex")}.parquet`,
    day, level, rows, bytes: statSync(file).size, firstMs: firstMs ?? 0, minLastMs: minLastMs ?? 0, lastMs: lastMs ?? 0,
    columns: names, openRows: openRows ?? 0, totalPackets: totalPackets ?? 0, totalBytes: totalBytes ?? 0,
  };
}
