import { n as readyLine, r as startServer, t as printWelcome } from "./welcome-B-WV-HDX.js";
import { t as openLog } from "./log-DJrCjcfp.js";
import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as systemClock } from "./clock-COoNNce-.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";
import { n as runImports, t as importExitCode } from "./import-run-Cj-2Y53F.js";
import { i as runMonitor, r as requireDirectories } from "./monitor-run-BBQNv5wD.js";
import { t as reloadAtHangup } from "./reload-DHms91eT.js";
import { n as untilSignalled, t as endSoon } from "./signals-XmcktPSm.js";
import { fileURLToPath } from "node:url";
import { fork } from "node:child_process";

// dist/cli/supervise.js
/** First wait before a child is started again, in milliseconds; doubled up to the longest. Packets are lost meanwhile. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 6e4;
/**
* Runs `lookback` with `words` as a child; messages call it `what`. A child that never said that it runs is not tried again: it has printed why
* (no interface, no right to capture), and trying would print it for ever. One that found no room is: there will be some.
*/
function supervise(what, words, note, supervision = {}) {
	const { makeRoom, program = fileURLToPath(new URL("./main.js", import.meta.url)), firstWaitMs = FIRST_WAIT_MS } = supervision;
	let child = null;
	let stopping = false;
	let waitMs = firstWaitMs;
	let timer = null;
	let listening = false;
	let ended = Promise.resolve();
	const start = () => {
		let running = false;
		const started = fork(program, [...words], { stdio: [
			"ignore",
			"inherit",
			"inherit",
			"ipc"
		] });
		child = started;
		started.on("message", () => {
			running = true;
			listening = true;
			waitMs = firstWaitMs;
		});
		ended = new Promise((resolve) => {
			started.on("exit", (code, signal) => {
				child = null;
				listening = false;
				resolve();
				const full = code === EXIT.noRoom;
				if (stopping || !running && !full) return;
				if (full) makeRoom?.().catch((error) => {
					note(`no room could be made for ${what}: ${error instanceof Error ? error.message : String(error)}`);
				});
				note(`${what} ended (${signal ?? `exit code ${code ?? "unknown"}`}); starting it again in ${waitMs / 1e3} s`);
				timer = setTimeout(start, waitMs);
				waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
			});
		});
	};
	start();
	return {
		hangUp() {
			if (listening) child?.kill("SIGHUP");
		},
		async stop() {
			stopping = true;
			if (timer !== null) clearTimeout(timer);
			child?.kill("SIGTERM");
			await ended;
		}
	};
}

// dist/cli/commands/start.js
/** Imports what is given, or captures live in a process of its own; serves until a signal. */
async function run({ options, config: configOf, reread, print, note }) {
	const config = await configOf();
	const logger = openLog(config, "serve");
	const paths = Array.isArray(options["read"]) ? options["read"].map(String) : [];
	const output = {
		json: options["json"] === true,
		print,
		progress: process.stderr,
		nowMs: () => systemClock.nowMs()
	};
	let exitCode = EXIT.ok;
	if (paths.length === 0 && options["capture"] !== false && config.values.dropUser !== null && process.getuid?.() === 0) throw new LookbackError("CONFIG_INVALID", `dropUser=${config.values.dropUser}: what serves would go on as root; run "lookback capture" as root and "lookback serve" as that user`, { key: "dropUser" });
	const watched = options["monitor"] === true ? paths : [];
	if (options["monitor"] === true && paths.length === 0) throw new LookbackError("BAD_INPUT", "--monitor needs the directories that it watches: --read DIRECTORY");
	await requireDirectories(watched);
	const monitored = new AbortController();
	let monitoring = Promise.resolve();
	const server = await startServer(config, logger, async (imports) => {
		if (watched.length > 0) {
			const imported = new Map(imports.jobs(1e3).flatMap((job) => job.finishedAtMs !== null && (job.state === "done" || job.state === "already") ? [[job.path, job.finishedAtMs]] : []));
			monitoring = runMonitor({
				imports,
				directories: watched,
				fileNames: config.values.offlineFilenameRegex,
				copy: options["copy"] === true,
				output,
				imported
			}, monitored.signal).catch((error) => {
				logger.error({ error: error instanceof Error ? error.message : String(error) }, "directories are not watched any more");
			});
			return;
		}
		if (paths.length > 0) exitCode = importExitCode(await runImports(imports, paths, options["copy"] === true, output));
	});
	const capture = paths.length === 0 && options["capture"] !== false ? supervise("live capture", childWords("capture", options), note, { makeRoom: server.makeRoom }) : null;
	const shipper = config.values.indexStore === "elasticsearch" ? supervise("the shipper", childWords("ship", options), note) : null;
	reloadAtHangup(reread, server.live, logger, () => {
		capture?.hangUp();
	});
	const signalled = untilSignalled();
	if (options["json"] === true) print(readyLine(server));
	else printWelcome(server, print);
	await signalled;
	monitored.abort();
	await capture?.stop();
	await server.stop();
	await monitoring;
	await shipper?.stop();
	endSoon();
	if (exitCode === EXIT.someFilesFailed) note("some captures could not be imported; see above");
	return exitCode;
}
/** The command line of a child: this one's global options go on to it. */
function childWords(command, options) {
	const words = [command];
	for (const name of [
		"config",
		"node",
		"data",
		"interface"
	]) {
		const value = command === "ship" && name === "interface" ? void 0 : options[name];
		if (typeof value === "string") words.push(`--${name}`, value);
	}
	if (command === "capture" && options["json"] === true) words.push("--json");
	for (const assignment of options.set ?? []) words.push("--set", assignment);
	return words;
}

export { run };