import { DateTime, IANAZone } from "luxon";
import { LookbackError } from "../base/errors.js";

/** A cron expression of five fields, taken apart: which values of each field match. */
export interface CronSchedule {
  readonly expression: string;
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly daysOfMonth: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** 0 is Sunday. */
  readonly daysOfWeek: ReadonlySet<number>;
  /** Day of month and day of week both restricted: either is enough, as in cron. */
  readonly eitherDay: boolean;
  /** Every hour matches: times follow the running clock, also through the hour that a change of time repeats. */
  readonly everyHour: boolean;
}

const FIELDS = [
  { name: "minute", least: 0, most: 59 }, { name: "hour", least: 0, most: 23 }, { name: "day of month", least: 1, most: 31 },
  { name: "month", least: 1, most: 12 }, { name: "day of week", least: 0, most: 7 },
] as const;
const MINUTE_MS = 60_000;
/** Days that are looked back or ahead: a leap day may be eight years away. */
const MOST_DAYS = 366 * 8 + 2;

/** Reads `minute hour day month weekday`: `*`, numbers, ranges, lists and steps. Throws CONFIG_INVALID naming the field. */
export function parseCron(expression: string): CronSchedule {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) {
    throw new LookbackError("CONFIG_INVALID", `schedule "${expression.slice(0, 80)}": five fields are needed: minute, hour, day, month, weekday`, { expression: expression.slice(0, 80) });
  }
  const sets = FIELDS.map(({ name, least, most }, index) => parseField(fields[index] ?? "", name, least, most));
  const [minutes, hours, daysOfMonth, months, weekdays] = sets;
  if (!minutes || !hours || !daysOfMonth || !months || !weekdays) throw new LookbackError("INTERNAL", "five fields give five sets");
  return {
    expression, minutes, hours, daysOfMonth, months, daysOfWeek: new Set([...weekdays].map((day) => day % 7)),
    eitherDay: fields[2] !== "*" && fields[4] !== "*", everyHour: hours.size === 24,
  };
}

function parseField(text: string, name: string, least: number, most: number): ReadonlySet<number> {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    const step = match?.[3] === undefined ? 1 : Number(match[3]);
    const from = match?.[1] === undefined ? least : Number(match[1]);
    const to = match?.[2] !== undefined ? Number(match[2]) : match?.[1] === undefined || match[3] !== undefined ? most : from;
    if (!match || step < 1 || from < least || to > most || from > to) {
      throw new LookbackError("CONFIG_INVALID", `schedule: ${name} "${part.slice(0, 40)}": allowed are *, ${least} to ${most}, ranges, lists and steps`, { field: name, value: part.slice(0, 40) });
    }
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return values;
}

/** `local` as the host's zone; other names are checked. Throws CONFIG_INVALID for a zone that does not exist. */
export function zoneName(timeZone: string): string {
  const zone = timeZone === "local" ? Intl.DateTimeFormat().resolvedOptions().timeZone : timeZone;
  if (!IANAZone.isValidZone(zone)) throw new LookbackError("CONFIG_INVALID", `time zone "${timeZone.slice(0, 80)}" does not exist`, { timeZone: timeZone.slice(0, 80) });
  return zone;
}

/**
 * The latest time at or before `nowMs` that the schedule names in the zone, or null when there is none in eight years.
 * Wall-clock times that a change of time skips count at the first moment after the gap; of those that it repeats the first
 * counts. A schedule of every hour follows the running clock instead.
 */
export function lastOccurrence(schedule: CronSchedule, timeZone: string, nowMs: number): number | null {
  const now = DateTime.fromMillis(Math.floor(nowMs / MINUTE_MS) * MINUTE_MS, { zone: timeZone });
  if (!now.isValid) return null;
  return schedule.everyHour ? lastByClock(schedule, now) : lastByCalendar(schedule, now);
}

function lastByClock(schedule: CronSchedule, now: DateTime): number | null {
  let day = now;
  for (let back = 0; back < MOST_DAYS; back += 1) {
    if (dayMatches(schedule, day)) {
      const start = day.startOf("day").toMillis();
      for (let at = day.toMillis(); at >= start; at -= MINUTE_MS) {
        if (schedule.minutes.has(DateTime.fromMillis(at, { zone: day.zone }).minute)) return at;
      }
    }
    day = day.startOf("day").minus({ minutes: 1 });
  }
  return null;
}

function lastByCalendar(schedule: CronSchedule, now: DateTime): number | null {
  let day = now.startOf("day");
  for (let back = 0; back < MOST_DAYS; back += 1) {
    if (dayMatches(schedule, day)) {
      const moments = momentsOf(schedule, day).filter((at) => at <= now.toMillis());
      if (moments.length > 0) return Math.max(...moments);
    }
    day = day.minus({ days: 1 }).startOf("day");
  }
  return null;
}

/** The earliest time after `nowMs` that the schedule names in the zone, by the same rules, or null when there is none in eight years. */
export function nextOccurrence(schedule: CronSchedule, timeZone: string, nowMs: number): number | null {
  const now = DateTime.fromMillis(nowMs, { zone: timeZone });
  if (!now.isValid) return null;
  let day = now.startOf("day");
  for (let ahead = 0; ahead < MOST_DAYS; ahead += 1) {
    const tomorrow = day.plus({ days: 1 }).startOf("day");
    if (dayMatches(schedule, day)) {
      const next = schedule.everyHour ? nextByClock(schedule, day, tomorrow, nowMs) : momentsOf(schedule, day).filter((at) => at > nowMs).sort((a, b) => a - b)[0];
      if (next !== undefined) return next;
    }
    day = tomorrow;
  }
  return null;
}

function nextByClock(schedule: CronSchedule, day: DateTime, tomorrow: DateTime, nowMs: number): number | undefined {
  const first = Math.max(day.toMillis(), Math.floor(nowMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS);
  for (let at = first; at < tomorrow.toMillis(); at += MINUTE_MS) {
    if (schedule.minutes.has(DateTime.fromMillis(at, { zone: day.zone }).minute)) return at;
  }
  return undefined;
}

/** The schedule's times of one day. `set` moves a skipped time behind the gap and takes the first of two. */
function momentsOf(schedule: CronSchedule, day: DateTime): number[] {
  return [...schedule.hours].flatMap((hour) => [...schedule.minutes].map((minute) => firstOfTwo(day.set({ hour, minute }))));
}

function firstOfTwo(moment: DateTime): number {
  return Math.min(...moment.getPossibleOffsets().map((one) => one.toMillis()), moment.toMillis());
}

function dayMatches(schedule: CronSchedule, day: DateTime): boolean {
  if (!schedule.months.has(day.month)) return false;
  const [ofMonth, ofWeek] = [schedule.daysOfMonth.has(day.day), schedule.daysOfWeek.has(day.weekday % 7)];
  return schedule.eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek;
}
