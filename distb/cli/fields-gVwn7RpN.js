import { t as EXIT } from "./exit-code-DQcjXeOq.js";
import { t as packagedCatalogue } from "./field-catalogue-CiZSzdjB.js";
import { n as table } from "./table-iGQP5IGj.js";

// dist/cli/commands/fields.js
const FIELDS = "query ($contains: String) { fields(contains: $contains) { fields { expression aliases path kind group name help since } } }";
/** Kinds by their names in the API. */
const KINDS = {
	INTEGER: "integer",
	FLOAT: "float",
	IP: "ip",
	TIME: "seconds",
	TERM: "termfield",
	LOWER_TERM: "lotermfield",
	UPPER_TERM: "uptermfield",
	TEXT: "lotextfield",
	BOOLEAN: "boolean"
};
/** Prints the fields that expressions can name: those of this build, or of the service that `--url` names. */
async function run(context) {
	const { operands: [text], options, print, terminal } = context;
	const wanted = typeof text === "string" ? text : "";
	const shown = (context.remote === null ? packaged(wanted.toLowerCase()) : await served(context, wanted)).filter((field) => field.expression !== "");
	shown.sort((a, b) => a.group === b.group ? a.expression < b.expression ? -1 : 1 : a.group < b.group ? -1 : 1);
	if (options["json"] === true) print(JSON.stringify(shown, null, 2));
	else if (terminal.forPeople) for (const line of table([
		{ title: "Expression" },
		{ title: "Kind" },
		{ title: "Group" },
		{
			title: "Meaning",
			least: 20
		}
	], shown.map((field) => [
		field.expression,
		field.kind,
		field.group,
		field.help || field.name
	]), terminal)) print(line);
	else for (const field of shown) print(`${field.expression.padEnd(32)} ${field.kind.padEnd(12)} ${(field.path ?? "").padEnd(32)} ${field.help || field.name}`);
	return shown.length === 0 ? EXIT.failed : EXIT.ok;
}
function packaged(wanted) {
	const catalogue = packagedCatalogue();
	return [...catalogue.declared, ...catalogue.derived].filter((field) => [
		field.expression,
		field.path,
		field.name,
		field.help,
		...field.aliases
	].some((part) => part.toLowerCase().includes(wanted))).map(({ expression, aliases, path, kind, group, name, help, since }) => ({
		expression,
		aliases,
		path,
		kind,
		group,
		name,
		help,
		since
	}));
}
async function served({ connect }, contains) {
	const connection = await connect("read");
	try {
		return (await connection.ask(FIELDS, { contains })).at("fields").at("fields").list().map((field) => ({
			expression: field.at("expression").text(),
			aliases: field.at("aliases").list().map((alias) => alias.text()),
			path: field.at("path").orNull()?.text() ?? null,
			kind: KINDS[field.at("kind").text()] ?? field.at("kind").text(),
			group: field.at("group").text(),
			name: field.at("name").text(),
			help: field.at("help").text(),
			since: field.at("since").orNull()?.text() ?? null
		}));
	} finally {
		await connection.close();
	}
}

export { run };