import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimate } from "../../../src/retention/estimate.js";
import { bytesByDay, forecast, whatIf, type ForecastFacts, type WrittenFile } from "../../../src/retention/forecast.js";

const DAY = 86_400_000;
const HOUR = 3_600_000;
const NOON = 100 * DAY + DAY / 2;
const GIB = 2 ** 30;

/** A file of live capture that is written from one time to another. */
const live = (fromMs: number, toMs: number, bytes: number): WrittenFile => ({ bytes, firstMs: fromMs, lastMs: toMs, importedAtMs: fromMs + 1_000 });
/** `perDay` bytes on each of the last `days` complete days, in files of six hours. */
const steady = (days: number, perDay: number): WrittenFile[] => Array.from({ length: days * 4 }, (_, at) => live((100 - days) * DAY + at * 6 * HOUR, (100 - days) * DAY + (at + 1) * 6 * HOUR, perDay / 4));
const facts = (more: Partial<ForecastFacts>): ForecastFacts => ({
  nowMs: NOON, written: steady(10, 4 * GIB), oldestMs: 90 * DAY, packetBytes: 40 * GIB, roomBytes: 60 * GIB, maxAgeMs: null, maxBytes: null, indexOnDevice: false, days: [], expireDays: null, indexMaxBytes: null, ...more,
});

describe("bytes by day", () => {
  it("spread captured files over the days they span, and count a copy on the day it was made", () => {
    expect(bytesByDay([live(97 * DAY + 12 * HOUR, 98 * DAY + 12 * HOUR, 100)], NOON)).toEqual([50, 50, 0]);
    expect(bytesByDay([{ bytes: 7, firstMs: 3 * DAY, lastMs: 4 * DAY, importedAtMs: 98 * DAY + 5 }], NOON)).toEqual([7, 0]);
    expect(bytesByDay([live(NOON - HOUR, NOON, 9)], NOON)).toEqual([]);
    expect(bytesByDay([], NOON)).toEqual([]);
  });
});

describe("a forecast of packets", () => {
  it("divides what packets may take by the recent rate", () => {
    const { packets } = forecast(facts({}));
    expect(packets).toMatchObject({ daysNow: 10.5, averagedDays: 7, capacityBytes: 100 * GIB, days: 25, boundBy: "room", backtest: { meanErrorPercent: 0, worstErrorPercent: 0, samples: 9 } });
    expect(packets.bytesPerDay).toBeCloseTo(4 * GIB);
    expect(packets.fullMs).toBe(NOON + 15 * DAY);
  });
  it("is bounded by size and age", () => {
    expect(forecast(facts({ maxBytes: 20 * GIB })).packets).toMatchObject({ capacityBytes: 20 * GIB, days: 5, boundBy: "total-size", fullMs: NOON });
    expect(forecast(facts({ maxAgeMs: 3 * DAY })).packets).toMatchObject({ days: 3, boundBy: "age", fullMs: null });
  });
  it("knows what the index takes on the same device", () => {
    const days = ["1970-04-07", "1970-04-08", "1970-04-09", "1970-04-10"].map((day) => ({ day, bytes: GIB, rows: 1000 }));
    // Nine days more of one GiB each until ten days are kept.
    expect(forecast(facts({ indexOnDevice: true, days, expireDays: 12 })).packets.capacityBytes).toBe(100 * GIB - 9 * GIB);
    expect(forecast(facts({ indexOnDevice: true, days })).packets.days).toBeCloseTo(100 / 5);
    expect(forecast(facts({ days })).packets.days).toBe(25);
  });
  it("takes what there is of today when there is no complete day, and nothing of nothing", () => {
    const { packets } = forecast(facts({ written: [live(NOON - 6 * HOUR, NOON, GIB)] }));
    expect(packets).toMatchObject({ averagedDays: 0, days: 25, backtest: null });
    expect(forecast(facts({ written: [] })).packets).toMatchObject({ bytesPerDay: 0, days: null, boundBy: null, fullMs: null, backtest: null });
  });
  it("is back-tested against what came", () => {
    // Ten days of one GiB, then two of two: the forecast before each of the last days was half of what came.
    const written = [...Array.from({ length: 10 }, (_, at) => live((88 + at) * DAY, (89 + at) * DAY, GIB)), live(98 * DAY, 99 * DAY, 2 * GIB), live(99 * DAY, 100 * DAY, 2 * GIB)];
    const { backtest } = forecast(facts({ written })).packets;
    expect(backtest?.samples).toBe(11);
    expect(backtest?.worstErrorPercent).toBeCloseTo(50);
    expect(backtest?.meanErrorPercent).toBeGreaterThan(5);
    expect(backtest?.meanErrorPercent).toBeLessThan(50);
  });
  it("comes true when the rate stays, for any rate and room", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 24 }), (perDay, capacity, fileHours) => {
      // A ring that is fed steadily and keeps what fits: its age in the end is what was forecast, to a file.
      const bytes = (perDay * GIB * fileHours) / 24;
      const files: { from: number; bytes: number }[] = [];
      const days = Math.min(200, Math.ceil(capacity / perDay) + 3);
      const written: WrittenFile[] = [];
      for (let from = (100 - days) * DAY; from + fileHours * HOUR <= 100 * DAY; from += fileHours * HOUR) {
        files.push({ from, bytes });
        written.push(live(from, from + fileHours * HOUR, bytes));
        while (files.reduce((sum, file) => sum + file.bytes, 0) > capacity * GIB) files.shift();
      }
      const made = forecast(facts({ written: written.slice(-24 * 57), oldestMs: files[0]?.from ?? null, packetBytes: files.reduce((sum, file) => sum + file.bytes, 0), roomBytes: capacity * GIB - files.reduce((sum, file) => sum + file.bytes, 0), nowMs: 100 * DAY }));
      const outcome = files[0] === undefined ? 0 : (100 * DAY - files[0].from) / DAY;
      if (days < 200 && made.packets.averagedDays >= 1) expect(Math.abs((made.packets.days ?? 0) - outcome)).toBeLessThanOrEqual((2 * fileHours) / 24 + Math.max(0.1, fileHours / (7 * 24 - fileHours) + 0.02) * outcome + 1e-6);
      // The file that would end after now is not written yet: the average of seven days may lack one.
    }), { numRuns: 100, examples: [[5, 306, 22]] });
  });
});

