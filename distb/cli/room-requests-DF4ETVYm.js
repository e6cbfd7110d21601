import { n as LookbackError, r as isDiskFull } from "./errors-iXTvzgJ7.js";
import path from "node:path";
import { stat } from "node:fs/promises";

// dist/app/room-requests.js
/** Key under which a process that cannot delete asks the one that serves for room. */
const KEY = "retention.roomWanted";
/** Milliseconds without a request after which what was freed did help, for a while: captures ask every second as long as they cannot write. */
const HELPED_MS = 2500;
/** Wait after an answer, in milliseconds, in which whoever asked learns of it; doubled up to the longest after each in vain. */
const FIRST_WAIT_MS = 1500;
const LONGEST_WAIT_MS = 6e4;
/** Devices that are remembered; beyond, all begin anew. */
const MOST_DEVICES = 64;
/** Milliseconds between two looks whether writing is possible where nobody asked: whoever cannot write may not be able to ask either. */
const LOOK_MS = 3e4;
/**
* Asks the serving process to make room where `error` says that there is none, else in `directory`. Other errors ask for nothing: a
* device that fails is not mended by deleting. A catalogue that is full, too, cannot note it: then the next run of the minute helps.
*/
function askForRoom(catalogue, directory, error) {
	if (!isDiskFull(error)) return;
	const full = error instanceof LookbackError ? error.details["path"] : void 0;
	try {
		catalogue.settings.set(KEY, typeof full === "string" ? path.dirname(full) : directory);
	} catch (failure) {
		if (!(failure instanceof Error)) throw failure;
	}
}
/**
* Makes room for processes that ask for it. Each answer may delete a share of the device, so one that changed nothing for whoever
* asked is followed by growing waits: something else is wrong then, and packets must not go for it.
*/
var RoomRequests = class {
	#parts;
	/** By device: when it was asked for and answered last, and how long the next answer waits. */
	#known = /* @__PURE__ */ new Map();
	#lookedMs = Number.NEGATIVE_INFINITY;
	#busy = false;
	constructor(parts) {
		this.#parts = parts;
	}
	/** Looks whether somebody asked, or cannot even ask, and makes room. Returns the directory, or null when nobody lacks room or it is too early. */
	async answer() {
		if (this.#busy) return null;
		const { catalogue, clock } = this.#parts;
		const asked = catalogue.settings.get(KEY) ?? "";
		const directory = asked === "" ? await this.#full() : asked;
		if (directory === null) return null;
		this.#takeBack();
		const now = clock.nowMs();
		const known = await this.#of(directory);
		const goesOn = now >= known.askedMs && now - known.askedMs <= HELPED_MS;
		known.askedMs = now;
		if (goesOn && now - known.answeredMs < known.waitMs) return null;
		await this.#relieve(directory, goesOn);
		return directory;
	}
	/** Makes room in every directory that has none, at once. Returns those directories. */
	async relieveFull() {
		const { directories, hasNoRoom } = this.#parts;
		const full = [];
		for (const directory of directories()) {
			if (!await hasNoRoom(directory)) continue;
			full.push(directory);
			await this.relieve(directory);
		}
		return full;
	}
	/** Makes room on the device of a directory, at once. */
	relieve(directory) {
		return this.#relieve(directory, false);
	}
	async #full() {
		const { directories, hasNoRoom, clock } = this.#parts;
		const since = clock.nowMs() - this.#lookedMs;
		if (since >= 0 && since < LOOK_MS) return null;
		this.#lookedMs = clock.nowMs();
		for (const directory of directories()) if (await hasNoRoom(directory)) return directory;
		return null;
	}
	async #of(directory) {
		const device = (await stat(directory).catch(() => null))?.dev ?? null;
		const key = device === null ? directory : String(device);
		let known = this.#known.get(key);
		if (known === void 0) {
			if (this.#known.size >= MOST_DEVICES) this.#known.clear();
			known = {
				askedMs: Number.NEGATIVE_INFINITY,
				answeredMs: Number.NEGATIVE_INFINITY,
				waitMs: 0
			};
			this.#known.set(key, known);
		}
		return known;
	}
	/** Forgets a request: whoever still lacks room asks again. A catalogue without room keeps it until there is some. */
	#takeBack() {
		const { settings } = this.#parts.catalogue;
		try {
			if ((settings.get(KEY) ?? "") !== "") settings.set(KEY, "");
		} catch (error) {
			if (!isDiskFull(error)) throw error;
		}
	}
	async #relieve(directory, inVain) {
		const { retention, clock, logger } = this.#parts;
		this.#busy = true;
		const known = await this.#of(directory);
		try {
			const { deleted, deletedBytes } = await retention.relieve(directory, null);
			known.waitMs = inVain ? Math.min(Math.max(FIRST_WAIT_MS, known.waitMs * 2), LONGEST_WAIT_MS) : FIRST_WAIT_MS;
			logger.warn({
				directory,
				deleted,
				deletedBytes,
				...inVain ? { nextInMs: known.waitMs } : {}
			}, inVain ? "made room again: what was freed before did not help" : "made room where a device was full");
			this.#takeBack();
		} finally {
			known.answeredMs = clock.nowMs();
			this.#busy = false;
		}
	}
};

export { askForRoom as n, RoomRequests as t };