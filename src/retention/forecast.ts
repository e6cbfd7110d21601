import type { ByteBudget } from "../index-store/index-store.js";
import { CLASSIC_RECORD_BYTES } from "../packet-store/record-layout.js";
import { DAY_MS } from "../base/utc-day.js";

/** Complete days whose average is taken for the days to come, and days ahead that a back-test looks at. */
const WINDOW_DAYS = 7;
/** Days back from which a back-test begins. */
const BACKTEST_DAYS = 28;
/** A file that seems to span more has a packet with a wrong clock. */
const LONGEST_FILE_MS = 60 * DAY_MS;

/** A packet file that we wrote, present or gone, as the history of what was written. Times are milliseconds since 1970. */
export interface WrittenFile {
  readonly bytes: number;
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  readonly importedAtMs: number;
}

/** What a forecast is made of. */
export interface ForecastFacts {
  readonly nowMs: number;
  /** Files of ours of the last weeks, those that are gone among them; no copies of held packets. */
  readonly written: readonly WrittenFile[];
  /** First packet of the oldest file of ours that is there and not only held, or null. */
  readonly oldestMs: number | null;
  /** Bytes of our files that may go, sooner or later. */
  readonly packetBytes: number;
  /** Devices of packet directories: bytes free beyond what `freeSpaceG` wants; below 0 when short. */
  readonly roomBytes: number;
  readonly maxAgeMs: number | null;
  readonly maxBytes: number | null;
  /** Whether the index grows on a device of packets. */
  readonly indexOnDevice: boolean;
  readonly days: readonly { readonly day: string; readonly bytes: number; readonly rows: number }[];
  readonly expireDays: number | null;
  readonly indexMaxBytes: number | null;
}

/** How far forecasts of the past were from what came. */
export interface Backtest {
  /** Days of the past at which a forecast was made and compared. */
  readonly samples: number;
  /** Average of the absolute errors, in percent of what came. */
  readonly meanErrorPercent: number;
  readonly worstErrorPercent: number;
}

export interface PacketForecast {
  /** Days between the oldest packet that is there and now; null: none is. */
  readonly daysNow: number | null;
  /** Bytes a day of the last complete days. */
  readonly bytesPerDay: number;
  /** Complete days that this is the average of; 0: of what there is of today. */
  readonly averagedDays: number;
  /** Bytes that packets may take. */
  readonly capacityBytes: number;
  /** Days that packets will be kept at this rate; null when nothing is written. */
  readonly days: number | null;
  /** What bounds them: room, `pcapMaxSizeG` or `pcapMaxAgeDays`. */
  readonly boundBy: "room" | "total-size" | "age" | null;
  /** When the oldest must begin to go; null: never at this rate; in the past or now: they go already. */
  readonly fullMs: number | null;
  readonly backtest: Backtest | null;
}

export interface SessionForecast {
  readonly daysNow: number | null;
  readonly bytesPerDay: number;
  readonly rowsPerDay: number;
  readonly averagedDays: number;
  /** Days that sessions will be kept; null: as long as there is room on the device. */
  readonly days: number | null;
  /** Bytes that the index comes to by then, or null. */
  readonly bytesThen: number | null;
}

export interface Forecast {
  readonly madeMs: number;
  readonly packets: PacketForecast;
  readonly sessions: SessionForecast;
}

/** What keeping fewer packets of some sessions would change. */
export interface WhatIf {
  /** Bytes a day that would not be written. */
  readonly savedBytesPerDay: number;
  /** In percent of what was captured. */
  readonly savedPercent: number;
  readonly days: number | null;
  /** Days more than without; null when nothing is written. */
  readonly gainedDays: number | null;
}

/**
 * How long packets and sessions will be kept if the days to come are like the last complete ones (at most seven). Pure. The
 * arithmetic: what packets may take (what they take now and the room beyond `freeSpaceG`, less what the index still grows
 * on the same device), divided by bytes a day.
 */
