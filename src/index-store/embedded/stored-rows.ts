import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { LookbackError } from "../../base/errors.js";
import type { Field } from "../../model/field.js";
import type { FieldCatalogue } from "../../model/field-catalogue.js";
import type { SegmentInfo } from "../../model/segment.js";
import type { FieldValue } from "../../model/session.js";
import { addressBytes, type StoredRow } from "../stored-row.js";
import { describe, ROW_GROUP_ROWS, type CompactionParts } from "./compaction.js";
import type { RunLimits } from "./engine.js";
import { TYPES } from "./field-shapes.js";
import { packPositions } from "./positions.js";
import { sync, TEMPORARY_PREFIX } from "../segment-files.js";
import { asPattern, literal, Parameters, quoted } from "./statement.js";
import { rowIdOf } from "../row-id.js";

/** Columns that every row has and no declared field names. */
const FIXED: Readonly<Record<string, string>> = {
  id: "UUID", rowVersion: "INTEGER", final: "BOOLEAN", stream: "UUID", firstPacket: "BIGINT", lastPacket: "BIGINT", packetPos: "BLOB", fileId: "BIGINT[]",
  bytesByPacket: "BIGINT[]", rootId: "UUID", segmentCnt: "INTEGER", "packetRange.gte": "BIGINT", "packetRange.lte": "BIGINT",
};
/** Of a document, what is written from the row instead. */
const FROM_ROW: ReadonlySet<string> = new Set(["packetPos", "packetLen", "fileId", "firstPacket", "lastPacket"]);

type Tree = Readonly<Record<string, FieldValue>>;

function isTree(value: FieldValue | undefined): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function addressText(value: FieldValue): string {
  return rowIdOf(addressBytes(String(value)));
}

/** A value of a declared field as JSON of its column. */
function cell(field: Field, value: FieldValue): FieldValue {
  const plain = field.kind === "ip" ? (one: FieldValue): FieldValue => (one === null ? null : addressText(one)) : (one: FieldValue): FieldValue => one;
  if (field.shape === "one") return plain(Array.isArray(value) ? (value[0] ?? null) : value);
  return (Array.isArray(value) ? value : [value]).map(plain);
}

/** Rows of one store turned into the columns of a segment of this one. */
class ColumnsOfRows {
  readonly #fields: FieldCatalogue;
  /** SQL type by column that a row used. */
  readonly types = new Map<string, string>();
  readonly #objectType: (path: string) => string | null;

  constructor(fields: FieldCatalogue, objectType: (path: string) => string | null) {
    this.#fields = fields;
    this.#objectType = objectType;
  }

  #put(out: Record<string, FieldValue>, column: string, type: string, value: FieldValue): void {
    const known = this.types.get(column);
    if (known !== undefined && known !== type) throw unfit(column, `it holds values of ${known} and of ${type}`);
    this.types.set(column, type);
    out[column] = value;
  }

  /** One row as JSON by column. Throws UNAVAILABLE for what has no place in a segment. */
  row(row: StoredRow): Readonly<Record<string, FieldValue>> {
    const out: Record<string, FieldValue> = {};
    const fixed: Readonly<Record<string, FieldValue>> = {
      id: row.id, rowVersion: row.rowVersion, final: row.final, stream: rowIdOf(Buffer.from(row.stream, "hex")), firstPacket: row.firstMs, lastPacket: row.lastMs,
      packetPos: Buffer.from(packPositions(row.packets)).toString("hex"), fileId: [...new Set(row.packets.map(({ fileId }) => fileId))],
    };
    for (const [column, value] of Object.entries(fixed)) this.#put(out, column, FIXED[column] ?? "VARCHAR", value);
    if (row.bytesByPacket !== null) this.#put(out, "bytesByPacket", "BIGINT[]", row.bytesByPacket);
    this.#walk(row.document, "", out);
    return out;
  }

  #walk(tree: Tree, above: string, out: Record<string, FieldValue>): void {
    for (const [name, value] of Object.entries(tree)) {
      const path = above === "" ? name : `${above}.${name}`;
      if (value === null || FROM_ROW.has(path)) continue;
      const field = this.#fields.byPath(path);
      const fixed = FIXED[path];
      if (fixed !== undefined) this.#put(out, path, fixed, value);
      else if (field === null) {
        if (isTree(value)) this.#walk(value, path, out);
        else this.#put(out, path, typeOfUnknown(path, value), value);
      } else if (field.countOf !== null) continue;
      else if (field.shape === "objects") this.#put(out, path, this.#objectType(path) ?? "", (Array.isArray(value) ? value : [value]).map((one: FieldValue) => this.#object(path, one)));
      else this.#put(out, path, field.shape === "one" ? TYPES[field.kind] : `${TYPES[field.kind]}[]`, cell(field, value));
    }
  }

  /** An object of a list: its members by their path below the list. */
  #object(list: string, object: FieldValue): Tree {
    const out: Record<string, FieldValue> = {};
    const walk = (tree: Tree, above: string): void => {
      for (const [name, value] of Object.entries(tree)) {
        const path = `${above}.${name}`;
        if (value === null) continue;
        const field = this.#fields.byPath(path);
        if (field === null) {
          if (!isTree(value)) throw unfit(path, "this version does not declare it");
          walk(value, path);
        } else if (field.countOf !== null) continue;
        else if (field.shape === "objects") out[path.slice(list.length + 1)] = (Array.isArray(value) ? value : [value]).map((one: FieldValue) => this.#object(path, one));
        else out[path.slice(list.length + 1)] = cell(field, value);
      }
    };
    if (isTree(object)) walk(object, list);
    return out;
  }
}

