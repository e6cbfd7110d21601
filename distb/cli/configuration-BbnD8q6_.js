import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { n as loadConfig, r as settingKeys } from "./config-CoZMqRVD.js";
import { t as nearestNames } from "./nearest-name-E6ridMzO.js";

// dist/cli/configuration.js
/** The configuration of a command line: its options win over environment and file. Warnings go to `note`. */
function configOf(options, more, note) {
	const overrides = {};
	for (const assignment of options.set ?? []) {
		const equals = assignment.indexOf("=");
		const key = assignment.slice(0, Math.max(equals, 0));
		if (equals < 1 || !isSettingKey(key)) {
			const [near = null] = nearestNames(equals < 1 ? assignment : key, settingKeys(), 1);
			throw new LookbackError("CONFIG_INVALID", `--set ${assignment.slice(0, 80)}: expected key=value with a known key${near === null ? "" : `; did you mean ${near}?`}`);
		}
		overrides[key] = assignment.slice(equals + 1);
	}
	if (options.data !== void 0) overrides.dataDir = options.data;
	const config = loadConfig({
		file: options.config ?? null,
		node: options.node ?? null,
		overrides: {
			...overrides,
			...more
		},
		environment: process.env,
		workingDirectory: process.cwd()
	});
	for (const { message } of config.warnings) note(`warning: ${message}`);
	return config;
}
function isSettingKey(key) {
	return settingKeys().some((known) => known === key);
}

export { configOf };