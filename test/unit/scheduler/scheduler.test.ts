import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import { silentLogger } from "../../../src/base/logger.js";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import { nodeCronTicker, Scheduler, type ScheduledTask, type Ticker } from "../../../src/scheduler/scheduler.js";
import { serviceTasks } from "../../../src/scheduler/tasks.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const MINUTE = 60_000;
const clock = { now: 0, nowMs: () => clock.now };
let catalogue: Catalogue;
let ticks: Map<string, () => void>;
const ticker: Ticker = (expression, zone, tick) => {
  ticks.set(`${expression} ${zone}`, tick);
  return async () => { ticks.delete(`${expression} ${zone}`); };
};

beforeEach(() => {
  clock.now = Date.UTC(2026, 4, 5, 12);
  ticks = new Map();
  catalogue = openCatalogue(temporaryDirectory(), clock);
});
afterEach(() => catalogue.close());

function scheduler(...tasks: Partial<ScheduledTask>[]) {
  const made = new Scheduler({ runs: catalogue.taskRuns, clock, logger: silentLogger, ticker });
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
      ticks.get("* * * * * UTC")?.();
      await one.idle();
    }
    expect(ran).toBe(3);
    expect(one.history("t", 10)).toMatchObject([{ outcome: "ok", details: { number: 3, missed: false } }, { details: { number: 2 } }, { details: { number: 1 } }]);
    expect(one.status()).toMatchObject([{ name: "t", running: false, last: { outcome: "ok" } }]);
    await one.stop();
    expect(ticks.size).toBe(0);
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
    expect(catalogue.taskRuns.last("t")).toMatchObject({ dueAtMs: Date.UTC(2026, 4, 5, 4, 1), details: { missed: true } });
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
    await expect(one.runNow("slow")).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
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
    await one.runNow("t");
    expect(outcomes()).toEqual(["ok"]);
    await expect(one.runNow("none")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("refuses names and schedules that are none", () => {
    expect(() => scheduler({}, {})).toThrow(expect.objectContaining({ code: "BAD_INPUT" }));
    expect(() => scheduler({ cron: "often" })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    expect(() => scheduler({ timeZone: "Nowhere" })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});

describe("the service's tasks", () => {
  const calls: string[] = [];
  const tasks = serviceTasks({
    retention: {
      enforcePackets: () => Promise.resolve({ deleted: 1, deletedBytes: 5, outcomes: [], shortfallBytes: 0, stuckTombstones: 0, unmeasured: [] }),
      expireSessions: () => Promise.resolve({ expired: ["2026-01-01"], failed: [] }),
    },
    store: {
      optimise: (day) => { calls.push(day ?? "small"); return Promise.resolve(2); },
      partitions: () => Promise.resolve([{ day: "2026-01-01", rows: 1, bytes: 1, segments: 3 }, { day: "2026-01-02", rows: 1, bytes: 1, segments: 1 }]),
    },
    exports: { expire: () => Promise.resolve(4) },
  });
  it("have schedules that both this scheduler and node-cron read", async () => {
    const one = new Scheduler({ runs: catalogue.taskRuns, clock, logger: silentLogger, ticker: nodeCronTicker });
    for (const task of tasks) one.register(task);
    expect(one.status().map((task) => `${task.name} ${task.cron}`)).toEqual(["packet-retention * * * * *", "session-expiry 1 4 * * *", "compaction */5 * * * *", "daily-compaction 31 4 * * *", "export-expiry */10 * * * *"]);
    one.start();
    await one.idle();
    await one.stop();
    expect(calls.sort()).toEqual(["2026-01-01", "small"]);
    expect(tasks.map((task) => catalogue.taskRuns.last(task.name)?.outcome)).toEqual(["ok", "ok", "ok", "ok", "ok"]);
    expect(catalogue.taskRuns.last("session-expiry")?.details).toMatchObject({ expired: ["2026-01-01"] });
  });
});
