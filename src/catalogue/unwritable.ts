import Database from "better-sqlite3";
import { LookbackError, systemErrorCode } from "../base/errors.js";

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "this user has no right to write there", EPERM: "this user has no right to write there", EROFS: "it is mounted read-only", ENOTDIR: "a part of the path is no directory",
  ENOSPC: "no room is left", EDQUOT: "the quota is used up", SQLITE_CANTOPEN: "this user has no right to write there", SQLITE_READONLY: "this user has no right to write there",
};

/** `error` as UNAVAILABLE or DISK_FULL naming the data directory when it says that nothing can be written there; others unchanged. */
export function unwritable(error: unknown, directory: string): unknown {
  const code = error instanceof Database.SqliteError ? error.code : (systemErrorCode(error) ?? "");
  const reason = REASONS[code] ?? REASONS[code.split("_").slice(0, 2).join("_")];
  if (reason === undefined) return error;
  const full = code === "ENOSPC" || code === "EDQUOT";
  const advice = full ? "make room" : `give it to the user that runs Lookback (uid ${process.getuid?.() ?? "unknown"}), or name another with --data or dataDir`;
  return new LookbackError(full ? "DISK_FULL" : "UNAVAILABLE", `the data directory ${directory} cannot be used: ${reason}; ${advice}`, { directory, reason: code }, { cause: error });
}