export function forecast(facts: ForecastFacts): Forecast {
  const { nowMs } = facts;
  const index = indexForecast(facts);
  const daily = bytesByDay(facts.written, nowMs);
  const { perDay: bytesPerDay, days: averagedDays } = rateOf(daily, daily.length, facts);
  const indexBytes = facts.days.reduce((sum, { bytes }) => sum + bytes, 0);
  const growth = facts.indexOnDevice && index.bytesThen !== null ? Math.max(0, index.bytesThen - indexBytes) : 0;
  const inRoom = Math.max(0, facts.packetBytes + facts.roomBytes - growth);
  const capacityBytes = Math.min(inRoom, facts.maxBytes ?? Number.POSITIVE_INFINITY);
  // An index without a bound grows as long as packets do, on the same device.
  const eaten = facts.indexOnDevice && index.bytesThen === null ? index.bytesPerDay : 0;
  const byBytes = bytesPerDay > 0 ? capacityBytes / (bytesPerDay + (capacityBytes === inRoom ? eaten : 0)) : null;
  const byAge = facts.maxAgeMs === null ? null : facts.maxAgeMs / DAY_MS;
  const days = byBytes === null ? null : Math.min(byBytes, byAge ?? Number.POSITIVE_INFINITY);
  const boundBy = days === null ? null : byAge !== null && days === byAge ? "age" : capacityBytes < inRoom ? "total-size" : "room";
  const left = Math.max(0, capacityBytes - facts.packetBytes);
  return {
    madeMs: nowMs,
    packets: {
      daysNow: facts.oldestMs === null ? null : Math.max(0, (nowMs - facts.oldestMs) / DAY_MS), bytesPerDay, averagedDays, capacityBytes, days, boundBy,
      fullMs: bytesPerDay <= 0 || boundBy === "age" ? null : Math.round(nowMs + (left / (bytesPerDay + eaten)) * DAY_MS),
      backtest: backtest(daily),
    },
    sessions: index,
  };
}

/** What it would change to keep only the first packets of some sessions: `some` what these have, `all` what all sessions of the same days have. */
export function whatIf(made: Forecast, some: ByteBudget, all: ByteBudget): WhatIf {
  const bytesOf = (bytes: number, packets: number): number => bytes + CLASSIC_RECORD_BYTES * packets;
  const total = bytesOf(all.bytes, all.packets);
  const saved = bytesOf(some.bytes, some.packets) - bytesOf(some.keptBytes, some.keptPackets);
  const share = total === 0 ? 0 : Math.min(1, Math.max(0, saved / total));
  const { bytesPerDay, days, capacityBytes, boundBy } = made.packets;
  const rate = bytesPerDay * (1 - share);
  const then = days === null || boundBy === "age" ? days : rate > 0 ? Math.min(capacityBytes / rate, Number.MAX_SAFE_INTEGER) : null;
  return { savedBytesPerDay: bytesPerDay * share, savedPercent: share * 100, days: then, gainedDays: then === null || days === null ? null : then - days };
}

/**
 * Bytes written on each UTC day from the first that anything was written on to yesterday. Captured packets are written as
 * they come, so a file counts on the days it spans; a copy of an import is written when it is made.
 */
export function bytesByDay(written: readonly WrittenFile[], nowMs: number): readonly number[] {
  const today = Math.floor(nowMs / DAY_MS);
  const byDay = new Map<number, number>();
  for (const file of written) {
    const [from, to] = writtenBetween(file);
    const [first, last] = [Math.floor(from / DAY_MS), Math.floor(to / DAY_MS)];
    for (let day = first; day <= last; day += 1) {
      const share = to === from ? 1 : (Math.min(to, (day + 1) * DAY_MS) - Math.max(from, day * DAY_MS)) / (to - from);
      byDay.set(day, (byDay.get(day) ?? 0) + file.bytes * share);
    }
  }
  const begin = Math.min(...byDay.keys());
  if (begin >= today) return [];
  const length = Math.min(today - begin, 2 * BACKTEST_DAYS);
  return Array.from({ length }, (_, at) => byDay.get(today - length + at) ?? 0);
}

