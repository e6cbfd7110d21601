import { t as openLog } from "./log-DJrCjcfp.js";

// dist/cli/command-log.js
/** The log of a command, which says what it does itself: without levels of the user's own it holds warnings, and those of imports are in their results. */
function openCommandLog(config) {
	const { origins, values } = config;
	return openLog(origins.has("logLevel") ? config : {
		...config,
		values: {
			...values,
			logLevel: "warn",
			logLevels: {
				imports: "error",
				...values.logLevels
			}
		}
	}, "command");
}

export { openCommandLog as t };