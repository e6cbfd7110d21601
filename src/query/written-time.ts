import { isoTimeMs } from "../base/iso-time.js";

/** Hours east of UTC of the abbreviations that are not ambiguous in practice. */
const ZONES: Readonly<Record<string, number>> = {
  Z: 0, UTC: 0, GMT: 0, WET: 0, WEST: 1, BST: 1, CET: 1, CEST: 2, EET: 2, EEST: 3, MSK: 3,
  EST: -5, EDT: -4, CST: -6, CDT: -5, MST: -7, MDT: -6, PST: -8, PDT: -7, AKST: -9, AKDT: -8, HST: -10,
  JST: 9, KST: 9, AEST: 10, AEDT: 11, NZST: 12, NZDT: 13,
};

const ABSOLUTE = /^(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?:(?:T|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*([+-](?:[01]\d|2[0-3]):?[0-5]\d|[A-Za-z]{1,5})?$/;

/** The parts of an absolute time as they are written: whether there is such a day is not looked at. */
export interface WrittenTime {
  readonly year: number;
  /** From 1, as days. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  /** The smallest part that is written. */
  readonly smallest: "day" | "minute" | "second" | "millisecond";
  /** Minutes east of UTC; null where no zone is written. */
  readonly eastMinutes: number | null;
}

/** Reads `YYYY/MM/DD[ HH:mm[:ss[.fff]]][ zone]`, or that with dashes and a `T`, as ISO 8601 has it; null for other forms and unknown zones. */
export function writtenTime(text: string): WrittenTime | null {
  const parts = ABSOLUTE.exec(text);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second, fraction, zone] = parts;
  const eastMinutes = zone === undefined ? null : eastMinutesOf(zone);
  if (eastMinutes === undefined) return null;
  return {
    year: Number(year), month: Number(month), day: Number(day), hour: Number(hour ?? 0), minute: Number(minute ?? 0), second: Number(second ?? 0),
    millisecond: fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000), eastMinutes,
    smallest: hour === undefined ? "day" : second === undefined ? "minute" : fraction === undefined ? "second" : "millisecond",
  };
}

function eastMinutesOf(zone: string): number | undefined {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  if (sign === undefined) {
    const hoursEast = ZONES[zone.toUpperCase()];
    return hoursEast === undefined ? undefined : hoursEast * 60;
  }
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** Milliseconds since 1970 of an absolute time of expressions, its start where it is a span; in UTC without a zone. Null for what is none. */
export function utcTimeMs(text: string): number | null {
  const written = writtenTime(text.trim());
  if (written === null) return null;
  const [year, month, day, hour, minute, second] = [written.year, written.month, written.day, written.hour, written.minute, written.second].map((part, at) => String(part).padStart(at === 0 ? 4 : 2, "0"));
  const ms = isoTimeMs(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return ms === null ? null : ms + written.millisecond - (written.eastMinutes ?? 0) * 60_000;
}
