import Database from "better-sqlite3";
import { closeSync, mkdirSync, openSync, statSync } from "node:fs";
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

/** Creates the catalogue's file when there is none. It holds password hashes and signing keys, so only the owner may read it. Throws UNAVAILABLE. */
export function makeCatalogueFile(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    // SQLite gives -wal and -shm the mode of the main file.
    closeSync(openSync(join(directory, CATALOGUE_FILE), "a", 0o600));
  } catch (error) {
    throw unwritable(error, directory);
  }
}

/** Throws NOT_FOUND when a data directory has no catalogue: who reads there named the wrong one. UNAVAILABLE when that cannot be seen. */
export function requireCatalogue(directory: string): void {
  try {
    if (statSync(join(directory, CATALOGUE_FILE), { throwIfNoEntry: false }) !== undefined) return;
  } catch (cause) {
    throw new LookbackError("UNAVAILABLE", `${directory}: ${cause instanceof Error ? cause.message : String(cause)}`, {}, { cause });
  }
  throw new LookbackError("NOT_FOUND", `${directory} holds no data; name the data directory with --data, or import or capture something first`, { directory });
}

/** Opens the catalogue's file, which is there, and checks its structure. Throws STORE_DAMAGED naming the file when it does not read back, UNAVAILABLE when it cannot be opened. */
export function openConnection(directory: string): { readonly connection: Connection; readonly path: string } {
  const path = join(directory, CATALOGUE_FILE);
  let connection: Connection;
  try {
    connection = new Database(path, { timeout: BUSY_TIMEOUT_MS, fileMustExist: true });
  } catch (error) {
    throw unwritable(error, directory);
  }
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
    throw unwritable(damageOf(error, path), directory);
  }
}

/**
 * Opens the catalogue's file, which is there, for reading alone and as it is found: a check of its structure reads all of it, which
 * those who open it again and again do not wait for. Throws UNAVAILABLE when it cannot be opened.
 */
export function openReadingConnection(directory: string): { readonly connection: Connection; readonly path: string } {
  const path = join(directory, CATALOGUE_FILE);
  try {
    return { connection: new Database(path, { readonly: true, timeout: BUSY_TIMEOUT_MS, fileMustExist: true }), path };
  } catch (error) {
    throw unwritable(damageOf(error, path), directory);
  }
}
