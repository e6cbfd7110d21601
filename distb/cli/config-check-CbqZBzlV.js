import { n as exposureWarning, t as checkLogins } from "./logins-BTYvjP5d.js";
import { o as storageWarnings } from "./retention-BeMbc1nZ.js";
import { r as settingKeys, t as checkOtherSections } from "./config-CoZMqRVD.js";
import { n as printValue, t as isSecret } from "./config-schema-uBgP1RAO.js";
import { r as printOrigin } from "./settings-E71MVzMb.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";

// dist/cli/commands/config-check.js
/** Prints every setting with where its value comes from. Warnings are on standard error; a bad value ends with code 78. */
async function run({ config, options, print, note }) {
	const checked = await config();
	checkOtherSections(checked);
	checkLogins(checked);
	const exposed = exposureWarning(checked);
	const settings = settingKeys().map((key) => {
		const value = checked.values[key];
		const origin = checked.origins.get(key);
		return {
			key,
			value: value === null ? null : isSecret(key) ? "(secret)" : printValue(value),
			from: origin === void 0 ? "default" : printOrigin(origin)
		};
	});
	const warnings = [...await storageWarnings(checked), ...exposed === null ? [] : [exposed]];
	for (const message of warnings) note(`warning: ${message}`);
	const accepted = options["all"] === true ? checked.accepted.map(({ message }) => message) : [];
	if (options["json"] === true) {
		print(JSON.stringify({
			file: checked.file,
			node: checked.node,
			sections: checked.sections,
			settings,
			warnings: [...checked.warnings.map(({ message }) => message), ...warnings],
			notes: accepted
		}, null, 2));
		return EXIT.ok;
	}
	print(`file: ${checked.file ?? "none"}`);
	print(`node: ${checked.node}`);
	for (const { key, value, from } of settings) print(`${key}=${value ?? ""}  # ${from}`);
	for (const message of accepted) print(`note: ${message}`);
	print(checked.warnings.length === 0 ? "no unknown settings" : `${checked.warnings.length} unknown settings`);
	return EXIT.ok;
}

export { run };