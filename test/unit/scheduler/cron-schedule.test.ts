import fc from "fast-check";
import { DateTime } from "luxon";
import { describe, expect, it } from "vitest";
import { lastOccurrence, nextOccurrence, parseCron, zoneName } from "../../../src/scheduler/cron-schedule.js";
import { dueAt } from "../../../src/scheduler/due.js";

const MINUTE = 60_000;
const at = (text: string, zone = "UTC") => DateTime.fromISO(text, { zone }).toMillis();
const last = (cron: string, zone: string, now: string) => {
  const found = lastOccurrence(parseCron(cron), zone, at(now));
  return found === null ? null : DateTime.fromMillis(found, { zone: "UTC" }).toISO({ suppressMilliseconds: true, suppressSeconds: true });
};

describe("parsing", () => {
  it("takes stars, numbers, ranges, lists and steps", () => {
    const schedule = parseCron("*/15 1-3 1,15 * 7");
    expect([...schedule.minutes]).toEqual([0, 15, 30, 45]);
    expect([...schedule.hours]).toEqual([1, 2, 3]);
    expect([...schedule.daysOfMonth]).toEqual([1, 15]);
    expect([...schedule.daysOfWeek]).toEqual([0]);
    expect([...parseCron("5/20 * * * *").minutes]).toEqual([5, 25, 45]);
  });
  it.each(["", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "5-1 * * * *", "*/0 * * * *", "a * * * *", "1, * * * *", "* * * * * *"])("refuses %j", (text) => {
    expect(() => parseCron(text)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
  it("knows zones", () => {
    expect(zoneName("Europe/Berlin")).toBe("Europe/Berlin");
    expect(zoneName("local")).not.toBe("local");
    expect(() => zoneName("Mars/Olympus")).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});

describe("the last occurrence", () => {
  it("is at or before now, in the zone", () => {
    expect(last("1 4 * * *", "UTC", "2026-05-05T04:01:00")).toBe("2026-05-05T04:01Z");
    expect(last("1 4 * * *", "UTC", "2026-05-05T04:00:59")).toBe("2026-05-04T04:01Z");
    expect(last("1 4 * * *", "Asia/Tokyo", "2026-05-05T00:00:00")).toBe("2026-05-04T19:01Z");
    expect(last("0 0 29 2 *", "UTC", "2027-06-01T00:00:00")).toBe("2024-02-29T00:00Z");
    expect(last("0 12 * * 1", "UTC", "2026-05-05T00:00:00")).toBe("2026-05-04T12:00Z");
    expect(last("0 0 13 * 5", "UTC", "2026-05-05T00:00:00")).toBe("2026-05-01T00:00Z");
    expect(last("0 0 31 2 *", "UTC", "2026-05-05T00:00:00")).toBeNull();
  });
  it("of a skipped time is the end of the gap; of a repeated one the first", () => {
    expect(last("30 2 * * *", "Europe/Berlin", "2026-03-29T12:00:00")).toBe("2026-03-29T01:30Z");
    expect(last("30 2 * * *", "Europe/Berlin", "2026-10-25T00:31:00")).toBe("2026-10-25T00:30Z");
    expect(last("30 2 * * *", "Europe/Berlin", "2026-10-25T12:00:00")).toBe("2026-10-25T00:30Z");
  });
  it("of a schedule of every hour goes on through a repeated hour", () => {
    expect(last("*/5 * * * *", "Europe/Berlin", "2026-10-25T00:57:00")).toBe("2026-10-25T00:55Z");
    expect(last("*/5 * * * *", "Europe/Berlin", "2026-10-25T01:57:00")).toBe("2026-10-25T01:55Z");
    expect(last("*/5 * * * *", "Europe/Berlin", "2026-03-29T01:02:00")).toBe("2026-03-29T01:00Z");
  });
  it("is what looking at every minute finds", () => {
    const field = (least: number, most: number) => fc.oneof(fc.constant("*"), fc.integer({ min: least, max: most }).map(String), fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: 1, max: 9 })).map(([from, step]) => `${from}/${step}`));
    fc.assert(fc.property(field(0, 59), field(0, 23), fc.constantFrom("*", "1", "1-15", "*/3"), fc.constantFrom("*", "2", "1,3"), fc.constantFrom("Asia/Kolkata", "UTC", "America/St_Johns"), fc.integer({ min: at("2026-01-01"), max: at("2026-02-28") }),
      (minute, hour, dayOfMonth, dayOfWeek, zone, now) => {
        const schedule = parseCron(`${minute} ${hour} ${dayOfMonth} * ${dayOfWeek}`);
        let expected: number | null = null;
        for (let time = Math.floor(now / MINUTE) * MINUTE; time > now - 3 * 86_400_000 && expected === null; time -= MINUTE) {
          const local = DateTime.fromMillis(time, { zone });
          const [ofMonth, ofWeek] = [schedule.daysOfMonth.has(local.day), schedule.daysOfWeek.has(local.weekday % 7)];
          const day = dayOfMonth !== "*" && dayOfWeek !== "*" ? ofMonth || ofWeek : ofMonth && ofWeek;
          if (day && schedule.hours.has(local.hour) && schedule.minutes.has(local.minute)) expected = time;
        }
        const found = lastOccurrence(schedule, zone, now);
        if (expected === null) expect(found ?? 0).toBeLessThanOrEqual(now - 3 * 86_400_000);
        else expect(found).toBe(expected);
      }), { numRuns: 120 });
  });
});

describe("the next occurrence", () => {
  const next = (cron: string, zone: string, now: string) => {
    const found = nextOccurrence(parseCron(cron), zone, at(now));
    return found === null ? null : DateTime.fromMillis(found, { zone: "UTC" }).toISO({ suppressMilliseconds: true, suppressSeconds: true });
  };
  it("is after now, in the zone", () => {
    expect(next("1 4 * * *", "UTC", "2026-05-05T04:01:00")).toBe("2026-05-06T04:01Z");
    expect(next("1 4 * * *", "UTC", "2026-05-05T04:00:59")).toBe("2026-05-05T04:01Z");
    expect(next("*/5 * * * *", "Asia/Tokyo", "2026-05-05T23:58:00")).toBe("2026-05-06T00:00Z");
    expect(next("0 0 29 2 *", "UTC", "2025-06-01T00:00:00")).toBe("2028-02-29T00:00Z");
    expect(next("0 0 31 2 *", "UTC", "2026-05-05T00:00:00")).toBeNull();
    expect(next("30 2 * * *", "Europe/Berlin", "2026-03-29T00:30:00")).toBe("2026-03-29T01:30Z");
    expect(next("30 2 * * *", "Europe/Berlin", "2026-10-25T00:31:00")).toBe("2026-10-26T01:30Z");
    expect(next("*/30 * * * *", "Europe/Berlin", "2026-10-25T00:31:00")).toBe("2026-10-25T01:00Z");
  });
  it("is the one after which the last one is it", () => {
    const zones = fc.constantFrom("Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "UTC");
    fc.assert(fc.property(fc.constantFrom("* * * * *", "*/7 * * * *", "30 2 * * *", "15 1,2 * * *", "0 0 * * 0"), zones, fc.integer({ min: at("2026-01-01"), max: at("2026-12-31") }), (cron, zone, now) => {
      const schedule = parseCron(cron);
      const found = nextOccurrence(schedule, zone, now) ?? 0;
      expect(found).toBeGreaterThan(now);
      expect(lastOccurrence(schedule, zone, found)).toBe(found);
      expect(lastOccurrence(schedule, zone, found - 1) ?? 0).toBeLessThanOrEqual(now);
    }), { numRuns: 200 });
  });
});

describe("due", () => {
  const daily = parseCron("1 4 * * *");
  const noon = at("2026-05-05T12:00:00");
  const today = at("2026-05-05T04:01:00");
  it("is a task whose latest time nobody answered", () => {
    expect(dueAt(daily, "UTC", { lastDueMs: today, running: false }, noon)).toBeNull();
    expect(dueAt(daily, "UTC", { lastDueMs: today - 86_400_000, running: false }, today + 30_000)).toEqual({ dueMs: today, cause: "schedule" });
    expect(dueAt(daily, "UTC", { lastDueMs: null, running: false }, noon)).toEqual({ dueMs: today, cause: "schedule" });
    expect(dueAt(daily, "UTC", { lastDueMs: null, running: true }, noon)).toBeNull();
  });
  it("is once, however many times were missed", () => {
    expect(dueAt(daily, "UTC", { lastDueMs: today - 9 * 86_400_000, running: false }, noon)).toEqual({ dueMs: today, cause: "missed" });
    expect(dueAt(daily, "UTC", { lastDueMs: today, running: false }, noon)).toBeNull();
  });
  it("goes on when the clock was set back", () => {
    expect(dueAt(daily, "UTC", { lastDueMs: at("2030-01-01T04:01:00"), running: false }, noon)).toEqual({ dueMs: today, cause: "schedule" });
    expect(dueAt(daily, "UTC", { lastDueMs: today, running: false }, today - 30_000)).toBeNull();
  });
  it("answers every occurrence once, for any clock that goes forward", () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 3 * 86_400_000 }), { maxLength: 30 }), (steps) => {
      let now = at("2026-01-01");
      let lastDueMs: number | null = now;
      for (const step of steps) {
        now += step;
        const occurrence = lastOccurrence(daily, "UTC", now) ?? 0;
        const due = dueAt(daily, "UTC", { lastDueMs, running: false }, now);
        expect(due?.dueMs ?? null).toBe(occurrence > (lastDueMs ?? 0) ? occurrence : null);
        if (due) lastDueMs = due.dueMs;
      }
    }));
  });
});
