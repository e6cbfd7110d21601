// dist/cli/progress.js
/** Least milliseconds between two lines where there is no terminal. */
const PLAIN_INTERVAL_MS = 5e3;
/** `1536` as `1.5 KiB`. */
function printBytes(bytes) {
	const units = [
		"B",
		"KiB",
		"MiB",
		"GiB",
		"TiB"
	];
	let [value, unit] = [bytes, 0];
	while (value >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
	return unit === 0 ? `${value} B` : `${value.toFixed(1)} ${units[unit] ?? ""}`;
}
/** Seconds as `1:02:03` or `2:03`. */
function printDuration(seconds) {
	const whole = Math.max(0, Math.round(seconds));
	const two = (value) => String(value).padStart(2, "0");
	const hours = Math.floor(whole / 3600);
	const minutes = Math.floor(whole % 3600 / 60);
	return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
/** One line about a running import: bar, packets, bytes, rate, remaining time. */
function progressLine(job, nowMs, name) {
	const seconds = Math.max((nowMs - (job.startedAtMs ?? nowMs)) / 1e3, .001);
	const rate = job.bytes / seconds;
	const share = job.totalBytes > 0 ? Math.min(job.bytes / job.totalBytes, 1) : null;
	const bar = share === null ? "" : `[${"#".repeat(Math.round(share * 20)).padEnd(20, ".")}] ${String(Math.floor(share * 100)).padStart(3)} %  `;
	const left = share === null || rate === 0 ? "" : `  ${printDuration((job.totalBytes - job.bytes) / rate)} left`;
	return `${bar}${name}  ${job.packets} packets  ${printBytes(job.bytes)}  ${printBytes(rate)}/s${left}`;
}
/** What became of an import, as one line. */
function resultLine(job, name) {
	const seconds = Math.max(((job.finishedAtMs ?? 0) - (job.startedAtMs ?? 0)) / 1e3, .001);
	switch (job.state) {
		case "done": {
			const warnings = job.warnings.map((w) => `  warning: ${String(w["name"])} (${String(w["count"])}${w["firstOffset"] == null ? "" : `, first at offset ${String(w["firstOffset"])}`})`).join("");
			return `imported ${name}: ${job.packets} packets, ${job.sessions} sessions, ${printBytes(job.bytes)} in ${seconds.toFixed(1)} s${warnings}`;
		}
		case "already": return `already imported ${name}: nothing changed`;
		default: return `failed ${name}: ${job.errorCode ?? "INTERNAL"}: ${job.errorMessage ?? "unknown"}`;
	}
}
/** Shows how imports go: one line that is rewritten on a terminal, plain lines otherwise. */
var ProgressPrinter = class {
	#out;
	#nowMs;
	#shown = false;
	#lastPlainMs;
	constructor(out, nowMs) {
		this.#out = out;
		this.#nowMs = nowMs;
		this.#lastPlainMs = nowMs();
	}
	running(job, name) {
		const line = progressLine(job, this.#nowMs(), name);
		if (this.#out.isTTY === true) {
			this.#out.write(`\r\u001b[K${line.slice(0, (this.#out.columns ?? 80) - 1)}`);
			this.#shown = true;
		} else if (this.#nowMs() - this.#lastPlainMs >= PLAIN_INTERVAL_MS) {
			this.#lastPlainMs = this.#nowMs();
			this.#out.write(`${line}\n`);
		}
	}
	/** A line that stays. */
	line(text) {
		if (this.#shown) this.#out.write("\r\x1B[K");
		this.#shown = false;
		this.#out.write(`${text}\n`);
	}
};
/** One line of progress that is rewritten in place; nothing where there is no terminal. */
var StatusLine = class {
	#out;
	#shown = false;
	constructor(out) {
		this.#out = out;
	}
	show(text) {
		if (this.#out.isTTY !== true) return;
		this.#out.write(`\r\u001b[K${text.slice(0, (this.#out.columns ?? 80) - 1)}`);
		this.#shown = true;
	}
	clear() {
		if (this.#shown) this.#out.write("\r\x1B[K");
		this.#shown = false;
	}
};

export { resultLine as a, printDuration as i, StatusLine as n, printBytes as r, ProgressPrinter as t };