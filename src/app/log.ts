import { pino } from "pino";
import type { Logger } from "../base/logger.js";
import type { LookbackConfig } from "../config/config.js";

/** A log whose least severity can be changed while the process runs. */
export interface ProcessLog extends Logger {
  level: string;
}

/** The log of this process: one JSON object per line on standard error. */
export function openLog(config: LookbackConfig, process: string): ProcessLog {
  return pino({ level: config.values.logLevel, base: { process, node: config.node } }, pino.destination({ fd: 2, sync: true }));
}
