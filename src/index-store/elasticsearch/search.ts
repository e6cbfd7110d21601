import { LookbackError } from "../../base/errors.js";
import type { Field } from "../../model/field.js";
import type { FieldValue, SessionDocument, SessionRow } from "../../model/session.js";
import type { SearchAfter, SearchRequest, SearchResult, SortKey } from "../index-store.js";
import { PACKET_FILES_FIELD } from "../../model/packet-files-field.js";
import { requirePage } from "../request-checks.js";
import { isRowId, rowIdText } from "../row-id.js";
import { at, isObject, listOf, numberOf, objectOf, textOf, type Json, type JsonObject } from "./json.js";
import { ID_PATH, indexedPath } from "./mapping.js";
import { elsewhereOf } from "./packet-positions.js";
import { hitsOf, type Read } from "./reads.js";
import { documentOf, fieldValue, sourcePaths } from "./source-values.js";
import { wholeRange } from "./translate.js";

/** From this size on a number in a sort is the cluster's stand-in for "no value". */
const STAND_IN = 9.2e18;
/** A number that JSON prints with an exponent: the cluster reads it as a fraction and cuts it to the end of its whole numbers, of 64 bits or of 32. */
const LAST_UP = 1e21;
const LAST_DOWN = -1e21;

const TYPES: Readonly<Record<Field["kind"], string>> = {
  integer: "long", float: "double", ip: "ip", seconds: "date", boolean: "boolean", termfield: "keyword", lotermfield: "keyword", uptermfield: "keyword", lotextfield: "keyword",
};

/** The order of a search: its keys, nulls last, then the id. A list sorts by its least value upwards and by its greatest downwards. */
export function sortBody(order: readonly SortKey[]): readonly JsonObject[] {
  return [...order.map(sortKey), { [ID_PATH]: { order: "asc", unmapped_type: "keyword" } }];
}

function sortKey({ field, direction }: SortKey): JsonObject {
  return { [indexedPath(field)]: { order: direction, missing: "_last", mode: direction === "asc" ? "min" : "max", unmapped_type: TYPES[field.kind] } };
}

function wrongCursor(): LookbackError {
  return new LookbackError("CURSOR_INVALID", "the cursor does not fit the order of this query");
}

/** The position after a row as the cluster takes it. */
function afterBody(order: readonly SortKey[], after: SearchAfter): readonly (string | number | boolean | null)[] {
  if (after.values.length !== order.length || !isRowId(after.id)) throw wrongCursor();
  const values = order.map(({ field, direction }, position) => {
    const value = after.values[position];
    if (value === undefined) throw wrongCursor();
    switch (field.kind) {
      case "integer":
      case "seconds":
        if (value === null) return direction === "asc" ? LAST_UP : LAST_DOWN;
        if (typeof value !== "number" || !Number.isInteger(value)) throw wrongCursor();
        return value;
      case "float":
        if (value === null) return direction === "asc" ? "Infinity" : "-Infinity";
        if (typeof value !== "number" || !Number.isFinite(value)) throw wrongCursor();
        return value;
      case "boolean":
        if (value === null) return direction === "asc" ? LAST_UP : LAST_DOWN;
        if (typeof value !== "number") throw wrongCursor();
        return value;
      default:
        if (value !== null && typeof value !== "string") throw wrongCursor();
        return value;
    }
  });
  return [...values, rowIdText(after.id)];
}

function sortValue(value: Json, field: Field): number | string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "string") {
    if (field.kind === "float") return null;
    if (field.kind === "boolean") return value === "true" ? 1 : 0;
    return value;
  }
  if (typeof value !== "number") return null;
  return Math.abs(value) >= (field.kind === "boolean" ? 2 : STAND_IN) ? null : value;
}

/** The numbers of a row's packet files: those of the catalogue here, or the one that stands for the files of another installation's node. */
function packetFilesOf(read: Read, source: JsonObject): FieldValue {
  const elsewhere = elsewhereOf(read, source);
  const files = fieldValue(source, PACKET_FILES_FIELD);
  return elsewhere !== null && Array.isArray(files) && files.length > 0 ? [elsewhere] : files;
}

/** The row of a hit: the fields asked for, those that the reader may not see as null. */
export function rowOf(read: Read, hit: Json, fields: readonly Field[]): SessionRow {
  const id = textOf(at(hit, "_id"));
  const source = at(hit, "_source");
  const values = new Map<string, FieldValue>(fields.map(({ path }) => [path, null]));
  for (const field of fields) {
    if (!read.query.maySee(field)) continue;
    if (field.path === "_id") values.set(field.path, id);
    else if (isObject(source)) values.set(field.path, field.path === PACKET_FILES_FIELD.path ? packetFilesOf(read, source) : fieldValue(source, field));
  }
  return { id, values };
}

