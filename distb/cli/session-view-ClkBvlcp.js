import { t as packagedCatalogue } from "./field-catalogue-CiZSzdjB.js";
import { n as printCount, r as printSpan } from "./print-time-53CqUrwX.js";
import { r as printBytes } from "./progress-CMgCVw6k.js";

// dist/cli/session-view.js
/** What is read for the view that nobody chose fields of. */
const OVERVIEW = [
	"starttime",
	"stoptime",
	"protocols",
	"ip.src",
	"port.src",
	"ip.dst",
	"port.dst",
	"packets",
	"bytes",
	"http.method",
	"http.uri",
	"http.statuscode",
	"host.http",
	"host.dns",
	"user"
];
/** What people look for first: when, how long, what, who with whom, how much, and the name or request that tells it apart. */
function overview(times) {
	return {
		names: OVERVIEW,
		columns: [
			{ title: "Start" },
			{
				title: "Duration",
				align: "right"
			},
			{
				title: "Protocol",
				least: 8
			},
			{ title: "Source" },
			{ title: "Destination" },
			{
				title: "Packets",
				align: "right"
			},
			{
				title: "Bytes",
				align: "right"
			},
			{
				title: "Information",
				least: 16
			}
		],
		row(values) {
			const [start, stop] = [numberOf(values, "starttime"), numberOf(values, "stoptime")];
			return [
				start === null ? "" : times.print(start),
				start === null || stop === null ? "" : printSpan(stop - start),
				textsOf(values, "protocols").join(","),
				endpoint(values, "src"),
				endpoint(values, "dst"),
				printCount(numberOf(values, "packets") ?? 0),
				printBytes(numberOf(values, "bytes") ?? 0),
				information(values)
			];
		}
	};
}
/** Fields that somebody chose, a column each. `times` prints points in time; null leaves them as ISO 8601 in UTC. */
function chosenFields(names, times) {
	const kinds = names.map(kindOf);
	return {
		names,
		columns: names.map((name, at) => ({
			title: name,
			...kinds[at] === "integer" || kinds[at] === "float" ? { align: "right" } : { least: 10 }
		})),
		row: (values) => names.map((name, at) => print(values.get(name) ?? null, kinds[at] ?? null, times))
	};
}
/** The kind of a field of this build, or null: a service may have fields that this build does not know. */
function kindOf(name) {
	const entry = packagedCatalogue().find(name);
	return entry?.entry === "field" ? entry.field.kind : null;
}
function print(value, kind, times) {
	if (value === null || value === void 0) return "-";
	if (Array.isArray(value)) return value.map((item) => print(item, kind, times)).join(",");
	if (kind === "seconds" && typeof value === "number") return times === null ? isoTime(value) : times.print(value);
	return typeof value === "string" ? value : JSON.stringify(value);
}
/** ISO 8601 in UTC; a time that it cannot print stays milliseconds. */
function isoTime(ms) {
	return Math.abs(ms) <= 864e13 ? new Date(ms).toISOString() : String(ms);
}
function endpoint(values, side) {
	const [ip = ""] = textsOf(values, `ip.${side}`);
	const port = numberOf(values, `port.${side}`);
	if (port === null || port === 0) return ip;
	return ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
}
/** The request, name or user of a session: what its line is remembered by. */
function information(values) {
	const [uris, hosts, names, users] = [
		textsOf(values, "http.uri"),
		textsOf(values, "host.http"),
		textsOf(values, "host.dns"),
		textsOf(values, "user")
	];
	if (uris[0] !== void 0) return [
		textsOf(values, "http.method")[0],
		textsOf(values, "http.statuscode")[0],
		andMore(uris)
	].filter((part) => part !== void 0).join(" ");
	if (hosts.length > 0) return andMore(hosts);
	if (names.length > 0) return andMore(names);
	return users.length > 0 ? `user ${andMore(users)}` : "";
}
function andMore(texts) {
	return texts.length > 1 ? `${texts[0] ?? ""} (+${texts.length - 1})` : texts[0] ?? "";
}
function numberOf(values, name) {
	const value = values.get(name);
	return typeof value === "number" ? value : null;
}
function textsOf(values, name) {
	const value = values.get(name) ?? null;
	return (Array.isArray(value) ? value : value === null ? [] : [value]).map(String);
}

export { overview as i, isoTime as n, kindOf as r, chosenFields as t };