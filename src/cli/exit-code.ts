import { isDiskFull, LookbackError, type ErrorCode } from "../base/errors.js";
import { UsageError } from "./usage-error.js";

/** Exit codes of every command; docs/operations.md lists the same. */
export const EXIT = {
  ok: 0,
  /** The command failed; the line on standard error says why. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Some files were imported and some were not. */
  someFilesFailed: 3,
  /** The service cannot be reached, or is stopping (EX_UNAVAILABLE of sysexits.h). */
  unreachable: 69,
  /** Another process holds the role on the data directory; it may let go of it later. */
  roleHeld: 73,
  /** A device has no room left; it may have some later (EX_TEMPFAIL). */
  noRoom: 75,
  /** There is no login, or it does not allow this (EX_NOPERM). */
  forbidden: 77,
  /** The configuration is wrong (EX_CONFIG). */
  config: 78,
  /** An interrupt ended it, as shells count SIGINT. */
  interrupted: 130,
} as const;

const BY_CODE: Partial<Readonly<Record<ErrorCode, number>>> = {
  ROLE_HELD: EXIT.roleHeld, CONFIG_INVALID: EXIT.config, UNREACHABLE: EXIT.unreachable, SHUTTING_DOWN: EXIT.unreachable, UNAUTHENTICATED: EXIT.forbidden, FORBIDDEN: EXIT.forbidden,
  LOGIN_FAILED: EXIT.forbidden, QUERY_CANCELLED: EXIT.interrupted,
};

/** The exit code that says what an error means to a script. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  return (error instanceof LookbackError ? BY_CODE[error.code] : undefined) ?? (isDiskFull(error) ? EXIT.noRoom : EXIT.failed);
}

/** An error as one line (an expression error keeps its caret lines): code and message, never a stack. */
export function printError(error: unknown): string {
  if (error instanceof LookbackError) return `error ${error.code}: ${error.message}`;
  return `error ${isDiskFull(error) ? "DISK_FULL" : "INTERNAL"}: ${error instanceof Error ? error.message : String(error)}`;
}
