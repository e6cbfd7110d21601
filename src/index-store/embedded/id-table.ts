import type { DuckDBAppender } from "@duckdb/node-api";
import { randomBytes } from "node:crypto";
import { UNLIMITED, type Engine } from "./engine.js";
import { quoted, uuidOf } from "./statement.js";

/** Runs `body` with a table (id UUID) of ids, which may be many: a list in a statement is searched from its start for every row. */
export function withIds<T>(engine: Engine, ids: readonly string[], body: (table: string) => Promise<T>): Promise<T> {
  return withTable(engine, "id UUID", (appender) => {
    for (const id of ids) {
      appender.appendUUID(uuidOf(id));
      appender.endRow();
    }
  }, body);
}

/** Runs `body` with a table (segment VARCHAR, id UUID) of ids by file, as `Snapshot.hiddenTable` has them; null without any. */
export function withHiddenRows<T>(engine: Engine, hidden: ReadonlyMap<string, ReadonlySet<string>>, body: (table: string | null) => Promise<T>): Promise<T> {
  if ([...hidden.values()].every((ids) => ids.size === 0)) return body(null);
  return withTable(engine, "segment VARCHAR, id UUID", (appender) => {
    for (const [file, ids] of hidden) {
      for (const id of ids) {
        appender.appendVarchar(file);
        appender.appendUUID(uuidOf(id));
        appender.endRow();
      }
    }
  }, body);
}

async function withTable<T>(engine: Engine, columns: string, fill: (appender: DuckDBAppender) => void, body: (table: string) => Promise<T>): Promise<T> {
  const name = `ids_${randomBytes(8).toString("hex")}`;
  await engine.use(UNLIMITED, async (connection) => {
    await connection.run(`CREATE TABLE ${quoted(name)} (${columns})`);
    const appender = await connection.createAppender(name);
    fill(appender);
    appender.closeSync();
  });
  try {
    return await body(name);
  } finally {
    await engine.use(UNLIMITED, (connection) => connection.run(`DROP TABLE IF EXISTS ${quoted(name)}`));
  }
}
