import { t as systemClock } from "./clock-COoNNce-.js";
import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";
import { n as runImports, t as importExitCode } from "./import-run-Cj-2Y53F.js";

// dist/cli/commands/import.js
/** Imports captures: in this process, through the service that runs, or through the queue of one that still starts. */
async function run(context) {
	const { operands: [paths], options, print, note, signal } = context;
	const given = Array.isArray(paths) ? paths : [];
	const arkime = options["fromArkime"];
	if (given.length > 0 === (arkime !== void 0)) {
		note(given.length === 0 ? "error: missing required argument 'path': name captures to import, or --from-arkime CONFIG" : "error: --from-arkime finds the captures itself; name a directory of them with --pcap-dir");
		return EXIT.usage;
	}
	const copy = options["copy"] === true;
	const output = {
		json: options["json"] === true,
		print,
		progress: process.stderr,
		nowMs: () => systemClock.nowMs()
	};
	const connection = await connectOrQueue(context, arkime !== void 0 || options["monitor"] === true ? "change" : "import");
	if (connection === null && arkime !== void 0) throw new LookbackError("ROLE_HELD", "a process holds the role and does not answer yet; try again once it serves");
	if (connection === null) return queue(context, given, copy, output);
	const interrupted = new AbortController();
	const stop = () => {
		interrupted.abort();
		if (connection.kind === "local") connection.close();
	};
	signal.addEventListener("abort", stop, { once: true });
	if (connection.kind === "local") process.once("SIGTERM", stop);
	try {
		if (arkime !== void 0) {
			const { importFromArkime } = await import("./arkime-import-C2r074MN.js");
			const directories = Array.isArray(options["pcapDir"]) ? options["pcapDir"].map(String) : [];
			const code = await importFromArkime(connection, {
				config: String(arkime),
				directories,
				copy
			}, output, note, interrupted.signal);
			if (interrupted.signal.aborted) throw interruptedError(connection);
			return code;
		}
		if (options["monitor"] === true) return await monitor(context, connection, given, copy, output);
		const outcome = await runImports(connection.imports, given, copy, output);
		if (interrupted.signal.aborted) throw interruptedError(connection);
		return importExitCode(outcome);
	} catch (error) {
		throw interrupted.signal.aborted && options["monitor"] !== true ? interruptedError(connection, error) : error;
	} finally {
		process.off("SIGTERM", stop);
		await connection.close();
	}
}
/** Imports what is in directories and what arrives there, until a signal. */
async function monitor({ signal, config }, connection, directories, copy, output) {
	const { IMPORTED_BEFORE, importedBefore, requireDirectories, runMonitor } = await import("./monitor-run-CjH-hsEl.js");
	await requireDirectories(directories);
	const ended = new AbortController();
	const end = () => {
		ended.abort();
	};
	signal.addEventListener("abort", end, { once: true });
	process.once("SIGTERM", end);
	const { values } = await config();
	const imported = importedBefore(await connection.ask(IMPORTED_BEFORE));
	await runMonitor({
		imports: connection.imports,
		directories,
		fileNames: values.offlineFilenameRegex,
		copy,
		output,
		imported
	}, ended.signal);
	process.off("SIGTERM", end);
	return EXIT.ok;
}
function interruptedError({ kind }, cause) {
	return new LookbackError("QUERY_CANCELLED", `interrupted: ${kind === "local" ? "what is not in yet is imported by the next command or service on this data directory; the same command goes on where it was" : "the service goes on with what it was given"}`, {}, { cause });
}
/** Null: a process holds the role and does not answer yet. */
async function connectOrQueue({ connect }, access) {
	try {
		return await connect(access, 0);
	} catch (error) {
		if (error instanceof LookbackError && error.code === "ROLE_HELD") return null;
		throw error;
	}
}
async function queue(context, paths, copy, output) {
	const [config, { openCatalogue }, { QueuedImports }] = await Promise.all([
		context.config(),
		import("./catalogue-D2zZuIZx.js"),
		import("./queued-imports-BlNTSJ7S.js")
	]);
	const catalogue = openCatalogue(config.dataDirectory, systemClock);
	try {
		return importExitCode(await runImports(new QueuedImports(catalogue, config.node, config.values.offlineFilenameRegex, () => connectOrQueue(context, "import")), paths, copy, output));
	} finally {
		catalogue.close();
	}
}

export { run };