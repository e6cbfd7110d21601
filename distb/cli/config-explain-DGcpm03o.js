import { i as ACCEPTED_KEYS, r as settingKeys } from "./config-CoZMqRVD.js";
import { n as printValue, t as isSecret } from "./config-schema-uBgP1RAO.js";
import { t as LIVE_KEYS } from "./live-config-DjlKqm69.js";
import { n as SETTINGS, r as printOrigin } from "./settings-E71MVzMb.js";
import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as nearestNames } from "./nearest-name-E6ridMzO.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";

// dist/cli/commands/config-explain.js
/** Says what a setting means, what it may be, what it is here, and which line or variable decided it. */
async function run({ operands: [key], options, config: configOf, print, terminal }) {
	if (typeof key !== "string") throw new LookbackError("BAD_INPUT", "name a setting");
	const config = await configOf();
	const facts = isSetting(key) ? factsOf(key, config) : acceptedFacts(key, config);
	if (options["json"] === true) {
		print(JSON.stringify({
			key,
			...facts
		}, null, 2));
		return EXIT.ok;
	}
	print(terminal.bold(key));
	for (const [name, value] of Object.entries(facts)) {
		const lines = Array.isArray(value) ? value.map(String) : [value === null ? "(unset)" : String(value)];
		for (const [at, line] of lines.entries()) print(`  ${(at === 0 ? `${name}:` : "").padEnd(11)} ${line}`);
	}
	return EXIT.ok;
}
function factsOf(key, config) {
	const declared = SETTINGS[key];
	const origin = config.origins.get(key);
	const value = config.values[key];
	return {
		meaning: declared.help,
		allowed: declared.allowed,
		default: declared.defaultValue === null ? null : printValue(declared.defaultValue),
		value: value === null ? null : isSecret(key) ? "(secret)" : printValue(value),
		from: origin === void 0 ? "default" : printOrigin(origin),
		written: writtenAt(key, config),
		changes: LIVE_KEYS.has(key) ? "at SIGHUP" : "at the next start"
	};
}
function acceptedFacts(key, config) {
	const known = ACCEPTED_KEYS.get(key);
	if (known === void 0) {
		const near = nearestNames(key, [...settingKeys(), ...ACCEPTED_KEYS.keys()], 3);
		throw new LookbackError("NOT_FOUND", `there is no setting ${key.slice(0, 80)}${near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`}`, { suggestions: near });
	}
	return {
		meaning: "a setting of Arkime that is accepted without effect",
		why: `${known.status === "not-yet" ? "not there yet" : "not needed"}: ${known.reason}`,
		written: writtenAt(key, config)
	};
}
/** Every place that the key is written at, with the one that counts. */
function writtenAt(key, { entries, sections, origins }) {
	const decided = isSetting(key) ? origins.get(key) : void 0;
	return entries.filter((entry) => entry.key === key).map(({ section, value, origin }) => {
		const counts = origin === decided ? "  <- counts" : sections.includes(section) ? "" : "  (not of this node)";
		return `${printOrigin(origin)} [${section}] ${key}=${isSecret(key) ? "(secret)" : value}${counts}`;
	});
}
function isSetting(key) {
	return settingKeys().some((known) => known === key);
}

export { run };