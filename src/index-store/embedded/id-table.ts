import { randomBytes } from "node:crypto";
import { UNLIMITED, type Engine } from "./engine.js";
import { quoted, uuidOf } from "./statement.js";

/** Runs `body` with a table (id UUID) of ids, which may be many: a list in a statement is searched from its start for every row. */
export async function withIds<T>(engine: Engine, ids: readonly string[], body: (table: string) => Promise<T>): Promise<T> {
  const name = `ids_${randomBytes(8).toString("hex")}`;
  await engine.use(UNLIMITED, async (connection) => {
    await connection.run(`CREATE TABLE ${quoted(name)} (id UUID)`);
    const appender = await connection.createAppender(name);
    for (const id of ids) {
      appender.appendUUID(uuidOf(id));
      appender.endRow();
    }
    appender.closeSync();
  });
  try {
    return await body(name);
  } finally {
    await engine.use(UNLIMITED, (connection) => connection.run(`DROP TABLE IF EXISTS ${quoted(name)}`));
  }
}
