import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { c as OwnDirectory, d as measureSpace, l as isInside } from "./packet-store-Dqe2fRVP.js";
import { _ as planPackets, a as copyHeldOut, c as isKeptCopy, g as isSettled, h as deviceTarget, i as COPY_STREAM, l as removeStrayCopy, n as dayStartMs, o as heldSession, r as planSessions, s as heldSessions, t as DAY_MS } from "./session-policy-BSxrUR4s.js";
import path from "node:path";
import { readdir } from "node:fs/promises";

// dist/retention/facts.js
/** Files that a plan begins with. */
const FIRST_LIMIT = 4096;
/** Looks at files on disk before a plan is believed: each look finds files that are not as listed, and the next plan has others. */
const MOST_LOOKS = 100;
/** Free space of the devices of our packet directories, and what could not be measured and why. `failing`: devices where writes failed for want of room. */
async function gatherDevices(sources, failing = /* @__PURE__ */ new Set()) {
	const [{ devices, unmeasured }, tombstones] = [await measureSpace(sources.packetDirectories, sources.probe), await sources.tombstones.list()];
	const pending = (device) => {
		const stuck = tombstones.filter((one) => one.device === device);
		return {
			pendingFiles: stuck.length,
			pendingBytes: stuck.reduce((sum, one) => sum + one.bytes, 0)
		};
	};
	return {
		devices: devices.map((device) => ({
			...device,
			...pending(device.device),
			writesFail: failing.has(device.device)
		})),
		unmeasured
	};
}
/**
* Packet files that are not gone, as the catalogue knows them: which device their directory is on, and their size. With `limit` the
* oldest of ours that a plan begins with, else all. Nothing on disk is looked at; `planOnDisk` does that for the files that
* matter. `failed` are those whose deletion failed in this run.
*/
function gatherPacketFacts(sources, devices, failed, limit = null) {
	const { catalogue, undecidedFromMs = null } = sources;
	const held = heldFiles(sources);
	const replayFrom = new Map(catalogue.marks.all().map((mark) => [mark.stream, mark.replayFromOrdinal]));
	const deviceOf = deviceLookup(sources.packetDirectories, devices);
	const listed = limit === null ? catalogue.files.retained() : catalogue.files.oldestRetained(limit, COPY_STREAM);
	const files = listed.map((file) => {
		const from = replayFrom.get(file.stream) ?? null;
		const device = file.storage === "own" ? deviceOf(file.path) : null;
		return {
			fileId: file.id,
			node: file.node,
			path: file.path,
			storage: file.storage,
			state: file.state,
			locked: file.locked,
			hold: held.files.get(file.id) ?? heldByDay(file, held.days),
			heldPackets: held.packets.get(file.id) ?? null,
			isCopy: isKeptCopy(file),
			undecided: undecidedFromMs !== null && file.storage === "own" && (file.lastMs ?? Number.NEGATIVE_INFINITY) >= undecidedFromMs,
			neededForReplay: from !== null && file.firstOrdinal + file.packets > from,
			found: device === null ? { refusal: "outside" } : {
				device,
				bytes: file.bytes
			},
			firstMs: file.firstMs,
			lastMs: file.lastMs,
			settledMs: Math.max(file.lastMs ?? 0, file.importedAtMs),
			deletionFailed: failed.has(file.id)
		};
	});
	const nowMs = sources.clock.nowMs();
	if (limit === null) return {
		nowMs,
		devices,
		files,
		beyond: {
			files: 0,
			bytes: 0
		},
		listedUntilMs: null
	};
	const own = catalogue.files.own();
	const bytes = listed.reduce((sum, file) => sum + file.bytes, 0);
	return {
		nowMs,
		devices,
		files,
		beyond: {
			files: own.files - listed.length,
			bytes: own.bytes - bytes
		},
		listedUntilMs: listed[Math.min(limit, listed.length) - 1]?.firstMs ?? null
	};
}
/** The plan of the oldest files, and of more of them until it is settled: a million files are not listed each minute. */
async function planOldest(sources, devices, failed, rules) {
	for (let limit = FIRST_LIMIT;; limit *= 8) {
		const facts = gatherPacketFacts(sources, devices, failed, limit);
		const plan = await planOnDisk(sources, facts, rules, planPackets);
		if (isSettled(facts, rules, plan)) return plan;
	}
}
/** The device of the innermost directory that a path is in; −1 where that directory could not be measured, null for a path in none. */
function deviceLookup(directories, devices) {
	const known = directories.map((directory) => ({
		prefix: path.resolve(directory) + path.sep,
		device: devices.find((one) => one.directories.includes(directory))?.device ?? -1
	})).toSorted((left, right) => right.prefix.length - left.prefix.length);
	return (file) => known.find(({ prefix }) => file.startsWith(prefix))?.device ?? null;
}
/**
* Makes a plan, looks at the files on disk that it would delete, and plans again with what was found, until the plan names
* only files that are as it says: what a run does is what the plan says.
*/
async function planOnDisk(sources, facts, rules, plan) {
	const directories = sources.packetDirectories.map((directory) => new OwnDirectory(directory));
	const at = new Map(facts.files.map((file, index) => [file.fileId, index]));
	const files = [...facts.files];
	const looked = /* @__PURE__ */ new Set();
	const populated = /* @__PURE__ */ new Map();
	for (let look = 0;; look += 1) {
		const made = plan({
			...facts,
			files
		}, rules);
		const fresh = [...made.devices.flatMap(({ items }) => items), ...made.elsewhere].filter((item) => item.action === "delete" && !looked.has(item.fileId));
		if (fresh.length === 0) return made;
		let asExpected = true;
		for (const { fileId, path: file } of fresh) {
			looked.add(fileId);
			const index = at.get(fileId);
			const fact = index === void 0 ? void 0 : files[index];
			if (index === void 0 || fact === void 0) continue;
			const found = await findOnDisk(file, directories, populated);
			asExpected &&= sameFinding(found, fact.found);
			files[index] = {
				...fact,
				found
			};
		}
		if (await claim(sources, fresh.map(({ fileId }) => files[at.get(fileId) ?? -1]))) {
			const held = sources.catalogue.holds.packetsByFile();
			for (const { fileId } of fresh) {
				const index = at.get(fileId);
				const fact = index === void 0 ? void 0 : files[index];
				if (index === void 0 || fact === void 0) continue;
				files[index] = {
					...fact,
					heldPackets: held.get(fileId) ?? null
				};
				asExpected &&= (held.get(fileId)?.bytes ?? 0) === (fact.heldPackets?.bytes ?? 0);
			}
		}
		if (asExpected || look === MOST_LOOKS) return plan({
			...facts,
			files
		}, rules);
	}
}
/** Lets classes hold their sessions of files that are due. Returns whether there is any class. */
async function claim({ classes }, due) {
	if (classes === void 0) return false;
	let any = false;
	for (const file of due) {
		if (file === void 0 || file.isCopy || "refusal" in file.found) continue;
		any = await classes.claimFile(file, null);
		if (!any) return false;
	}
	return any;
}
function sameFinding(one, other) {
	if ("refusal" in one || "refusal" in other) return false;
	return one.device === other.device && one.bytes === other.bytes;
}
/** The days of the store, and what of them is held. */
async function gatherSessionFacts(sources) {
	const partitions = await sources.store.partitions();
	const days = heldFiles(sources).days;
	const rows = sources.catalogue.holds.rowsByDay();
	const holdsOf = (day) => [.../* @__PURE__ */ new Set([...days.has(day) ? [days.get(day)?.hold ?? 0] : [], ...rows.get(day)?.holds ?? []])];
	return {
		nodes: await sources.store.dataNodes(),
		nowMs: sources.clock.nowMs(),
		partitions: partitions.map(({ day, rows: all, bytes }) => ({
			day,
			rows: all,
			bytes,
			hold: days.get(day)?.reason ?? null,
			holds: holdsOf(day),
			heldRows: Math.min(all, rows.get(day)?.rows ?? 0)
		}))
	};
}
/**
* Looks for a path in the directory that holds it; one in none of them is outside. One that is missing from a directory in
* which there is no file at all is not missing but its directory is: a device that is not mounted leaves an empty one.
*/
async function findOnDisk(file, directories, populated = /* @__PURE__ */ new Map()) {
	let refusal = { refusal: "outside" };
	for (const directory of directories) {
		const found = await directory.examine(file);
		if (found.own) return {
			device: found.device,
			bytes: found.bytes
		};
		if (found.reason === "missing") {
			if (isInside(directory.path, file)) return { refusal: await hasFiles(path.dirname(file), populated) ? "missing" : "directory-missing" };
		} else if (found.reason !== "outside") refusal = { refusal: found.reason };
	}
	return refusal;
}
async function hasFiles(directory, known) {
	const before = known.get(directory);
	if (before !== void 0) return before;
	const found = (await readdir(directory, { withFileTypes: true }).catch(() => [])).some((entry) => entry.isFile());
	known.set(directory, found);
	return found;
}
function heldByDay(file, days) {
	if (file.firstMs === null) return null;
	for (const [day, hold] of days) {
		const start = dayStartMs(day);
		if (start !== null && file.firstMs < start + 864e5 && (file.lastMs ?? file.firstMs) >= start) return hold;
	}
	return null;
}
/** What people want kept: whole files by number, whole UTC days with packets and rows, and packets of held sessions by file. */
function heldFiles({ catalogue }) {
	const files = /* @__PURE__ */ new Map();
	const days = /* @__PURE__ */ new Map();
	for (const hold of catalogue.holds.active()) if (hold.subject === "file") files.set(Number(hold.subjectId), {
		reason: hold.reason,
		hold: hold.id
	});
	else if (hold.subject === "day") days.set(hold.subjectId, {
		reason: hold.reason,
		hold: hold.id
	});
	return {
		files,
		days,
		packets: catalogue.holds.packetsByFile()
	};
}

