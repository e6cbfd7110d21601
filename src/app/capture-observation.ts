import type { CaptureObservation } from "../capture/capture-state.js";
import { loadRun } from "../capture/capture-run.js";
import { loadStatistics } from "../capture/live-statistics.js";
import type { Catalogue } from "../catalogue/catalogue.js";

/** How long ago a lost packet is told of, in milliseconds. */
const LOSS_MS = 60_000;

/** What the catalogue tells of the capture of the data directory, which is a process of its own. */
export function observeCapture(catalogue: Pick<Catalogue, "settings" | "captureLedger">, nowMs: number): CaptureObservation {
  const run = loadRun(catalogue.settings);
  return {
    run, statistics: run === null ? null : loadStatistics(catalogue.settings, run.node), nowMs,
    losses: catalogue.captureLedger.losses(nowMs - LOSS_MS, nowMs + 1),
  };
}
