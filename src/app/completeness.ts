import { SILENT_MS } from "../capture/live-statistics.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { LookbackConfig } from "../config/config.js";
import type { Completeness, SensorView } from "../graphql/services.js";
import type { RangeLoss } from "../model/range-loss.js";
import type { TimeRange } from "../model/time-range.js";

/**
 * How far answers are complete, from what the catalogue holds.
 *
 * - While packets are captured, or were when the capture died: the earliest mark of a sensor. Every packet before it is in
 *   a row. The mark of one that died stands still.
 * - While rows wait for a cluster: no later than the first packet of what waits.
 * - While an import is queued or runs: null, for it may bring sessions of any time.
 * - Otherwise the moment asked for: there is nothing that is not in a row.
 */
export function completeness(indexStore: LookbackConfig["values"]["indexStore"], catalogue: Pick<Catalogue, "shipments" | "marks" | "jobs" | "captureLedger" | "unknownDrops">): Completeness {
  return {
    of(asOfMs) {
      const waitingFromMs = (indexStore === "elasticsearch" ? catalogue.shipments.waiting().firstMs : null) ?? asOfMs;
      const sensors = catalogue.marks.ofNodes().map(({ node, completeUntilMs, updatedMs, runningMs }): SensorView => ({
        node, completeUntilMs: Math.min(asOfMs, completeUntilMs ?? asOfMs, waitingFromMs), state: stateOf(runningMs, asOfMs), heardMs: updatedMs,
      }));
      return {
        completeUntilMs: catalogue.jobs.unfinished() > 0 ? null : Math.min(asOfMs, waitingFromMs, ...sensors.map(({ completeUntilMs }) => completeUntilMs)),
        capturing: sensors.some(({ state }) => state === "CAPTURING"), sensors,
      };
    },
    lossIn: (range) => lossIn(catalogue, range),
  };
}

/** How a sensor is, by when a capture of it that was not stopped told last. */
function stateOf(runningMs: number | null, asOfMs: number): SensorView["state"] {
  if (runningMs === null) return "STOPPED";
  return runningMs >= asOfMs - SILENT_MS ? "CAPTURING" : "SILENT";
}

/** What live captures lost in a range, by their account; milliseconds since 1970, a null end is open. */
export function lossIn({ captureLedger, unknownDrops }: Pick<Catalogue, "captureLedger" | "unknownDrops">, { startMs, endMs }: Pick<TimeRange, "startMs" | "endMs">): RangeLoss {
  return { packets: captureLedger.lostIn(startMs, endMs), uncounted: captureLedger.uncountedIn(startMs, endMs), unknownDrops: unknownDrops.touch(startMs, endMs) };
}
