import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LookbackError, type ErrorCode } from "../../../src/base/errors.js";
import { silentLogger } from "../../../src/base/logger.js";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import { Scheduler } from "../../../src/scheduler/scheduler.js";
import { LEFT_TO } from "../../../src/catalogue/task-runs.js";
import type { ScheduledTask } from "../../../src/scheduler/task.js";
import { nodeCronTicker, type Heartbeat, type Ticker } from "../../../src/scheduler/ticker.js";
import { serviceTasks, type TaskParts } from "../../../src/scheduler/tasks.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";
import { daySpan } from "../../support/day-span.js";

const MINUTE = 60_000;
const clock = { now: 0, nowMs: () => clock.now };
let catalogue: Catalogue;
let ticks: Map<string, () => void>;
let beats: Set<() => void>;
const ticker: Ticker = (expression, zone, tick) => {
  ticks.set(`${expression} ${zone}`, tick);
  return async () => { ticks.delete(`${expression} ${zone}`); };
};
const heartbeat: Heartbeat = (beat) => {
  beats.add(beat);
  return () => { beats.delete(beat); };
};

beforeEach(() => {
  clock.now = Date.UTC(2026, 4, 5, 12);
  ticks = new Map();
  beats = new Set();
  catalogue = openCatalogue(temporaryDirectory(), clock);
});
afterEach(() => catalogue.close());

function scheduler(...tasks: Partial<ScheduledTask>[]) {
  const made = new Scheduler({ runs: catalogue.taskRuns, clock, logger: silentLogger, ticker, heartbeat });
  for (const task of tasks) made.register({ name: "t", description: "d", cron: "*/5 * * * *", timeZone: "UTC", run: () => Promise.resolve({}), ...task });
  return made;
}
const outcomes = (name = "t") => catalogue.taskRuns.list(name).map((run) => run.outcome);

