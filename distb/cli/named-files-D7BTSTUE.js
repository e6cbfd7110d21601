import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import path from "node:path";
import { readFileSync } from "node:fs";

// dist/app/named-files.js
/** Where a file that a setting names is: relative paths start at the configuration file. */
function namedFile(config, name) {
	return path.resolve(config.file === null ? process.cwd() : path.dirname(config.file), name);
}
/** Reads a file that a setting names; null when it is unset. Throws CONFIG_INVALID. */
function readNamedFile(config, key) {
	const name = config.values[key];
	if (name === null) return null;
	try {
		return readFileSync(namedFile(config, name), "utf8");
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new LookbackError("CONFIG_INVALID", `${key}=${name}: cannot be read: ${reason}`, {
			key,
			value: name
		}, { cause: error });
	}
}

export { readNamedFile as n, namedFile as t };