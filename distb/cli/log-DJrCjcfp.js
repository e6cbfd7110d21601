import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as LOG_AREAS } from "./settings-E71MVzMb.js";
import { createRequire } from "node:module";

// dist/app/lifecycle.js
/** Longest that stopping everything may take, in milliseconds; what is not done by then is left to the next start. */
const STOP_MS = 1e4;
/** Parts that were started, to be stopped in reverse. */
var Lifecycle = class {
	#logger;
	#parts = [];
	#stopping = null;
	constructor(logger) {
		this.#logger = logger;
	}
	/** Notes a started part and how it is stopped; returns it. */
	add(name, part, stop) {
		this.#parts.push({
			name,
			stop: () => stop(part)
		});
		return part;
	}
	/** Stops every part, last started first, whatever fails. Calling it again waits for the same stop. */
	stop() {
		this.#stopping ??= this.#stopAll();
		return this.#stopping;
	}
	async #stopAll() {
		let timer;
		const deadline = new Promise((resolve) => {
			timer = setTimeout(() => {
				resolve("late");
			}, STOP_MS);
		});
		for (let part = this.#parts.pop(); part !== void 0; part = this.#parts.pop()) {
			const { name, stop } = part;
			const stopped = Promise.resolve().then(stop).catch((error) => {
				this.#logger.error({
					part: name,
					error: error instanceof Error ? error.message : String(error)
				}, "a part did not stop in order");
			});
			if (await Promise.race([stopped, deadline]) === "late") {
				this.#logger.error({ part: name }, `${name} did not stop within ${STOP_MS / 1e3} s`);
				break;
			}
		}
		clearTimeout(timer);
	}
};
/** Builds parts with `build`; when that fails, what was started is stopped before the error goes on. */
async function withLifecycle(logger, build) {
	const lifecycle = new Lifecycle(logger);
	try {
		return {
			...await build(lifecycle),
			stop: () => lifecycle.stop()
		};
	} catch (error) {
		await lifecycle.stop();
		throw error instanceof Error ? error : new LookbackError("INTERNAL", String(error));
	}
}

// dist/app/log.js
const require = createRequire(import.meta.url);
/** Severities, least first, as the port has them. */
const SEVERITIES = [
	"debug",
	"info",
	"warn",
	"error"
];
/**
* The log of this process: one JSON object per line on standard error. `child({ area })` of a known area has the level of
* its own that `logLevels` gives it. pino is loaded for the first line that is written: most commands write none.
*/
function openLog({ values, node }, process, destination = null) {
	let [level, levels] = [values.logLevel, values.logLevels];
	let root = null;
	const written = () => {
		if (root !== null) return root;
		const { pino } = require("pino");
		root = pino({
			level: "debug",
			base: {
				process,
				node
			}
		}, destination ?? pino.destination({
			fd: 2,
			sync: true
		}));
		return root;
	};
	const logOf = (area, make) => {
		let log = null;
		const say = (severity) => (fields, message) => {
			const least = (area === null ? void 0 : levels[area]) ?? level;
			if (least === "silent" || SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(least)) return;
			log ??= make();
			log[severity](fields, message);
		};
		return {
			debug: say("debug"),
			info: say("info"),
			warn: say("warn"),
			error: say("error"),
			child: (fields) => logOf(areaIn(fields) ?? area, () => (log ??= make()).child(fields))
		};
	};
	return {
		...logOf(null, written),
		setLevels(next, nextOfAreas) {
			[level, levels] = [next, nextOfAreas];
		}
	};
}
function areaIn(fields) {
	return "area" in fields ? LOG_AREAS.find((name) => name === fields.area) ?? null : null;
}

export { STOP_MS as n, withLifecycle as r, openLog as t };