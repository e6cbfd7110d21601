import { t as systemClock } from "./clock-COoNNce-.js";
import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";
import { n as printCount, t as TimePrinter } from "./print-time-53CqUrwX.js";
import { i as overview, t as chosenFields } from "./session-view-ClkBvlcp.js";
import { n as table, t as tabSeparated } from "./table-iGQP5IGj.js";
import { n as rangeOf } from "./time-options-DQkyS-eT.js";

// dist/cli/commands/search.js
/** What programs get that name no fields; its order is kept from release to release. */
const PLAIN_FIELDS = [
	"starttime",
	"stoptime",
	"protocols",
	"ip.src",
	"port.src",
	"ip.dst",
	"port.dst",
	"packets",
	"bytes"
];
/** Most sessions of one command; more is an export's work. */
const MOST = 1e5;
/** Sessions of one page. */
const PAGE = 1e3;
const SEARCH = `query ($expression: String, $range: TimeRange, $names: [String!]!, $first: Int!, $after: String, $order: [SessionOrder!], $count: Boolean!) {
  sessions(expression: $expression, timeRange: $range, first: $first, after: $after, order: $order) {
    completeUntil
    nodes { id fields(names: $names) { name value } }
    pageInfo { hasNextPage endCursor }
    totalCount @include(if: $count) { value relation }
  }
}`;
const COUNT = "query ($expression: String, $range: TimeRange) { aggregate(expression: $expression, timeRange: $range) { count } }";
/** Prints sessions, newest first: a table on a terminal; else a line each with fields separated by tabs, or JSON lines. */
async function run({ operands: [expression], options, connect, print, note, terminal }) {
	const asked = {
		expression: typeof expression === "string" ? expression : "",
		range: rangeOf(options, systemClock.nowMs()),
		order: orderOf(options["sort"]),
		limit: limitOf(options["limit"])
	};
	const connection = await connect("read");
	try {
		if (options["count"] === true) {
			print(String((await connection.ask(COUNT, {
				expression: asked.expression,
				range: asked.range
			})).at("aggregate").at("count").number()));
			return EXIT.ok;
		}
		if (options["json"] === true) await eachPage(connection, asked, namesOf(options["fields"]) ?? PLAIN_FIELDS, false, (rows) => {
			for (const { id, values } of rows) print(JSON.stringify({
				id,
				...Object.fromEntries(values)
			}));
		});
		else if (terminal.forPeople) {
			const times = new TimePrinter(options["utc"] === true);
			const names = namesOf(options["fields"]);
			await printTable(connection, asked, names === null ? overview(times) : chosenFields(names, times), times, {
				print,
				note,
				terminal
			});
		} else {
			const view = chosenFields(namesOf(options["fields"]) ?? PLAIN_FIELDS, null);
			await eachPage(connection, asked, view.names, false, (rows) => {
				for (const line of tabSeparated(rows.map((row) => view.row(row.values)))) print(line);
			});
		}
		return EXIT.ok;
	} finally {
		await connection.close();
	}
}
async function printTable(connection, asked, view, times, { print, note, terminal }) {
	const shown = [];
	const last = await eachPage(connection, asked, view.names, true, (rows) => {
		for (const { values } of rows) shown.push(view.row(values));
	});
	if (shown.length > 0) for (const line of table(view.columns, shown, terminal)) print(line);
	const { total, completeUntil } = last;
	const all = total === null || total === shown.length ? printCount(shown.length) : `${printCount(shown.length)} of ${printCount(total)}`;
	const more = total !== null && total > shown.length ? `; --limit shows more, up to ${printCount(MOST)}` : "";
	note(terminal.dim(`${all} session${(total ?? shown.length) === 1 ? "" : "s"} (times are ${times.zone})${completeUntil === null ? "" : `, complete until ${times.print(completeUntil)}`}${more}`));
	if (shown.length === 0 && asked.range !== null) note(terminal.dim(await outsideRange(connection, asked, times)));
}
/** What there is at other times, for somebody whose time range has nothing. */
async function outsideRange(connection, asked, times) {
	let newest = null;
	await eachPage(connection, {
		...asked,
		range: null,
		order: null,
		limit: 1
	}, ["stoptime"], false, ([row]) => {
		newest = row?.values.get("stoptime") ?? null;
	});
	return typeof newest === "number" ? `outside the time range there are some: the newest ended ${times.print(newest)}` : "there are none at other times either";
}
/** Reads pages until the limit; the count of all that match comes with the first one when `count` is set. */
async function eachPage(connection, { expression, range, order, limit }, names, count, use) {
	let [after, left, total, completeUntil] = [
		null,
		limit,
		null,
		null
	];
	do {
		const first = Math.min(left, PAGE);
		const page = (await connection.ask(SEARCH, {
			expression,
			range,
			names,
			order,
			first,
			after,
			count: count && after === null
		})).at("sessions");
		if (after === null) {
			total = count ? page.at("totalCount").orNull()?.at("value").number() ?? null : null;
			completeUntil = page.at("completeUntil").orNull()?.time() ?? null;
		}
		const rows = page.at("nodes").list().map(rowOf);
		use(rows);
		left -= rows.length;
		const info = page.at("pageInfo");
		after = rows.length > 0 && info.at("hasNextPage").flag() ? info.at("endCursor").text() : null;
	} while (after !== null && left > 0);
	return {
		total,
		completeUntil
	};
}
function rowOf(node) {
	const values = new Map(node.at("fields").list().map((field) => [field.at("name").text(), field.at("value").value]));
	return {
		id: node.at("id").text(),
		values
	};
}
function namesOf(given) {
	if (given === void 0) return null;
	const names = [...new Set(String(given).split(",").map((name) => name.trim()).filter((name) => name !== ""))];
	if (names.length === 0) throw new LookbackError("BAD_INPUT", "--fields names no field; `lookback fields` lists them");
	return names;
}
/** `bytes` or `bytes:asc`, separated by commas. */
function orderOf(given) {
	if (given === void 0) return null;
	return String(given).split(",").map((part) => {
		const [field = "", direction = "desc", ...rest] = part.trim().split(":");
		if (field === "" || rest.length > 0 || direction !== "asc" && direction !== "desc") throw new LookbackError("BAD_INPUT", `--sort ${String(given).slice(0, 80)}: expected FIELD or FIELD:asc, separated by commas`);
		return {
			field,
			direction: direction.toUpperCase()
		};
	});
}
function limitOf(given) {
	const limit = given === void 0 ? 100 : Number(given);
	if (!Number.isInteger(limit) || limit < 1 || limit > MOST) throw new LookbackError("LIMIT_EXCEEDED", `--limit ${String(given)}: allowed: 1 to ${MOST}`, { limit: MOST });
	return limit;
}

export { run };