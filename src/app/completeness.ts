import { SILENT_MS } from "../capture/live-statistics.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { LookbackConfig } from "../config/config.js";
import type { Completeness } from "../graphql/services.js";

/**
 * How far answers are complete, from what the catalogue holds.
 *
 * - While packets are captured, or were when the capture died: the earliest mark of a stream. Every packet before it is in
 *   a row.
 * - While rows wait for a cluster: no later than the first packet of what waits.
 * - While an import is queued or runs: null, for it may bring sessions of any time.
 * - Otherwise the moment asked for: there is nothing that is not in a row.
 */
export function completeness(indexStore: LookbackConfig["values"]["indexStore"], catalogue: Pick<Catalogue, "shipments" | "marks" | "jobs" | "captureLedger">): Completeness {
  return {
    completeUntilMs(asOfMs) {
      if (catalogue.jobs.unfinished() > 0) return null;
      const markedMs = catalogue.marks.completeUntilMs();
      const waitingFromMs = indexStore === "elasticsearch" ? catalogue.shipments.waiting().firstMs : null;
      return Math.min(asOfMs, markedMs ?? asOfMs, waitingFromMs ?? asOfMs);
    },
    lossIn: ({ startMs, endMs }) => ({ packets: catalogue.captureLedger.lostIn(startMs, endMs), uncounted: catalogue.captureLedger.uncountedIn(startMs, endMs) }),
    capturing: (asOfMs) => catalogue.marks.liveSince(asOfMs - SILENT_MS),
  };
}
