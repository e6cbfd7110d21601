/**
 * Milliseconds since 1970 of ISO 8601 text, as `Date.parse` reads it, or null for what is no time: also for a day that its
 * month does not have, which `Date.parse` takes for one of the next month.
 */
export function isoTimeMs(text: string): number | null {
  const ms = Date.parse(text);
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)/.exec(text) ?? [];
  if (Number.isNaN(ms) || (day !== undefined && Number(day) > lastDayOf(Number(year), Number(month)))) return null;
  return ms;
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