/** What of a document a search fetches: the fields that the reader may see, nothing when there are none. */
export function sourceBody(read: Read, fields: readonly Field[]): readonly string[] | false {
  const paths = fields.filter((field) => field.path !== "_id" && read.query.maySee(field)).flatMap(sourcePaths);
  // A number of a packet file says nothing without the node that it is of.
  if (paths.includes(PACKET_FILES_FIELD.path)) paths.push("node");
  return paths.length === 0 ? false : [...new Set(paths)];
}

/**
 * The range in which the rows of a first page lie, ties included, and how many rows match in all; null where it is not known.
 *
 * Rows are in one order only when their ids decide ties. But a node that sorts by ids, too, looks up the text of one for each
 * row that is better than those before it, and where rows come in order of time that is every row. By a number alone it sorts in
 * a third of the time, and then has few rows left to sort by both.
 */
async function nearestRows(read: Read, { order, after, limit, countTotal }: SearchRequest): Promise<{ readonly range: JsonObject; readonly total: Json } | null> {
  const [key, ...others] = order;
  if (key === undefined || others.length > 0 || after !== null || (key.field.kind !== "integer" && key.field.kind !== "seconds")) return null;
  const { field, direction } = key;
  const answer = await read.search({ size: limit + 1, query: read.query.body, sort: [sortKey(key)], _source: false, track_total_hits: countTotal });
  const hits = hitsOf(answer);
  const last = sortValue(listOf(at(hits.at(-1), "sort"))[0], field);
  if (hits.length <= limit || typeof last !== "number") return null;
  return { range: direction === "asc" ? wholeRange(indexedPath(field), -Infinity, last) : wholeRange(indexedPath(field), last, Infinity), total: at(answer, "hits", "total") };
}

export async function search(read: Read, request: SearchRequest): Promise<SearchResult> {
  requirePage(request);
  for (const { field } of request.order) read.query.requireVisible(field);
  if (read.query.indices === null) return { rows: [], sortValues: [], hasMore: false, total: request.countTotal ? { value: 0, relation: "EQ" } : null };
  const wanted = request.limit + 1;
  const body: JsonObject = {
    size: wanted, query: read.query.body, sort: sortBody(request.order), _source: sourceBody(read, request.fields),
    ...(request.after === null ? {} : { search_after: afterBody(request.order, request.after) }),
  };
  const nearest = await nearestRows(read, request);
  const narrowed = nearest === null ? null : await read.search({ ...body, query: { bool: { filter: [read.query.body, nearest.range] } }, track_total_hits: false });
  // Rows may have gone between the two; then nothing is known of those beyond the range.
  const isWhole = narrowed !== null && hitsOf(narrowed).length >= wanted;
  const answer = isWhole ? narrowed : await read.search({ ...body, track_total_hits: request.countTotal });
  const total = isWhole && nearest !== null ? nearest.total : at(answer, "hits", "total");
  const hits = hitsOf(answer);
  const page = hits.slice(0, request.limit);
  return {
    rows: page.map((hit) => rowOf(read, hit, request.fields)),
    sortValues: page.map((hit) => {
      const values = listOf(at(hit, "sort"));
      return request.order.map(({ field }, position) => sortValue(values[position], field));
    }),
    hasMore: hits.length > page.length,
    total: request.countTotal ? { value: numberOf(at(total, "value")), relation: at(total, "relation") === "gte" ? "GTE" : "EQ" } : null,
  };
}

/** Number of matching rows. */
export async function count(read: Read): Promise<number> {
  if (read.query.indices === null) return 0;
  const answer = await read.search({ size: 0, query: read.query.body, track_total_hits: true });
  return numberOf(at(answer, "hits", "total", "value"));
}

/** The whole document of a row, or null. Where the packets of another installation's node are is not in it. */
export async function get(read: Read): Promise<SessionDocument | null> {
  if (read.query.indices === null) return null;
  const [hit] = hitsOf(await read.search({ size: 1, query: read.query.body, track_total_hits: false }));
  if (hit === undefined) return null;
  const { packetPos, packetLen, ...source } = objectOf(at(hit, "_source"));
  const places = elsewhereOf(read, source) === null ? { packetPos, packetLen } : {};
  const { path } = PACKET_FILES_FIELD;
  return documentOf(textOf(at(hit, "_id")), { ...source, ...places, ...(path in source ? { [path]: packetFilesOf(read, source) } : {}) }, read.parts.fields, (field) => read.query.maySee(field));
}
