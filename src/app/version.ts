import { readFileSync } from "node:fs";
import { PACKAGE_ROOT } from "../base/package-root.js";

/** The version of this Lookback, as its package states it. */
export function lookbackVersion(): string {
  const stated: unknown = JSON.parse(readFileSync(new URL("package.json", PACKAGE_ROOT), "utf8"));
  const version = typeof stated === "object" && stated !== null && "version" in stated ? stated.version : null;
  return typeof version === "string" ? version : "unknown";
}
