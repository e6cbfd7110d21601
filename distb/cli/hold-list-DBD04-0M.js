import { t as EXIT } from "./exit-code-DQcjXeOq.js";
import { n as printCount } from "./print-time-53CqUrwX.js";
import { r as printBytes } from "./progress-CMgCVw6k.js";
import { n as table, t as tabSeparated } from "./table-iGQP5IGj.js";

// dist/cli/commands/hold-list.js
const HOLDS = `query ($ended: Boolean!, $before: Long) {
  holds(first: 1000, ended: $ended, before: $before) { holds { id subject description reason createdBy created until released sessions packets bytes } next }
}`;
const COLUMNS = [
	{
		title: "hold",
		align: "right"
	},
	{
		title: "sessions",
		align: "right"
	},
	{
		title: "packets",
		align: "right"
	},
	{
		title: "bytes",
		align: "right"
	},
	{ title: "by" },
	{ title: "until" },
	{
		title: "reason",
		least: 12
	},
	{
		title: "what",
		least: 12
	}
];
/** Lists holds, newest first. */
async function run({ options, connect, print, terminal }) {
	const connection = await connect("read");
	const rows = [];
	try {
		for (let before = null;;) {
			const answer = (await connection.ask(HOLDS, {
				ended: options["ended"] === true,
				before
			})).at("holds");
			for (const hold of answer.at("holds").list()) {
				if (options["json"] === true) {
					print(JSON.stringify(hold.value));
					continue;
				}
				const [until, released] = [hold.at("until").orNull(), hold.at("released").orNull()];
				const end = released !== null ? `released ${new Date(released.time()).toISOString()}` : until === null ? "released" : new Date(until.time()).toISOString();
				const bytes = hold.at("bytes").number();
				rows.push([
					String(hold.at("id").number()),
					printCount(hold.at("sessions").number()),
					printCount(hold.at("packets").number()),
					terminal.forPeople ? printBytes(bytes) : String(bytes),
					hold.at("createdBy").text(),
					end,
					hold.at("reason").text(),
					`${hold.at("subject").text()} ${hold.at("description").text()}`
				]);
			}
			const next = answer.at("next").orNull();
			if (next === null) break;
			before = next.number();
		}
		for (const line of terminal.forPeople ? table(COLUMNS, rows, terminal) : tabSeparated(rows)) print(line);
		return EXIT.ok;
	} finally {
		await connection.close();
	}
}

export { run };