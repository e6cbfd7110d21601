import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import { silentLogger } from "../../../src/base/logger.js";
import { openCatalogue } from "../../../src/catalogue/catalogue.js";
import { directoriesOf, type Core } from "../../../src/app/core.js";
import { healthChecks } from "../../../src/app/health.js";
import { metricsOf } from "../../../src/app/metrics.js";
import { tryWriting } from "../../../src/packet-store/try-writing.js";
import { loadConfig } from "../../../src/config/config.js";
import { LiveConfig } from "../../../src/config/live-config.js";
import { HealthChecks } from "../../../src/http/health.js";
import type { RetentionCondition } from "../../../src/model/retention-event.js";
import { packagedCatalogue } from "../../../src/model/field-catalogue.js";
import { PacketFilePresence } from "../../../src/packet-store/packet-store.js";
import { Scheduler } from "../../../src/scheduler/scheduler.js";
import type { ScheduledTask } from "../../../src/scheduler/task.js";
import { MemoryStore } from "../../support/memory-store.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const clock = { now: Date.UTC(2026, 4, 5), nowMs: () => clock.now };
let core: Core;
let scheduler: Scheduler;
let conditions: RetentionCondition[];
let unmeasured: readonly { directory: string; reason: string; isAbsent?: true }[];

beforeEach(() => {
  const directory = temporaryDirectory();
  const config = loadConfig({ file: null, node: "n", environment: {}, workingDirectory: directory, overrides: { dataDir: directory, freeSpaceG: "0" } });
  const directories = directoriesOf(config);
  for (const name of [directories.packets, directories.sessions, directories.exports]) mkdirSync(name);
  const catalogue = openCatalogue(directory, clock);
  core = { config, live: new LiveConfig(config), directories, logger: silentLogger, fields: packagedCatalogue(), catalogue, presence: new PacketFilePresence(clock.nowMs), store: new MemoryStore([]), cluster: null, native: {} as Core["native"] };
  scheduler = new Scheduler({ runs: catalogue.taskRuns, clock, logger: silentLogger });
  conditions = [];
  unmeasured = [];
});

const sources = () => ({ core, scheduler, watch: { conditions: () => conditions }, retention: { unmeasured, totals: { files: 3, bytes: 900, keptBytes: 0, failures: 1, days: 2 } } });
const failing = async () => (await healthChecks(sources()).run()).filter(({ ok }) => !ok).map(({ name, needed, detail }) => ({ name, needed, detail }));

