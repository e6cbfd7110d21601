import { mkdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addCaptureMetrics } from "../../../src/app/capture-metrics.js";
import { directoriesOf, type Core } from "../../../src/app/core.js";
import { healthChecks } from "../../../src/app/health.js";
import { silentLogger } from "../../../src/base/logger.js";
import { CaptureRunRecord } from "../../../src/capture/capture-run.js";
import { saveStatistics } from "../../../src/capture/live-statistics.js";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import { loadConfig } from "../../../src/config/config.js";
import { LiveConfig } from "../../../src/config/live-config.js";
import { Metrics } from "../../../src/http/metrics.js";
import { packagedCatalogue } from "../../../src/model/field-catalogue.js";
import { PacketFilePresence } from "../../../src/packet-store/packet-store.js";
import { liveStatistics } from "../../support/capture-observations.js";
import { MemoryStore } from "../../support/memory-store.js";
import { sourceLedger } from "../../support/source-ledger.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const SECOND = 1000;
const START = Date.UTC(2026, 4, 5);
const clock = { now: START, nowMs: () => clock.now };
let directory: string;
let catalogue: Catalogue;

const begin = (): CaptureRunRecord => new CaptureRunRecord({ settings: catalogue.settings, clock, logger: silentLogger, node: "n", interfaces: "eth0" });

beforeEach(() => {
  clock.now = START;
  directory = temporaryDirectory();
  catalogue = openCatalogue(directory, clock);
});
afterEach(() => { catalogue.close(); });

describe("health of capture", () => {
  const check = async () => {
    const config = loadConfig({ file: null, node: "n", environment: {}, workingDirectory: directory, overrides: { dataDir: directory, freeSpaceG: "0" } });
    const directories = directoriesOf(config);
    for (const name of [directories.packets, directories.sessions, directories.exports]) mkdirSync(name, { recursive: true });
    const core: Core = {
      config, live: new LiveConfig(config), directories, logger: silentLogger, fields: packagedCatalogue(), catalogue, presence: new PacketFilePresence(clock.nowMs), store: new MemoryStore([]), cluster: null,
      native: {} as Core["native"],
    };
    const checks = await healthChecks({ core, scheduler: { status: () => [] }, watch: { conditions: () => [] }, retention: { unmeasured: [] }, clock }).run();
    const found = checks.find(({ name }) => name === "capture");
    // Questions can be answered all the same.
    expect(found).toMatchObject({ needed: false });
    return [found?.ok, found?.detail];
  };

  it("is good while nothing is wrong: never started, starting, running, stopped", async () => {
    expect(await check()).toEqual([true, "no capture was ever started"]);
    const run = begin();
    expect(await check()).toEqual([true, "the capture of n/eth0 is starting"]);
    saveStatistics(catalogue.settings, liveStatistics(START, START));
    expect(await check()).toEqual([true, "the capture of n/eth0 runs and loses nothing"]);
    run.end();
    clock.now += 999 * SECOND;
    expect(await check()).toEqual([true, "the capture of n/eth0 was stopped"]);
  });

  it("names a capture that is silent, with its age, and one that starts again", async () => {
    begin();
    saveStatistics(catalogue.settings, liveStatistics(START, START));
    clock.now += 30 * SECOND;
    begin();
    expect(await check()).toEqual([false, "the capture of n/eth0 starts again after it ended by itself"]);
    clock.now += 45 * SECOND;
    expect(await check()).toEqual([false, "the capture of n/eth0 is down: it was started and nothing was heard of it since; it captured nothing for 75 s"]);
  });

  it("names what was lost in the last minute, and a directory that takes nothing", async () => {
    begin();
    saveStatistics(catalogue.settings, liveStatistics(START, START, { failedDirectories: [{ directory: "/b", failedMs: START, reason: "/b/1.pcap: gone" }] }));
    catalogue.captureLedger.add({ node: "n", interface: "eth0", fromMs: START, untilMs: START, received: 9, stored: 2, byRule: 0, malformed: 0, cut: 0, duplicate: 0, lostToKernel: 5, lostToInterface: 0, lostToQueue: 0, lostToDisk: 2, uncounted: false });
    expect(await check()).toEqual([false, "the capture of n/eth0 loses packets: 7 in the last minute (5 dropped by the kernel, 2 could not be written); packet directory /b takes nothing: /b/1.pcap: gone"]);
  });
});

