import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";
import { t as TimePrinter } from "./print-time-53CqUrwX.js";
import { n as table, t as tabSeparated } from "./table-iGQP5IGj.js";
import { n as rangeOf } from "./time-options-DQkyS-eT.js";

// dist/cli/commands/audit.js
const LOG = `query ($user: String, $action: String, $outcome: String, $address: String, $contains: String, $timeRange: TimeRange, $first: Int!, $before: ID) {
  auditLog(user: $user, action: $action, outcome: $outcome, address: $address, contains: $contains, timeRange: $timeRange, first: $first, before: $before) {
    next entries { id at user action address method outcome durationMs details }
  }
}`;
/** Most entries of one question. */
const PAGE = 1e3;
const MOST = 1e6;
/** Prints the audit log, newest first. */
async function run(context) {
	const { operands: [contains], options, print, terminal } = context;
	const limit = Number(options["limit"] ?? 100);
	if (!Number.isInteger(limit) || limit < 1 || limit > MOST) throw new LookbackError("BAD_INPUT", `--limit is 1 to ${MOST}, not ${String(options["limit"]).slice(0, 40)}`);
	const asked = {
		user: options["user"] ?? null,
		action: options["action"] ?? null,
		outcome: options["outcome"] ?? null,
		address: options["address"] ?? null,
		contains: typeof contains === "string" ? contains : null,
		timeRange: rangeOf(options, Date.now())
	};
	const connection = await context.connect("read");
	try {
		const times = new TimePrinter(options["utc"] === true);
		let before = null;
		let left = limit;
		let first = true;
		do {
			const page = (await connection.ask(LOG, {
				...asked,
				first: Math.min(PAGE, left),
				before
			})).at("auditLog");
			const entries = page.at("entries").list();
			left -= entries.length;
			before = page.at("next").orNull()?.text() ?? null;
			if (options["json"] === true) for (const entry of entries) print(JSON.stringify(entry.value));
			else {
				const rows = entries.map((entry) => [
					times.print(entry.at("at").time()),
					entry.at("user").text(),
					entry.at("address").orNull()?.text() ?? "",
					entry.at("action").text(),
					entry.at("outcome").text(),
					`${entry.at("durationMs").orNull()?.number() ?? ""}`,
					shown(entry.at("details").value)
				]);
				const columns = [
					{ title: `Time (${times.zone})` },
					{ title: "User" },
					{ title: "From" },
					{ title: "Action" },
					{ title: "Outcome" },
					{
						title: "ms",
						align: "right"
					},
					{
						title: "Details",
						least: 20
					}
				];
				const lines = terminal.forPeople ? table(columns, rows, terminal) : tabSeparated(rows);
				for (const line of terminal.forPeople && !first ? lines.slice(1) : lines) print(line);
			}
			first = false;
		} while (before !== null && left > 0);
	} finally {
		await connection.close();
	}
	return EXIT.ok;
}
/** Details as `name=value` pairs. */
function shown(details) {
	if (typeof details !== "object" || details === null) return "";
	return Object.entries(details).map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`).join(" ");
}

export { run };