function unfit(path: string, why: string): LookbackError {
  return new LookbackError("UNAVAILABLE", `the field ${path} cannot be stored in the embedded index: ${why}; rebuild the index from the packets instead (lookback rebuild)`, { field: path });
}

/** The type of a field that an earlier configuration made and this one does not declare. */
function typeOfUnknown(path: string, value: FieldValue): string {
  const items: readonly FieldValue[] = Array.isArray(value) ? value : [value];
  const suffix = Array.isArray(value) ? "[]" : "";
  if (items.every((one) => typeof one === "string")) return `VARCHAR${suffix}`;
  if (items.every((one) => typeof one === "boolean")) return `BOOLEAN${suffix}`;
  if (items.every((one) => typeof one === "number")) return `${items.every((one) => Number.isSafeInteger(one)) ? "BIGINT" : "DOUBLE"}${suffix}`;
  throw unfit(path, "this version does not declare it");
}

/**
 * Writes rows of one UTC day as a segment, as capture writes them: not yet merged, no row of an object list flat. Nothing is
 * visible until the caller commits it.
 */
export async function writeStored(
  parts: CompactionParts, fields: FieldCatalogue, day: string, rows: readonly StoredRow[], limits: RunLimits,
): Promise<SegmentInfo> {
  const name = randomBytes(8).toString("hex");
  const lines = join(parts.directory, day, `${TEMPORARY_PREFIX}${name}.ndjson`);
  const temporary = join(parts.directory, day, `${TEMPORARY_PREFIX}${name}`);
  mkdirSync(dirname(temporary), { recursive: true, mode: 0o700 });
  try {
    const columns = new ColumnsOfRows(fields, (path) => parts.shapes.typeOf(path));
    const descriptor = openSync(lines, "w", 0o600);
    try {
      for (const row of rows) writeSync(descriptor, `${JSON.stringify(columns.row(row))}\n`);
    } finally {
      closeSync(descriptor);
    }
    const types = [...columns.types].map(([column, type]) => `${literal(column)}: ${literal(type === "BLOB" ? "VARCHAR" : type)}`);
    const selected = [...columns.types].map(([column, type]) => (type === "BLOB" ? `unhex(${quoted(column)}) AS ${quoted(column)}` : quoted(column)));
    await parts.engine.rows(new Parameters().statement(
      `COPY (SELECT ${selected.join(", ")} FROM read_json(${literal(asPattern(lines))}, format = 'newline_delimited', columns = {${types.join(", ")}}) ORDER BY "lastPacket", id)
       TO ${literal(temporary)} (FORMAT parquet, COMPRESSION lz4_raw, PARQUET_VERSION V2, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}, KV_METADATA {'lookback.schema': '1'})`,
    ), limits);
    const segment = await describe(parts, temporary, day, 0, new Set(columns.types.keys()), limits);
    if (segment === null || segment.rows !== rows.length) throw new LookbackError("INTERNAL", `${rows.length} rows of ${day} were to be written, and ${segment?.rows ?? 0} were`);
    sync(temporary);
    renameSync(temporary, parts.live.fileOf(segment.path));
    sync(dirname(temporary));
    return segment;
  } finally {
    rmSync(lines, { force: true });
    rmSync(temporary, { force: true });
  }
}
