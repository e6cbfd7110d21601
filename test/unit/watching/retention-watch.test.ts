import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../../src/base/logger.js";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import { describeCondition, RetentionWatch } from "../../../src/watching/retention-watch.js";
import type { WatchedEvent } from "../../../src/watching/watched-event.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const HOUR = 3_600_000;
const clock = { now: 0, nowMs: () => clock.now };
const short = { kind: "target-unreachable", subject: "/packets", targetBytes: 3 * 2 ** 30, freeBytes: 2 ** 30, shortfallBytes: 2 * 2 ** 30 } as const;
const ready = { kind: "export-ready", subject: "e1", user: "ana", sessions: 2, packets: 9, bytes: 1536 } as const;
let catalogue: Catalogue;
let told: WatchedEvent[];
const everything = () => true;

/** A log on a full device. */
const fullLog = { add: () => { throw new Error("database or disk is full"); }, openConditions: () => [], list: () => [], get: () => null, deliveries: () => [] };

function watch(): RetentionWatch {
  return new RetentionWatch({ log: catalogue.retentionEvents, clock, logger: silentLogger, urls: [], deliver: (event) => { told.push(event); } });
}

beforeEach(() => {
  clock.now = Date.UTC(2026, 4, 5);
  told = [];
  catalogue = openCatalogue(temporaryDirectory(), clock);
});
afterEach(() => catalogue.close());

