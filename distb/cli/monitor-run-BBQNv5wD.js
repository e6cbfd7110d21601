import { i as systemErrorCode, n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as systemClock } from "./clock-COoNNce-.js";
import { t as findSources } from "./sources-Cfqcg6ma.js";
import { n as runImports } from "./import-run-Cj-2Y53F.js";
import path from "node:path";
import { watch } from "node:fs";
import { readFile, readdir, readlink, stat } from "node:fs/promises";

// dist/capture/directory-monitor.js
/** Longest time between two looks: what no event of the file system tells is found then. */
const LOOK_MS = 1e4;
/** A file is whole when nothing of it changed for this long and nobody has it open for writing. */
const SETTLED_MS = 2e3;
/** Kernel flags of an open file, octal in /proc (fcntl.h): the way it is open. */
const ACCESS_MODE = 3;
/**
* Tells each capture file that arrives in directories once, when it is whole: its size and times have stayed the same for two
* seconds and no process that can be seen has it open for writing. A file that changes afterwards is told again. What is there at
* the first look is told as well, unless it was imported before.
*/
var DirectoryMonitor = class {
	#parts;
	#looks = /* @__PURE__ */ new Map();
	#isFirst = true;
	constructor(parts) {
		this.#parts = parts;
	}
	/** Looks once; returns the files that are whole since the last look, in order of name, and whether others may become so soon. */
	async look() {
		const { directories, fileNames, workingDirectory, nowMs, written = openForWriting } = this.#parts;
		const { files } = await findSources(directories, fileNames, workingDirectory);
		const now = nowMs();
		const looks = /* @__PURE__ */ new Map();
		const settled = [];
		let waiting = false;
		for (const file of files) {
			const found = await stampOf(file);
			if (found === null) continue;
			const before = this.#looks.get(file);
			const known = this.#isFirst && (this.#parts.imported?.get(file) ?? -1) >= found.mtimeMs;
			const look = before?.signature === found.signature ? before : {
				signature: found.signature,
				sinceMs: now,
				given: known
			};
			looks.set(file, look);
			if (look.given) continue;
			if (now - look.sinceMs >= SETTLED_MS) settled.push(file);
			else waiting = true;
		}
		this.#looks = looks;
		this.#isFirst = false;
		const open = settled.length > 0 ? await written() : /* @__PURE__ */ new Set();
		const whole = settled.filter((file) => !open.has(file));
		for (const file of whole) {
			const look = looks.get(file);
			if (look !== void 0) look.given = true;
		}
		return {
			whole,
			waiting: waiting || whole.length < settled.length
		};
	}
	/** Files as they become whole, several at a time, until the signal. */
	async *files(signal) {
		let wake = () => {};
		const watchers = this.#watch(() => {
			wake();
		});
		const onAbort = () => {
			wake();
		};
		signal.addEventListener("abort", onAbort, { once: true });
		try {
			while (!signal.aborted) {
				const { whole, waiting } = await this.look();
				if (whole.length > 0) yield whole;
				await new Promise((resolve) => {
					const timer = setTimeout(resolve, waiting ? SETTLED_MS : LOOK_MS);
					wake = () => {
						if (waiting && !signal.aborted) return;
						clearTimeout(timer);
						resolve();
					};
					if (signal.aborted) wake();
				});
			}
		} finally {
			signal.removeEventListener("abort", onAbort);
			for (const watcher of watchers) watcher.close();
		}
	}
	#watch(onEvent) {
		return this.#parts.directories.flatMap((directory) => {
			try {
				const watcher = watch(path.resolve(this.#parts.workingDirectory, directory), { recursive: true }, onEvent);
				watcher.on("error", () => {
					watcher.close();
				});
				return [watcher];
			} catch {
				return [];
			}
		});
	}
};
async function stampOf(file) {
	try {
		const { ino, size, mtimeMs } = await stat(file);
		return size === 0 ? null : {
			signature: `${ino} ${size} ${mtimeMs}`,
			mtimeMs
		};
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return null;
		throw error;
	}
}
/** Files that processes have open for writing, as far as /proc shows them to this process: its own user's, all to root. */
async function openForWriting() {
	const found = /* @__PURE__ */ new Set();
	const processes = await readdir("/proc").catch(() => []);
	for (const id of processes.filter((name) => /^\d+$/.test(name))) {
		const descriptors = await readdir(`/proc/${id}/fd`).catch(() => []);
		for (const descriptor of descriptors) {
			const file = await readlink(`/proc/${id}/fd/${descriptor}`).catch(() => "");
			if (!file.startsWith("/") || file.startsWith("/dev/")) continue;
			const flags = /^flags:\s*([0-7]+)$/m.exec(await readFile(`/proc/${id}/fdinfo/${descriptor}`, "utf8").catch(() => ""))?.[1] ?? "0";
			if ((Number.parseInt(flags, 8) & ACCESS_MODE) !== 0) found.add(file);
		}
	}
	return found;
}

// dist/cli/monitor-run.js
/** Throws BAD_INPUT unless each path is a directory of this machine. */
async function requireDirectories(paths) {
	for (const directory of paths) if (!(await stat(directory).catch(() => null))?.isDirectory()) throw new LookbackError("BAD_INPUT", `${directory} is no directory here; --monitor watches directories of this machine`, { path: directory });
}
/** Imports what is in directories and what arrives there, until the signal. */
async function runMonitor({ imports, directories, fileNames, copy, output, imported }, signal) {
	const monitor = new DirectoryMonitor({
		directories,
		fileNames,
		workingDirectory: process.cwd(),
		nowMs: systemClock.nowMs,
		imported
	});
	if (!output.json) output.print(`watching ${directories.join(", ")}`);
	for await (const files of monitor.files(signal)) await runImports(imports, files, copy, output);
}
/** What `importedBefore` asks. */
const IMPORTED_BEFORE = "{ importJobs(first: 1000) { jobs { path state finished } } }";
/** When captures were imported, by path, as far as the newest jobs tell. One that is told again is found to be imported already. */
function importedBefore(answer) {
	return new Map(answer.at("importJobs").at("jobs").list().filter((job) => ["DONE", "ALREADY_IMPORTED"].includes(job.at("state").text()) && !job.at("finished").isNull).map((job) => [job.at("path").text(), Date.parse(job.at("finished").text())]));
}

export { runMonitor as i, importedBefore as n, requireDirectories as r, IMPORTED_BEFORE as t };