// dist/retention/executor.js
/** Deletions between two measurements of free space. */
const BATCH = 8;
/**
* Carries out the deletions of a device's plan in its order. Free space is measured again after every few of them, and
* what was to go for room is spared once there is enough. A file that cannot be renamed or unlinked is reported and the next
* one goes; with several tombstones that cannot be unlinked (`stuck` there are already) it stops: burying more would lose packets
* and free nothing.
*/
async function executePackets(parts, plan, stuck, freeBytes, signal) {
	const outcomes = [];
	let isEnough = false;
	let pending = stuck;
	for (const item of plan.items) {
		if (signal?.aborted) break;
		if (item.action !== "delete" || isEnough && (item.reason === "oldest" || item.reason === "replay-given-up")) continue;
		const outcome = await deleteFile(parts, item, signal);
		outcomes.push(outcome);
		if (outcome.outcome === "pending") pending += 1;
		if (pending >= 3) break;
		if (outcomes.length % BATCH === 0) isEnough = await freeBytes() >= plan.targetBytes;
	}
	return outcomes;
}
/** Lets the catalogue know of planned deletions of files that are not there. */
async function forgetMissing(parts, plan) {
	const outcomes = [];
	for (const item of plan.elsewhere) {
		if (item.action !== "delete") continue;
		const found = await findOnDisk(item.path, parts.packetDirectories.map((directory) => new OwnDirectory(directory)));
		if (!("refusal" in found) || found.refusal !== "missing") continue;
		markGone(parts, {
			fileId: item.fileId,
			name: nameOf(item.path),
			bytes: 0
		}, "missing");
		outcomes.push({
			fileId: item.fileId,
			path: item.path,
			bytes: 0,
			outcome: "forgotten",
			keptBytes: 0,
			detail: null
		});
	}
	return outcomes;
}
async function deleteFile(parts, item, signal) {
	const { fileId, path, bytes } = item;
	let keptBytes = 0;
	const answer = (outcome, detail = null) => ({
		fileId,
		path,
		bytes,
		outcome,
		keptBytes,
		detail
	});
	let tombstone;
	try {
		const spared = await protectionNow(parts, item);
		if (spared !== null) return answer("spared", spared);
		const row = parts.catalogue.files.get(fileId);
		if (row !== null && parts.catalogue.holds.sessionsInFile(fileId, 1).length > 0) {
			keptBytes = await copyHeldOut(parts, {
				fileId,
				path,
				own: true,
				node: row.node
			}, signal);
			const sparedNow = await protectionNow(parts, item);
			if (sparedNow !== null || parts.catalogue.holds.sessionsInFile(fileId, 1).length > 0) return answer("spared", sparedNow ?? "held");
		}
		tombstone = await parts.tombstones.bury(fileId, path);
	} catch (error) {
		parts.logger.warn({
			file: path,
			error
		}, "a packet file could not be deleted");
		return answer("failed", messageOf(error));
	}
	try {
		await finishTombstone(parts, tombstone, item.reason);
		return answer("deleted");
	} catch (error) {
		parts.logger.warn({
			file: path,
			tombstone: tombstone.path,
			error
		}, "a deleted packet file is still on disk");
		return answer("pending", messageOf(error));
	}
}
/** What changed since the plan was made: the catalogue and the disk are asked once more, right before the rename. */
async function protectionNow(parts, item) {
	const found = await findOnDisk(item.path, parts.packetDirectories.map((directory) => new OwnDirectory(directory)));
	if ("refusal" in found) return found.refusal;
	const row = parts.catalogue.files.get(item.fileId);
	if (row === null || row.state !== "complete" || row.storage !== "own" || row.path !== item.path) return "changed";
	if (row.locked) return "locked";
	return parts.catalogue.holds.active().some((hold) => hold.subject === "file" && hold.subjectId === String(item.fileId)) ? "held" : null;
}
/**
* The steps after the rename, which a start repeats for what a crash left: the row is marked gone, then the file goes.
* Where the device is so full that the catalogue cannot note it, the tombstone is emptied first: its name still says it.
*/
async function finishTombstone(parts, tombstone, reason) {
	try {
		markGone(parts, tombstone, reason);
	} catch (error) {
		if (!(error instanceof LookbackError) || error.code !== "DISK_FULL") throw error;
		await parts.tombstones.empty(tombstone);
		markGone(parts, tombstone, reason);
	}
	await parts.reader.forget(tombstone.fileId);
	await parts.tombstones.remove(tombstone);
}
function markGone(parts, file, reason) {
	const { catalogue } = parts;
	catalogue.transaction(() => {
		const row = catalogue.files.get(file.fileId);
		if (row === null || row.state === "gone" || nameOf(row.path) !== file.name) return;
		catalogue.files.update(row.id, { state: "gone" });
		catalogue.audit.add("service", "retention.delete-file", {
			file: row.id,
			path: row.path,
			bytes: file.bytes,
			reason
		});
	});
}
function nameOf(path) {
	return path.slice(path.lastIndexOf("/") + 1);
}
/** Finishes deletions that a crash or an error left half done. Returns how many went and how many could not. */
async function finishTombstones(parts) {
	let removed = 0;
	let stuck = 0;
	for (const tombstone of await parts.tombstones.list()) try {
		await finishTombstone(parts, tombstone, "finished later");
		removed += 1;
	} catch (error) {
		parts.logger.warn({
			tombstone: tombstone.path,
			error
		}, "a deleted packet file is still on disk");
		stuck += 1;
	}
	return {
		removed,
		stuck
	};
}
/** At a start: what a crash left of copies and deletions. */
async function finishLeftovers(parts) {
	const stray = await removeStrayCopy(parts);
	if (stray !== null) parts.logger.info({ path: stray }, "removed a copy of held packets that was not finished");
	return finishTombstones(parts);
}
/** The message of an error, for outcomes. */
function messageOf(error) {
	return error instanceof Error ? error.message : String(error);
}