describe("watching retention", () => {
  it("tells a condition when it begins, once a day while it lasts, and when it ends", () => {
    const one = watch();
    for (let minute = 0; minute < 50 * 60; minute += 1) {
      one.raise(short);
      clock.now += 60_000;
    }
    one.clear("target-unreachable", "/packets");
    one.clear("target-unreachable", "/packets");
    one.clear("hold-blocks", "7");
    expect(told.map(({ phase, atMs }) => [phase, (atMs - Date.UTC(2026, 4, 5)) / HOUR])).toEqual([["began", 0], ["lasts", 24], ["lasts", 48], ["ended", 50]]);
    expect(told.map(({ message }) => message)).toEqual([
      "/packets is 2.0 GiB short of the free space it should have (1.0 GiB of 3.0 GiB), and nothing more may be deleted there",
      expect.stringContaining("is still 2.0 GiB short"), expect.stringContaining("is still"), "/packets has as much free space again as it should have",
    ]);
    expect(one.conditions()).toEqual([]);
  });

  it("knows after a restart which conditions last, and tells them apart by subject", () => {
    watch().raise(short);
    const again = watch();
    expect(again.conditions()).toEqual([short]);
    again.raise({ ...short, freeBytes: 5 });
    again.raise({ ...short, subject: "/other" });
    expect(again.conditions()).toEqual([{ ...short, freeBytes: 5 }, { ...short, subject: "/other" }]);
    again.clear("target-unreachable", "/packets");
    expect(told.map(({ subject, phase }) => `${subject} ${phase}`)).toEqual(["/packets began", "/other began", "/packets ended"]);
    expect(watch().conditions()).toEqual([{ ...short, subject: "/other" }]);
  });

  it("tells a condition again when the clock was set back", () => {
    const one = watch();
    one.raise(short);
    clock.now -= 90 * 24 * HOUR;
    one.raise(short);
    expect(told.map(({ phase }) => phase)).toEqual(["began", "lasts"]);
  });

  it("has words for every kind", () => {
    const one = watch();
    one.raise(ready);
    one.raise({ kind: "forecast-low", subject: "packets", days: 2.25, thresholdDays: 7 });
    one.raise({ kind: "hold-blocks", subject: "7", items: 3, bytes: 10 });
    one.clear("forecast-low", "packets");
    one.clear("hold-blocks", "7");
    expect(told.map(({ message }) => message)).toEqual([
      "export e1 of ana is ready: 2 sessions, 9 packets, 1.5 KiB", "packets will be kept for 2.3 days only; 7 are wanted", "hold 7 keeps 3 things (10 bytes) that would be deleted now",
      "packets will be kept long enough again", "hold 7 keeps nothing from being deleted any more",
    ]);
  });

  it("says of a capture what it lost and why it is down, and which packet directory takes nothing", () => {
    const one = watch();
    const down = { kind: "capture-down", subject: "n/eth0", reason: "the interface is gone", silentSeconds: 75 } as const;
    const failed = { kind: "packet-directory-failed", subject: "/b", reason: "/b/1.pcap: input/output error" } as const;
    const loss = { kind: "capture-loss", subject: "n/eth0", lostPackets: 10, lostToKernel: 7, lostToInterface: 0, lostToQueue: 1, lostToDisk: 2 } as const;
    for (const condition of [down, failed, loss]) one.raise(condition);
    clock.now += 24 * HOUR;
    for (const condition of [down, failed, loss]) one.raise(condition);
    expect(watch().conditions()).toEqual([down, failed, loss]);
    for (const { kind, subject } of [down, failed, loss]) one.clear(kind, subject);
    expect(told.map(({ message }) => message)).toEqual([
      "the capture of n/eth0 is down: the interface is gone", "packet directory /b takes nothing: /b/1.pcap: input/output error",
      "the capture of n/eth0 loses packets: 10 in the last minute (7 dropped by the kernel, 1 found our queue full, 2 could not be written)",
      "the capture of n/eth0 is still down: the interface is gone", "packet directory /b still takes nothing: /b/1.pcap: input/output error",
      "the capture of n/eth0 still loses packets: 10 in the last minute (7 dropped by the kernel, 1 found our queue full, 2 could not be written)",
      "the capture of n/eth0 is not down any more", "packet directory /b is not failing any more", "the capture of n/eth0 loses no packets any more",
    ]);
    expect(told[0]).toMatchObject({ reason: "the interface is gone", user: null, facts: { silentSeconds: 75 } });
    expect(describeCondition(failed)).toBe("packet directory /b takes nothing: /b/1.pcap: input/output error");
  });

  it("lists what was, for whoever may see it, in pages", () => {
    const one = watch();
    for (let at = 0; at < 601; at += 1) one.raise({ ...ready, subject: `e${at}`, user: at % 600 === 0 ? "ana" : "bob" });
    const mine = ({ user }: WatchedEvent) => user === "ana";
    expect(one.list(10, null, mine).map(({ subject }) => subject)).toEqual(["e600", "e0"]);
    expect(one.list(1, null, mine).map(({ subject }) => subject)).toEqual(["e600"]);
    expect(one.list(3, 3, everything).map(({ subject }) => subject)).toEqual(["e1", "e0"]);
  });

  it("gives readers what they may see, until they leave", async () => {
    const one = watch();
    const abort = new AbortController();
    const events = one.events(abort.signal, ({ kind }) => kind === "export-ready");
    one.raise(short);
    one.raise(ready);
    expect(await events.next()).toMatchObject({ value: { kind: "export-ready", phase: "occurred", user: "ana", facts: { packets: 9 } } });
    const waiting = events.next();
    abort.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it("keeps at most a thousand events for a reader that does not read", async () => {
    const one = new RetentionWatch({ log: fullLog, clock, logger: silentLogger, urls: [], deliver() {} });
    const events = one.events(null, everything);
    for (let at = 0; at < 1005; at += 1) one.raise({ ...ready, subject: `e${at}` });
    expect(await events.next()).toMatchObject({ value: { subject: "e5" } });
    one.stop();
  });

  it("tells all the same what the catalogue cannot take, and does not tell it every minute", () => {
    const one = new RetentionWatch({
      log: fullLog, clock, logger: silentLogger, urls: [], deliver: (event) => { told.push(event); },
    });
    one.raise(short);
    one.raise(short);
    expect(told).toMatchObject([{ id: null, phase: "began", subject: "/packets" }]);
  });
});
