import { DateTime, FixedOffsetZone, type DateTimeUnit, type DurationLike } from "luxon";
import { writtenTime } from "./written-time.js";

/** What relative times are relative to. */
export interface TimeContext {
  readonly nowMs: number;
  /** IANA name; times without a zone of their own are in it. */
  readonly timeZone: string;
}

/** Milliseconds since 1970, both ends included: a time written to the second covers that second. */
export interface TimeSpan {
  readonly low: number;
  readonly high: number;
}

/** First and last time that an expression may name: 1970 to 2262, where 64-bit nanoseconds end. */
export const FIRST_TIME_MS = 0;
export const LAST_TIME_MS = 9_223_372_036_854;

type Unit = "second" | "minute" | "hour" | "day" | "week" | "month" | "quarter" | "year";

/** Words for units in relative times, in any letter case; months need three letters, as `m` is minutes, and `M` alone is neither. */
const UNITS: ReadonlyMap<string, Unit> = new Map(
  Object.entries({
    second: "s sec secs second seconds", minute: "m min mins minute minutes", hour: "h hr hrs hour hours", day: "d day days",
    week: "w week weeks", month: "mon month months", quarter: "q qtr qtrs quarter quarters", year: "y yr yrs year years",
  } satisfies Record<Unit, string>).flatMap(([unit, words]) => words.split(" ").map((word): [string, Unit] => [word, unit as Unit])),
);

/** Months in some languages of times, minutes where letter case does not count. */
const MONTH_OR_MINUTE = "M";

const RELATIVE = /^(?:now|(?:([+-])(\d{0,6})([a-z]+)))?(?:@(w[0-7]|[a-z]+))?$/i;

function instant(time: DateTime): TimeSpan {
  return { low: time.toMillis(), high: time.toMillis() };
}

/** `[now|±N unit][@unit]`: an offset from now, cut down to the start of a unit (Splunk's time modifiers). */
function relative(text: string, { nowMs, timeZone }: TimeContext): TimeSpan | null {
  const parts = RELATIVE.exec(text);
  if (parts === null || text === "") return null;
  const [, sign, count, unitWord, snapWord] = parts;
  if (unitWord === MONTH_OR_MINUTE || snapWord === MONTH_OR_MINUTE) return null;
  let time: DateTime = DateTime.fromMillis(nowMs, { zone: timeZone });
  if (unitWord !== undefined) {
    const unit = UNITS.get(unitWord.toLowerCase());
    if (unit === undefined) return null;
    const amount = count === "" || count === undefined ? 1 : Number(count);
    const duration: DurationLike = { [`${unit}s`]: amount };
    time = sign === "-" ? time.minus(duration) : time.plus(duration);
  }
  if (snapWord !== undefined) {
    const snapped = snap(time, snapWord.toLowerCase());
    if (snapped === null) return null;
    time = snapped;
  }
  return time.isValid ? instant(time) : null;
}

/** Start of the unit that `time` is in; a week begins on Sunday, or on the weekday of `wN` (0 and 7 are Sunday). */
function snap(time: DateTime, word: string): DateTime | null {
  const weekday = /^w([0-7])$/.exec(word);
  const unit = weekday === null ? UNITS.get(word) : "week";
  if (unit === undefined) return null;
  if (unit !== "week") return time.startOf(unit satisfies DateTimeUnit);
  const first = weekday === null ? 0 : Number(weekday[1]) % 7;
  return time.startOf("day").minus({ days: (time.weekday - first + 7) % 7 });
}

/** What `writtenTime` reads, of a day that there is. */
function absolute(text: string, { timeZone }: TimeContext): TimeSpan | null {
  const written = writtenTime(text);
  if (written === null) return null;
  const { smallest, eastMinutes, ...parts } = written;
  const time = DateTime.fromObject(parts, { zone: eastMinutes === null ? timeZone : FixedOffsetZone.instance(eastMinutes) });
  if (!time.isValid) return null;
  return smallest === "millisecond" ? instant(time) : { low: time.toMillis(), high: time.endOf(smallest).toMillis() };
}

/** Seconds (9 or 10 digits, or 0, the beginning) or milliseconds (12 or 13 digits) since 1970; other numbers are more likely a year or a mistake. */
function epoch(text: string): TimeSpan | null {
  if (/^(\d{9,10}|0)$/.test(text)) return { low: Number(text) * 1000, high: Number(text) * 1000 + 999 };
  if (/^\d{12,13}$/.test(text)) return { low: Number(text), high: Number(text) };
  return null;
}

/** What a relative time with the unit `M` may have meant; empty for every other text. */
export function monthsOrMinutes(text: string): readonly string[] {
  const trimmed = text.trim();
  if (!RELATIVE.test(trimmed)) return [];
  const meant = ["mon", "m"].map((unit) => trimmed.replace(/(?<![a-z])M(?![a-z])/gi, (found) => (found === MONTH_OR_MINUTE ? unit : found)));
  return meant[0] === trimmed ? [] : meant;
}

/** The time that a text names, or null when it names none. The caller checks FIRST_TIME_MS and LAST_TIME_MS. */
export function timeSpan(text: string, context: TimeContext): TimeSpan | null {
  const trimmed = text.trim();
  return epoch(trimmed) ?? absolute(trimmed, context) ?? relative(trimmed, context);
}
