import { beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../../src/base/logger.js";
import { CaptureRunRecord, loadRun, settleFailedRun } from "../../../src/capture/capture-run.js";

const clock = { now: 0, nowMs: () => clock.now };
let stored: Map<string, string>;
const settings = { get: (key: string) => stored.get(key) ?? null, set: (key: string, value: string) => { stored.set(key, value); } };
const begin = (atMs: number): CaptureRunRecord => {
  clock.now = atMs;
  return new CaptureRunRecord({ settings, clock, logger: silentLogger, node: "n", interfaces: "eth0" });
};

beforeEach(() => { stored = new Map(); });

describe("the note of a capture's run", () => {
  it("says that it was started, what it captures, and that it was stopped", () => {
    expect(loadRun(settings)).toBeNull();
    const run = begin(1000);
    expect(loadRun(settings)).toEqual({ node: "n", interface: "eth0", startedMs: 1000, wantedSinceMs: 1000, endedMs: null, failure: null });
    run.captures("eth0,eth1");
    clock.now = 5000;
    run.end();
    expect(loadRun(settings)).toEqual({ node: "n", interface: "eth0,eth1", startedMs: 1000, wantedSinceMs: 1000, endedMs: 5000, failure: null });
  });

  it("says why it cannot go on, at once: what ends it may take long", () => {
    const run = begin(1000);
    run.failed(new Error("the interface is gone"));
    expect(loadRun(settings)).toMatchObject({ endedMs: null, failure: "the interface is gone" });
    run.failed("something that follows from it");
    clock.now = 2000;
    run.end();
    expect(loadRun(settings)).toMatchObject({ endedMs: 2000, failure: "the interface is gone" });
  });

  it("knows since when packets are to be captured: the first start after a stop", () => {
    begin(1000);
    // Killed.
    begin(2000).failed(new Error("no"));
    const third = begin(3000);
    expect(loadRun(settings)).toEqual({ node: "n", interface: "eth0", startedMs: 3000, wantedSinceMs: 1000, endedMs: null, failure: null });
    third.end();
    begin(4000);
    expect(loadRun(settings)).toMatchObject({ startedMs: 4000, wantedSinceMs: 4000 });
  });

  it("a failure that was ended in order is no stop on purpose", () => {
    const run = begin(1000);
    run.failed(new Error("no"));
    run.end();
    begin(2000);
    expect(loadRun(settings)).toMatchObject({ wantedSinceMs: 1000 });
  });

  it("is settled when nothing is to be captured, unless it may go on", () => {
    settleFailedRun(settings);
    expect(stored.size).toBe(0);
    const run = begin(1000);
    settleFailedRun(settings);
    run.failed(new Error("no right to capture"));
    settleFailedRun(settings);
    expect(loadRun(settings)).toMatchObject({ endedMs: null, failure: "no right to capture" });
    run.end();
    settleFailedRun(settings);
    expect(loadRun(settings)).toEqual({ node: "n", interface: "eth0", startedMs: 1000, wantedSinceMs: 1000, endedMs: 1000, failure: null });
  });

  it("ends nothing when it cannot be taken, and is none when another version took it", () => {
    const full = { get: settings.get, set: () => { throw new Error("database or disk is full"); } };
    const warned: string[] = [];
    const run = new CaptureRunRecord({ settings: full, clock, logger: { ...silentLogger, warn: (_fields, message) => { warned.push(message); } }, node: "n", interfaces: "eth0" });
    run.end();
    expect(warned).toHaveLength(2);
    for (const other of ["{}", "null", '{"node":"n","interface":"eth0","startedMs":"1","wantedSinceMs":1,"endedMs":null,"failure":null}']) {
      stored.set("capture.run", other);
      expect(loadRun(settings)).toBeNull();
    }
  });
});
