import { readFileSync } from "node:fs";

// dist/app/version.js
/** The version of this Lookback, as its package states it. */
function lookbackVersion() {
	const stated = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
	const version = typeof stated === "object" && stated !== null && "version" in stated ? stated.version : null;
	return typeof version === "string" ? version : "unknown";
}

export { lookbackVersion as t };