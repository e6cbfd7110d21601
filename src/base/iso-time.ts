/** A day or month, or a day with a time to the minute or finer, with or without a zone. */
const ISO = /^(\d{4})-(\d\d)(?:-(\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?[0-5]\d)?)?)?)?$/i;

/**
 * Milliseconds since 1970 of ISO 8601 text (`2026-11-24`, `2026-11-24T12:00[:00[.000]][Z|+01:00]`, a blank for the T), or null
 * for what is no time: other forms, and days that their month does not have. What names no zone is UTC, whatever the host's is.
 */
export function isoTimeMs(text: string): number | null {
  const parts = ISO.exec(text);
  if (parts === null) return null;
  const [, year, month, day = "01", minute = "00:00", second = "00", fraction = "", zone = "Z"] = parts;
  if (Number(day) > lastDayOf(Number(year), Number(month))) return null;
  const ms = Date.parse(`${year}-${month}-${day}T${minute}:${second}.${fraction.padEnd(3, "0").slice(0, 3)}Z`);
  const [, sign, hours, minutes = "0"] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  if (Number.isNaN(ms) || Number(hours ?? 0) > 23) return null;
  const eastMs = (Number(hours ?? 0) * 60 + Number(minutes)) * 60_000;
  return sign === "-" ? ms + eastMs : ms - eastMs;
}

/** 1980-01-01: no capture is older, so a smaller number is hardly meant as seconds since 1970. */
const FIRST_SECONDS = 315_532_800;

/** What a bare number says as seconds since 1970. */
export interface BareSeconds {
  /** Milliseconds since 1970. */
  readonly ms: number;
  /** Why it is hardly meant so, and what to write; null where it may be. 0 is the beginning of time. */
  readonly doubt: string | null;
}

/** Reads a number without a unit; null for text that is none. */
export function bareSeconds(text: string): BareSeconds | null {
  if (!/^\d{1,12}(\.\d{1,9})?$/.test(text)) return null;
  const seconds = Number(text);
  const ms = Math.round(seconds * 1000);
  if (seconds === 0 || seconds >= FIRST_SECONDS) return { ms, doubt: null };
  const year = /^(19[89]\d|20\d\d)$/.test(text) ? `${text}-01-01` : "a date such as 2026-11-24";
  return { ms, doubt: `as seconds since 1970 that is ${new Date(ms).toISOString()}, before any capture; write ${year}, or 0 for the beginning` };
}

/** The last day of a month, 28 to 31; months from 1. */
function lastDayOf(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}