describe("health", () => {
  it("is good when nothing is wrong, and leaves nothing behind", async () => {
    expect(await failing()).toEqual([]);
    expect(readdirSync(core.directories.packets)).toEqual([]);
  });

  it("names a target that cannot be reached", async () => {
    conditions = [{ kind: "target-unreachable", subject: "/p", targetBytes: 4096, freeBytes: 1024, shortfallBytes: 3072 }, { kind: "hold-blocks", subject: "1", items: 1, bytes: 1 }];
    expect(await failing()).toEqual([{ name: "retention", needed: false, detail: "/p is 3.0 KiB short of the free space it should have (1.0 KiB of 4.0 KiB), and nothing more may be deleted there" }]);
  });

  it("names a directory in which nothing can be deleted, and counts it", async () => {
    unmeasured = [{ directory: "/p", reason: "what is being deleted there cannot be listed: EIO: i/o error, scandir '/p/.tombstones'" }, { directory: "/q", reason: "ENOENT", isAbsent: true }];
    expect(await failing()).toEqual([{ name: "retention", needed: false, detail: "nothing is deleted in /p: what is being deleted there cannot be listed: EIO: i/o error, scandir '/p/.tombstones'" }]);
    expect((await metricsOf({ ...sources(), version: "1" }).text()).split("\n")).toContain("lookback_directories_unmeasured 2");
  });

  it("names a task that makes no progress, and none that takes long", async () => {
    let end = (): void => {};
    let progressed = (): void => {};
    const run: ScheduledTask["run"] = (_signal, step) => {
      progressed = step;
      return new Promise((resolve) => { end = () => { resolve({}); }; });
    };
    scheduler.register({ name: "packet-retention", description: "", cron: "* * * * *", timeZone: "UTC", run });
    const { ended } = scheduler.runNow("packet-retention");
    for (let step = 0; step < 3; step += 1) {
      clock.now += 599_000;
      expect(await failing()).toEqual([]);
      progressed();
    }
    clock.now += 599_000;
    expect(await failing()).toEqual([]);
    clock.now += 1_000;
    expect(await failing()).toEqual([{ name: "tasks", needed: false, detail: "packet-retention runs and has made no progress for 10 minutes: look at the disks and mounts that it works on" }]);
    progressed();
    expect(await failing()).toEqual([]);
    end();
    await ended;
    expect(await failing()).toEqual([]);
  });

  it("names packet directories of one device that want different room, which breaks nothing", async () => {
    const directory = temporaryDirectory();
    for (const name of ["a", "b"]) mkdirSync(path.join(directory, name));
    const config = loadConfig({ file: null, node: "n", environment: {}, workingDirectory: directory, overrides: { dataDir: directory, pcapDir: "a;b", freeSpaceG: "0;b=1%" } });
    core = { ...core, config, live: new LiveConfig(config) };
    const found = (await healthChecks(sources()).run()).find(({ name }) => name === "retention");
    expect(found).toMatchObject({ ok: true, detail: expect.stringMatching(/FREE_SPACE_CONFLICT: .*\/a \(freeSpaceG=0\) and .*\/b \(freeSpaceG=1%\)/) });
    expect((await metricsOf({ ...sources(), version: "1" }).text()).split("\n")).toContain("lookback_free_space_conflicts 1");
  });

  it("names a node whose section does not read, and one whose directory nobody named, which breaks nothing", async () => {
    const live = new LiveConfig(core.config);
    live.reload({ ...core.config, storageOf: (node) => { if (node === "bad") throw new LookbackError("CONFIG_INVALID", "freeSpaceG=abc"); return core.config.storageOf(node); }, namesStorage: () => true });
    core = { ...core, live };
    for (const [at, node] of ["bad", "stray"].entries()) {
      core.catalogue.files.add({ node, path: `/elsewhere/${node}-260101-0000000${at}.pcap`, displayName: node, stream: String(at).padStart(32, "0"), storage: "own", state: "complete", format: "pcap" });
    }
    expect(await failing()).toEqual([{
      name: "retention", needed: false,
      detail: expect.stringMatching(/^packet files of node bad are not deleted until its section reads: freeSpaceG=abc; packet files of node stray in \/elsewhere are not deleted/),
    }]);
  });

  it("names a task that fails, and why, until it succeeds", async () => {
    let works = false;
    scheduler.register({ name: "t", description: "d", cron: "1 4 * * *", timeZone: "UTC", run: () => (works ? Promise.resolve({}) : Promise.reject(new Error("no room"))) });
    await scheduler.runNow("t").ended;
    await scheduler.runNow("t").ended;
    expect(await failing()).toEqual([{ name: "tasks", needed: false, detail: "t failed 2 times: no room" }]);
    works = true;
    await scheduler.runNow("t").ended;
    expect(await failing()).toEqual([]);
    scheduler.pause("t", "ada");
    expect((await healthChecks(sources()).run()).find(({ name }) => name === "tasks")).toMatchObject({ ok: true, detail: "no task fails; paused: t" });
  });

  it("names a packet directory elsewhere that is not mounted; those that are made when needed may be missing", async () => {
    rmSync(core.directories.packets, { recursive: true });
    expect(await failing()).toEqual([]);
    const packets = path.join(temporaryDirectory(), "not-mounted");
    core = { ...core, directories: { ...core.directories, packets } };
    expect(await failing()).toEqual([{ name: "disk", needed: false, detail: `${packets}: does not exist` }]);
  });

  it("tells what a search cluster says that does not answer, before the check is late", async () => {
    const patience: (number | undefined)[] = [];
    const store = Object.assign(new MemoryStore([]), { extent: (timeoutMs?: number) => { patience.push(timeoutMs); return Promise.reject(new LookbackError("QUERY_TIMEOUT", "the cluster did not answer within 4000 ms")); } });
    core = { ...core, store };
    expect(await failing()).toEqual([{ name: "store", needed: true, detail: "QUERY_TIMEOUT: the cluster did not answer within 4000 ms" }]);
    expect(patience).toEqual([4_000]);
  });

  it("names a segment that is cut", async () => {
    core.catalogue.segments.apply({
      add: [{ path: "a.parquet", day: "2026-05-05", level: 0, rows: 2, bytes: 100, firstMs: 1, minLastMs: 2, lastMs: 3, columns: ["id"], openRows: 0, totalPackets: 4, totalBytes: 5 }], remove: [], superseded: [],
    });
    writeFileSync(path.join(core.directories.sessions, "a.parquet"), "short");
    expect(await failing()).toEqual([{ name: "segments", needed: true, detail: "missing or cut: a.parquet; `lookback rebuild` makes them again" }]);
  });

  it("asks its checks once in two seconds, however often it is asked", async () => {
    const checks = new HealthChecks(clock);
    let asked = 0;
    checks.add("counted", "nothing", () => Promise.resolve({ ok: ++asked > 1, detail: "" }));
    for (let times = 0; times < 10; times += 1) expect(await checks.run()).toMatchObject([{ ok: false }]);
    clock.now += 2_000;
    expect(await checks.run()).toMatchObject([{ ok: true }]);
    expect(asked).toBe(2);
  });
});

