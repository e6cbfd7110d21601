import { beforeEach, afterEach, describe, expect, it } from "vitest";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import { StatisticsRollup, type InterfaceCounts, type Measured } from "../../../src/watching/statistics-rollup.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const HOUR = 3_600_000;
const MINUTE = 60_000;
const noon = Date.UTC(2026, 4, 5, 12);
const clock = { now: 0, nowMs: () => clock.now };
let catalogue: Catalogue;
let interfaces: InterfaceCounts[];
let measured: Measured;

const eth0: InterfaceCounts = { node: "n", name: "eth0", startedMs: 1, packets: 100, bytes: 1_000, droppedByUs: 0, droppedByKernel: null };
const rollup = () => new StatisticsRollup({
  hours: catalogue.hourlyStatistics, runs: catalogue.taskRuns, settings: catalogue.settings, clock, transaction: (body) => { catalogue.transaction(body); },
  interfaces: () => interfaces, measure: () => Promise.resolve(measured),
});
const values = (subject: string, measure: string) =>
  catalogue.hourlyStatistics.list([subject], 0, Number.MAX_SAFE_INTEGER, 1_000).filter((one) => one.measure === measure).map(({ hourMs, value }) => [(hourMs - noon) / HOUR, value]);

beforeEach(() => {
  clock.now = noon + 5 * MINUTE;
  catalogue = openCatalogue(temporaryDirectory(), clock);
  interfaces = [eth0];
  measured = { devices: [{ directory: "/p", freeBytes: 50, totalBytes: 100 }], packets: [{ storage: "own", files: 2, bytes: 40 }], index: { rows: 7, bytes: 9 } };
});
afterEach(() => catalogue.close());

describe("the roll-up of statistics", () => {
  it("gives each hour what was counted since the look before", async () => {
    await rollup().run();
    interfaces = [{ ...eth0, packets: 150, bytes: 1_600, droppedByUs: 3 }];
    clock.now = noon + 55 * MINUTE;
    await rollup().run();
    interfaces = [{ ...eth0, packets: 400, bytes: 9_000, droppedByUs: 3 }];
    clock.now = noon + 65 * MINUTE;
    await rollup().run();
    expect(values("interface:n/eth0", "packets")).toEqual([[0, 150], [1, 250]]);
    expect(values("interface:n/eth0", "bytes")).toEqual([[0, 1_600], [1, 7_400]]);
    expect(values("interface:n/eth0", "droppedByUs")).toEqual([[0, 3]]);
    expect(values("interface:n/eth0", "droppedByKernel")).toEqual([]);
  });

  it("counts from zero after the capture started anew, and never backwards", async () => {
    await rollup().run();
    interfaces = [{ ...eth0, startedMs: 2, packets: 30, bytes: 10 }];
    await rollup().run();
    interfaces = [{ ...eth0, startedMs: 2, packets: 20, bytes: 10 }];
    await rollup().run();
    expect(values("interface:n/eth0", "packets")).toEqual([[0, 130]]);
  });

  it("keeps the last and the least free space of an hour, and sizes", async () => {
    for (const freeBytes of [50, 20, 60]) {
      measured = { ...measured, devices: [{ directory: "/p", freeBytes, totalBytes: 100 }] };
      await rollup().run();
    }
    expect(values("device:/p", "freeBytes")).toEqual([[0, 60]]);
    expect(values("device:/p", "leastFreeBytes")).toEqual([[0, 20]]);
    expect(values("packets:own", "bytes")).toEqual([[0, 40]]);
    expect(values("index", "rows")).toEqual([[0, 7]]);
  });

  it("counts runs of tasks once", async () => {
    await rollup().run();
    for (const outcome of ["ok", "failed"] as const) {
      clock.now += MINUTE;
      const id = catalogue.taskRuns.start("t", clock.now);
      clock.now += 1_500;
      catalogue.taskRuns.finish(id, outcome);
    }
    await rollup().run();
    await rollup().run();
    clock.now -= 2 * HOUR;
    await rollup().run();
    clock.now += HOUR;
    await rollup().run();
    expect(values("task:t", "runs")).toEqual([[0, 2]]);
    expect(values("task:t", "failed")).toEqual([[0, 1]]);
    expect(values("task:t", "seconds")).toEqual([[0, 3]]);
  });

  it("forgets hours after 400 days", async () => {
    await rollup().run();
    clock.now += 401 * 24 * HOUR;
    expect(await rollup().run()).toMatchObject({ expired: 9 });
    expect(values("index", "rows")).toEqual([[401 * 24, 7]]);
  });

  it("says beforehand what it would roll up, and changes nothing", async () => {
    await rollup().run();
    clock.now += 401 * 24 * HOUR;
    const before = catalogue.hourlyStatistics.list(["index"], 0, Number.MAX_SAFE_INTEGER, 1_000);
    const plan = await rollup().plan();
    expect(plan).toMatchObject({ hour: new Date(noon + 401 * 24 * HOUR).toISOString(), interfaces: 1, devices: 1 });
    expect(catalogue.hourlyStatistics.list(["index"], 0, Number.MAX_SAFE_INTEGER, 1_000)).toEqual(before);
    expect(plan.expired).toBeGreaterThan(0);
    expect((await rollup().run()).expired).toBe(plan.expired);
  });

  it("begins anew where the last look is of another version", async () => {
    catalogue.settings.set("statistics.lastLook", "[1]");
    await rollup().run();
    expect(values("interface:n/eth0", "packets")).toEqual([[0, 100]]);
  });
});
