import { n as LookbackError } from "./errors-iXTvzgJ7.js";

// dist/index-store/elasticsearch/json.js
function isObject(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
/** The value below some names, or undefined when there is none. */
function at(value, ...names) {
	let here = value;
	for (const name of names) here = isObject(here) ? here[name] : void 0;
	return here;
}
/** An object's members, none when it is no object. */
function objectOf(value) {
	return isObject(value) ? value : {};
}
/** A list's items, none when it is no list. */
function listOf(value) {
	return Array.isArray(value) ? value : [];
}
/** A number, 0 when it is none; some answers print numbers as text. */
function numberOf(value) {
	const number = typeof value === "string" && value !== "" ? Number(value) : value;
	return typeof number === "number" && Number.isFinite(number) ? number : 0;
}
/** A number, or null. */
function numberOrNull(value) {
	return typeof value === "number" && Number.isFinite(value) ? value : null;
}
/** A text, empty when it is none. */
function textOf(value) {
	return typeof value === "string" ? value : "";
}

// dist/index-store/elasticsearch/shipper-status.js
const KEY = "shipper.status";
/** Milliseconds over which the rate is taken. */
const WINDOW_MS = 6e4;
/** Keeps the report of a running shipper. */
var ShipperStatus = class {
	#settings;
	#clock;
	#startedMs;
	#sums = {
		rows: 0,
		repeated: 0,
		dead: 0,
		bytes: 0
	};
	#recent = [];
	#lastError = null;
	#running = true;
	constructor(settings, clock) {
		this.#settings = settings;
		this.#clock = clock;
		this.#startedMs = clock.nowMs();
	}
	shipped(rows) {
		this.#sums.rows += rows.rows;
		this.#sums.repeated += rows.repeated;
		this.#sums.dead += rows.dead;
		this.#sums.bytes += rows.bytes;
		this.#recent.push({
			atMs: this.#clock.nowMs(),
			rows: rows.rows
		});
	}
	/** Notes why rows wait; the shipper goes on by itself. */
	waiting(error) {
		this.#note(error);
		this.#save();
	}
	failed(error) {
		this.#note(error);
		this.#save();
	}
	/** Notes the end of a round; with an empty queue the last error is over. */
	round(queue) {
		if (queue.segments === 0) this.#lastError = null;
		this.#save();
	}
	/** Notes that the shipper ends. */
	ended() {
		this.#running = false;
		this.#save();
	}
	#note(error) {
		const code = error instanceof LookbackError ? error.code : "INTERNAL";
		this.#lastError = {
			code,
			message: error instanceof Error ? error.message : String(error),
			atMs: this.#clock.nowMs()
		};
	}
	#save() {
		const nowMs = this.#clock.nowMs();
		this.#recent = this.#recent.filter(({ atMs }) => nowMs - atMs <= WINDOW_MS);
		const spanMs = Math.max(1e3, Math.min(WINDOW_MS, nowMs - this.#startedMs));
		const rate = this.#recent.reduce((sum, { rows }) => sum + rows, 0) * 1e3 / spanMs;
		const report = {
			atMs: nowMs,
			startedMs: this.#startedMs,
			running: this.#running,
			...this.#sums,
			rate,
			lastError: this.#lastError
		};
		this.#settings.set(KEY, JSON.stringify(report));
	}
};
/** The report that the shipper left, or null when none ran yet. */
function loadShipperReport(settings) {
	const text = settings.get(KEY);
	if (text === null) return null;
	const report = JSON.parse(text);
	const error = at(report, "lastError");
	return {
		atMs: numberOf(at(report, "atMs")),
		startedMs: numberOf(at(report, "startedMs")),
		running: at(report, "running") !== false,
		rows: numberOf(at(report, "rows")),
		repeated: numberOf(at(report, "repeated")),
		dead: numberOf(at(report, "dead")),
		bytes: numberOf(at(report, "bytes")),
		rate: numberOf(at(report, "rate")),
		lastError: isObject(error) ? {
			code: textOf(error["code"]),
			message: textOf(error["message"]),
			atMs: numberOf(error["atMs"])
		} : null
	};
}

export { listOf as a, objectOf as c, isObject as i, textOf as l, loadShipperReport as n, numberOf as o, at as r, numberOrNull as s, ShipperStatus as t };