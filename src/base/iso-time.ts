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

/** The last day of a month, 28 to 31; months from 1. */
function lastDayOf(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}
