import type { Field } from "../model/field.js";
import type { SessionRow } from "../model/session.js";

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

/** The fields beside the id, which NDJSON and Parquet have as a column of their own in any case. */
export function besideId(fields: readonly Field[]): readonly Field[] {
  return fields.filter(({ path }) => path !== "_id");
}
