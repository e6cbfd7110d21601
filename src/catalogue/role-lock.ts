import Database from "better-sqlite3";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LookbackError } from "../base/errors.js";
import { unwritable } from "./unwritable.js";

/** What a process does on a data directory; one process each. */
export type Role = "capture" | "serve" | "shipper";

/** A held role. */
export interface RoleLock {
  readonly role: Role;
  /** Gives the role up; the end of the process does so too, however it ends. */
  release(): void;
}

function holderOf(pidFile: string): number | null {
  try {
    const pid = Number(readFileSync(pidFile, "utf8").trim());
    if (!Number.isSafeInteger(pid) || pid <= 0) return null;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    // EPERM: the process exists and belongs to somebody else.
    if (error instanceof Error && "code" in error && error.code === "EPERM") return Number(readFileSync(pidFile, "utf8").trim());
    return null;
  }
}

/**
 * Takes a role on a data directory, or throws ROLE_HELD naming the process that has it; UNAVAILABLE when the directory
 * cannot be written. `waitMs`: how long to wait for a process that holds it for a moment; this thread stands still meanwhile.
 *
 * Node has no file locks of its own, SQLite has: an exclusive transaction on an empty database is an fcntl lock, which
 * the kernel drops when the process ends, also by kill -9. The pid lies in a file beside it, for the message only.
 * Nothing else may open the lock file: closing any descriptor of a file drops a process's locks on it.
 */
export function takeRole(directory: string, role: Role, waitMs = 0): RoleLock {
  try {
    return lockRole(directory, role, waitMs);
  } catch (error) {
    throw unwritable(error, directory);
  }
}

function lockRole(directory: string, role: Role, waitMs: number): RoleLock {
  const locks = join(directory, "locks");
  mkdirSync(locks, { recursive: true, mode: 0o700 });
  const pidFile = join(locks, `${role}.pid`);
  const lock = new Database(join(locks, `${role}.lock`), { timeout: waitMs });
  try {
    lock.pragma("journal_mode = MEMORY");
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (!(error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY"))) throw error;
    const pid = holderOf(pidFile);
    const holder = pid === null ? "another process" : `process ${pid}`;
    throw new LookbackError("ROLE_HELD", `${holder} already runs the role "${role}" on ${directory}; stop it or use another data directory`, { role, directory, pid });
  }
  // A rename, so that a reader never sees half a number.
  writeFileSync(`${pidFile}.new`, `${process.pid}\n`, { mode: 0o600 });
  renameSync(`${pidFile}.new`, pidFile);
  return {
    role,
    release() {
      if (!lock.open) return;
      lock.exec("ROLLBACK");
      lock.close();
    },
  };
}
