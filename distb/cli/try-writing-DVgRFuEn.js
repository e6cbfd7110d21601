import { i as systemErrorCode, r as isDiskFull } from "./errors-iXTvzgJ7.js";
import path from "node:path";
import { open, rm } from "node:fs/promises";

// dist/app/try-writing.js
const REASONS = {
	ENOSPC: "no room left",
	EDQUOT: "the quota is used up",
	EROFS: "mounted read-only",
	EACCES: "no right to write",
	EPERM: "no right to write",
	ENOENT: "does not exist",
	ENOTDIR: "not a directory",
	EIO: "the device fails (input/output error)",
	EMFILE: "too many open files",
	ENFILE: "too many open files"
};
/** Bytes that a catalogue takes when it is opened and written to; less is no room to work with. */
const WORKING_BYTES = 131072;
/** Why nothing can be written in a directory, or null when a small file can be, through to the device. */
async function tryWriting(directory) {
	const error = await writingError(directory, 512);
	if (error === null) return null;
	return REASONS[systemErrorCode(error) ?? ""] ?? (error instanceof Error ? error.message : String(error));
}
/** Whether there is no room in a directory to work with; other reasons why nothing can be written do not count. */
async function hasNoRoom(directory) {
	return isDiskFull(await writingError(directory, WORKING_BYTES));
}
async function writingError(directory, bytes) {
	const file = path.join(directory, `.lookback-write-${process.pid}`);
	try {
		const handle = await open(file, "w", 384);
		try {
			await handle.writeFile(Buffer.alloc(bytes));
			await handle.datasync();
		} finally {
			await handle.close();
		}
		return null;
	} catch (error) {
		return error ?? /* @__PURE__ */ new Error("unknown");
	} finally {
		await rm(file, { force: true }).catch(() => {});
	}
}

export { tryWriting as n, hasNoRoom as t };