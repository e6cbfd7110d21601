import { t as EXIT } from "./exit-code-DQcjXeOq.js";
import { a as resultLine, i as printDuration, r as printBytes, t as ProgressPrinter } from "./progress-CMgCVw6k.js";
import path from "node:path";

// dist/cli/import-run.js
/** Imports captures and shows how it goes: progress, a line per capture, and the sums. */
async function runImports(imports, paths, copy, output, node = null) {
	const begun = output.nowMs();
	const printer = new ProgressPrinter(output.progress, output.nowMs);
	const { jobs, failed } = await imports.submit(paths, {
		copy,
		workingDirectory: process.cwd(),
		requestedBy: "command line",
		node
	});
	for (const { path: name, error } of failed) showFailure(name, error, printer, output);
	const finished = await imports.finished(jobs.map((job) => job.id), (job) => {
		if (job.state === "running") printer.running(job, shortName(job));
		else if (job.state !== "queued") showResult(job, printer, output);
	});
	const count = (state) => finished.filter((job) => job.state === state).length;
	const outcome = {
		done: count("done"),
		already: count("already"),
		failed: count("failed") + failed.length
	};
	if (!output.json) {
		const sum = (pick) => finished.reduce((total, job) => total + (job.state === "done" ? pick(job) : 0), 0);
		const seconds = Math.max((output.nowMs() - begun) / 1e3, .001);
		const bytes = sum((job) => job.bytes);
		printer.line(`${sum((job) => job.packets)} packets, ${sum((job) => job.sessions)} sessions, ${printBytes(bytes)} in ${printDuration(seconds)} (${printBytes(bytes / seconds)}/s)`);
		printer.line(summary(outcome, [...finished.filter((job) => job.state === "failed").map((job) => job.path), ...failed.map((one) => one.path)]));
	}
	return outcome;
}
/** The exit code of an import. */
function importExitCode(outcome) {
	return outcome.failed > 0 ? EXIT.someFilesFailed : EXIT.ok;
}
function summary({ done, already, failed }, failedPaths) {
	return [
		`${done} imported`,
		...already > 0 ? [`${already} already imported`] : [],
		...failed > 0 ? [`${failed} failed (${failedPaths.slice(0, 5).join(", ")}${failed > 5 ? ", …" : ""})`] : []
	].join(", ");
}
function showResult(job, printer, output) {
	if (output.json) output.print(JSON.stringify(shown(job)));
	else printer.line(resultLine(job, shortName(job)));
}
/** The members that every way of importing knows. */
function shown({ id, path: name, state, packets, bytes, totalBytes, sessions, errorCode, errorMessage, warnings, createdAtMs, startedAtMs, finishedAtMs }) {
	return {
		id,
		path: name,
		state,
		packets,
		bytes,
		totalBytes,
		sessions,
		errorCode,
		errorMessage,
		warnings,
		createdAtMs,
		startedAtMs,
		finishedAtMs
	};
}
function showFailure(name, error, printer, output) {
	if (output.json) output.print(JSON.stringify({
		path: name,
		state: "failed",
		errorCode: error.code,
		errorMessage: error.message
	}));
	else printer.line(`failed ${name}: ${error.code}: ${error.message}`);
}
function shortName(job) {
	return job.path === "-" ? "standard input" : path.basename(job.path);
}

export { runImports as n, importExitCode as t };