import { i as systemErrorCode } from "./errors-iXTvzgJ7.js";
import path from "node:path";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

// dist/app/local-endpoint.js
/** Longest file that is read, in bytes; ours has about 150. */
const LONGEST = 4096;
function fileOf(dataDirectory) {
	return path.join(dataDirectory, "serve.json");
}
/** Writes the endpoint for the commands of the same owner, readable by nobody else, until it is withdrawn. */
function announce(dataDirectory, endpoint) {
	const file = fileOf(dataDirectory);
	rmSync(`${file}.new`, { force: true });
	writeFileSync(`${file}.new`, `${JSON.stringify(endpoint)}\n`, {
		mode: 384,
		flag: "wx"
	});
	renameSync(`${file}.new`, file);
	return { withdraw: () => {
		rmSync(file, { force: true });
	} };
}
/**
* The endpoint that a process left, or null when there is none, it is another user's, or its process has ended. That the
* process runs does not say that it still serves: a pid is used again.
*/
function announced(dataDirectory) {
	let text;
	try {
		text = readFileSync(fileOf(dataDirectory), "utf8");
	} catch (error) {
		const code = systemErrorCode(error);
		if (code === "ENOENT" || code === "EACCES" || code === "ENOTDIR") return null;
		throw error;
	}
	const endpoint = text.length > LONGEST ? null : readEndpoint(text);
	return endpoint === null || !isRunning(endpoint.pid) ? null : endpoint;
}
function readEndpoint(text) {
	let value;
	try {
		value = JSON.parse(text);
	} catch {
		return null;
	}
	if (typeof value !== "object" || value === null || !("url" in value && "token" in value && "pid" in value)) return null;
	const { url, token, pid } = value;
	return typeof url === "string" && typeof token === "string" && typeof pid === "number" && Number.isInteger(pid) && pid > 0 ? {
		url,
		token,
		pid
	} : null;
}
function isRunning(pid) {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return systemErrorCode(error) === "EPERM";
	}
}
/** The URL by which this machine reaches a server: one that listens on every address is reached by loopback. */
function localUrl(url) {
	const local = new URL(url);
	if (local.hostname === "0.0.0.0") local.hostname = "127.0.0.1";
	if (local.hostname === "[::]") local.hostname = "[::1]";
	return local.origin;
}

export { announced as n, localUrl as r, announce as t };