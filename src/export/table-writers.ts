import type { Field } from "../model/field.js";
import type { FieldValue, SessionRow } from "../model/session.js";
import { ParquetTable } from "./parquet-table.js";
import { besideId, columnName, columnValue, type TableFormat, type TableWriter } from "./table-columns.js";

/** The writer of a format; columns are named as in search expressions, in the given order. */
export function tableWriter(format: TableFormat, fields: readonly Field[]): TableWriter {
  switch (format) {
    case "csv": return new CsvTable(fields);
    case "ndjson": return new NdjsonTable(fields);
    case "parquet": return new ParquetTable(fields);
  }
}

const NOTHING = Buffer.alloc(0);
/** First characters by which a spreadsheet takes text for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * RFC 4180 with CRLF and a header line. Times are ISO 8601 in UTC; several values of a field are separated by ", ". Text
 * that a spreadsheet would take for a formula gets an apostrophe before it: the traffic's authors write these cells.
 */
class CsvTable implements TableWriter {
  readonly #fields: readonly Field[];

  constructor(fields: readonly Field[]) {
    this.#fields = fields;
  }

  head(): Buffer {
    return Buffer.from(`${this.#fields.map((field) => quoted(columnName(field))).join(",")}\r\n`);
  }

  rows(batch: readonly SessionRow[]): Buffer {
    return Buffer.from(batch.map((row) => `${this.#fields.map((field) => csvCell(columnValue(row, field), field)).join(",")}\r\n`).join(""));
  }

  end(): Buffer {
    return NOTHING;
  }
}

function csvCell(value: FieldValue, field: Field): string {
  // Numbers and times are ours; a minus before a number is no formula.
  if (typeof value === "number" || typeof value === "boolean") return cellText(value, field);
  const text = cellText(value, field);
  return quoted(FORMULA.test(text) ? `'${text}` : text);
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function cellText(value: FieldValue, field: Field): string {
  if (value === null) return "";
  if (Array.isArray(value)) return value.map((item: FieldValue) => cellText(item, field)).join(", ");
  if (field.kind === "seconds" && typeof value === "number") return new Date(value).toISOString();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** One JSON object a line: the session's id and the fields by name; times are milliseconds since 1970, absent values null. */
class NdjsonTable implements TableWriter {
  readonly #fields: readonly Field[];

  constructor(fields: readonly Field[]) {
    this.#fields = besideId(fields);
  }

  head(): Buffer {
    return NOTHING;
  }

  rows(batch: readonly SessionRow[]): Buffer {
    return Buffer.from(batch.map((row) => `${JSON.stringify(Object.fromEntries([
      ["id", row.id], ...this.#fields.map((field) => [columnName(field), columnValue(row, field)] as const),
    ]))}\n`).join(""));
  }

  end(): Buffer {
    return NOTHING;
  }
}
