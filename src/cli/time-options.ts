import { bareSeconds, isoTimeMs } from "../base/iso-time.js";
import { utcTimeMs } from "../query/written-time.js";
import { UsageError } from "./usage-error.js";

/** A time range as an operation of the API takes it. */
export interface AskedRange {
  readonly start: number | null;
  readonly end: number | null;
  readonly bounding: "FIRST_PACKET" | "LAST_PACKET" | "BOTH" | "EITHER";
}

/** The options of every command that asks about a time range. */
export const TIME_OPTIONS: readonly (readonly [string, string])[] = [
  ["--last <duration>", "only the last 30m, 24h, 7d, …; a bare number is hours"],
  ["--start <time>", "from this time on: ISO 8601 or 2026/11/24 12:00 (UTC unless a zone follows, such as +0100), or seconds since 1970"],
  ["--end <time>", "up to this time"],
  ["--bounding <kind>", "what must be in the range: first, last (packet; the default), both or either"],
];

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const BOUNDINGS: Readonly<Record<string, AskedRange["bounding"]>> = { first: "FIRST_PACKET", last: "LAST_PACKET", both: "BOTH", either: "EITHER" };

/** The range of a command line, or null for all time. Throws TIME_RANGE_INVALID. */
export function rangeOf(options: Readonly<Record<string, unknown>>, nowMs: number): AskedRange | null {
  const { last, start, end, bounding = "last" } = options;
  const kind = BOUNDINGS[String(bounding)];
  if (kind === undefined) throw new UsageError(`--bounding ${String(bounding).slice(0, 40)}: allowed: ${Object.keys(BOUNDINGS).join(", ")}`, "TIME_RANGE_INVALID");
  if (last !== undefined && start !== undefined) throw new UsageError("--last and --start both say where the range begins; give one of them", "TIME_RANGE_INVALID");
  if (last === undefined && start === undefined && end === undefined) return null;
  const endMs = end === undefined ? null : timeOf("--end", String(end));
  const startMs = last === undefined ? (start === undefined ? null : timeOf("--start", String(start))) : (endMs ?? nowMs) - durationOf("--last", String(last));
  if (startMs !== null && endMs !== null && startMs > endMs) throw new UsageError("the range ends before it starts", "TIME_RANGE_INVALID");
  return { start: startMs, end: endMs, bounding: kind };
}

/** A time to come: `30d` from now, or a moment. Throws TIME_RANGE_INVALID. */
export function untilOf(flag: string, text: string, nowMs: number): number {
  return /^\d{1,9}[smhdw]$/.test(text) ? nowMs + durationOf(flag, text) : timeOf(flag, text);
}

/** `30m` or `24` (hours) in milliseconds. */
function durationOf(flag: string, text: string): number {
  const match = /^(\d{1,9})([smhdw]?)$/.exec(text);
  const unit = UNITS[match?.[2] === "" ? "h" : (match?.[2] ?? "")];
  if (match?.[1] === undefined || unit === undefined) throw new UsageError(`${flag} ${text.slice(0, 40)}: expected a number and s, m, h, d or w, such as 24h`, "TIME_RANGE_INVALID");
  return Number(match[1]) * unit;
}

/** Seconds since 1970, an absolute time as expressions have it, or ISO 8601 beyond that (a month, a zone of hours), in milliseconds; without a zone in UTC. */
function timeOf(flag: string, text: string): number {
  const seconds = bareSeconds(text);
  if (seconds !== null && seconds.doubt !== null) throw new UsageError(`${flag} ${text.slice(0, 40)}: ${seconds.doubt}`, "TIME_RANGE_INVALID");
  const time = seconds === null ? (utcTimeMs(text) ?? isoTimeMs(text)) : seconds.ms;
  if (time === null) throw new UsageError(`${flag} ${text.slice(0, 40)}: expected ISO 8601 of a day that there is, such as 2026-11-24, 2026-11-24T12:00Z or 2026-11-24 12:00 +0100, 2026/11/24 12:00:00, or seconds since 1970; without a zone it is UTC`, "TIME_RANGE_INVALID");
  return time;
}
