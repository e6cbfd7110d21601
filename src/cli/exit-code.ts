import { LookbackError } from "../base/errors.js";

/** Exit codes of every command; docs/operations.md lists the same. */
export const EXIT = {
  ok: 0,
  /** The command failed; the line on standard error says why. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Some files were imported and some were not. */
  someFilesFailed: 3,
  /** The configuration is wrong (EX_CONFIG of sysexits.h). */
  config: 78,
} as const;

/** The exit code that says what an error means to a script. */
export function exitCodeOf(error: unknown): number {
  return error instanceof LookbackError && error.code === "CONFIG_INVALID" ? EXIT.config : EXIT.failed;
}

/** An error as one line (an expression error keeps its caret lines): code and message, never a stack. */
export function printError(error: unknown): string {
  if (error instanceof LookbackError) return `error ${error.code}: ${error.message}`;
  return `error INTERNAL: ${error instanceof Error ? error.message : String(error)}`;
}
