import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../../src/base/logger.js";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import { CaptureAlarms } from "../../../src/app/capture-alarms.js";
import { observeCapture } from "../../../src/app/capture-observation.js";
import { CaptureRunRecord } from "../../../src/capture/capture-run.js";
import { saveStatistics } from "../../../src/capture/live-statistics.js";
import { RetentionWatch } from "../../../src/watching/retention-watch.js";
import { liveStatistics } from "../../support/capture-observations.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const SECOND = 1000;
const START = Date.UTC(2026, 4, 5);
const clock = { now: START, nowMs: () => clock.now };
let catalogue: Catalogue;
let told: string[];
let alarms: CaptureAlarms;

const open = (): CaptureAlarms => {
  const watch = new RetentionWatch({
    log: catalogue.retentionEvents, clock, logger: silentLogger, urls: [],
    deliver: ({ kind, subject, phase }) => { told.push(`${kind} ${subject} ${phase}`); },
  });
  return new CaptureAlarms({ observe: (nowMs) => observeCapture(catalogue, nowMs), events: watch, clock, logger: silentLogger });
};
const begin = (interfaces = "eth0"): CaptureRunRecord => new CaptureRunRecord({ settings: catalogue.settings, clock, logger: silentLogger, node: "n", interfaces });
/** The capture that began at `startedMs` tells its statistics. */
const tell = (startedMs: number, more: Parameters<typeof liveStatistics>[2] = {}): void => { saveStatistics(catalogue.settings, liveStatistics(startedMs, clock.now, more)); };
/** What a look finds that was not told before. */
const look = (): readonly string[] => {
  told.length = 0;
  alarms.look();
  return [...told];
};

beforeEach(() => {
  clock.now = START;
  told = [];
  catalogue = openCatalogue(temporaryDirectory(), clock);
  alarms = open();
});
afterEach(() => { catalogue.close(); });

describe("alarms of capture", () => {
  it("tell nothing of a capture that was never started, starts, runs, or was stopped", () => {
    expect(look()).toEqual([]);
    const run = begin();
    expect(look()).toEqual([]);
    tell(START);
    expect(look()).toEqual([]);
    run.end();
    clock.now += 999 * SECOND;
    expect(look()).toEqual([]);
  });

  it("tell once that a capture is silent, and once that it is not when it has run for a while", () => {
    begin();
    tell(START);
    clock.now += 61 * SECOND;
    expect(look()).toEqual(["capture-down n/eth0 began"]);
    clock.now += 5 * SECOND;
    expect(look()).toEqual([]);
    // Started again: that it told something once may be all it does.
    begin();
    tell(clock.now);
    expect(look()).toEqual([]);
    const startedMs = clock.now;
    clock.now += 9 * SECOND;
    tell(startedMs);
    expect(look()).toEqual([]);
    clock.now += SECOND;
    tell(startedMs);
    expect(look()).toEqual(["capture-down n/eth0 ended"]);
  });

  it("tell a failure at once, once for however many starts fail, and that it is over when somebody stops trying", () => {
    for (let start = 0; start < 5; start += 1) {
      const run = begin();
      expect(look()).toEqual([]);
      run.failed(new Error("the interface is gone"));
      run.end();
      expect(look()).toEqual(start === 0 ? ["capture-down n/eth0 began"] : []);
      clock.now += SECOND;
    }
    begin().end();
    expect(look()).toEqual(["capture-down n/eth0 ended"]);
  });

  it("end what was told of other interfaces, also by an earlier process", () => {
    begin("eth0").failed(new Error("the interface is gone"));
    alarms.look();
    alarms = open();
    begin("eth1").failed(new Error("the interface is gone"));
    expect(look()).toEqual(["capture-down n/eth1 began", "capture-down n/eth0 ended"]);
  });

  it("tell that packets are lost, by interface, until a minute went by without", () => {
    begin();
    const span = { node: "n", interface: "eth0", fromMs: START, received: 9, stored: 7, byRule: 0, malformed: 0, cut: 0, duplicate: 0, lostToKernel: 0, lostToInterface: 0, lostToQueue: 0, lostToDisk: 0, uncounted: false };
    catalogue.captureLedger.add({ ...span, untilMs: START });
    expect(look()).toEqual([]);
    catalogue.captureLedger.add({ ...span, untilMs: START + SECOND, lostToQueue: 2 });
    catalogue.captureLedger.add({ ...span, interface: "eth1", untilMs: START + 2 * SECOND, lostToKernel: 2 });
    clock.now = START + 2 * SECOND;
    expect(look()).toEqual(["capture-loss n/eth0 began", "capture-loss n/eth1 began"]);
    clock.now = START + 61 * SECOND;
    tell(START);
    expect(look()).toEqual([]);
    clock.now = START + 62 * SECOND;
    expect(look()).toEqual(["capture-loss n/eth0 ended"]);
    clock.now = START + 63 * SECOND;
    expect(look()).toEqual(["capture-loss n/eth1 ended"]);
  });

  it("tell which packet directory takes nothing, until it does or the capture is stopped", () => {
    const run = begin();
    const failed = (directory: string) => ({ directory, failedMs: START, reason: `${directory}/1.pcap: gone` });
    tell(START, { failedDirectories: [failed("/a"), failed("/b")] });
    expect(look()).toEqual(["packet-directory-failed /a began", "packet-directory-failed /b began"]);
    tell(START, { failedDirectories: [failed("/b")] });
    expect(look()).toEqual(["packet-directory-failed /a ended"]);
    run.end();
    expect(look()).toEqual(["packet-directory-failed /b ended"]);
  });

  it("say so when the catalogue cannot be read, and look again", () => {
    const errors: string[] = [];
    let reads = 0;
    const unsteady = new CaptureAlarms({
      observe: () => { reads += 1; throw new Error("database is locked"); }, events: { raise() {}, clear() {}, lasting: () => [] }, clock,
      logger: { ...silentLogger, error: (_fields, message) => { errors.push(message); } },
    });
    unsteady.look();
    unsteady.look();
    expect([reads, errors.length]).toEqual([2, 2]);
  });
});
