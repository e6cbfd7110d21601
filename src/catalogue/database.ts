import Database from "better-sqlite3";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { LookbackError } from "../base/errors.js";
import { unwritable } from "./unwritable.js";

export type Connection = Database.Database;

/** Name of the catalogue in the data directory. */
export const CATALOGUE_FILE = "catalogue.sqlite";

/** Longest wait for another process's transaction, in milliseconds. */
const BUSY_TIMEOUT_MS = 15_000;

const DAMAGE = /^SQLITE_(CORRUPT|NOTADB)/;

/** `error` as STORE_DAMAGED naming the file when SQLite says that its content is not what it wrote; others unchanged. */
export function damageOf(error: unknown, path: string): unknown {
  if (error instanceof Database.SqliteError && DAMAGE.test(error.code)) {
    return new LookbackError(
      "STORE_DAMAGED",
      `the catalogue ${path} does not read back (${error.message}); move it away and import the packet files again to rebuild it`,
      { path, reason: error.message },
      { cause: error },
    );
  }
  if (error instanceof Database.SqliteError && error.code === "SQLITE_FULL") {
    return new LookbackError("DISK_FULL", `no room left for the catalogue ${path}`, { path }, { cause: error });
  }
  return error;
}

/**
 * Opens or creates the catalogue's file and checks its structure. It holds password hashes and signing keys, so only
 * the owner may read it. Throws STORE_DAMAGED naming the file when it does not read back.
 */
export function openConnection(directory: string): { readonly connection: Connection; readonly path: string } {
  const path = join(directory, CATALOGUE_FILE);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    // SQLite gives -wal and -shm the mode of the main file.
    closeSync(openSync(path, "a", 0o600));
  } catch (error) {
    throw unwritable(error, directory);
  }
  const connection = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    connection.pragma("journal_mode = WAL");
    // A commit is durable before anything that depends on it is deleted.
    connection.pragma("synchronous = FULL");
    connection.pragma("foreign_keys = ON");
    connection.pragma("trusted_schema = OFF");
    const found = connection.pragma("quick_check(1)", { simple: true });
    if (found !== "ok") {
      const reason = String(found);
      throw new LookbackError("STORE_DAMAGED", `the catalogue ${path} is damaged: ${reason}`, { path, reason });
    }
    return { connection, path };
  } catch (error) {
    connection.close();
    throw damageOf(error, path);
  }
}
