import { DAY_MS, utcDay } from "../../base/utc-day.js";

/** How long an index takes rows (`rotateIndex`): hours of a UTC day, a day, a week or a month. */
export type Rotation = "hourly" | "hourly2" | "hourly3" | "hourly4" | "hourly6" | "hourly8" | "hourly12" | "daily" | "weekly" | "monthly";

export const ROTATIONS: readonly Rotation[] = ["hourly", "hourly2", "hourly3", "hourly4", "hourly6", "hourly8", "hourly12", "daily", "weekly", "monthly"];

/** An index and the times of last packet that its rows have: from `startMs` to before `endMs`, milliseconds since 1970. */
export interface IndexPeriod {
  readonly index: string;
  readonly startMs: number;
  readonly endMs: number;
}

const HOUR_MS = 3_600_000;
/** Two digits of a year mean 1970 to 2069; other years are written with four. */
const SHORT_YEARS = { first: 1970, last: 2069 };

const two = (number: number): string => String(number).padStart(2, "0");

function yearText(year: number): string {
  return year >= SHORT_YEARS.first && year <= SHORT_YEARS.last ? two(year % 100) : String(year).padStart(4, "0");
}

function yearOf(text: string): number {
  const year = Number(text);
  if (text.length > 2) return year;
  return year < SHORT_YEARS.first % 100 ? 2000 + year : 1900 + year;
}

/** Names of session indices, as Arkime names them: `sessions3-YYMMDD`, `…YYMMDDhHH`, `…YYwWW`, `…YYmMM`. */
export class IndexNames {
  readonly #base: string;

  /** `prefix` stands before every name, so that several installations can share a cluster. */
  constructor(prefix: string) {
    this.#base = `${prefix}sessions3-`;
  }

  /** Matches every index of sessions. */
  get pattern(): string {
    return `${this.#base}*`;
  }

  /** The index that takes a row of this last packet. */
  periodAt(ms: number, rotation: Rotation): IndexPeriod {
    const date = new Date(ms);
    const year = date.getUTCFullYear();
    const yy = yearText(year);
    const day = `${yy}${two(date.getUTCMonth() + 1)}${two(date.getUTCDate())}`;
    const midnight = Math.floor(ms / DAY_MS) * DAY_MS;
    if (rotation === "daily") return { index: this.#base + day, startMs: midnight, endMs: midnight + DAY_MS };
    if (rotation === "monthly") {
      return { index: `${this.#base}${yy}m${two(date.getUTCMonth() + 1)}`, startMs: Date.UTC(year, date.getUTCMonth(), 1), endMs: Date.UTC(year, date.getUTCMonth() + 1, 1) };
    }
    if (rotation === "weekly") {
      const first = Date.UTC(year, 0, 1);
      const week = Math.floor((ms - first) / (7 * DAY_MS));
      const startMs = first + week * 7 * DAY_MS;
      return { index: `${this.#base}${yy}w${two(week)}`, startMs, endMs: Math.min(startMs + 7 * DAY_MS, Date.UTC(year + 1, 0, 1)) };
    }
    const hours = Number(rotation.slice("hourly".length) || "1");
    const hour = Math.floor(date.getUTCHours() / hours) * hours;
    return { index: `${this.#base}${day}h${two(hour)}`, startMs: midnight + hour * HOUR_MS, endMs: midnight + (hour + hours) * HOUR_MS };
  }

  /** The indices that take rows of last packets from `firstMs` to `lastMs`, both included. */
  periodsBetween(firstMs: number, lastMs: number, rotation: Rotation): readonly IndexPeriod[] {
    const periods: IndexPeriod[] = [];
    for (let ms = firstMs; ms <= lastMs;) {
      const period = this.periodAt(ms, rotation);
      periods.push(period);
      ms = period.endMs;
    }
    return periods;
  }

  /** The period of an existing index by its name, or null when it is none of sessions. An hourly one of unknown width is taken to reach to the end of its day. */
  periodOf(index: string): IndexPeriod | null {
    if (!index.startsWith(this.#base)) return null;
    const suffix = index.slice(this.#base.length);
    const day = /^(\d{2}|\d{4})(\d{2})(\d{2})(?:h(\d{2}))?$/.exec(suffix);
    if (day !== null) {
      const midnight = Date.UTC(yearOf(day[1] ?? ""), Number(day[2]) - 1, Number(day[3]));
      return { index, startMs: midnight + Number(day[4] ?? "0") * HOUR_MS, endMs: midnight + DAY_MS };
    }
    const week = /^(\d{2}|\d{4})w(\d{2})$/.exec(suffix);
    if (week !== null) {
      const year = yearOf(week[1] ?? "");
      return this.#named(index, Date.UTC(year, 0, 1) + Number(week[2]) * 7 * DAY_MS, "weekly");
    }
    const month = /^(\d{2}|\d{4})m(\d{2})$/.exec(suffix);
    return month === null ? null : this.#named(index, Date.UTC(yearOf(month[1] ?? ""), Number(month[2]) - 1, 1), "monthly");
  }

  #named(index: string, startMs: number, rotation: Rotation): IndexPeriod | null {
    const period = this.periodAt(startMs, rotation);
    return period.index === index ? period : null;
  }
}

/** UTC day of the last moment of a period, `YYYY-MM-DD`: the day by which an index is listed and expired. */
export function lastDayOf({ endMs }: IndexPeriod): string {
  return utcDay(endMs - 1);
}

/** The whole UTC days that a period touches: start of the first, end of the last. */
export function daysOf({ startMs, endMs }: IndexPeriod): { readonly startMs: number; readonly endMs: number } {
  return { startMs: Math.floor(startMs / DAY_MS) * DAY_MS, endMs: Math.ceil(endMs / DAY_MS) * DAY_MS };
}
