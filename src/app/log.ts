import { createRequire } from "node:module";
import type { pino, Logger as PinoLogger } from "pino";
import { LookbackError, systemErrorCode } from "../base/errors.js";
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

/** Most causes below each other, and most errors of one that gathers several, in a line. */
const MAX_CAUSES = 5;
/** Longest message and stack in a line, in characters. */
const MAX_MESSAGE = 4_000;
const MAX_STACK = 8_000;

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
    root = pino({ level: "debug", base: { process, node }, serializers: { error: (value: unknown) => loggedError(value) } }, destination ?? standardError(pino.destination({ fd: 2, sync: true, maxLength: MOST_UNWRITTEN })));
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

/**
 * An error as a line has it: type, code, message, what caused it, and the stack of what nobody foresaw. Other properties are
 * left out: those of clients have whole requests, with their credentials. What is no error stays as it is.
 */
function loggedError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const code = error instanceof LookbackError ? error.code : systemErrorCode(error);
  const deeper = (inner: unknown): unknown => (inner instanceof Error && depth < MAX_CAUSES ? loggedError(inner, depth + 1) : shown(inner));
  return {
    type: error.name,
    ...(code === null ? {} : { code }),
    message: error.message.slice(0, MAX_MESSAGE),
    ...(error instanceof LookbackError && error.code !== "INTERNAL" ? {} : { stack: error.stack?.slice(0, MAX_STACK) }),
    ...(error instanceof AggregateError ? { errors: error.errors.slice(0, MAX_CAUSES).map(deeper) } : {}),
    ...(error.cause === undefined ? {} : { cause: deeper(error.cause) }),
  };
}

/** A cause that is no error, or one below too many others. */
function shown(cause: unknown): string {
  return (cause instanceof Error ? cause.message : typeof cause === "string" ? cause : typeof cause).slice(0, MAX_MESSAGE);
}

function areaIn(fields: object): LogArea | null {
  return "area" in fields ? (LOG_AREAS.find((name) => name === fields.area) ?? null) : null;
}
