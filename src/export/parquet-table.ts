import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { Field } from "../model/field.js";
import type { FieldValue, SessionRow } from "../model/session.js";
import { besideId, columnName, columnValue, type TableWriter } from "./table-columns.js";

/** Rows of a row group: what is held before it is written. */
const GROUP_ROWS = 10_000;

type Schema = ConstructorParameters<typeof ParquetWriter>[0]["schema"];
type Element = Schema[number];

/** Bytes since the last `take`, while offsets count from the start of the file. */
class Pieces extends ByteWriter {
  take(): Buffer {
    const piece = Buffer.from(this.getBytes());
    this.index = 0;
    return piece;
  }
}

/**
 * Parquet with a row for each session: `id`, then the fields. Times are timestamps in milliseconds, fields with several
 * values are lists, objects are JSON. Row groups have the same rows whatever the batches.
 */
export class ParquetTable implements TableWriter {
  readonly #fields: readonly Field[];
  readonly #bytes = new Pieces(1 << 20);
  readonly #writer: ParquetWriter;
  #held: SessionRow[] = [];

  constructor(fields: readonly Field[]) {
    this.#fields = besideId(fields);
    this.#writer = new ParquetWriter({ writer: this.#bytes, schema: schemaOf(this.#fields), createdBy: "Lookback" });
  }

  head(): Buffer {
    return this.#bytes.take();
  }

  rows(batch: readonly SessionRow[]): Buffer {
    const pieces: Buffer[] = [];
    for (const row of batch) {
      this.#held.push(row);
      if (this.#held.length === GROUP_ROWS) pieces.push(this.#group());
    }
    return Buffer.concat(pieces);
  }

  end(): Buffer {
    const last = this.#held.length > 0 ? this.#group() : Buffer.alloc(0);
    // Neither promises anything: the writer holds all bytes in memory.
    void this.#writer.finish();
    return Buffer.concat([last, this.#bytes.take()]);
  }

  #group(): Buffer {
    const rows = this.#held;
    this.#held = [];
    const columns = this.#fields.map((field) => ({
      name: columnName(field), offsetIndex: false, data: rows.map((row) => typed(columnValue(row, field), field)),
    }));
    void this.#writer.write({ columnData: [{ name: "id", offsetIndex: false, data: rows.map((row) => row.id) }, ...columns], rowGroupSize: GROUP_ROWS });
    return this.#bytes.take();
  }
}

function schemaOf(fields: readonly Field[]): Schema {
  return [
    { name: "sessions", num_children: fields.length + 1 },
    { name: "id", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" },
    ...fields.flatMap((field): readonly Element[] => {
      const name = columnName(field);
      if (!isList(field)) return [{ name, ...typeOf(field), repetition_type: "OPTIONAL" }];
      return [
        { name, converted_type: "LIST", num_children: 1, repetition_type: "OPTIONAL" },
        { name: "list", num_children: 1, repetition_type: "REPEATED" },
        { name: "element", ...typeOf(field), repetition_type: "OPTIONAL" },
      ];
    }),
  ];
}

/** Whether a session may have several values; a member of an object list has one for each object. */
function isList(field: Field): boolean {
  if (field.shape === "objects") return false;
  return field.object !== "" || (field.shape !== "one" && field.countOf === null);
}

function typeOf(field: Field): Pick<Element, "type" | "converted_type"> {
  if (field.shape === "objects") return { type: "BYTE_ARRAY", converted_type: "JSON" };
  switch (field.kind) {
    case "integer": return { type: "INT64" };
    case "seconds": return { type: "INT64", converted_type: "TIMESTAMP_MILLIS" };
    case "float": return { type: "DOUBLE" };
    case "boolean": return { type: "BOOLEAN" };
    default: return { type: "BYTE_ARRAY", converted_type: "UTF8" };
  }
}

function typed(value: FieldValue, field: Field): unknown {
  if (value === null) return null;
  if (!isList(field)) return scalar(value, field);
  return (Array.isArray(value) ? value : [value]).map((item: FieldValue) => (item === null ? null : scalar(item, field)));
}

function scalar(value: FieldValue, field: Field): unknown {
  if (field.shape === "objects") return value;
  switch (field.kind) {
    case "integer": return typeof value === "number" ? BigInt(Math.trunc(value)) : null;
    case "seconds": return typeof value === "number" ? new Date(value) : null;
    case "float": return typeof value === "number" ? value : null;
    case "boolean": return typeof value === "boolean" ? value : null;
    default: return typeof value === "string" ? value : JSON.stringify(value);
  }
}
