import { readFileSync } from "node:fs";
import { LookbackError } from "../base/errors.js";
import type { LookbackConfig } from "../config/config.js";
import { namedFile } from "../config/named-file.js";

/** Settings that name a file. */
type FileKey = "caTrustFile" | "esClientCert" | "esClientKey" | "certFile" | "keyFile";

/** Reads a file that a setting names; null when it is unset. Throws CONFIG_INVALID. */
export function readNamedFile(config: LookbackConfig, key: FileKey): string | null {
  const name = config.values[key];
  if (name === null) return null;
  try {
    return readFileSync(namedFile(config, name), "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LookbackError("CONFIG_INVALID", `${key}=${name}: cannot be read: ${reason}`, { key, value: name }, { cause: error });
  }
}