function writtenBetween({ firstMs, lastMs, importedAtMs }: WrittenFile): readonly [number, number] {
  const live = firstMs !== null && lastMs !== null && firstMs <= importedAtMs && importedAtMs - firstMs < DAY_MS / 24 && lastMs >= firstMs;
  return live ? [firstMs, Math.min(lastMs, firstMs + LONGEST_FILE_MS)] : [importedAtMs, importedAtMs];
}

/** Average of the days before `end` (at most a week of them). Without a complete day: of what there is of today, taken as a day. */
function rateOf(daily: readonly number[], end: number, facts: ForecastFacts | null): { readonly perDay: number; readonly days: number } {
  const window = daily.slice(Math.max(0, end - WINDOW_DAYS), end);
  if (window.length > 0) return { perDay: window.reduce((sum, bytes) => sum + bytes, 0) / window.length, days: window.length };
  if (facts === null || facts.written.length === 0) return { perDay: 0, days: 0 };
  const since = facts.written.reduce((least, file) => Math.min(least, writtenBetween(file)[0]), facts.nowMs);
  const bytes = facts.written.reduce((sum, file) => sum + file.bytes, 0);
  // Less than an hour says nothing about a day.
  return { perDay: (bytes * DAY_MS) / Math.max(facts.nowMs - since, DAY_MS / 24), days: 0 };
}

/** Makes the forecast of each day of the last weeks from the days before it, and compares it with the days that followed. */
function backtest(daily: readonly number[]): Backtest | null {
  const errors: number[] = [];
  for (let day = Math.max(1, daily.length - BACKTEST_DAYS); day < daily.length; day += 1) {
    const { perDay } = rateOf(daily, day, null);
    const after = daily.slice(day, day + WINDOW_DAYS);
    const came = after.reduce((sum, bytes) => sum + bytes, 0) / after.length;
    if (came > 0) errors.push((Math.abs(perDay - came) / came) * 100);
  }
  if (errors.length === 0) return null;
  return { samples: errors.length, meanErrorPercent: errors.reduce((sum, error) => sum + error, 0) / errors.length, worstErrorPercent: Math.max(...errors) };
}

function indexForecast({ days, nowMs, expireDays, indexMaxBytes }: ForecastFacts): SessionForecast {
  const today = Math.floor(nowMs / DAY_MS);
  const known = days.flatMap(({ day, bytes, rows }) => {
    const start = Date.parse(`${day}T00:00:00Z`);
    return Number.isNaN(start) ? [] : [{ number: Math.floor(start / DAY_MS), bytes, rows }];
  }).sort((left, right) => left.number - right.number);
  const [oldest] = known;
  const complete = known.filter(({ number }) => number < today && number >= today - WINDOW_DAYS);
  // Days without sessions count from the first of the window on.
  const span = complete.length === 0 ? 0 : today - (complete[0]?.number ?? today);
  const fallback = known.filter(({ number }) => number === today);
  const [part, length] = complete.length > 0 ? [complete, span] : [fallback, Math.max((nowMs % DAY_MS) / DAY_MS, 1 / 24)];
  const perDay = (of: (one: (typeof known)[number]) => number): number => part.reduce((sum, one) => sum + of(one), 0) / length;
  const bytesPerDay = part.length === 0 ? 0 : perDay(({ bytes }) => bytes);
  const bySize = indexMaxBytes === null || bytesPerDay <= 0 ? null : indexMaxBytes / bytesPerDay;
  const byAge = expireDays === null ? null : expireDays + 1;
  const kept = Math.min(bySize ?? Number.POSITIVE_INFINITY, byAge ?? Number.POSITIVE_INFINITY);
  return {
    daysNow: oldest === undefined ? null : Math.max(0, today - oldest.number + 1), bytesPerDay, rowsPerDay: part.length === 0 ? 0 : perDay(({ rows }) => rows), averagedDays: span,
    days: Number.isFinite(kept) ? kept : null, bytesThen: Number.isFinite(kept) ? kept * bytesPerDay : null,
  };
}
