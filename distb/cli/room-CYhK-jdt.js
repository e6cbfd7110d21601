import { t as systemClock } from "./clock-COoNNce-.js";
import { r as isDiskFull } from "./errors-iXTvzgJ7.js";
import { t as RoomRequests } from "./room-requests-DF4ETVYm.js";
import { t as hasNoRoom } from "./try-writing-DVgRFuEn.js";
import path from "node:path";
import { existsSync } from "node:fs";
import { open, rm, stat, statfs } from "node:fs/promises";

// dist/app/reserve.js
/** Name of the reserve in the data directory. */
const RESERVE_FILE = "reserve";
/** Share of the device that is reserved, between these bounds in bytes. */
const SHARE = 1 / 1024;
const LEAST_BYTES = 262144;
const MOST_BYTES = 4 << 20;
/** The reserve is made only where so many times as much is free. */
const AMPLE = 4;
/**
* Keeps a file of nothing in the data directory, which is given up when the service starts on a full device: opening the catalogue
* takes room, and only who has opened it can make some. Returns whether it is there.
*/
async function keepReserve(directory) {
	const file = path.join(directory, RESERVE_FILE);
	const { bavail, blocks, bsize } = await statfs(directory);
	const wanted = Math.round(Math.min(MOST_BYTES, Math.max(LEAST_BYTES, blocks * bsize * SHARE)));
	const there = await stat(file).catch(() => null);
	if (there !== null && there.size >= wanted) return true;
	if (bavail * bsize < wanted * AMPLE) return false;
	try {
		const handle = await open(file, "w", 384);
		try {
			await handle.writeFile(Buffer.alloc(wanted));
			await handle.sync();
		} finally {
			await handle.close();
		}
		return true;
	} catch (error) {
		await rm(file, { force: true });
		if (!isDiskFull(error)) throw error;
		return false;
	}
}
/** Gives the reserve up. Returns whether there was one. */
async function spendReserve(directory) {
	const file = path.join(directory, RESERVE_FILE);
	if (await stat(file).catch(() => null) === null) return false;
	await rm(file, { force: true });
	return true;
}

// dist/app/room.js
/** Milliseconds between two looks whether a capture's device is full. */
const ROOM_LOOK_MS = 1e3;
/** Makes room where there is none, keeps the reserve, and from now on answers those who ask for room, until `lifecycle` stops. */
async function keepRoom(core, lifecycle, retention) {
	const { catalogue, directories, logger } = core;
	const requests = new RoomRequests({
		catalogue,
		retention,
		directories: () => writtenDirectories(core),
		hasNoRoom,
		clock: systemClock,
		logger
	});
	await requests.relieveFull();
	if (!await keepReserve(directories.data)) {
		await requests.relieve(directories.data);
		await keepReserve(directories.data);
	}
	const answer = () => {
		requests.answer().catch((error) => {
			logger.error({ error }, "no room could be made");
		});
	};
	lifecycle.add("requests for room", setInterval(answer, ROOM_LOOK_MS), (timer) => {
		clearInterval(timer);
	});
	return {
		async make(directory) {
			try {
				return (await retention.relieve(directory, null)).deleted > 0;
			} catch (error) {
				logger.warn({
					directory,
					error
				}, "no room could be made");
				return false;
			}
		},
		async makeWhereFull() {
			await requests.relieveFull();
		}
	};
}
/** Directories that must take what is written: data, and the packet directories of this node, as far as they are there. */
function writtenDirectories({ config, directories }) {
	return [.../* @__PURE__ */ new Set([
		directories.data,
		directories.sessions,
		...config.storageOf(config.node).directories
	])].filter((directory) => existsSync(directory));
}

export { spendReserve as n, keepRoom as t };