import Database from "better-sqlite3";
import { lchownSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LookbackError, systemErrorCode } from "../base/errors.js";
import { unwritable } from "./unwritable.js";

/** What a process does on a data directory; one process each. */
export type Role = "capture" | "serve" | "shipper";

/**
 * Longest wait for whoever holds a role for a moment, in milliseconds: a command that looks whether it is held, a server that removes
 * what an ended capture left.
 */
export const MOMENT_MS: Readonly<Record<Role, number>> = { capture: 5_000, serve: 1_000, shipper: 1_000 };

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

const lockFileOf = (directory: string, role: Role): string => join(directory, "locks", `${role}.lock`);
const pidFileOf = (directory: string, role: Role): string => join(directory, "locks", `${role}.pid`);

/**
 * Takes a role on a data directory, or throws ROLE_HELD naming the process that has it; UNAVAILABLE when the directory or the
 * role's lock file cannot be written. `waitMs`: how long to wait for a process that holds it for a moment; this thread stands still meanwhile.
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

/**
 * The process that runs a role on a data directory, its pid null where it is not known; null when none does. Looks only: makes
 * nothing, and needs no more than to read. Throws UNAVAILABLE when it may not look.
 */
export function roleHolder(directory: string, role: Role): { readonly pid: number | null } | null {
  const file = lockFileOf(directory, role);
  let lock: Database.Database | null = null;
  try {
    if (statSync(file, { throwIfNoEntry: false }) === undefined) return null;
    lock = new Database(file, { readonly: true, fileMustExist: true, timeout: 0 });
    lock.prepare("SELECT 1 FROM sqlite_schema").get();
    return null;
  } catch (error) {
    if (isBusy(error)) return { pid: holderOf(pidFileOf(directory, role)) };
    throw unusable(error, directory, file);
  } finally {
    lock?.close();
  }
}

function lockRole(directory: string, role: Role, waitMs: number): RoleLock {
  mkdirSync(join(directory, "locks"), { recursive: true, mode: 0o700 });
  const [file, pidFile] = [lockFileOf(directory, role), pidFileOf(directory, role)];
  let lock: Database.Database | null = null;
  try {
    const opened = new Database(file, { timeout: waitMs });
    lock = opened;
    opened.pragma("journal_mode = MEMORY");
    opened.exec("BEGIN EXCLUSIVE");
    // SQLite opens a file that it may not write to read it, and then this transaction excludes nobody. It never reaches the file.
    opened.pragma("user_version = 1");
    // A rename, so that a reader never sees half a number.
    writeFileSync(`${pidFile}.new`, `${process.pid}\n`, { mode: 0o600 });
    giveToOwner(directory, [join(directory, "locks"), file, `${pidFile}.new`]);
    renameSync(`${pidFile}.new`, pidFile);
    return {
      role,
      release() {
        if (!opened.open) return;
        opened.exec("ROLLBACK");
        opened.close();
      },
    };
  } catch (error) {
    lock?.close();
    if (!isBusy(error)) throw unusable(error, directory, file);
    const pid = holderOf(pidFile);
    const holder = pid === null ? "another process" : `process ${pid}`;
    throw new LookbackError("ROLE_HELD", `${holder} already runs the role "${role}" on ${directory}; stop it or use another data directory`, { role, directory, pid });
  }
}

/**
 * What root makes in another user's directory belongs to that user, who could take no role else. Links are not followed: that user may
 * have put them there. A root that may not give files away keeps them.
 */
function giveToOwner(directory: string, files: readonly string[]): void {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = statSync(directory);
  if (uid === 0) return;
  try {
    for (const file of files) lchownSync(file, uid, gid);
  } catch (error) {
    if (systemErrorCode(error) === null) throw error;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY");
}

/** `error` as UNAVAILABLE when it says that a lock file that is there belongs to somebody else, otherwise as what it says of the directory. */
function unusable(error: unknown, directory: string, file: string): unknown {
  const owner = error instanceof Database.SqliteError && /^SQLITE_(READONLY|CANTOPEN)/.test(error.code) ? ownerOf(file) : null;
  const uid = process.getuid?.() ?? null;
  if (owner === null || owner === uid) return unwritable(error, directory);
  return new LookbackError(
    "UNAVAILABLE", `the lock file ${file} belongs to uid ${owner}, and this user (uid ${uid ?? "unknown"}) may not use it; give it to the user that runs Lookback: chown ${uid ?? "USER"} ${file}`,
    { directory, path: file, owner }, { cause: error },
  );
}

function ownerOf(file: string): number | null {
  try {
    return statSync(file).uid;
  } catch {
    // There is none, or the directory is closed: that is what is said then.
    return null;
  }
}
