import { t as systemClock } from "./clock-COoNNce-.js";
import { n as loadShipperReport } from "./shipper-status-yFrbkpy6.js";

// dist/app/shipping.js
/** Share of the bound of the queue from which on health warns. */
const WARN_SHARE = .5;
/** Milliseconds after which a report of the shipper is old: it writes one every second. */
const OLD_MS = 6e4;
/** What waits for the cluster and what the shipper says; null where the index is in the data directory. */
function shippingOf({ values }, catalogue) {
	if (values.indexStore !== "elasticsearch") return null;
	const budgetBytes = Math.round(values.shipQueueG * 2 ** 30);
	return { status() {
		const queue = catalogue.shipments.waiting();
		const report = loadShipperReport(catalogue.settings);
		const nowMs = systemClock.nowMs();
		const running = report !== null && report.running && nowMs - report.atMs < OLD_MS;
		const rate = running ? report.rate : 0;
		return {
			queue,
			budgetBytes,
			running,
			rate,
			etaSeconds: queue.rows === 0 ? 0 : rate > 0 ? queue.rows / rate : null,
			shippedRows: report?.rows ?? 0,
			lastError: report?.lastError ?? null,
			nearlyFull: queue.bytes >= budgetBytes * WARN_SHARE
		};
	} };
}

export { shippingOf as t };