import { openLog } from "../app/log.js";
import type { Logger } from "../base/logger.js";
import type { LookbackConfig } from "../config/config.js";

/** The log of a command, which says what it does itself: without levels of the user's own it holds warnings, and those of imports are in their results. */
export function openCommandLog(config: LookbackConfig): Logger {
  const { origins, values } = config;
  return openLog(origins.has("logLevel") ? config : { ...config, values: { ...values, logLevel: "warn", logLevels: { imports: "error", ...values.logLevels } } }, "command");
}
