import type { Field } from "../model/field.js";
import { payloadText } from "../model/payload-text.js";
import type { FieldValue, SessionRow } from "../model/session.js";

/** Formats with a row for each session. */
export type TableFormat = "csv" | "ndjson" | "parquet";

/** Turns rows into bytes: first `head`, then `rows` for each batch, then `end`. */
export interface TableWriter {
  head(): Buffer;
  rows(batch: readonly SessionRow[]): Buffer;
  end(): Buffer;
}

/** The name of a field's column: its expression, or `db:<path>` where it has none. */
export function columnName(field: Field): string {
  return field.expression === "" ? `db:${field.path}` : field.expression;
}

/** What a session has in a field's column, as expressions name it. */
export function columnValue(row: SessionRow, field: Field): FieldValue {
  return payloadText(field, row.values.get(field.path) ?? null);
}

/** The fields beside the id, which NDJSON and Parquet have as a column of their own in any case. */
export function besideId(fields: readonly Field[]): readonly Field[] {
  return fields.filter(({ path }) => path !== "_id");
}
