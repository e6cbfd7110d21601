import { n as LookbackError } from "./errors-iXTvzgJ7.js";

// dist/config/ini.js
/** Largest config.ini that is read, in bytes. */
const LARGEST_CONFIG = 1048576;
/**
* Reads an INI text as GLib's key files have it: `[section]` lines, `key=value` lines, comments from `#` or `;` at the
* start of a line, blanks around keys and values dropped, two backslashes for one. Entries keep their order; a key given
* twice counts the last time.
*
* @throws LookbackError CONFIG_INVALID naming file and line.
*/
function parseIni(content, file) {
	const entries = [];
	let section = null;
	content.replace(/^\uFEFF/, "").split(/\r?\n/).forEach((raw, index) => {
		const line = raw.trim();
		const origin = {
			file,
			line: index + 1
		};
		if (line === "" || line.startsWith("#") || line.startsWith(";")) return;
		if (line.startsWith("[")) {
			if (!line.endsWith("]") || line.length < 3) throw malformed(origin, line, "a section is written [name]");
			section = line.slice(1, -1).trim();
			return;
		}
		const equals = line.indexOf("=");
		if (equals < 1) throw malformed(origin, line, "expected key=value");
		if (section === null) throw malformed(origin, line, "the first line must be a section such as [default]");
		entries.push({
			section,
			key: line.slice(0, equals).trim(),
			value: line.slice(equals + 1).trim().replaceAll("\\\\", "\\"),
			origin
		});
	});
	return entries;
}
function malformed(origin, line, reason) {
	return new LookbackError("CONFIG_INVALID", `${origin.file}:${origin.line}: ${line.slice(0, 80)}: ${reason}`, {
		file: origin.file,
		line: origin.line,
		value: line.slice(0, 80),
		allowed: reason
	});
}

export { parseIni as n, LARGEST_CONFIG as t };