describe("a scheduler", () => {
  it("runs a task at its times, once each, and keeps a history", async () => {
    let ran = 0;
    const one = scheduler({ run: () => Promise.resolve({ number: ++ran }) });
    one.start();
    await one.idle();
    expect(ran).toBe(1);
    for (let minute = 0; minute < 10; minute += 1) {
      clock.now += MINUTE;
      ticks.get("*/5 * * * * UTC")?.();
      await one.idle();
    }
    expect(ran).toBe(3);
    expect(one.history("t", 10)).toMatchObject([{ outcome: "ok", cause: "schedule", details: { number: 3 } }, { details: { number: 2 } }, { details: { number: 1 } }]);
    expect(one.status()).toMatchObject([{ name: "t", running: false, last: { outcome: "ok" } }]);
    await one.stop();
    expect([ticks.size, beats.size]).toEqual([0, 0]);
  });

  it("looks whether a task is due besides its times, for retries and what the clock skips", async () => {
    let ran = 0;
    const one = scheduler({ cron: "1 4 * * *", run: () => (++ran > 1 ? Promise.resolve({}) : Promise.reject(new Error("no"))) });
    one.start();
    await one.idle();
    clock.now += MINUTE;
    for (const beat of beats) beat();
    await one.idle();
    expect(ran).toBe(2);
    await one.stop();
  });

  it("makes up for one missed run at start", async () => {
    catalogue.taskRuns.finish(catalogue.taskRuns.start("t", clock.now - 86_400_000), "ok");
    let ran = 0;
    const one = scheduler({ cron: "1 4 * * *", run: () => Promise.resolve({ number: ++ran }) });
    one.start();
    await one.idle();
    one.tick();
    await one.idle();
    expect(ran).toBe(1);
    expect(catalogue.taskRuns.last("t")).toMatchObject({ dueAtMs: Date.UTC(2026, 4, 5, 4, 1), cause: "missed" });
    await one.stop();
  });

  it("does nothing at start when nothing was missed", async () => {
    catalogue.taskRuns.finish(catalogue.taskRuns.start("t", Date.UTC(2026, 4, 5, 4, 1)), "ok");
    const one = scheduler({ cron: "1 4 * * *", run: () => Promise.reject(new Error("must not run")) });
    one.start();
    await one.idle();
    expect(outcomes()).toEqual(["ok"]);
    await one.stop();
  });

  it("never runs a task beside itself, but others go on", async () => {
    let finish = (): void => {};
    const gate = new Promise<void>((resolve) => { finish = resolve; });
    const counts = { slow: 0, quick: 0 };
    const one = scheduler({ name: "slow", run: async () => { counts.slow += 1; await gate; return {}; } }, { name: "quick", run: () => Promise.resolve({ number: ++counts.quick }) });
    one.start();
    for (let minute = 0; minute < 15; minute += 1) {
      clock.now += MINUTE;
      one.tick();
      await Promise.resolve();
    }
    expect(counts.slow).toBe(1);
    expect(() => one.runNow("slow")).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
    expect(counts.quick).toBeGreaterThan(1);
    finish();
    await one.idle();
    one.tick();
    await one.idle();
    expect(counts.slow).toBe(2);
    await one.stop();
  });

  it("records a failure and goes on", async () => {
    const one = scheduler({ run: () => Promise.reject(new LookbackError("DISK_FULL", "no room")) });
    one.start();
    await one.idle();
    expect(catalogue.taskRuns.last("t")).toMatchObject({ outcome: "failed", details: { code: "DISK_FULL", reason: "no room" } });
    clock.now += 5 * MINUTE;
    expect(one.tick()).toEqual(["t"]);
    await one.stop();
    expect(outcomes()).toHaveLength(2);
  });

  it("runs again what an ended process left open", async () => {
    catalogue.taskRuns.start("t", Date.UTC(2026, 4, 5, 4, 1));
    let ran = 0;
    const one = scheduler({ cron: "1 4 * * *", run: () => Promise.resolve({ number: ++ran }) });
    one.start();
    await one.idle();
    expect(ran).toBe(1);
    expect(outcomes()).toEqual(["ok", "interrupted"]);
    await one.stop();
  });

  it("asks running tasks to stop, and waits", async () => {
    const one = scheduler({ run: (signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve({ stopped: true }))) });
    one.start();
    await one.stop();
    expect(outcomes()).toEqual(["interrupted"]);
    expect(one.tick()).toEqual([]);
  });

  it("runs a task on request", async () => {
    const one = scheduler({});
    const { run, ended } = one.runNow("t", "ada");
    expect(run).toMatchObject({ outcome: "running", cause: "manual", requestedBy: "ada" });
    await ended;
    expect(catalogue.taskRuns.get(run.id)).toMatchObject({ outcome: "ok", requestedBy: "ada" });
    expect(() => one.runNow("none")).toThrow(expect.objectContaining({ code: "NOT_FOUND" }));
    expect(() => one.runNow("u")).toThrow("did you mean t?");
  });

  it("tries a failing task again after 1, 2, 4 … minutes, at most an hour, until it succeeds", async () => {
    let works = false;
    const one = scheduler({ cron: "1 4 * * *", run: () => (works ? Promise.resolve({}) : Promise.reject(new Error("no"))) });
    one.start();
    await one.idle();
    const tried: number[] = [];
    const began = clock.now;
    for (let minute = 1; minute <= 260; minute += 1) {
      clock.now += MINUTE;
      if (one.tick().length > 0) tried.push(minute);
      await one.idle();
    }
    expect(tried).toEqual([1, 3, 7, 15, 31, 63, 123, 183, 243]);
    expect(one.status()).toMatchObject([{ failures: 10, nextIsRetry: true, nextMs: began + 303 * MINUTE, last: { cause: "retry" }, lastOk: null }]);
    works = true;
    clock.now = began + 303 * MINUTE;
    one.tick();
    await one.idle();
    expect(one.status()).toMatchObject([{ failures: 0, nextIsRetry: false, nextMs: Date.UTC(2026, 4, 6, 4, 1) }]);
    clock.now += 30 * MINUTE;
    expect(one.tick()).toEqual([]);
    await one.stop();
  });

  it("looks within an hour whose turn it is where one was left to another server, which is no failure", async () => {
    let leader: string | null = null;
    const one = scheduler({ cron: "1 4 * * *", run: () => (leader === null ? Promise.reject(new Error("a day stays")) : leader === "us" ? Promise.resolve({}) : Promise.resolve({ [LEFT_TO]: `${leader} runs it` })) });
    one.start();
    await one.idle();
    const began = clock.now;
    const tried: number[] = [];
    const pass = async (minutes: number): Promise<void> => {
      for (let minute = 0; minute < minutes; minute += 1) {
        clock.now += MINUTE;
        if (one.tick().length > 0) tried.push((clock.now - began) / MINUTE);
        await one.idle();
      }
    };
    await pass(5);
    // Another server leads now. What was not done here is not known there.
    leader = "other";
    await pass(120);
    expect(tried).toEqual([1, 3, 7, 67]);
    expect(one.status()).toMatchObject([{ failures: 0, nextIsRetry: false, nextMs: began + 127 * MINUTE }]);
    leader = "us";
    await pass(300);
    expect(tried).toEqual([1, 3, 7, 67, 127]);
    expect(one.status()).toMatchObject([{ failures: 0, nextMs: Date.UTC(2026, 4, 6, 4, 1) }]);
    await one.stop();
  });

  it("keeps one of the runs that were left to another server one after the other, beside what a person asked for, and takes none for a success", async () => {
    let left = false;
    const one = scheduler({ cron: "1 4 * * *", run: () => (left ? Promise.resolve({ [LEFT_TO]: "other runs it" }) : Promise.resolve({ expired: [] })) });
    one.start();
    await one.idle();
    left = true;
    for (let hour = 0; hour < 100; hour += 1) {
      clock.now += 60 * MINUTE;
      if (hour === 50) await one.runNow("t", "ann").ended;
      else one.tick();
      await one.idle();
    }
    const [status] = one.status();
    expect(one.history("t", 10).map(({ details, requestedBy }) => [Object.keys(details), requestedBy])).toEqual([[[LEFT_TO], null], [[LEFT_TO], "ann"], [["expired"], null]]);
    expect([status?.lastOk?.details, status?.last?.details]).toEqual([{ expired: [] }, { [LEFT_TO]: "other runs it" }]);
    await one.stop();
  });

  it("does not run a failing task more often than its schedule says when that is often", async () => {
    const one = scheduler({ cron: "* * * * *", run: () => Promise.reject(new Error("no")) });
    one.start();
    await one.idle();
    for (let second = 1; second <= 300; second += 1) {
      clock.now += 1000;
      one.tick();
      await one.idle();
    }
    expect(outcomes().length).toBeLessThanOrEqual(6);
    await one.stop();
  });

  it("does not run a task at every start that ends the process each time", async () => {
    for (let start = 0; start < 3; start += 1) {
      catalogue.taskRuns.start("t", Date.UTC(2026, 4, 5, 4, 1));
      catalogue.taskRuns.interruptOpen();
    }
    let ran = 0;
    const one = scheduler({ cron: "1 4 * * *", run: () => Promise.resolve({ number: ++ran }) });
    one.start();
    await one.idle();
    expect(ran).toBe(0);
    clock.now += MINUTE;
    one.tick();
    await one.idle();
    expect(ran).toBe(1);
    await one.stop();
  });

  it("leaves a paused task alone, over a restart, and makes up for it once when it is resumed", async () => {
    let ran = 0;
    const task = { run: () => Promise.resolve({ number: ++ran }) };
    const one = scheduler(task);
    expect(one.pause("t", "ada")).toMatchObject({ paused: { by: "ada", sinceMs: clock.now }, nextMs: null });
    one.start();
    await one.stop();
    const again = scheduler(task);
    again.start();
    for (let minute = 0; minute < 30; minute += 1) {
      clock.now += MINUTE;
      again.tick();
      await again.idle();
    }
    expect(ran).toBe(0);
    await again.runNow("t").ended;
    expect(ran).toBe(1);
    clock.now += 30 * MINUTE;
    expect(again.resume("t", "ada")).toMatchObject({ paused: null, nextMs: clock.now + 5 * MINUTE });
    again.tick();
    await again.idle();
    again.tick();
    await again.idle();
    expect(ran).toBe(2);
    await again.stop();
    expect(() => again.pause("nothing", "ada")).toThrow(expect.objectContaining({ code: "NOT_FOUND" }));
  });

  it("says what a task would do, without a run", async () => {
    const one = scheduler({ dryRun: () => Promise.resolve({ would: ["nothing"] }) }, { name: "silent" });
    expect(await one.dryRun("t", new AbortController().signal)).toEqual({ would: ["nothing"] });
    await expect(one.dryRun("silent", new AbortController().signal)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(outcomes()).toEqual([]);
    expect(one.status().map((task) => task.canDryRun)).toEqual([true, false]);
  });

  it.each([
    ["spring", Date.UTC(2026, 2, 29, 0), ["2026-03-29T01:30:00.000Z", "2026-03-30T00:30:00.000Z"]],
    ["autumn", Date.UTC(2026, 9, 25, 0), ["2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z"]],
  ])("runs a daily task once a day over the change of time in %s", async (_season, start, expected) => {
    clock.now = start;
    const ran: string[] = [];
    catalogue.taskRuns.finish(catalogue.taskRuns.start("t", start - 3_600_000), "ok");
    const one = scheduler({ cron: "30 2 * * *", timeZone: "Europe/Berlin", run: () => { ran.push(new Date(clock.now).toISOString()); return Promise.resolve({}); } });
    one.start();
    for (let minute = 0; minute < 36 * 60; minute += 1) {
      one.tick();
      await one.idle();
      clock.now += MINUTE;
    }
    await one.stop();
    // In spring there is no 02:30: the clock on the wall shows 03:30 then. In autumn it shows 02:30 twice, and the first counts.
    expect(ran).toEqual(expected);
  });

  it.each([["back", -7 * 86_400_000], ["ahead", 40 * 86_400_000]])("goes on when the clock is set %s", async (_direction, step) => {
    let ran = 0;
    const one = scheduler({ cron: "1 4 * * *", run: () => Promise.resolve({ number: ++ran }) });
    one.start();
    await one.idle();
    clock.now += step;
    for (let minute = 0; minute < 2 * 1440; minute += 1) {
      one.tick();
      await one.idle();
      clock.now += MINUTE;
    }
    expect(ran).toBe(1 + 1 + 2);
    await one.stop();
  });

  it("retries at once when the clock was set back behind a failure", async () => {
    let ran = 0;
    const one = scheduler({ cron: "0 0 1 1 *", run: () => { ran += 1; return Promise.reject(new Error("no")); } });
    one.start();
    await one.idle();
    clock.now -= 86_400_000 * 2;
    one.tick();
    await one.idle();
    expect(ran).toBe(2);
    await one.stop();
  });

  it("tells how each run ended", async () => {
    const told: string[] = [];
    const one = new Scheduler({ runs: catalogue.taskRuns, clock, logger: silentLogger, ticker, heartbeat });
    one.observe((task, outcome, seconds) => { told.push(`${task} ${outcome} ${seconds >= 0}`); });
    one.register({ name: "good", description: "d", cron: "* * * * *", timeZone: "UTC", run: () => Promise.resolve({}) });
    one.register({ name: "bad", description: "d", cron: "* * * * *", timeZone: "UTC", run: () => Promise.reject(new Error("no")) });
    one.start();
    await one.idle();
    await one.stop();
    expect(told.sort()).toEqual(["bad failed true", "good ok true"]);
  });

  it("refuses names and schedules that are none", () => {
    expect(() => scheduler({}, {})).toThrow(expect.objectContaining({ code: "BAD_INPUT" }));
    expect(() => scheduler({ cron: "often" })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    expect(() => scheduler({ timeZone: "Nowhere" })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});

describe("the ticker", () => {
  /** The host's clock and one timer, both moved by hand. */
  function ticking(expression: string) {
    let [ticked, waiting] = [0, { run: (): void => {}, ms: 0 }];
    const stop = nodeCronTicker((run, ms) => {
      waiting = { run, ms };
      return () => { waiting = { run: () => {}, ms: 0 }; };
    })(expression, "UTC", () => { ticked += 1; });
    const pass = (ms: number): void => {
      for (let left = ms; left >= waiting.ms; ) {
        left -= waiting.ms;
        vi.setSystemTime(Date.now() + waiting.ms);
        waiting.run();
      }
    };
    return { stop, pass, ticked: () => ticked };
  }

  beforeEach(() => { vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 4, 5, 12, 0, 30) }); });
  afterEach(() => { vi.useRealTimers(); });

  it.each([["back by a day", -86_400_000], ["ahead by 90 days", 90 * 86_400_000]])("goes on by the clock there is when it is set %s, and walks through nothing", async (_step, ms) => {
    const one = ticking("*/5 * * * *");
    one.pass(10 * MINUTE);
    expect(one.ticked()).toBe(2);
    vi.setSystemTime(Date.now() + ms);
    one.pass(10 * MINUTE);
    expect(one.ticked()).toBeGreaterThanOrEqual(4);
    expect(one.ticked()).toBeLessThanOrEqual(5);
    await one.stop();
  });
});

describe("the service's tasks", () => {
  const calls: string[] = [];
  const parts: TaskParts = {
    retention: {
      enforcePackets: () => Promise.resolve({ deleted: 1, deletedBytes: 5, outcomes: [], shortfallBytes: 0, stuckTombstones: 0, unmeasured: [] }),
      expireSessions: () => Promise.resolve({ expired: ["2026-01-01"], failed: [] }),
      packetPlan: () => Promise.resolve({ elsewhere: [], beyond: { files: 0, bytes: 0 }, excessBytes: 0, warnings: [], devices: [{
        device: 1, directories: ["/p"], freeBytes: 1, totalBytes: 10, targetBytes: 9, pendingBytes: 0, deleteBytes: 7, shortfallBytes: 1, blocked: [],
        items: [{ fileId: 1, path: "/p/a.pcap", bytes: 7, action: "delete", reason: "oldest", heldBytes: 0, holds: [], note: null }, { fileId: 2, path: "/p/b.pcap", bytes: 7, action: "keep", reason: "newest", heldBytes: 0, holds: [], note: null }],
      }] }),
      sessionPlan: () => Promise.resolve({ expireDays: 1, excessBytes: 0, shortfallBytes: 0, blocked: [], items: [{ ...daySpan("2026-01-01"), rows: 3, bytes: 9, action: "expire", reason: "older-than-expire-days", heldRows: 0, holds: [], note: null }] }),
    },
    store: {
      optimise: (day) => { calls.push(day ?? "small"); return Promise.resolve(2); },
      partitions: () => Promise.resolve([{ ...daySpan("2026-01-01"), rows: 1, bytes: 1, segments: 3 }, { ...daySpan("2026-01-02"), rows: 1, bytes: 1, segments: 1 }, { ...daySpan("2026-01-03"), rows: 1, bytes: 1, segments: 4 }]),
      planMerges: (day) => Promise.resolve([{ day: day ?? "2026-01-03", rows: 5, bytes: 9, segments: 3, reason: "small" }]),
    },
    exports: { expire: () => Promise.resolve(4), due: () => [] },
    // Today's segments grow still: the clock merges days that are over.
    clock: { nowMs: () => Date.UTC(2026, 0, 3, 12) },
  };
  const tasks = serviceTasks(parts);
  it("have schedules that both this scheduler and node-cron read", async () => {
    const one = new Scheduler({ runs: catalogue.taskRuns, clock, logger: silentLogger, ticker: nodeCronTicker() });
    for (const task of tasks) one.register(task);
    expect(one.status().map((task) => `${task.name} ${task.cron}`)).toEqual(["packet-retention * * * * *", "session-expiry 1 4 * * *", "compaction */5 * * * *", "daily-compaction 31 4 * * *", "export-expiry */10 * * * *"]);
    one.start();
    await one.idle();
    await one.stop();
    expect(calls.sort()).toEqual(["2026-01-01", "small"]);
    expect(tasks.map((task) => catalogue.taskRuns.last(task.name)?.outcome)).toEqual(["ok", "ok", "ok", "ok", "ok"]);
    expect(catalogue.taskRuns.last("session-expiry")?.details).toMatchObject({ expired: ["2026-01-01"] });
  });
  it("tell of what may take long", async () => {
    const store: TaskParts["store"] = { ...parts.store, optimise: (_day, _signal, progressed) => { progressed?.(); return Promise.resolve(2); } };
    const retention: TaskParts["retention"] = {
      ...parts.retention,
      enforcePackets: (signal, progressed) => { progressed?.(); return parts.retention.enforcePackets(signal); },
      expireSessions: (signal, progressed) => { progressed?.(); return parts.retention.expireSessions(signal); },
    };
    const told: string[] = [];
    for (const task of serviceTasks({ ...parts, store, retention })) await task.run(new AbortController().signal, () => { told.push(task.name); });
    expect(told).toEqual(["packet-retention", "session-expiry", "compaction", "daily-compaction"]);
  });
  it("fail when days of sessions stay, and keep what went and what stays", async () => {
    const reason = "SERVER_SILENT: the server of node north does not say what it holds";
    const stays = ["01", "02", "03", "04", "05", "06"].map((day) => ({ day: `2026-01-${day}`, code: "SERVER_SILENT" as const, reason }));
    let failed: readonly { readonly day: string; readonly code: ErrorCode; readonly reason: string }[] = [...stays, { day: "2026-01-07", code: "INTERNAL", reason: "no such file" }];
    const one = new Scheduler({ runs: catalogue.taskRuns, clock, logger: silentLogger, ticker, heartbeat });
    for (const task of serviceTasks({ ...parts, retention: { ...parts.retention, expireSessions: () => Promise.resolve({ expired: ["2026-01-08"], failed }) } })) if (task.name === "session-expiry") one.register(task);
    one.start();
    await one.idle();
    expect(one.status()).toMatchObject([{ failures: 1, nextIsRetry: true, last: { outcome: "failed", details: {
      code: "SERVER_SILENT", expired: ["2026-01-08"], failed: { length: 7 },
      reason: `7 of 8 days of sessions that are older than they should be stay, and are tried again: 2026-01-01, 2026-01-02, 2026-01-03, 2026-01-04, 2026-01-05 and 1 more: ${reason}; 2026-01-07: no such file`,
    } } }]);
    failed = [];
    clock.now += MINUTE;
    for (const beat of beats) beat();
    await one.idle();
    expect(one.status()).toMatchObject([{ failures: 0, last: { outcome: "ok", cause: "retry", details: { failed: [] } } }]);
    await one.stop();
  });
  it("say beforehand what they would do", async () => {
    const { signal } = new AbortController();
    calls.length = 0;
    const told = Object.fromEntries(await Promise.all(tasks.map(async (task) => [task.name, await task.dryRun?.(signal)] as const)));
    expect(told).toEqual({
      "packet-retention": { files: 1, bytes: 7, shortfallBytes: 1, would: ["delete /p/a.pcap (oldest)"] },
      "session-expiry": { days: 1, rows: 3, bytes: 9, would: ["expire 2026-01-01 (older-than-expire-days)"] },
      compaction: { merges: 1, segments: 3, rows: 5, bytes: 9, would: ["merge 3 segments of 2026-01-03 (small)"] },
      "daily-compaction": { merges: 1, segments: 3, rows: 5, bytes: 9, would: ["merge 3 segments of 2026-01-01 (small)"] },
      "export-expiry": { exports: 0, bytes: 0, would: [] },
    });
    expect(calls).toEqual([]);
  });
});
