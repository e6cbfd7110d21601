import type { CaptureRun } from "../../src/capture/capture-run.js";
import type { LiveStatistics } from "../../src/capture/live-statistics.js";

/** A run of a capture of `n/eth0` that began at `startedMs` and goes on. */
export function captureRun(startedMs: number, more: Partial<CaptureRun> = {}): CaptureRun {
  return { node: "n", interface: "eth0", startedMs, wantedSinceMs: startedMs, endedMs: null, failure: null, ...more };
}

/** What a capture of `n/eth0` told at `updatedMs`: that it counted nothing yet. */
export function liveStatistics(startedMs: number, updatedMs: number, more: Partial<LiveStatistics> = {}): LiveStatistics {
  return {
    node: "n", interface: "eth0", timestampSource: "kernel", startedMs, updatedMs, packets: 0, bytes: 0, droppedByUs: 0, droppedByKernel: 0, openSessions: 0, sources: [], failure: null,
    failedDirectories: [], counters: {}, ...more,
  };
}
