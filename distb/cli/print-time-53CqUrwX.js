// dist/cli/print-time.js
/** Prints points in time for people, in one stated zone. */
var TimePrinter = class {
	#format;
	constructor(utc) {
		this.#format = new Intl.DateTimeFormat("sv-SE", {
			year: "numeric",
			month: "2-digit",
			day: "2-digit",
			hour: "2-digit",
			minute: "2-digit",
			second: "2-digit",
			fractionalSecondDigits: 3,
			hour12: false,
			...utc ? { timeZone: "UTC" } : {}
		});
		const { timeZone } = this.#format.resolvedOptions();
		this.zone = timeZone === "UTC" ? "UTC" : `local time, ${timeZone}`;
	}
	/** `2026-11-24 13:05:09.123`. */
	print(ms) {
		return Math.abs(ms) <= 864e13 ? this.#format.format(ms).replace(",", ".") : `${ms} ms`;
	}
};
/** A duration in milliseconds, shortly: `450 ms`, `12.3 s`, `4 min 5 s`, `3 h 12 min`. */
function printSpan(ms) {
	if (ms < 1e3) return `${Math.round(ms)} ms`;
	if (ms < 6e4) return `${(ms / 1e3).toFixed(1)} s`;
	const minutes = Math.floor(ms / 6e4);
	return minutes < 60 ? `${minutes} min ${Math.floor(ms % 6e4 / 1e3)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
/** A count with separators: `1,234,567`. */
function printCount(count) {
	return count.toLocaleString("en-US");
}

export { printCount as n, printSpan as r, TimePrinter as t };