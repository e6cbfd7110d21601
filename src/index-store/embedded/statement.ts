import type { DuckDBType, DuckDBUUIDValue, DuckDBValue } from "@duckdb/node-api";
import { duckdb } from "./duckdb.js";

export { isRowId } from "../row-id.js";

/** SQL text with its bound values, ready to run. */
export interface Statement {
  readonly sql: string;
  readonly values: Readonly<Record<string, DuckDBValue>>;
  readonly types: Readonly<Record<string, DuckDBType>>;
}

/** An identifier, quoted. Only names from the catalogue of fields come here, and quoting makes any of them safe. */
export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** A text literal. For paths of segments, which table functions take as literals only; people's values are bound. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A path as DuckDB's file functions take it: characters of their patterns stand for themselves. */
export function asPattern(path: string): string {
  return path.replace(/[*?[]/g, "[$&]");
}

/** Gathers the values of a statement: each becomes a `$name` in the text and never part of it. */
export class Parameters {
  readonly #values: Record<string, DuckDBValue> = {};
  readonly #types: Record<string, DuckDBType> = {};
  /** Names of bound lists by what they hold: every field that is compared with a list takes the same one. */
  readonly #lists = new Map<string, string>();
  #count = 0;

  #bind(value: DuckDBValue, type: DuckDBType, cast: string): string {
    this.#count += 1;
    const name = `p${this.#count}`;
    this.#values[name] = value;
    this.#types[name] = type;
    // The cast tells the planner the type while it has no value yet.
    return `$${name}::${cast}`;
  }

  /** A whole number; fractions are cut off towards `round`. */
  integer(value: number, round: (value: number) => number = Math.trunc): string {
    return this.#bind(BigInt(round(value)), duckdb().BIGINT, "BIGINT");
  }

  float(value: number): string {
    return this.#bind(value, duckdb().DOUBLE, "DOUBLE");
  }

  text(value: string): string {
    return this.#bind(value, duckdb().VARCHAR, "VARCHAR");
  }

  boolean(value: boolean): string {
    return this.#bind(value, duckdb().BOOLEAN, "BOOLEAN");
  }

  /** 16 bytes, given as 32 hex digits with or without dashes. */
  uuid(hex: string): string {
    return this.#bind(uuidOf(hex), duckdb().UUID, "UUID");
  }

  texts(values: readonly string[]): string {
    return this.#list(values, duckdb().VARCHAR, "VARCHAR", (value) => value);
  }

  integers(values: readonly number[]): string {
    return this.#list(values, duckdb().BIGINT, "BIGINT", BigInt);
  }

  floats(values: readonly number[]): string {
    return this.#list(values, duckdb().DOUBLE, "DOUBLE", (value) => value);
  }

  uuids(values: readonly string[]): string {
    return this.#list(values, duckdb().UUID, "UUID", uuidOf);
  }

  #list<T extends string | number>(values: readonly T[], type: DuckDBType, cast: string, valueOf: (value: T) => DuckDBValue): string {
    const { DuckDBListValue, LIST } = duckdb();
    const key = `${cast} ${JSON.stringify(values)}`;
    const known = this.#lists.get(key) ?? this.#bind(new DuckDBListValue(values.map(valueOf)), LIST(type), `${cast}[]`);
    this.#lists.set(key, known);
    return known;
  }

  statement(sql: string): Statement {
    return { sql, values: this.#values, types: this.#types };
  }
}

/** The value of 32 hex digits; dashes are ignored. */
export function uuidOf(hex: string): DuckDBUUIDValue {
  return duckdb().DuckDBUUIDValue.fromUint128(BigInt(`0x${hex.replaceAll("-", "")}`));
}
