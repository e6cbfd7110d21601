import { t as systemClock } from "./clock-COoNNce-.js";
import { i as systemErrorCode, n as LookbackError } from "./errors-iXTvzgJ7.js";
import { n as parseIni } from "./ini-DbJXZgqT.js";
import { n as SETTINGS } from "./settings-E71MVzMb.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";
import { n as runImports } from "./import-run-Cj-2Y53F.js";
import { n as printCount } from "./print-time-53CqUrwX.js";
import path from "node:path";
import { readFileSync } from "node:fs";
import { opendir, stat } from "node:fs/promises";

// dist/capture/arkime-files.js
/** Files that one import looks at; more are left out and told. */
const MOST_FILES = 1e6;
/** Directories below a named one that are looked into: `pcapDirTemplate` makes some by date. */
const DEEPEST = 8;
/** A file that changed within this time is still written, in milliseconds. */
const STILL_WRITTEN_MS = 6e4;
const NAME = /^([\w.-]{1,64})-(\d{6})-(\d{1,15})\.(?:pcap|arkime)(?:\.(?:gz|zst))?$/;
/** The node and number that a file's name tells, or null when capture did not name it so. */
function parseArkimeFileName(name) {
	const match = NAME.exec(name);
	return match?.[1] === void 0 ? null : {
		node: match[1],
		number: Number(match[3])
	};
}
/** Finds the packet files of an installation below directories. Symbolic links to directories are not followed. */
async function findArkimeFiles(directories, nowMs) {
	const files = /* @__PURE__ */ new Map();
	const open = [];
	const unreadable = [];
	const walk = async (directory, depth) => {
		for await (const entry of await opendir(directory)) {
			const below = path.join(directory, entry.name);
			if (entry.isDirectory()) {
				if (depth < DEEPEST) await walk(below, depth + 1);
				continue;
			}
			const name = parseArkimeFileName(entry.name);
			if (name === null || !entry.isFile() || files.size >= MOST_FILES) continue;
			const found = await stat(below).catch((error) => {
				if (systemErrorCode(error) === "ENOENT") return null;
				throw error;
			});
			if (found === null) continue;
			if (nowMs - found.mtimeMs < 6e4) open.push(below);
			else files.set(below, {
				path: below,
				...name
			});
		}
	};
	for (const directory of new Set(directories)) try {
		await walk(directory, 0);
	} catch (error) {
		unreadable.push({
			directory,
			reason: error instanceof Error ? error.message : String(error)
		});
	}
	const order = (a, b) => a.node === b.node ? a.number - b.number : a.node < b.node ? -1 : 1;
	return {
		files: [...files.values()].sort(order),
		open: open.sort(),
		unreadable
	};
}

// dist/config/arkime-installation.js
/** What capture of Arkime takes without a setting. */
const USUAL_DIRECTORY = "/opt/arkime/raw";
/** Reads a configuration file of Arkime for what it says of every node's packet files. Throws CONFIG_INVALID. */
function readArkimeInstallation(file) {
	let text;
	try {
		text = readFileSync(file, "utf8");
	} catch (error) {
		throw new LookbackError("CONFIG_INVALID", `${file}: cannot be read: ${error instanceof Error ? error.message : String(error)}`, { file }, { cause: error });
	}
	const entries = parseIni(text, file);
	const directories = entries.filter(({ key }) => key === "pcapDir").flatMap(({ value }) => SETTINGS.pcapDir.read(value) ?? []);
	const unreadable = entries.filter(({ key, value }) => key === "simpleEncoding" && value !== "" || key === "simpleShortHeader" && value === "true" || key === "pcapWriteMethod" && value !== "" && !value.startsWith("simple"));
	return {
		packetDirectories: directories.length === 0 ? [USUAL_DIRECTORY] : [...new Set(directories.map((directory) => path.resolve(path.dirname(file), directory)))],
		unreadable: unreadable.map(({ key, value, section }) => `[${section}] ${key}=${value}`)
	};
}

// dist/cli/arkime-import.js
/** Files that are queued at a time: an interrupted command leaves no more than these to the next start. */
const AT_ONCE = 50;
const KNOWN = "query ($before: Long) { captureFiles(first: 1000, before: $before) { files { name state } next } }";
/**
* Imports the packet files of an installation of Moloch or Arkime, node by node in the order they were written, each under
* its node's name. Files that are in already are left out by their name, so that a command that was ended goes on where it
* was. Resolves to the exit code.
*/
async function importFromArkime(connection, { config, directories, copy }, output, note, signal) {
	if (connection.kind === "remote") throw new LookbackError("BAD_INPUT", "--from-arkime looks for files of this machine: run it where the service is, without --url");
	const installation = readArkimeInstallation(path.resolve(config));
	for (const setting of installation.unreadable) note(`warning: ${setting}: packet files that it makes (encrypted, with short headers, or elsewhere) cannot be read`);
	const found = await findArkimeFiles(directories.length > 0 ? directories.map((directory) => path.resolve(directory)) : installation.packetDirectories, systemClock.nowMs());
	for (const { directory, reason } of found.unreadable) note(`warning: ${directory} cannot be read: ${reason}`);
	for (const file of found.open) note(`warning: ${file} changed within the last minute, so it is still written; import again once capture has closed it`);
	const known = await knownFiles(connection);
	const files = found.files.filter((file) => !known.has(file.path));
	const nodes = new Set(files.map(({ node }) => node));
	note(`${printCount(found.files.length)} packet files, ${printCount(found.files.length - files.length)} of them imported before; ${printCount(files.length)} to import${files.length === 0 ? "" : ` of ${[...nodes].slice(0, 5).join(", ")}${nodes.size > 5 ? ", …" : ""}`}`);
	let failed = found.unreadable.length;
	for (let at = 0; at < files.length && !signal.aborted;) {
		const some = nextOf(files, at);
		note(`${printCount(at + 1)} to ${printCount(at + some.length)} of ${printCount(files.length)}, node ${some[0]?.node ?? ""}:`);
		failed += (await runImports(connection.imports, some.map((file) => file.path), copy, output, some[0]?.node ?? null)).failed;
		at += some.length;
	}
	return failed > 0 || found.open.length > 0 ? EXIT.someFilesFailed : EXIT.ok;
}
/** The next files of one node. */
function nextOf(files, from) {
	const node = files[from]?.node;
	let to = from;
	while (to < files.length && to - from < AT_ONCE && files[to]?.node === node) to++;
	return files.slice(from, to);
}
/** Names of the captures that are in. */
async function knownFiles(connection) {
	const names = /* @__PURE__ */ new Set();
	let before = null;
	do {
		const page = (await connection.ask(KNOWN, { before })).at("captureFiles");
		for (const file of page.at("files").list()) if (file.at("state").text() === "COMPLETE") names.add(file.at("name").text());
		before = page.at("next").orNull()?.number() ?? null;
	} while (before !== null);
	return names;
}

export { importFromArkime };