// dist/retention/expiry.js
/** Expires the days of a plan, oldest first; held rows stay. A day that fails is reported and the others go on. */
async function executeSessions(parts, plan, signal) {
	const expired = [];
	const failed = [];
	for (const { day, rows, action, reason } of plan.items) {
		if (action !== "expire") continue;
		if (signal?.aborted) break;
		const { holds } = parts.catalogue;
		if (holds.active().some((hold) => hold.subject === "day" && hold.subjectId === day)) continue;
		const startMs = dayStartMs(day);
		if (startMs === null) continue;
		try {
			const keep = holds.sessionsBetween(startMs, startMs + DAY_MS).map((id) => Buffer.from(id).toString("hex"));
			await parts.store.expirePartition(day, keep);
			parts.catalogue.audit.add("service", "retention.expire-day", {
				day,
				rows,
				held: keep.length,
				reason
			});
			expired.push(day);
		} catch (error) {
			parts.logger.warn({
				day,
				error
			}, "a day of sessions could not be expired");
			failed.push({
				day,
				reason: messageOf(error)
			});
		}
	}
	return {
		expired,
		failed
	};
}

// dist/retention/retention-service.js
/** Plans of one run; each is made because deletions of the one before failed. */
const MAX_ROUNDS = 4;
/** Files up to which a plan for people lists every one that stays. */
const MOST_LISTED = 5e4;
/** Held sessions that are looked up again at a time. */
const SETTLE_BATCH = 5e3;
/** Retention of packets, sessions and the audit log: plans to look at, and runs that carry plans out. Runs never overlap. */
var RetentionService = class {
	#parts;
	#last;
	/** Holds that keep files and days from going, as the last runs found. */
	#blocking;
	constructor(parts) {
		this.#last = Promise.resolve();
		/** Holds that keep files and days from going, as the last runs found. */
		this.#blocking = {
			packets: null,
			sessions: null
		};
		/** What was deleted since this process began. */
		this.totals = {
			files: 0,
			bytes: 0,
			keptBytes: 0,
			failures: 0,
			days: 0
		};
		this.#parts = parts;
	}
	/** At start-up: finishes deletions and copies that a crash left half done. */
	recover() {
		return this.#alone(() => finishLeftovers(this.#parts));
	}
	/** Everything that runs would do now, with a reason for every item. Deletes and stores nothing. */
	plan() {
		return this.#planning(async (sources) => {
			const { clock, catalogue, store } = this.#parts;
			const nowMs = clock.nowMs();
			const { plan, unmeasured } = await this.#packetPlan(sources);
			const unknown = [];
			const orElse = async (what, made, none) => made.catch((error) => {
				if (!(error instanceof LookbackError) || !error.retryable) throw error;
				unknown.push(`${error.code}: ${what} are not known: ${error.message}`);
				return none;
			});
			const { expireDays } = this.#parts.rules.sessions;
			return {
				madeMs: nowMs,
				packets: plan,
				sessions: await orElse("days of sessions", this.#sessionPlan(sources), {
					expireDays,
					items: [],
					excessBytes: 0,
					shortfallBytes: 0,
					blocked: []
				}),
				unmeasured,
				unknown,
				compaction: await orElse("merges", store.planMerges(null), []),
				placement: await orElse("placements", store.planPlacement(), []),
				exports: catalogue.exports.due(nowMs).map(({ id, owner, bytes, expiresAtMs }) => ({
					id,
					owner,
					bytes,
					expiredMs: expiresAtMs ?? nowMs
				})),
				audit: this.auditPlan()
			};
		});
	}
	/** What a run would delete now, with a reason for every file. Deletes and stores nothing. */
	packetPlan() {
		return this.#planning(async (sources) => (await this.#packetPlan(sources)).plan);
	}
	/** What the daily run would expire now. Expires and stores nothing. */
	sessionPlan() {
		return this.#planning(async (sources) => {
			await this.#settleHolds(sources, null);
			return this.#sessionPlan(sources);
		});
	}
	/**
	* Plans as a run would, which notes on its way which held sessions got packets and which sessions of classes are due: here in a
	* copy that is thrown away.
	*/
	async #planning(body) {
		const { catalogue, classes } = this.#parts;
		const { files, marks, holds, retentionClasses } = catalogue;
		if (retentionClasses.list().length === 0 && holds.unsettled(null, 1).length === 0) return body(this.#parts);
		const held = catalogue.heldCopy();
		try {
			return await body({
				...this.#parts,
				catalogue: {
					files,
					marks,
					holds: held.holds
				},
				...classes === void 0 ? {} : { classes: classes.on(held) }
			});
		} finally {
			held.close();
		}
	}
	async #sessionPlan(sources) {
		const { rules } = this.#parts;
		const plan = planSessions(await gatherSessionFacts(sources), rules.sessions);
		let claimed = false;
		for (const { day, action } of plan.items) if (action === "expire" && sources.classes !== void 0) claimed = await sources.classes.claimDay(day, null) || claimed;
		return claimed ? planSessions(await gatherSessionFacts(sources), rules.sessions) : plan;
	}
	/** Entries of the audit log that the daily run would remove now. */
	auditPlan() {
		const { clock, catalogue, rules } = this.#parts;
		const beforeMs = clock.nowMs() - rules.auditDays * DAY_MS;
		return {
			entries: catalogue.audit.countBefore(beforeMs),
			beforeMs
		};
	}
	async #packetPlan(given) {
		const sources = {
			...given,
			undecidedFromMs: await this.#undecidedFrom(given, null)
		};
		const { devices, unmeasured } = await gatherDevices(sources);
		const { packets } = this.#parts.rules;
		return {
			plan: await (this.#parts.catalogue.files.own().files <= MOST_LISTED ? planOnDisk(sources, gatherPacketFacts(sources, devices, /* @__PURE__ */ new Set()), packets, planPackets) : planOldest(sources, devices, /* @__PURE__ */ new Set(), packets)),
			unmeasured
		};
	}
	/**
	* Deletes what is too old or too much, and makes room where a device has too little. Cheap when there is nothing to do: files
	* are looked at only then.
	*/
	enforcePackets(signal) {
		return this.#alone(() => this.#enforce(null, signal));
	}
	/**
	* Makes room at once on the device of a directory where something could not be written for want of it, although there may be
	* as much as `freeSpaceG` asks for. Writers call this and try again; the answer says whether anything went.
	*/
	relieve(directory, signal) {
		return this.#alone(() => this.#enforce(directory, signal));
	}
	async #enforce(fullDirectory, signal) {
		const { logger, rules } = this.#parts;
		const { stuck } = await finishTombstones(this.#parts);
		const outcomes = [];
		const failed = /* @__PURE__ */ new Set();
		const failing = fullDirectory === null ? /* @__PURE__ */ new Set() : await this.#devicesOf(fullDirectory);
		let shortfallBytes = 0;
		let unmeasured = [];
		let undecidedFromMs = null;
		for (let round = 0; round < MAX_ROUNDS && !signal?.aborted; round += 1) {
			const measured = await gatherDevices(this.#parts, outcomes.some((one) => one.outcome === "deleted") ? /* @__PURE__ */ new Set() : failing);
			unmeasured = measured.unmeasured;
			shortfallBytes = 0;
			if (!this.#hasWork(measured.devices)) {
				this.#tell(measured.devices, null);
				break;
			}
			if (round === 0) undecidedFromMs = await this.#undecidedFrom(this.#parts, signal);
			const plan = await planOldest({
				...this.#parts,
				undecidedFromMs
			}, measured.devices, failed, rules.packets);
			shortfallBytes = plan.devices.reduce((sum, device) => sum + device.shortfallBytes, 0);
			this.#tell(measured.devices, plan);
			const before = failed.size;
			const done = [...await forgetMissing(this.#parts, plan)];
			for (const device of plan.devices) done.push(...await executePackets(this.#parts, device, measured.devices.find((one) => one.device === device.device)?.pendingFiles ?? 0, () => this.#freeBytes(device.directories), signal));
			outcomes.push(...done);
			for (const one of done) if (one.outcome === "failed" || one.outcome === "spared") failed.add(one.fileId);
			if (failed.size === before) break;
		}
		if (shortfallBytes > 0) logger.warn({
			shortfallBytes,
			freeSpaceG: rules.packets.storage.map(({ freeSpace }) => freeSpace.value)
		}, "less room than freeSpaceG asks for, and no packet file may go");
		const deleted = outcomes.filter((one) => one.outcome === "deleted");
		this.totals.files += deleted.length;
		this.totals.bytes += sum(deleted, (one) => one.bytes);
		this.totals.keptBytes += sum(outcomes, (one) => one.keptBytes);
		this.totals.failures += outcomes.filter(({ outcome }) => outcome === "failed" || outcome === "pending").length;
		return {
			deleted: deleted.length,
			deletedBytes: sum(deleted, (one) => one.bytes),
			outcomes,
			shortfallBytes,
			stuckTombstones: stuck,
			unmeasured
		};
	}
	/** Whether a plan could have deletions: a device is short, or rules look at age and size, which no measurement shows. */
	#hasWork(devices) {
		const { packets } = this.#parts.rules;
		if (packets.maxAgeMs !== null || packets.maxBytes !== null) return true;
		return devices.some((one) => one.writesFail || one.freeBytes < deviceTarget(one, packets));
	}
	/** Tells what operators want to hear: devices that stay short, and holds that keep what would go. */
	#tell(devices, plan) {
		const { events, rules } = this.#parts;
		for (const device of devices) {
			const subject = device.directories[0] ?? String(device.device);
			const planned = plan?.devices.find((one) => one.device === device.device);
			if (planned === void 0 || planned.shortfallBytes === 0) events.clear("target-unreachable", subject);
			else events.raise({
				kind: "target-unreachable",
				subject,
				targetBytes: deviceTarget(device, rules.packets),
				freeBytes: device.freeBytes,
				shortfallBytes: planned.shortfallBytes
			});
		}
		const subjects = new Set(devices.map((device) => device.directories[0] ?? String(device.device)));
		for (const subject of events.lasting("target-unreachable")) if (!subjects.has(subject)) events.clear("target-unreachable", subject);
		this.#tellBlocking({
			...this.#blocking,
			packets: (plan?.devices ?? []).flatMap(({ blocked }) => blocked)
		});
	}
	/** Tells holds that keep files or days which would go, and when they do not any more. */
	#tellBlocking(found) {
		const { events, catalogue } = this.#parts;
		this.#blocking = found;
		const blocking = /* @__PURE__ */ new Map();
		for (const { hold, items, bytes } of [...found.packets ?? [], ...found.sessions ?? []]) {
			const entry = blocking.get(String(hold)) ?? {
				items: 0,
				bytes: 0
			};
			blocking.set(String(hold), {
				items: entry.items + items,
				bytes: entry.bytes + bytes
			});
		}
		for (const [subject, sums] of blocking) events.raise({
			kind: "hold-blocks",
			subject,
			...sums
		});
		const known = found.packets !== null && found.sessions !== null;
		const inForce = new Set(catalogue.holds.active().map(({ id }) => String(id)));
		for (const subject of events.lasting("hold-blocks")) if (!blocking.has(subject) && (known || !inForce.has(subject))) events.clear("hold-blocks", subject);
	}
	/** Expires days of sessions that are old enough. */
	expireSessions(signal) {
		return this.#alone(async () => {
			await this.#settleHolds(this.#parts, signal);
			const plan = await this.#sessionPlan(this.#parts);
			this.#tellBlocking({
				...this.#blocking,
				sessions: plan.blocked
			});
			const run = await executeSessions(this.#parts, plan, signal);
			this.totals.days += run.expired.length;
			return run;
		});
	}
	/** Removes entries of the audit log that are older than `auditDays`, and what is known of holds that ended. Returns how many entries went. */
	expireAudit() {
		return this.#alone(() => {
			const { catalogue, clock, rules } = this.#parts;
			catalogue.holds.forgetEnded();
			return Promise.resolve(catalogue.audit.expire(clock.nowMs() - rules.auditDays * DAY_MS));
		});
	}
	/**
	* Looks held sessions up again, as far as they can be. Returns from when on packets may be of one that cannot be looked up now, while
	* a search cluster is away: older files are decided. Null when all are settled. Throws what will not pass by itself.
	*/
	async #undecidedFrom(sources, signal) {
		try {
			await this.#settleHolds(sources, signal);
			return null;
		} catch (error) {
			const from = sources.catalogue.holds.earliestUnsettled();
			if (!(error instanceof LookbackError) || !error.retryable || from === null) throw error;
			this.#parts.logger.warn({
				error: error.message,
				code: error.code,
				from: new Date(from).toISOString()
			}, "held sessions cannot be looked up now; packet files from then on stay");
			return from;
		}
	}
	/** Looks held sessions up again that may have got packets since. Throws what the store throws: nothing is deleted on half the facts. */
	async #settleHolds({ catalogue: { holds }, store, classes }, signal) {
		classes?.prune();
		for (let after = null;;) {
			const ids = holds.unsettled(after, SETTLE_BATCH);
			for await (const sessions of heldSessions(store, ids, signal)) holds.describe(sessions.map(heldSession));
			after = ids.at(-1) ?? null;
			if (after === null || ids.length < SETTLE_BATCH) return;
		}
	}
	async #devicesOf(directory) {
		const { devices } = await measureSpace([directory], this.#parts.probe);
		return new Set(devices.map(({ device }) => device));
	}
	async #freeBytes(directories) {
		const { devices } = await measureSpace(directories.slice(0, 1), this.#parts.probe);
		return devices[0]?.freeBytes ?? 0;
	}
	#alone(run) {
		const next = this.#last.then(run);
		this.#last = next.catch(() => {});
		return next;
	}
};
function sum(items, of) {
	return items.reduce((total, item) => total + of(item), 0);
}

export { gatherDevices as n, RetentionService as t };