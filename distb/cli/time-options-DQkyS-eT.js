import { n as LookbackError } from "./errors-iXTvzgJ7.js";

// dist/cli/time-options.js
/** The options of every command that asks about a time range. */
const TIME_OPTIONS = [
	["--last <duration>", "only the last 30m, 24h, 7d, …; a bare number is hours"],
	["--start <time>", "from this time on: ISO 8601 (UTC unless it says otherwise) or seconds since 1970"],
	["--end <time>", "up to this time"],
	["--bounding <kind>", "what must be in the range: first, last (packet; the default), both or either"]
];
const UNITS = {
	s: 1e3,
	m: 6e4,
	h: 36e5,
	d: 864e5,
	w: 6048e5
};
const BOUNDINGS = {
	first: "FIRST_PACKET",
	last: "LAST_PACKET",
	both: "BOTH",
	either: "EITHER"
};
/** The range of a command line, or null for all time. Throws TIME_RANGE_INVALID. */
function rangeOf(options, nowMs) {
	const { last, start, end, bounding = "last" } = options;
	const kind = BOUNDINGS[String(bounding)];
	if (kind === void 0) throw new LookbackError("TIME_RANGE_INVALID", `--bounding ${String(bounding).slice(0, 40)}: allowed: ${Object.keys(BOUNDINGS).join(", ")}`);
	if (last !== void 0 && start !== void 0) throw new LookbackError("TIME_RANGE_INVALID", "--last and --start both say where the range begins; give one of them");
	if (last === void 0 && start === void 0 && end === void 0) return null;
	const endMs = end === void 0 ? null : timeOf("--end", String(end));
	const startMs = last === void 0 ? start === void 0 ? null : timeOf("--start", String(start)) : (endMs ?? nowMs) - durationOf("--last", String(last));
	if (startMs !== null && endMs !== null && startMs > endMs) throw new LookbackError("TIME_RANGE_INVALID", "the range ends before it starts");
	return {
		start: startMs,
		end: endMs,
		bounding: kind
	};
}
/** A time to come: `30d` from now, or a moment. Throws TIME_RANGE_INVALID. */
function untilOf(flag, text, nowMs) {
	return /^\d{1,9}[smhdw]$/.test(text) ? nowMs + durationOf(flag, text) : timeOf(flag, text);
}
/** `30m` or `24` (hours) in milliseconds. */
function durationOf(flag, text) {
	const match = /^(\d{1,9})([smhdw]?)$/.exec(text);
	const unit = UNITS[match?.[2] === "" ? "h" : match?.[2] ?? ""];
	if (match?.[1] === void 0 || unit === void 0) throw new LookbackError("TIME_RANGE_INVALID", `${flag} ${text.slice(0, 40)}: expected a number and s, m, h, d or w, such as 24h`);
	return Number(match[1]) * unit;
}
/** Seconds since 1970, or ISO 8601, in milliseconds. */
function timeOf(flag, text) {
	const zoned = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text) ? `${text.replace(" ", "T")}Z` : text;
	const time = /^\d{1,12}(\.\d+)?$/.test(text) ? Number(text) * 1e3 : Date.parse(zoned);
	if (Number.isNaN(time)) throw new LookbackError("TIME_RANGE_INVALID", `${flag} ${text.slice(0, 40)}: expected ISO 8601, such as 2026-11-24T12:00Z, or seconds since 1970`);
	return Math.round(time);
}

export { rangeOf as n, untilOf as r, TIME_OPTIONS as t };