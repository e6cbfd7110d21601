import { LookbackError } from "../base/errors.js";
import { printOrigin, type Origin } from "./setting.js";

/** An error that names a setting (`key` of its details), with the place where that is written in front; others as they are. */
export function locatedError(error: unknown, origins: ReadonlyMap<string, Origin>): unknown {
  if (!(error instanceof LookbackError) || error.code !== "CONFIG_INVALID" || "file" in error.details) return error;
  const { key } = error.details;
  const origin = typeof key === "string" ? origins.get(key) : undefined;
  if (origin === undefined) return error;
  return new LookbackError("CONFIG_INVALID", `${printOrigin(origin)}: ${error.message}`, { ...error.details, file: origin.file, line: origin.line }, { cause: error });
}
