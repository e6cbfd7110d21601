import { n as LookbackError } from "./errors-iXTvzgJ7.js";

// dist/capture/default-interface.js
/** `/proc/net/route` flag of a route that is up (RTF_UP of linux/route.h). */
const ROUTE_UP = 1;
/**
* The interface of the default route with the lowest metric, from the text of `/proc/net/route`; null when there is no
* default route. Columns: Iface Destination Gateway Flags RefCnt Use Metric Mask, numbers in hex but for the metric.
*/
function defaultInterface(routes) {
	let best = null;
	for (const line of routes.split("\n").slice(1)) {
		const [name, destination, , flags, , , metric, mask] = line.trim().split(/\s+/);
		if (name === void 0 || mask === void 0 || destination !== "00000000" || mask !== "00000000") continue;
		if ((Number.parseInt(flags ?? "0", 16) & ROUTE_UP) === 0) continue;
		const distance = Number(metric);
		if (best === null || distance < best.metric) best = {
			name,
			metric: distance
		};
	}
	return best?.name ?? null;
}
/** What to say when there is nothing to capture from. */
function noInterface() {
	return new LookbackError("UNAVAILABLE", "no default route to capture from: set interface= in config.ini or pass --interface NAME");
}

export { noInterface as n, defaultInterface as t };