import { createRequire } from "node:module";

type DuckDB = typeof import("@duckdb/node-api");

const require = createRequire(import.meta.url);
let loaded: DuckDB | null = null;

/**
 * The DuckDB library, loaded when it is first asked for: loading it takes a third of the time of a small import, and a
 * process that imports or captures asks it nothing.
 */
export function duckdb(): DuckDB {
  // The package's own types describe what it exports.
  loaded ??= require("@duckdb/node-api") as DuckDB;
  return loaded;
}