describe("a forecast of sessions", () => {
  const days = ["1970-04-05", "1970-04-09", "1970-04-10", "1970-04-11"].map((day) => ({ day, bytes: 700, rows: 70 }));
  it("counts days without any, and not today", () => {
    expect(forecast(facts({ days, expireDays: 30 })).sessions).toMatchObject({ daysNow: 7, averagedDays: 6, bytesPerDay: 350, rowsPerDay: 35, days: 31, bytesThen: 350 * 31 });
  });
  it("is bounded by size, or not at all", () => {
    expect(forecast(facts({ days, expireDays: 30, indexMaxBytes: 3_500 })).sessions).toMatchObject({ days: 10, bytesThen: 3_500 });
    expect(forecast(facts({ days })).sessions).toMatchObject({ days: null, bytesThen: null });
    expect(forecast(facts({})).sessions).toMatchObject({ daysNow: null, bytesPerDay: 0, days: null });
  });
});

describe("keeping fewer packets", () => {
  const all = { sessions: 100, packets: 10_000, bytes: 8_000_000, keptPackets: 10_000, keptBytes: 8_000_000 };
  it("gains days by the share that is not written, record headers counted", () => {
    const tls = { sessions: 40, packets: 5_000, bytes: 4_000_000, keptPackets: 800, keptBytes: 336_000 };
    const made = whatIf(forecast(facts({})), tls, all);
    const share = (4_000_000 + 16 * 5_000 - 336_000 - 16 * 800) / (8_000_000 + 16 * 10_000);
    expect(made.savedPercent).toBeCloseTo(share * 100);
    expect(made.days).toBeCloseTo(25 / (1 - share));
    expect(made.gainedDays).toBeCloseTo(25 / (1 - share) - 25);
  });
  it("gains nothing of nothing, or where age is the bound", () => {
    expect(whatIf(forecast(facts({})), { sessions: 0, packets: 0, bytes: 0, keptPackets: 0, keptBytes: 0 }, all)).toMatchObject({ savedPercent: 0, gainedDays: 0 });
    expect(whatIf(forecast(facts({ maxAgeMs: 3 * DAY })), { ...all, keptBytes: 0, keptPackets: 0 }, all)).toMatchObject({ days: 3, gainedDays: 0 });
    expect(whatIf(forecast(facts({ written: [] })), all, all)).toMatchObject({ days: null, gainedDays: null });
  });
});

describe("an estimate", () => {
  it("shows its arithmetic", () => {
    const made = estimate({ bitsPerSecond: 500e6, days: 7, packetBytes: 1000, sessionBytes: 50_000, rowBytes: 200, freePercent: 5, sessionDays: 30 });
    expect(made.packetsPerSecond).toBe(62_500);
    expect(made.packetBytes).toBe((62.5e6 + 62_500 * 16) * 86_400 * 7);
    expect(made.sessions).toBe(1250 * 86_400 * 30);
    expect(made.indexBytes).toBe(1250 * 86_400 * 30 * 200);
    expect(made.diskBytes).toBeCloseTo((made.packetBytes + made.indexBytes) / 0.95);
    expect(made.lines).toEqual([
      "500,000,000 bit/s / 8 = 59.6 MiB a second; / 1000 bytes a packet = 62,500 packets a second",
      "a day of packets: (59.6 MiB + 62,500 x 16 bytes of record header) x 86,400 s = 5.0 TiB",
      "packets: 5.0 TiB x 7 days = 34.9 TiB",
      "sessions: 59.6 MiB / 48.8 KiB a session x 86,400 s x 30 days = 3,240,000,000",
      "index: 3,240,000,000 sessions x 200 bytes a row = 603.5 GiB",
      "disk: (34.9 TiB + 603.5 GiB) / (1 - 5% kept free) = 37.4 TiB",
    ]);
  });
  it("refuses numbers that are none", () => {
    const input = { bitsPerSecond: 1, days: 1, packetBytes: 1, sessionBytes: 1, rowBytes: 1, freePercent: 5, sessionDays: 1 };
    for (const bad of [{ days: 0 }, { bitsPerSecond: Number.NaN }, { freePercent: 100 }, { rowBytes: -1 }]) expect(() => estimate({ ...input, ...bad })).toThrow(expect.objectContaining({ code: "BAD_INPUT" }));
  });
});
