import { r as settingKeys } from "./config-CoZMqRVD.js";

// dist/config/live-config.js
/** Settings that a running process takes up at SIGHUP; the others wait for its next start. */
const LIVE_KEYS = /* @__PURE__ */ new Set([
	"logLevel",
	"logLevels",
	"apiCostPerMinute",
	"debug",
	"freeSpaceG",
	"pcapMaxAgeDays",
	"pcapMaxSizeG",
	"expireDays",
	"sessionMaxSizeG",
	"sessionFreeSpaceG",
	"forecastWarnDays",
	"auditDays",
	"queryTimeoutSeconds",
	"maxExportG"
]);
/** The configuration of a running process: parts that read a setting each time they need it see a reload. */
var LiveConfig = class {
	#values;
	#listeners = [];
	constructor(config) {
		this.#values = config.values;
	}
	get values() {
		return this.#values;
	}
	/** Calls at each reload, for a part that has to be told. */
	onChange(listener) {
		this.#listeners.push(listener);
	}
	/** Takes the settings of `next` that can change. */
	reload(next) {
		const different = settingKeys().filter((key) => JSON.stringify(plain(this.#values[key])) !== JSON.stringify(plain(next.values[key])));
		const changed = different.filter((key) => LIVE_KEYS.has(key));
		const { logLevel, logLevels, apiCostPerMinute, debug, freeSpaceG, pcapMaxAgeDays, pcapMaxSizeG, expireDays, sessionMaxSizeG, sessionFreeSpaceG, forecastWarnDays, auditDays, queryTimeoutSeconds, maxExportG } = next.values;
		this.#values = {
			...this.#values,
			logLevel,
			logLevels,
			apiCostPerMinute,
			debug,
			freeSpaceG,
			pcapMaxAgeDays,
			pcapMaxSizeG,
			expireDays,
			sessionMaxSizeG,
			sessionFreeSpaceG,
			forecastWarnDays,
			auditDays,
			queryTimeoutSeconds,
			maxExportG
		};
		if (changed.length > 0) for (const listener of this.#listeners) listener(this.#values);
		return {
			changed,
			waiting: different.filter((key) => !LIVE_KEYS.has(key))
		};
	}
};
/** A pattern is an object without members to JSON. */
function plain(value) {
	return value instanceof RegExp ? String(value) : value;
}

export { LiveConfig as n, LIVE_KEYS as t };