describe("a check that does not answer", () => {
  it("has failed after five seconds, keeps no other from being answered, and is not begun again until it ended", async () => {
    const waiting = new Set<() => void>();
    const checks = new HealthChecks(clock, (run) => {
      waiting.add(run);
      return () => { waiting.delete(run); };
    });
    let [hung, quick] = [0, 0];
    let answer = (): void => {};
    checks.watch("hung", "the mount of /p", () => {
      hung += 1;
      return new Promise((resolve) => { answer = () => { resolve({ ok: true, detail: "" }); }; });
    });
    checks.add("quick", "nothing", () => Promise.resolve({ ok: true, detail: String(quick += 1) }));
    const first = checks.run();
    clock.now += 3_000;
    expect(checks.run()).toBe(first);
    await expect.poll(() => waiting.size).toBe(1);
    clock.now += 2_000;
    for (const run of waiting) run();
    expect(await first).toMatchObject([{ name: "hung", ok: false, detail: expect.stringMatching(/^no answer for 5 s: the mount of \/p does not answer$/) }, { name: "quick", ok: true, detail: "1" }]);
    for (let poll = 2; poll <= 40; poll += 1) {
      clock.now += 2_000;
      expect(await checks.run()).toMatchObject([{ ok: false }, { ok: true, detail: String(poll) }]);
    }
    expect([hung, quick]).toEqual([1, 40]);
    answer();
    clock.now += 2_000;
    await checks.run();
    clock.now += 2_000;
    const again = checks.run();
    await expect.poll(() => hung).toBe(2);
    answer();
    expect(await again).toMatchObject([{ ok: true }, { ok: true }]);
  });
});

describe("trying to write", () => {
  it("says why it fails", async () => {
    const directory = temporaryDirectory();
    writeFileSync(path.join(directory, "file"), "");
    expect(await tryWriting(directory)).toBeNull();
    expect(await tryWriting(path.join(directory, "file"))).toBe("not a directory");
    expect(await tryWriting("/proc/self")).not.toBeNull();
    if (process.getuid?.() === 0) return;
    chmodSync(directory, 0o500);
    expect(await tryWriting(directory)).toBe("no right to write");
  });
});

describe("metrics", () => {
  it("say how devices, tasks, files, exports and the process are", async () => {
    const { catalogue } = core;
    const own = catalogue.files.add({ node: "n", path: "/p/1.pcap", displayName: "/p/1.pcap", stream: "00", storage: "own", state: "complete", format: "pcap" });
    catalogue.files.update(own, { bytes: 700, firstMs: 1_000 });
    catalogue.exports.add({ id: "e", owner: "ana", request: {}, expiresAtMs: null });
    scheduler.register({ name: "good", description: "d", cron: "1 4 * * *", timeZone: "UTC", run: () => Promise.resolve({}) });
    scheduler.register({ name: "bad", description: "d", cron: "1 4 * * *", timeZone: "UTC", run: () => Promise.reject(new Error("no")) });
    conditions = [{ kind: "forecast-low", subject: "packets", days: 1, thresholdDays: 2 }];
    const metrics = metricsOf({ ...sources(), version: "1.2.3" });
    await scheduler.runNow("good").ended;
    await scheduler.runNow("bad").ended;
    scheduler.pause("bad", "ada");
    scheduler.register({ name: "forecast", description: "d", cron: "1 4 * * *", timeZone: "UTC", run: () => Promise.resolve({ packetDays: 12.5, sessionDays: null }) });
    await scheduler.runNow("forecast").ended;
    catalogue.holds.add({ subject: "file", subjectId: "1", reason: "x", createdBy: "ann" });
    const text = await metrics.text();
    for (const line of [
      'lookback_packet_files{storage="own"} 1', 'lookback_packet_bytes{storage="own"} 700', 'lookback_exports{state="queued"} 1',
      'lookback_task_runs_total{task="good",outcome="ok"} 1', 'lookback_task_runs_total{task="bad",outcome="failed"} 1', 'lookback_task_failures{task="bad"} 1',
      'lookback_task_paused{task="bad"} 1', 'lookback_task_seconds_count{task="good"} 1', `lookback_task_last_success_timestamp_seconds{task="good"} ${clock.now / 1000}`,
      'lookback_retention_conditions{kind="forecast-low"} 1', "lookback_retention_deleted_files_total 3", "lookback_retention_deleted_bytes_total 900", "lookback_retention_expired_days_total 2",
      'lookback_forecast_days{of="packets"} 12.5', 'lookback_holds{subject="file"} 1', "lookback_held_packet_bytes 0", 'lookback_retention_conditions{kind="target-unreachable"} 0',
      `lookback_retention_target_reached{directory="${core.directories.packets}"} 1`, `lookback_build_info{version="1.2.3",node="${process.version}"} 1`, "lookback_metrics_unreadable 0",
    ]) expect(text.split("\n")).toContain(line);
    expect(text).toMatch(new RegExp(`^lookback_device_free_bytes\\{directory="${core.directories.packets}"\\} [1-9]\\d+$`, "m"));
    expect(text).toMatch(/^process_resident_memory_bytes [1-9]\d+$/m);
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("leave out what cannot be read, and say so", async () => {
    const metrics = metricsOf({ ...sources(), version: "1" });
    core.catalogue.close();
    const text = await metrics.text();
    expect(text).toMatch(/^process_open_fds \d+$/m);
    expect(Number(/lookback_metrics_unreadable (\d+)/.exec(text)?.[1])).toBeGreaterThan(5);
  });
});
