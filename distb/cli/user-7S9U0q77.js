import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";
import { t as TimePrinter } from "./print-time-53CqUrwX.js";
import { n as table, t as tabSeparated } from "./table-iGQP5IGj.js";
import { text } from "node:stream/consumers";

// dist/cli/commands/user.js
/** Rights by name, as `--right` takes them. */
const RIGHTS = [
	"packetSearch",
	"emailSearch",
	"disablePcapDownload",
	"hideStats",
	"hideFiles",
	"hidePcap"
];
const USER = `name role loginBy enabled forcedExpression hiddenFields maxAgeHours created lastLogin
  rights { ${RIGHTS.join(" ")} } tokens { name scopes created expires }`;
/** Longest standard input that is read as a password, in characters. */
const MAX_INPUT = 1e3;
function nameOf(operand) {
	return typeof operand === "string" ? operand : "";
}
async function ask(context, access, operation, variables = {}) {
	const connection = await context.connect(access);
	try {
		return await connection.ask(operation, variables);
	} finally {
		await connection.close();
	}
}
/** An option that is one of a few words, as the API spells it. */
function word(flag, value, allowed) {
	if (value === void 0) return void 0;
	const given = String(value).toLowerCase();
	if (allowed.includes(given)) return given.toUpperCase();
	throw new LookbackError("BAD_INPUT", `${flag} ${given.slice(0, 40)}: allowed: ${allowed.join(", ")}`);
}
function commaList(value) {
	return value === void 0 ? void 0 : String(value).split(",").map((item) => item.trim()).filter((item) => item !== "");
}
/** What the options of `add` and `set` change. */
function changeOf({ options }) {
	const rights = {};
	for (const given of Array.isArray(options["right"]) ? options["right"].map(String) : []) {
		const [name = "", value = ""] = given.split("=");
		const right = RIGHTS.find((known) => known.toLowerCase() === name.toLowerCase());
		if (right === void 0 || !["true", "false"].includes(value)) throw new LookbackError("BAD_INPUT", `--right ${given.slice(0, 60)}: allowed: ${RIGHTS.join(", ")}, each =true or =false`);
		rights[right] = value === "true";
	}
	const hours = options["timeLimit"];
	if (hours !== void 0 && !/^\d{1,9}$/.test(String(hours))) throw new LookbackError("BAD_INPUT", `--time-limit ${String(hours).slice(0, 40)}: allowed: hours, 0 for none`);
	return {
		role: word("--role", options["role"], [
			"viewer",
			"analyst",
			"operator",
			"administrator"
		]),
		loginBy: word("--login", options["login"], [
			"password",
			"oidc",
			"header"
		]),
		forcedExpression: options["expression"],
		hiddenFields: commaList(options["hideFields"]),
		maxAgeHours: hours === void 0 ? void 0 : Number(hours),
		...Object.keys(rights).length === 0 ? {} : { rights }
	};
}
/** The first line of standard input with `--password-stdin`: a command line is seen by every user of the machine. */
async function givenPassword({ options }) {
	if (options["passwordStdin"] !== true) return null;
	const [line = ""] = (await text(process.stdin)).slice(0, MAX_INPUT).split(/\r?\n/);
	if (line === "") throw new LookbackError("BAD_INPUT", "--password-stdin: standard input holds no password");
	return line;
}
function done(context, answer, line) {
	const { options, print, note } = context;
	const user = answer.at("user");
	const password = answer.at("madePassword").orNull()?.text() ?? null;
	if (options["json"] === true) print(JSON.stringify({
		...user.value,
		...password === null ? {} : { madePassword: password }
	}));
	else {
		note(line(user));
		if (password !== null) {
			note("Its password, shown this once:");
			print(password);
		}
	}
	return EXIT.ok;
}
/** Prints the users. */
async function list(context) {
	const { options, print, terminal } = context;
	const users = (await ask(context, "read", `{ users { users { ${USER} } } }`)).at("users").at("users");
	if (options["json"] === true) {
		print(JSON.stringify(users.value, null, 2));
		return EXIT.ok;
	}
	const times = new TimePrinter(options["utc"] === true);
	const rows = users.list().map((user) => {
		const limits = [
			...user.at("forcedExpression").text() === "" ? [] : [user.at("forcedExpression").text()],
			...user.at("hiddenFields").list().length === 0 ? [] : [`without ${user.at("hiddenFields").list().map((path) => path.text()).join(", ")}`],
			...user.at("maxAgeHours").isNull ? [] : [`last ${user.at("maxAgeHours").number()} h`]
		];
		const last = user.at("lastLogin").orNull();
		return [
			user.at("name").text(),
			user.at("role").text().toLowerCase(),
			user.at("enabled").flag() ? "yes" : "no",
			user.at("loginBy").text().toLowerCase(),
			String(user.at("tokens").list().length),
			last === null ? "" : times.print(last.time()),
			limits.join("; ")
		];
	});
	for (const line of terminal.forPeople ? table([
		{ title: "User" },
		{ title: "Role" },
		{ title: "May log in" },
		{ title: "By" },
		{ title: "Tokens" },
		{ title: "Last login" },
		{
			title: "Limits",
			least: 10
		}
	], rows, terminal) : tabSeparated(rows)) print(line);
	return EXIT.ok;
}
/** Adds a user. */
async function add(context) {
	const name = nameOf(context.operands[0]);
	const user = changeOf(context);
	const password = await givenPassword(context);
	return done(context, (await ask(context, "change", `mutation ($name: String!, $password: String, $user: UserInput) { createUser(name: $name, password: $password, user: $user) { madePassword user { ${USER} } } }`, {
		name,
		password,
		user
	})).at("createUser"), (made) => `Added ${made.at("name").text()}, ${made.at("role").text().toLowerCase()}.`);
}
/** Changes role, rights or limits of a user. */
async function set(context) {
	return change(context, { user: changeOf(context) }, "Changed");
}
/** Lets a user log in no more, and ends all logins and tokens. */
async function disable(context) {
	return change(context, { enabled: false }, "Disabled");
}
/** Lets a user log in again. */
async function enable(context) {
	return change(context, { enabled: true }, "Enabled");
}
async function change(context, what, verb) {
	return done(context, (await ask(context, "change", `mutation ($name: String!, $user: UserInput, $enabled: Boolean) { updateUser(name: $name, user: $user, enabled: $enabled) { madePassword user { ${USER} } } }`, {
		name: nameOf(context.operands[0]),
		...what
	})).at("updateUser"), (user) => `${verb} ${user.at("name").text()}.`);
}
/** Gives a user a new password. */
async function password(context) {
	const given = await givenPassword(context);
	return done(context, (await ask(context, "change", `mutation ($name: String!, $password: String) { setUserPassword(name: $name, password: $password) { madePassword user { ${USER} } } }`, {
		name: nameOf(context.operands[0]),
		password: given
	})).at("setUserPassword"), (user) => `${user.at("name").text()} has a new password; all logins and tokens ended.`);
}
/** Makes, lists or ends tokens of a user. */
async function token(context) {
	const { operands, options, print, note, terminal } = context;
	const [user, name] = [nameOf(operands[0]), nameOf(operands[1])];
	if (name === "") {
		const found = (await ask(context, "read", "query ($user: String!) { user(name: $user) { user { tokens { name scopes created expires } } } }", { user })).at("user").at("user").orNull();
		if (found === null) throw new LookbackError("NOT_FOUND", `there is no user ${JSON.stringify(user.slice(0, 64))}`);
		if (options["json"] === true) {
			print(JSON.stringify(found.at("tokens").value, null, 2));
			return EXIT.ok;
		}
		const times = new TimePrinter(options["utc"] === true);
		const rows = found.at("tokens").list().map((one) => [
			one.at("name").text(),
			one.at("scopes").list().map((scope) => scope.text().toLowerCase()).join(","),
			times.print(one.at("created").time()),
			times.print(one.at("expires").time())
		]);
		for (const line of terminal.forPeople ? table([
			{ title: "Token" },
			{ title: "Scopes" },
			{ title: "Made" },
			{ title: "Ends" }
		], rows, terminal) : tabSeparated(rows)) print(line);
		return EXIT.ok;
	}
	if (options["revoke"] === true) {
		await ask(context, "change", "mutation ($user: String!, $name: String!) { revokeUserToken(user: $user, name: $name) { asOf } }", {
			user,
			name
		});
		note(`Ended the token ${name} of ${user}.`);
		return EXIT.ok;
	}
	const scopes = (commaList(options["scopes"]) ?? ["read"]).map((scope) => word("--scopes", scope, [
		"read",
		"tag",
		"export",
		"operate",
		"admin"
	]));
	const days = String(options["days"] ?? "90");
	if (!/^\d{1,4}$/.test(days)) throw new LookbackError("BAD_INPUT", `--days ${days.slice(0, 40)}: allowed: 1 to 366`);
	const made = (await ask(context, "change", "mutation ($user: String!, $name: String!, $days: Int!, $scopes: [TokenScope!]!) { createUserToken(user: $user, name: $name, days: $days, scopes: $scopes) { secret token { name scopes expires } } }", {
		user,
		name,
		days: Number(days),
		scopes
	})).at("createUserToken");
	if (options["json"] === true) print(JSON.stringify({
		...made.at("token").value,
		secret: made.at("secret").text()
	}));
	else {
		note("The token, shown this once:");
		print(made.at("secret").text());
	}
	return EXIT.ok;
}

export { add, disable, enable, list, password, set, token };