import { systemClock } from "../base/clock.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { LookbackConfig } from "../config/config.js";
import type { Shipping } from "../graphql/services.js";
import { loadShipperReport } from "../index-store/elasticsearch/shipper-status.js";

/** Share of the bound of the queue from which on health warns. */
const WARN_SHARE = 0.5;
/** Milliseconds after which a report of the shipper is old: it writes one every second. */
const OLD_MS = 60_000;

/** What waits for the cluster and what the shipper says; null where the index is in the data directory. */
export function shippingOf({ values }: LookbackConfig, catalogue: Pick<Catalogue, "shipments" | "settings">): Shipping | null {
  if (values.indexStore !== "elasticsearch") return null;
  const budgetBytes = Math.round(values.shipQueueG * 2 ** 30);
  return {
    status() {
      const queue = catalogue.shipments.waiting();
      const report = loadShipperReport(catalogue.settings);
      const nowMs = systemClock.nowMs();
      const running = report !== null && report.running && nowMs - report.atMs < OLD_MS;
      const rate = running ? report.rate : 0;
      return {
        queue, budgetBytes, running, rate, etaSeconds: queue.rows === 0 ? 0 : rate > 0 ? queue.rows / rate : null, shippedRows: report?.rows ?? 0, lastError: report?.lastError ?? null,
        nearlyFull: queue.bytes >= budgetBytes * WARN_SHARE,
      };
    },
  };
}