describe("metrics of capture", () => {
  const samples = async (): Promise<readonly string[]> => {
    const metrics = new Metrics();
    addCaptureMetrics(metrics, catalogue, clock);
    return (await metrics.text()).split("\n").filter((line) => line.startsWith("lookback_capture"));
  };

  it("are none before a capture was started", async () => {
    expect(await samples()).toEqual([]);
  });

  it("say what each interface counted, whatever the number of its sources, and what is known of its losses", async () => {
    begin();
    saveStatistics(catalogue.settings, liveStatistics(START, START + 2 * SECOND, {
      interface: "eth0,eth1", openSessions: 12, counters: { "sessions.indexLost": 6 }, failedDirectories: [{ directory: "/b", failedMs: START, reason: "gone" }],
      sources: [
        sourceLedger("eth0", { bytes: 1000, stored: 10, byRule: 2, malformed: 3, cut: 4, duplicate: 5, lostToQueue: 6, lostToDisk: 7, droppedByKernel: 8, droppedByInterface: 9, damagedBlocks: 1, wentDown: 4 }),
        sourceLedger("eth0", { bytes: 500, stored: 1, droppedByKernel: 2, droppedByInterface: 9, damagedBlocks: 2 }), sourceLedger("eth1", { stored: 20, droppedByKernel: 0 }),
      ],
    }));
    clock.now = START + 5 * SECOND;
    const eth0 = 'node="n",interface="eth0"';
    const eth1 = 'node="n",interface="eth1"';
    expect(await samples()).toEqual([
      `lookback_capture_received_packets_total{${eth0}} 50`, `lookback_capture_received_packets_total{${eth1}} 20`,
      `lookback_capture_stored_packets_total{${eth0}} 11`, `lookback_capture_stored_packets_total{${eth1}} 20`,
      `lookback_capture_packets_by_rule_total{${eth0}} 2`, `lookback_capture_packets_by_rule_total{${eth1}} 0`,
      `lookback_capture_malformed_packets_total{${eth0}} 3`, `lookback_capture_malformed_packets_total{${eth1}} 0`,
      `lookback_capture_cut_packets_total{${eth0}} 4`, `lookback_capture_cut_packets_total{${eth1}} 0`,
      `lookback_capture_duplicate_packets_total{${eth0}} 5`, `lookback_capture_duplicate_packets_total{${eth1}} 0`,
      `lookback_capture_lost_packets_total{${eth0},reason="kernel"} 10`, `lookback_capture_lost_packets_total{${eth0},reason="interface"} 9`,
      `lookback_capture_lost_packets_total{${eth0},reason="queue"} 6`, `lookback_capture_lost_packets_total{${eth0},reason="disk"} 7`,
      `lookback_capture_lost_packets_total{${eth1},reason="kernel"} 0`, `lookback_capture_lost_packets_total{${eth1},reason="queue"} 0`, `lookback_capture_lost_packets_total{${eth1},reason="disk"} 0`,
      `lookback_capture_bytes_total{${eth0}} 1500`, `lookback_capture_bytes_total{${eth1}} 0`,
      `lookback_capture_interface_down_total{${eth0}} 4`, `lookback_capture_interface_down_total{${eth1}} 0`,
      `lookback_capture_damaged_blocks_total{${eth0}} 3`, `lookback_capture_damaged_blocks_total{${eth1}} 0`,
      'lookback_capture_lost_sessions_total{node="n"} 6', 'lookback_capture_open_sessions{node="n"} 12', 'lookback_capture_failed_directories{node="n"} 1',
      `lookback_capture_start_timestamp_seconds{node="n"} ${START / SECOND}`, 'lookback_capture_statistics_age_seconds{node="n"} 3',
      'lookback_capture_up{node="n"} 1', 'lookback_capture_wanted{node="n"} 1',
    ]);
  });

  it("leave out what libpcap does not know, and name the interface of pushed packets", async () => {
    begin();
    saveStatistics(catalogue.settings, liveStatistics(START, START, { sources: [sourceLedger("", { stored: 3, bytes: 200, droppedByKernel: null })] }));
    const found = await samples();
    expect(found.filter((line) => line.startsWith("lookback_capture_lost_packets_total"))).toEqual(["queue", "disk"].map((reason) => `lookback_capture_lost_packets_total{node="n",interface="eth0",reason="${reason}"} 0`));
    expect(found).toContain('lookback_capture_bytes_total{node="n",interface="eth0"} 200');
  });

  it("tell a capture that is down from one that was stopped", async () => {
    const upAndWanted = async () => (await samples()).filter((line) => /_(up|wanted)\{/.test(line)).map((line) => line.at(-1));
    const run = begin();
    expect(await upAndWanted()).toEqual(["0", "1"]);
    saveStatistics(catalogue.settings, liveStatistics(START, START));
    expect(await upAndWanted()).toEqual(["1", "1"]);
    clock.now += 61 * SECOND;
    expect(await upAndWanted()).toEqual(["0", "1"]);
    run.end();
    expect(await upAndWanted()).toEqual(["0", "0"]);
  });

  it("say of each sensor how far it is behind, also of one that died", async () => {
    const lags = async () => (await samples()).filter((line) => line.startsWith("lookback_capture_complete_until_lag_seconds"));
    expect(await lags()).toEqual([]);
    catalogue.marks.set({ stream: "a", node: "east", replayFromOrdinal: null, nextOrdinal: 1, completeUntilMs: START - 2500 });
    catalogue.marks.set({ stream: "b", node: "west", replayFromOrdinal: null, nextOrdinal: 1, completeUntilMs: null });
    expect(await lags()).toEqual(['lookback_capture_complete_until_lag_seconds{node="east"} 2.5', 'lookback_capture_complete_until_lag_seconds{node="west"} 0']);
    clock.now += 600 * SECOND;
    expect(await lags()).toEqual(['lookback_capture_complete_until_lag_seconds{node="east"} 602.5', 'lookback_capture_complete_until_lag_seconds{node="west"} 0']);
  });
});
