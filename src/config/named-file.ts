import path from "node:path";
import type { LookbackConfig } from "./config.js";

/** Where a file that a setting names is: relative paths start at the configuration file, or at the working directory where there is none. */
export function namedFile({ file }: Pick<LookbackConfig, "file">, name: string): string {
  return path.resolve(file === null ? process.cwd() : path.dirname(file), name);
}
