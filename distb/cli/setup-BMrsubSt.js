import { r as PASSWORD_LENGTH } from "./service-DHjiMIrD.js";
import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as defaultInterface } from "./default-interface-BfHHyIFe.js";
import { n as printValue, t as isSecret } from "./config-schema-uBgP1RAO.js";
import { i as ACCEPTED_KEYS, n as loadConfig, r as settingKeys } from "./config-CoZMqRVD.js";
import { n as SETTINGS } from "./settings-E71MVzMb.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";
import { t as openLocal } from "./local-connection-8u9EC0mH.js";
import { t as isThere } from "./is-there-PCRqa5ea.js";
import path from "node:path";
import { readFileSync } from "node:fs";
import { readdir, rename, writeFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

// dist/config/commented-file.js
/** Longest line of a comment. */
const LINE = 100;
/**
* A config.ini with every setting: those of `chosen` as lines, all others as comments with their defaults, each under its
* meaning and what it may be. Keys of Arkime that have no effect yet may be chosen too; they come last and say so.
*/
function commentedFile(chosen) {
	const lines = [
		"# Configuration of Lookback. `lookback setup` writes one like this, `lookback config explain KEY` says more about a",
		"# setting, and `lookback config check` what is wrong. A section [NODE] with the name of a sensor wins over [default].",
		"",
		"[default]"
	];
	for (const key of settingKeys()) {
		const declared = SETTINGS[key];
		lines.push("", ...comment(`${declared.help.replace(/^Lookback: (.)/, (_, first) => first.toUpperCase())} Allowed: ${declared.allowed}.`));
		const value = chosen.get(key);
		const usual = declared.defaultValue === null || isSecret(key) ? "" : escape(String(printValue(declared.defaultValue)));
		lines.push(value === void 0 ? `#${key}=${usual}` : `${key}=${escape(value)}`);
	}
	const waiting = [...chosen].filter(([key]) => !settingKeys().some((known) => known === key));
	for (const [key, value] of waiting) lines.push("", ...comment(`Without effect yet: ${ACCEPTED_KEYS.get(key)?.reason ?? "unknown"}.`), `${key}=${escape(value)}`);
	return `${lines.join("\n")}\n`;
}
/** As ini.ts reads it back. */
function escape(value) {
	return value.replaceAll("\\", "\\\\");
}
function comment(text) {
	const lines = [];
	let line = "#";
	for (const word of text.split(" ")) {
		if (line.length + 1 + word.length > LINE && line !== "#") {
			lines.push(line);
			line = "#";
		}
		line += ` ${word}`;
	}
	return [...lines, line];
}

// dist/cli/prompt.js
/** Asks a person at the terminal. Questions go to standard error, so that standard output stays the command's. */
var Prompt = class {
	/** Asks until an answer is accepted; an empty one is `usual`. `check` returns why an answer is none, or null. */
	async ask(question, usual, check = () => null) {
		for (;;) {
			const reader = createInterface({
				input: process.stdin,
				output: process.stderr,
				terminal: true
			});
			const answer = await answerOf(reader, `${question}${usual === "" ? "" : ` [${usual}]`}: `).finally(() => {
				reader.close();
			});
			const given = answer.trim() === "" ? usual : answer.trim();
			const reason = check(given);
			if (reason === null) return given;
			process.stderr.write(`  ${reason}\n`);
		}
	}
	/** Asks for a password twice, without showing it. Empty: none. */
	async password(question, check) {
		for (;;) {
			const first = await this.#hidden(`${question}: `);
			if (first === "") return "";
			const reason = check(first) ?? (await this.#hidden("Again: ") === first ? null : "these were not the same");
			if (reason === null) return first;
			process.stderr.write(`  ${reason}\n`);
		}
	}
	async #hidden(question) {
		const nowhere = new Writable({ write(_chunk, _encoding, done) {
			done();
		} });
		const reader = createInterface({
			input: process.stdin,
			output: nowhere,
			terminal: true
		});
		process.stderr.write(question);
		try {
			return await answerOf(reader, "");
		} finally {
			reader.close();
			process.stderr.write("\n");
		}
	}
};
/** The next line. The end of the input and an interrupt are no answers. */
function answerOf(reader, question) {
	const ended = new Promise((_resolve, reject) => {
		const end = () => {
			reject(new LookbackError("QUERY_CANCELLED", "nothing was written"));
		};
		reader.once("close", end).once("SIGINT", end);
	});
	return Promise.race([reader.question(question), ended]);
}

// dist/cli/commands/setup.js
/** Asks what an installation needs to know (or takes it from options), writes a commented config.ini, and sets the first password. */
async function run({ options, print, note, signal }) {
	const target = path.resolve(typeof options["config"] === "string" ? options["config"] : "config.ini");
	if (options["force"] !== true && await isThere(target)) throw new LookbackError("BAD_INPUT", `${target} is there already; --force replaces it and keeps the old one as ${path.basename(target)}.old, --config names another`);
	const interactive = options["yes"] !== true;
	if (interactive && !process.stdin.isTTY) throw new LookbackError("BAD_INPUT", "there is no terminal to ask at: give --yes and what you want to choose as options (lookback setup --help)");
	const given = await givenChoices(options);
	const choices = interactive ? await ask(given, new Prompt()) : given;
	for (const [key, value] of [
		["interface", choices.interface],
		["dataDir", choices.dataDir],
		["viewHost", choices.viewHost],
		["viewPort", choices.viewPort],
		["freeSpaceG", choices.freeSpaceG]
	]) check(key, value);
	const passwordFault = choices.password === "" ? null : checkPassword(choices.password);
	if (passwordFault !== null) throw new LookbackError("BAD_INPUT", passwordFault);
	const storeFault = checkStore(choices.storeUrl);
	if (storeFault !== null) throw new LookbackError("BAD_INPUT", `--store-url: ${storeFault}`);
	const chosen = new Map(Object.entries({
		dataDir: path.resolve(choices.dataDir),
		viewHost: choices.viewHost,
		viewPort: choices.viewPort,
		freeSpaceG: choices.freeSpaceG,
		...choices.interface === "" ? {} : { interface: choices.interface },
		...choices.storeUrl === "" ? {} : {
			indexStore: "elasticsearch",
			elasticsearch: choices.storeUrl
		}
	}));
	await replace(target, commentedFile(chosen));
	const config = loadConfig({
		file: target,
		node: null,
		environment: process.env,
		workingDirectory: process.cwd()
	});
	if (choices.password !== "") await setPassword(await openLocal(config, "change", signal), choices.password);
	if (options["json"] === true) print(JSON.stringify({
		file: target,
		dataDirectory: config.dataDirectory,
		user: choices.password === "" ? null : "admin"
	}));
	else print(`wrote ${target}`);
	note(choices.password === "" ? "The first start prints the password of admin, once." : "Log in as admin with the password that you gave.");
	note(`Next: lookback doctor --config ${target}, then lookback start --config ${target}`);
	return EXIT.ok;
}
/** Writes a file whole, keeping the one that was there as `.old`. */
async function replace(target, content) {
	try {
		await writeFile(`${target}.new`, content, { mode: 384 });
		if (await isThere(target)) await rename(target, `${target}.old`);
		await rename(`${target}.new`, target);
	} catch (cause) {
		throw new LookbackError("UNAVAILABLE", `${target} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}; name another with --config`, {}, { cause });
	}
}
async function givenChoices(options) {
	const option = (name, usual) => typeof options[name] === "string" ? options[name] : usual;
	return {
		interface: option("interface", ""),
		dataDir: option("data", "data"),
		storeUrl: option("storeUrl", ""),
		viewHost: option("host", SETTINGS.viewHost.defaultValue),
		viewPort: option("port", String(SETTINGS.viewPort.defaultValue)),
		freeSpaceG: option("freeSpace", "5%"),
		password: options["passwordStdin"] === true ? (await text(process.stdin)).split(/\r?\n/)[0] ?? "" : ""
	};
}
async function ask(usual, prompt) {
	const known = await readdir("/sys/class/net").catch(() => []);
	const usualInterface = usual.interface !== "" ? usual.interface : defaultInterface(readRoutes()) ?? "";
	const device = await prompt.ask(`Interfaces to capture from, separated by ; (${known.join(", ")}; none: import only)`, usualInterface, (answer) => {
		const missing = answer === "none" ? [] : answer.split(";").map((name) => name.trim()).filter((name) => name !== "" && !known.includes(name));
		return missing.length === 0 ? null : `there is no interface ${missing.join(", ")}`;
	});
	return {
		interface: device === "none" ? "" : device,
		dataDir: await prompt.ask("Data directory, for packets, sessions and catalogue", usual.dataDir, faultOf("dataDir")),
		storeUrl: await prompt.ask("URL of an Elasticsearch or OpenSearch to index into (empty: the built-in index)", usual.storeUrl, checkStore),
		viewHost: await prompt.ask("Address to serve on (0.0.0.0: every address; then put TLS in front)", usual.viewHost, faultOf("viewHost")),
		viewPort: await prompt.ask("Port to serve on", usual.viewPort, faultOf("viewPort")),
		freeSpaceG: await prompt.ask("Free space to keep by deleting the oldest packets, percent or GiB", usual.freeSpaceG, faultOf("freeSpaceG")),
		password: usual.password !== "" ? usual.password : await prompt.password("Password of the administrator admin (empty: the first start makes one)", checkPassword)
	};
}
function readRoutes() {
	try {
		return readFileSync("/proc/net/route", "utf8");
	} catch {
		return "";
	}
}
function faultOf(key) {
	return (answer) => SETTINGS[key].read(answer) === null ? `allowed: ${SETTINGS[key].allowed}` : null;
}
function check(key, value) {
	const fault = faultOf(key)(value);
	if (fault !== null) throw new LookbackError("BAD_INPUT", `${key}=${value.slice(0, 200)}: ${fault}`);
}
function checkPassword(password) {
	return password.length >= PASSWORD_LENGTH.least && password.length <= PASSWORD_LENGTH.most ? null : `a password has ${PASSWORD_LENGTH.least} to ${PASSWORD_LENGTH.most} characters`;
}
function checkStore(url) {
	if (url === "") return null;
	return url.split(";").every((one) => URL.canParse(one) && /^https?:$/.test(new URL(one).protocol)) ? null : "expected http://HOST:PORT or https://HOST:PORT";
}
/** Makes the administrator, or gives the one that is there a new password. */
async function setPassword(connection, password) {
	try {
		const there = (await connection.ask("{ user(name: \"admin\") { user { name } } }")).at("user").at("user").orNull() !== null;
		await connection.ask(there ? "mutation ($password: String) { setUserPassword(name: \"admin\", password: $password) { madePassword } }" : "mutation ($password: String) { createUser(name: \"admin\", password: $password, user: { role: ADMINISTRATOR }) { madePassword } }", { password });
	} finally {
		await connection.close();
	}
}

export { run };