import "./config-CoZMqRVD.js";
import "./settings-E71MVzMb.js";

// dist/config/config-schema.js
/** Whether a setting's value is nobody's business: it is never printed. */
function isSecret(key) {
	return /secret|password|basicauth|apikey|keypass/i.test(key);
}
/** A value as config.ini has it. */
function printValue(value) {
	if (typeof value === "number" || typeof value === "boolean" || typeof value === "string") return value;
	if (value instanceof RegExp) return `${value.ignoreCase ? "(?i)" : ""}${value.source}`;
	if (Array.isArray(value)) return value.join(";");
	if (typeof value === "object" && value !== null && "unit" in value && "value" in value) return [`${String(value.value)}${value.unit === "percent" ? "%" : ""}`, ..."directories" in value && Array.isArray(value.directories) ? value.directories.map((one) => `${directoryOf(one)}=${String(printValue(one))}`) : []].join(";");
	return "";
}
function directoryOf(value) {
	return typeof value === "object" && value !== null && "directory" in value ? String(value.directory) : "";
}

export { printValue as n, isSecret as t };