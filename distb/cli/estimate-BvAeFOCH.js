import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as printBytes } from "./print-plan-DZga_J14.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";

// dist/retention/estimate.js
const DAY_SECONDS = 86400;
/** Bytes of a record's header in a packet file. */
const RECORD_HEADER = 16;
/** What a mix of office and web traffic comes to; a data directory that has sessions knows better. */
const USUAL_TRAFFIC = {
	packetBytes: 700,
	sessionBytes: 4e4,
	rowBytes: 350
};
/** What disk a load needs to be kept so many days. Pure. Throws BAD_INPUT for numbers that are none. */
function estimate(input) {
	for (const [name, value] of Object.entries(input)) if (!Number.isFinite(value) || value < 0 || value === 0 && name !== "freePercent") throw new LookbackError("BAD_INPUT", `${name} ${value}: expected a number above 0`, { name });
	const { bitsPerSecond, days, packetBytes, sessionBytes, rowBytes, freePercent, sessionDays } = input;
	if (freePercent >= 100) throw new LookbackError("BAD_INPUT", `freePercent ${freePercent}: expected less than 100`, { name: "freePercent" });
	const bytesPerSecond = bitsPerSecond / 8;
	const packetsPerSecond = bytesPerSecond / packetBytes;
	const perDay = (bytesPerSecond + packetsPerSecond * RECORD_HEADER) * DAY_SECONDS;
	const packets = perDay * days;
	const sessions = bytesPerSecond / sessionBytes * DAY_SECONDS * sessionDays;
	const indexBytes = sessions * rowBytes;
	const diskBytes = (packets + indexBytes) / (1 - freePercent / 100);
	const rounded = (value) => Math.round(value).toLocaleString("en-US");
	return {
		packetsPerSecond,
		packetBytes: packets,
		sessions,
		indexBytes,
		diskBytes,
		lines: [
			`${rounded(bitsPerSecond)} bit/s / 8 = ${printBytes(bytesPerSecond)} a second; / ${packetBytes} bytes a packet = ${rounded(packetsPerSecond)} packets a second`,
			`a day of packets: (${printBytes(bytesPerSecond)} + ${rounded(packetsPerSecond)} x ${RECORD_HEADER} bytes of record header) x ${rounded(DAY_SECONDS)} s = ${printBytes(perDay)}`,
			`packets: ${printBytes(perDay)} x ${days} days = ${printBytes(packets)}`,
			`sessions: ${printBytes(bytesPerSecond)} / ${printBytes(sessionBytes)} a session x ${rounded(DAY_SECONDS)} s x ${sessionDays} days = ${rounded(sessions)}`,
			`index: ${rounded(sessions)} sessions x ${rounded(rowBytes)} bytes a row = ${printBytes(indexBytes)}`,
			`disk: (${printBytes(packets)} + ${printBytes(indexBytes)}) / (1 - ${freePercent}% kept free) = ${printBytes(diskBytes)}`
		]
	};
}

// dist/cli/commands/estimate.js
const UNITS = {
	"": 1,
	k: 1e3,
	m: 1e6,
	g: 1e9,
	t: 0xe8d4a51000
};
/** Prints what disk and index a load needs, with the arithmetic; needs no data. */
function run({ options, print }) {
	const days = numberOf("--days", options["days"], null);
	const made = estimate({
		bitsPerSecond: rateOf(options["rate"]),
		days,
		packetBytes: numberOf("--packet-bytes", options["packetBytes"], USUAL_TRAFFIC.packetBytes),
		sessionBytes: numberOf("--session-bytes", options["sessionBytes"], USUAL_TRAFFIC.sessionBytes),
		rowBytes: numberOf("--row-bytes", options["rowBytes"], USUAL_TRAFFIC.rowBytes),
		sessionDays: numberOf("--session-days", options["sessionDays"], days),
		freePercent: numberOf("--free", typeof options["free"] === "string" ? options["free"].replace(/%$/, "") : options["free"], 5)
	});
	if (options["json"] === true) print(JSON.stringify(made));
	else for (const line of made.lines) print(line);
	return Promise.resolve(EXIT.ok);
}
/** `500M`, `500Mbit/s` or `10G`: bits a second, in powers of ten as link speeds are. */
function rateOf(given) {
	const match = /^(\d{1,15}(?:\.\d{1,6})?)\s*([kmgt]?)(?:bit(?:\/s)?|bps)?$/i.exec(String(given ?? ""));
	const unit = UNITS[match?.[2]?.toLowerCase() ?? "none"];
	if (match === null || unit === void 0 || Number(match[1]) === 0) throw new LookbackError("BAD_INPUT", `--rate ${given === void 0 ? "is missing" : String(given).slice(0, 40)}: expected the average load in bits a second, such as 500M or 2.5G`);
	return Number(match[1]) * unit;
}
function numberOf(flag, given, usual) {
	if (given === void 0 && usual !== null) return usual;
	const text = String(given ?? "");
	if (!/^\d{1,12}(\.\d{1,6})?$/.test(text)) throw new LookbackError("BAD_INPUT", `${flag} ${given === void 0 ? "is missing" : text.slice(0, 40)}: expected a number`);
	return Number(text);
}

export { run };