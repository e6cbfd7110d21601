import { t as engineSettings } from "./engine-settings-D-gEOmC5.js";

// dist/app/places.js
/** What each setting of places fills, and where its file comes from. */
const SETTINGS = {
	geoLite2Country: {
		fills: "country",
		from: "GeoLite2-Country.mmdb of maxmind.com (free, with an account), or another database in that format"
	},
	geoLite2ASN: {
		fills: "asn",
		from: "GeoLite2-ASN.mmdb of maxmind.com (free, with an account), or another database in that format"
	},
	rirFile: {
		fills: "rir",
		from: "ipv4-address-space.csv of iana.org/assignments/ipv4-address-space"
	},
	ouiFile: {
		fills: "oui",
		from: "Wireshark's manuf, or a list in its form"
	}
};
/** A setting of places whose file is missing or cannot be read, with the way out. */
function describePlaceFile({ setting, file, error }) {
	const { fills = setting, from = "" } = SETTINGS[setting] ?? {};
	if (error !== null) return `${setting}: ${file ?? ""} cannot be read: ${error}; the ${fills} fields stay empty until it can`;
	return file === null ? `${setting}: no file, so the ${fills} fields stay empty; to fill them take ${from}, and name it with ${setting}` : null;
}
/** Says once, at the start of a process that makes rows, which fields of places stay empty and how to fill them. */
function sayPlaces(native, config, logger) {
	const states = native.checkPlaceFiles(engineSettings(config));
	for (const state of states) {
		const words = describePlaceFile(state);
		if (state.error !== null && words !== null) logger.warn({
			setting: state.setting,
			file: state.file
		}, words);
	}
	const missing = states.filter(({ file }) => file === null).flatMap((state) => describePlaceFile(state) ?? []);
	if (missing.length > 0) logger.info({ missing: missing.length }, missing.join(". "));
}

export { sayPlaces as n, describePlaceFile as t };