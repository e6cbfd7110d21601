import { describe, expect, it } from "vitest";
import { captureConditions, captureState, isUndecided } from "../../../src/capture/capture-state.js";
import { captureRun, liveStatistics } from "../../support/capture-observations.js";

const SECOND = 1000;
const HOUR = 3_600_000;
/** When the run began. */
const T = 1_000 * HOUR;
const kindAt = (...[run, statistics, nowMs]: [ReturnType<typeof captureRun>, ReturnType<typeof liveStatistics> | null, number]) => captureState({ run, statistics, nowMs }).kind;

describe("the state of a capture", () => {
  it("is nothing before the first start, and stopped once it was told to end", () => {
    expect(captureState({ run: null, statistics: null, nowMs: T })).toEqual({ kind: "never" });
    expect(kindAt(captureRun(T, { endedMs: T + HOUR }), liveStatistics(T, T + HOUR), T + 9 * HOUR)).toBe("stopped");
  });

  it("is running while its statistics are at most a minute old", () => {
    const told = liveStatistics(T + SECOND, T + HOUR);
    expect(kindAt(captureRun(T), told, T + HOUR + 60 * SECOND)).toBe("running");
    expect(captureState({ run: captureRun(T), statistics: told, nowMs: T + HOUR + 61 * SECOND })).toEqual({
      kind: "down", run: captureRun(T), reason: "nothing was heard of it for 61 s", silentSeconds: 61,
    });
  });

  it("is starting for a minute until it tells something, and then down", () => {
    expect(captureState({ run: captureRun(T), statistics: null, nowMs: T + 60 * SECOND })).toEqual({ kind: "starting", run: captureRun(T), again: false });
    expect(captureState({ run: captureRun(T), statistics: null, nowMs: T + 61 * SECOND })).toMatchObject({
      kind: "down", reason: "it was started and nothing was heard of it since; it captured nothing for 61 s", silentSeconds: 61,
    });
    // What a run told that was stopped long ago says nothing of this one, but that it was stopped on purpose.
    const old = liveStatistics(T - 9 * HOUR, T - 8 * HOUR);
    expect(kindAt(captureRun(T), old, T + SECOND)).toBe("starting");
    expect(captureState({ run: captureRun(T), statistics: old, nowMs: T + 61 * SECOND })).toMatchObject({ kind: "down", silentSeconds: 61 });
  });

  it("is down as soon as it cannot go on, for as long as nothing was heard", () => {
    const told = liveStatistics(T, T + HOUR);
    for (const endedMs of [null, T + HOUR]) {
      expect(captureState({ run: captureRun(T, { failure: "the interface is gone", endedMs }), statistics: told, nowMs: T + HOUR + 5 * SECOND })).toMatchObject({ kind: "down", reason: "the interface is gone", silentSeconds: 5 });
    }
  });

  it("is starting again when it was killed a moment ago, and down when starting over and over brings nothing", () => {
    const again = captureRun(T + HOUR, { wantedSinceMs: T });
    const told = liveStatistics(T, T + HOUR - SECOND);
    expect(captureState({ run: again, statistics: told, nowMs: T + HOUR + SECOND })).toEqual({ kind: "starting", run: again, again: true });
    const restarted = captureRun(T + HOUR + 70 * SECOND, { wantedSinceMs: T });
    expect(captureState({ run: restarted, statistics: told, nowMs: T + HOUR + 71 * SECOND })).toMatchObject({ kind: "down", silentSeconds: 72 });
  });

  it("is settled ten seconds after it began", () => {
    const state = (toldMs: number) => captureState({ run: captureRun(T), statistics: liveStatistics(T, toldMs), nowMs: toldMs });
    expect(state(T + 9 * SECOND)).toMatchObject({ kind: "running", settled: false });
    expect(state(T + 10 * SECOND)).toMatchObject({ kind: "running", settled: true });
    expect([state(T + 9 * SECOND), state(T + 10 * SECOND), captureState({ run: captureRun(T), statistics: null, nowMs: T })].map(isUndecided)).toEqual([true, false, true]);
    expect(isUndecided(captureState({ run: captureRun(T, { failure: "no" }), statistics: null, nowMs: T }))).toBe(false);
    expect(isUndecided(captureState({ run: captureRun(T, { endedMs: T }), statistics: null, nowMs: T }))).toBe(false);
  });

  it("is not taken for running by times from before the clock was set back", () => {
    const told = liveStatistics(T, T + HOUR);
    expect(captureState({ run: captureRun(T), statistics: told, nowMs: T - 9 * HOUR })).toMatchObject({ kind: "down", silentSeconds: 0 });
    // It goes on, and tells with the new clock.
    expect(kindAt(captureRun(T - 20 * HOUR, { wantedSinceMs: T }), liveStatistics(T - 20 * HOUR, T - 9 * HOUR), T - 9 * HOUR)).toBe("running");
  });
});

describe("what is told of a capture", () => {
  const failedDirectories = [{ directory: "/b", failedMs: T, reason: "/b/1.pcap: gone" }];
  const loss = { node: "n", interface: "eth1", lostToKernel: 1, lostToInterface: 20, lostToQueue: 300, lostToDisk: 4000 };

  it("is nothing while it runs and loses nothing, was stopped, or never was", () => {
    expect(captureConditions({ run: captureRun(T), statistics: liveStatistics(T, T), losses: [], nowMs: T })).toEqual([]);
    expect(captureConditions({ run: null, statistics: null, losses: [], nowMs: T })).toEqual([]);
    expect(captureConditions({ run: captureRun(T, { endedMs: T }), statistics: liveStatistics(T, T, { failedDirectories }), losses: [], nowMs: T + HOUR })).toEqual([]);
  });

  it("is what each interface lost, why it is down, and which directories take nothing", () => {
    expect(captureConditions({ run: captureRun(T, { interface: "eth0,eth1" }), statistics: liveStatistics(T, T, { failedDirectories }), losses: [loss], nowMs: T + 75 * SECOND })).toEqual([
      { kind: "capture-down", subject: "n/eth0,eth1", reason: "nothing was heard of it for 75 s", silentSeconds: 75 },
      { kind: "capture-loss", subject: "n/eth1", lostPackets: 4321, lostToKernel: 1, lostToInterface: 20, lostToQueue: 300, lostToDisk: 4000 },
      { kind: "packet-directory-failed", subject: "/b", reason: "/b/1.pcap: gone" },
    ]);
  });

  it("is a loss also when the capture ended since", () => {
    expect(captureConditions({ run: captureRun(T, { endedMs: T }), statistics: null, losses: [loss], nowMs: T })).toMatchObject([{ kind: "capture-loss" }]);
  });
});
