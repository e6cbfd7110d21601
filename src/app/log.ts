import { pino, type Logger as PinoLogger } from "pino";
import type { Logger } from "../base/logger.js";
import type { LookbackConfig } from "../config/config.js";
import { LOG_AREAS, type SettingValues } from "../config/settings.js";

/** A part of the service whose messages can have a level of their own. */
export type LogArea = (typeof LOG_AREAS)[number];

/** A log whose least severities can be changed while the process runs. */
export interface ProcessLog extends Logger {
  /** Sets the level of everything and of single areas. */
  setLevels(level: SettingValues["logLevel"], areas: SettingValues["logLevels"]): void;
}

/**
 * The log of this process: one JSON object per line on standard error. `child({ area })` of a known area has the level of
 * its own that `logLevels` gives it.
 */
export function openLog({ values, node }: Pick<LookbackConfig, "values" | "node">, process: string, destination: pino.DestinationStream = pino.destination({ fd: 2, sync: true })): ProcessLog {
  const root = pino({ level: values.logLevel, base: { process, node } }, destination);
  const areas = new Map<LogArea, PinoLogger>();
  let [level, levels] = [values.logLevel, values.logLevels];
  return {
    debug: (fields, message) => { root.debug(fields, message); },
    info: (fields, message) => { root.info(fields, message); },
    warn: (fields, message) => { root.warn(fields, message); },
    error: (fields, message) => { root.error(fields, message); },
    child(fields) {
      const name = areaIn(fields);
      if (name === null) return root.child(fields);
      // One per area, so that a change of levels finds it.
      const log = areas.get(name) ?? root.child(fields, { level: levels[name] ?? level });
      areas.set(name, log);
      return log;
    },
    setLevels(next, nextOfAreas) {
      [level, levels] = [next, nextOfAreas];
      root.level = level;
      for (const [name, log] of areas) log.level = levels[name] ?? level;
    },
  };
}

function areaIn(fields: object): LogArea | null {
  return "area" in fields ? (LOG_AREAS.find((name) => name === fields.area) ?? null) : null;
}
