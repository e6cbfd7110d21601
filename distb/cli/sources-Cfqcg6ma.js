import { i as systemErrorCode, n as LookbackError } from "./errors-iXTvzgJ7.js";
import path from "node:path";
import { opendir, stat } from "node:fs/promises";

// dist/capture/sources.js
/** Files that one request may name or find; more are refused, for each becomes a row of the catalogue. */
const MOST_FILES = 1e5;
/** Directories below a named one that are looked into. */
const DEEPEST = 32;
/**
* Finds the capture files that paths stand for: a file stands for itself whatever its name, a directory for the files
* below it whose names match, in order of name, and `-` for standard input. Symbolic links to directories are not
* followed, so that there is no loop.
*
* @throws LookbackError LIMIT_EXCEEDED beyond 100,000 files.
*/
async function findSources(paths, names, workingDirectory) {
	const files = [];
	const failed = [];
	for (const given of paths) {
		if (given === "-") {
			files.push(given);
			continue;
		}
		const absolute = path.resolve(workingDirectory, given);
		try {
			if ((await stat(absolute)).isDirectory()) await walk(absolute, names, files, 0);
			else files.push(absolute);
		} catch (error) {
			if (error instanceof LookbackError) throw error;
			failed.push({
				path: given,
				error: unreadable(given, error)
			});
		}
		if (files.length > 1e5) throw tooMany();
	}
	return {
		files: [...new Set(files)],
		failed
	};
}
async function walk(directory, names, files, depth) {
	if (depth > DEEPEST) return;
	const entries = [];
	for await (const entry of await opendir(directory)) {
		entries.push(entry);
		if (entries.length + files.length > 10 * 1e5) throw tooMany();
	}
	entries.sort((a, b) => a.name < b.name ? -1 : 1);
	for (const entry of entries) {
		const below = path.join(directory, entry.name);
		if (entry.isDirectory()) await walk(below, names, files, depth + 1);
		else if (names.test(entry.name) && (entry.isFile() || entry.isSymbolicLink() && await isFile(below))) files.push(below);
		if (files.length > 1e5) throw tooMany();
	}
}
async function isFile(file) {
	try {
		return (await stat(file)).isFile();
	} catch {
		return false;
	}
}
function tooMany() {
	return new LookbackError("LIMIT_EXCEEDED", `more than ${MOST_FILES} files: import them in parts`, { limit: MOST_FILES });
}
function unreadable(given, error) {
	const reason = systemErrorCode(error) === "ENOENT" ? "no such file or directory" : error instanceof Error ? error.message : String(error);
	return new LookbackError("CAPTURE_UNREADABLE", `${given}: ${reason}`, {
		path: given,
		reason
	}, { cause: error });
}

export { findSources as t };