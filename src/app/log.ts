import { createRequire } from "node:module";
import type { pino, Logger as PinoLogger } from "pino";
import type { Logger } from "../base/logger.js";
import type { LookbackConfig } from "../config/config.js";
import { LOG_AREAS, type SettingValues } from "../config/settings.js";

const require = createRequire(import.meta.url);

/** A part of the service whose messages can have a level of their own. */
export type LogArea = (typeof LOG_AREAS)[number];

/** A log whose least severities can be changed while the process runs. */
export interface ProcessLog extends Logger {
  /** Sets the level of everything and of single areas. */
  setLevels(level: SettingValues["logLevel"], areas: SettingValues["logLevels"]): void;
}

/** Most bytes of the log that wait while standard error takes none; what comes then is dropped. */
const MOST_UNWRITTEN = 2 ** 20;

/** Severities, least first, as the port has them. */
const SEVERITIES = ["debug", "info", "warn", "error"] as const;
type Severity = (typeof SEVERITIES)[number];

/**
 * The log of this process: one JSON object per line on standard error. `child({ area })` of a known area has the level of
 * its own that `logLevels` gives it. pino is loaded for the first line that is written: most commands write none.
 */
export function openLog({ values, node }: Pick<LookbackConfig, "values" | "node">, process: string, destination: pino.DestinationStream | null = null): ProcessLog {
  let [level, levels] = [values.logLevel, values.logLevels];
  let root: PinoLogger | null = null;
  const written = (): PinoLogger => {
    if (root !== null) return root;
    const { pino } = require("pino") as typeof import("pino");
    // What is written at all is decided below.
    root = pino({ level: "debug", base: { process, node } }, destination ?? standardError(pino.destination({ fd: 2, sync: true, maxLength: MOST_UNWRITTEN })));
    return root;
  };
  const logOf = (area: LogArea | null, make: () => PinoLogger): Logger => {
    let log: PinoLogger | null = null;
    const say = (severity: Severity) => (fields: object, message: string): void => {
      const least = (area === null ? undefined : levels[area]) ?? level;
      if (least === "silent" || SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(least)) return;
      log ??= make();
      log[severity](fields, message);
    };
    return {
      debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error"),
      child: (fields) => logOf(areaIn(fields) ?? area, () => (log ??= make()).child(fields)),
    };
  };
  return { ...logOf(null, written), setLevels(next, nextOfAreas) { [level, levels] = [next, nextOfAreas]; } };
}

/** A log that cannot be written (a terminal that is gone, a full disk) ends nothing: what waits is written once it can be. */
function standardError(destination: ReturnType<typeof pino.destination>): ReturnType<typeof pino.destination> {
  return destination.on("error", () => {});
}

function areaIn(fields: object): LogArea | null {
  return "area" in fields ? (LOG_AREAS.find((name) => name === fields.area) ?? null) : null;
}
