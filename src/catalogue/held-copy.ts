import Database from "better-sqlite3";
import type { Clock } from "../base/clock.js";
import { damageOf } from "./database.js";
import { Holds } from "./holds.js";
import { RetentionClasses } from "./retention-classes.js";

/** Tables that say what is held; a table before those that refer to it. */
const TABLES = ["holds", "retention_classes", "held_rows", "held_sessions", "held_packets"] as const;
/** Longest wait for another process's transaction, in milliseconds. */
const BUSY_TIMEOUT_MS = 15_000;
/** Memory that the copy takes before it goes to a temporary file, in KiB. */
const CACHE_KIB = 65_536;

/** Holds and classes as they were at a moment: what is changed here is changed nowhere else. */
export interface HeldCopy {
  readonly holds: Holds;
  readonly retentionClasses: RetentionClasses;
  close(): void;
}

/**
 * Copies what is held into temporary tables of a connection that cannot write to the catalogue, under the names of the stored ones,
 * which they hide there. A plan made on it looks held sessions up again as a run would, and nothing is stored. Takes about a second
 * for a million held sessions. Throws STORE_DAMAGED.
 */
export function copyHeld(path: string, clock: Clock): HeldCopy {
  const connection = new Database(path, { readonly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    connection.pragma(`temp.cache_size = -${CACHE_KIB}`);
    connection.pragma("foreign_keys = ON");
    connection.transaction(() => {
      for (const table of TABLES) {
        const definitions = connection.prepare<[string], { sql: string; type: string }>(
          "SELECT sql, type FROM main.sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type = 'index'",
        ).all(table);
        for (const { sql, type } of definitions) connection.exec(type === "table" ? sql.replace(/^CREATE TABLE/, "CREATE TEMP TABLE") : sql.replace(/^CREATE (UNIQUE )?INDEX /, (words) => `${words}temp.`));
        connection.exec(`INSERT INTO temp.${table} SELECT * FROM main.${table}`);
      }
    })();
    return { holds: new Holds(connection, clock), retentionClasses: new RetentionClasses(connection, clock), close: () => { connection.close(); } };
  } catch (error) {
    connection.close();
    throw damageOf(error, path);
  }
}
