import { i as systemErrorCode, n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as SERVICE_SCOPE } from "./access-scope-DH4u4-1s.js";
import { t as ALL_TIME } from "./time-range-D3zEJG_k.js";
import { a as packetFileName, r as syncDirectory } from "./packet-store-Dqe2fRVP.js";
import path from "node:path";
import { open, rename, rm } from "node:fs/promises";

// dist/retention/policy.js
const GIB = 2 ** 30;
/** Share of a file that held packets may be at most for copying them out to be worth it; a file that is held beyond stays. */
const WORTH_COPYING = .8;
/** Tombstones that could not be unlinked from which on no more files of a device go: one may be odd, several mean that it is the device. */
const MOST_STUCK = 3;
/** What is freed beyond the present where writes fail: a hundredth of the device, between these bounds, and never more than a tenth of it. */
const RELIEF_SHARE = .01;
const MOST_RELIEF_SHARE = .1;
const LEAST_RELIEF_BYTES = 64 << 20;
const MOST_RELIEF_BYTES = 4 * GIB;
/** Bytes that must be free on a device of this size. A share never asks for more than the device has. */
function targetBytes(rule, totalBytes) {
	const wanted = rule.unit === "percent" ? totalBytes * rule.value / 100 : rule.value * GIB;
	return Math.ceil(Math.min(Math.max(0, wanted), totalBytes));
}
/** Bytes that must be free on a device: the largest of what its directories want. One that no rule names wants nothing. */
function deviceTarget(device, rules) {
	return Math.max(0, ...rulesOn(device, rules).map(({ freeSpace }) => targetBytes(freeSpace, device.totalBytes)));
}
function rulesOn(device, rules) {
	return rules.storage.filter(({ directory }) => device.directories.includes(directory));
}
/** How a threshold is written in config.ini. */
function printRule({ unit, value }) {
	return unit === "percent" ? `${value}%` : String(value);
}
/**
* Which packet files go, oldest first packet first, and not one more than the rules want: files that are too old; files
* until all of them together are small enough; and files of a device until it has enough room. While several deleted files are
* still on a device, none of it go: what is not unlinked frees nothing, and deleting more would only lose packets. A file may go
* when we wrote it, it is complete, where it should be, and nothing protects it; the newest of each node never goes.
* Packets of held sessions are copied out first; a file that is little else stays. Files that a replay after a crash would need go
* last of all, and only for room: a connection that lasts for days must not fill the disk.
*
* Pure: the same facts and rules give the same plan, whatever the order of the facts.
*/
function planPackets(facts, rules) {
	const files = facts.files.toSorted(byAge);
	const newest = newestOfNodes(files);
	const needs = new Map(facts.devices.toSorted((left, right) => left.device - right.device).map((device) => [device.device, needOf(device, rules)]));
	const elsewhere = [];
	let excess = rules.maxBytes === null ? 0 : ownBytes(files) + facts.beyond.bytes - rules.maxBytes;
	for (const file of files) {
		const need = "device" in file.found ? needs.get(file.found.device) : void 0;
		const kept = protection(file, newest);
		if (need === void 0) {
			const isMissing = kept === "missing" && rules.storage.length > 0;
			elsewhere.push(isMissing ? item(file, "delete", "missing") : item(file, "keep", kept ?? "device-unmeasured"));
			continue;
		}
		const wanted = whyItGoes(file, need, excess, facts.nowMs, rules);
		const reason = kept ?? (wanted === null ? "enough-space" : need.device.pendingFiles >= 3 ? "deletion-pending" : isMostlyHeld(file) ? "held" : null);
		if (reason !== null || wanted === null) {
			need.kept.push(item(file, "keep", reason ?? "enough-space"));
			if (reason === "held" && wanted !== null && !file.isCopy) noteBlocked(need, file);
			continue;
		}
		excess -= goes(need, item(file, "delete", wanted));
	}
	if (facts.beyond.files === 0) {
		const needed = files.filter((file) => protection(file, newest) === "needed-for-replay" && !isMostlyHeld(file));
		for (const file of needed) {
			const need = "device" in file.found ? needs.get(file.found.device) : void 0;
			if (need === void 0 || need.device.pendingFiles >= 3 || !(excess > 0 || need.short > 0 || need.relief > 0)) continue;
			const gone = item(file, "delete", "replay-given-up");
			need.kept.splice(need.kept.findIndex(({ fileId }) => fileId === file.fileId), 1);
			excess -= goes(need, gone);
		}
	}
	return {
		devices: [...needs.values()].map(devicePlan),
		elsewhere,
		beyond: facts.beyond,
		excessBytes: Math.max(0, excess),
		warnings: ruleConflicts(facts.devices, rules)
	};
}
/** Notes that a file goes. Returns the bytes that it frees. */
function goes(need, gone) {
	const freed = gone.bytes - gone.heldBytes;
	need.going.push(gone);
	need.deleteBytes += freed;
	need.short -= freed;
	need.relief -= freed;
	return freed;
}
/**
* Whether a plan stays the same when the files beyond its facts are listed: every rule is met by older files, or there are none
* beyond.
*/
function isSettled(facts, rules, plan) {
	if (facts.beyond.files === 0) return true;
	const met = plan.excessBytes === 0 && plan.devices.every(({ shortfallBytes, device }) => shortfallBytes === 0 || facts.devices.some((one) => one.device === device && one.pendingFiles >= 3));
	const begin = facts.listedUntilMs;
	return met && facts.devices.every(({ writesFail }) => !writesFail) && (rules.maxAgeMs === null || begin !== null && begin + rules.maxAgeMs > facts.nowMs);
}
function needOf(device, rules) {
	const target = deviceTarget(device, rules);
	const relief = device.writesFail ? reliefBytes(device.totalBytes) : 0;
	return {
		device,
		target,
		short: target - device.freeBytes,
		relief,
		deleteBytes: 0,
		blocked: /* @__PURE__ */ new Map(),
		going: [],
		kept: []
	};
}
function reliefBytes(totalBytes) {
	return Math.ceil(Math.min(MOST_RELIEF_BYTES, totalBytes * MOST_RELIEF_SHARE, Math.max(LEAST_RELIEF_BYTES, totalBytes * RELIEF_SHARE)));
}
function devicePlan({ device, target, short, going, kept, deleteBytes, blocked }) {
	const { device: number, directories, freeBytes, totalBytes, pendingBytes } = device;
	return {
		device: number,
		directories,
		freeBytes,
		totalBytes,
		targetBytes: target,
		pendingBytes,
		items: [...going, ...kept],
		deleteBytes,
		shortfallBytes: Math.max(0, short),
		blocked: [...blocked].map(([hold, found]) => ({
			hold,
			...found
		})).toSorted((left, right) => left.hold - right.hold)
	};
}
function noteBlocked({ blocked }, file) {
	for (const hold of holdsOf(file)) {
		const { items, bytes } = blocked.get(hold) ?? {
			items: 0,
			bytes: 0
		};
		blocked.set(hold, {
			items: items + 1,
			bytes: bytes + bytesOf(file)
		});
	}
}
function holdsOf({ hold, heldPackets }) {
	return [...hold === null ? [] : [hold.hold], ...heldPackets?.holds ?? []];
}
function whyItGoes(file, need, excess, nowMs, rules) {
	if (rules.maxAgeMs !== null && file.settledMs + rules.maxAgeMs <= nowMs) return "older-than-max-age";
	if (excess > 0) return "over-total-size";
	if (need.short > 0) return "oldest";
	return need.relief > 0 ? "writes-fail" : null;
}
/** Directories of one device that want different room, in words, each with the way out. */
function ruleConflicts(devices, rules) {
	return devices.flatMap((device) => conflictOf(device, rules) ?? []).toSorted();
}
function conflictOf(device, rules) {
	const wanted = [...new Set(rulesOn(device, rules).map(({ directory, freeSpace }) => `${directory} (freeSpaceG=${printRule(freeSpace)})`))];
	if (new Set(rulesOn(device, rules).map(({ freeSpace }) => printRule(freeSpace))).size < 2) return null;
	return `FREE_SPACE_CONFLICT: ${wanted.join(" and ")} are on one device; the larger is kept free for all: give them the same freeSpaceG, or devices of their own`;
}
/** Why a file must stay whatever the room, or null. */
function protection(file, newest) {
	if (file.storage !== "own") return "in-place";
	if (file.state !== "complete") return "writing";
	if (file.locked) return "locked";
	if (newest.has(file.fileId)) return "newest";
	if (file.hold !== null) return "held";
	if (file.undecided) return "undecided";
	if (file.deletionFailed) return "deletion-failed";
	if ("refusal" in file.found) return file.found.refusal;
	return file.neededForReplay ? "needed-for-replay" : null;
}
function isMostlyHeld(file) {
	return file.heldPackets !== null && file.heldPackets.bytes > WORTH_COPYING * bytesOf(file);
}
function bytesOf(file) {
	return "bytes" in file.found ? file.found.bytes : 0;
}
function ownBytes(files) {
	return files.reduce((sum, file) => sum + (file.storage === "own" ? bytesOf(file) : 0), 0);
}
function item(file, action, reason) {
	const heldBytes = action === "delete" ? Math.min(file.heldPackets?.bytes ?? 0, bytesOf(file)) : 0;
	const isHeld = reason === "held" || heldBytes > 0;
	const note = isHeld ? file.hold?.reason ?? file.heldPackets?.reason ?? null : null;
	const holds = isHeld ? holdsOf(file) : [];
	return {
		fileId: file.fileId,
		path: file.path,
		bytes: bytesOf(file),
		action,
		reason,
		heldBytes,
		note,
		holds
	};
}
/** Oldest first packet first; a file without packets is oldest of all; ties by number. */
function byAge(left, right) {
	const [one, other] = [left.firstMs ?? Number.NEGATIVE_INFINITY, right.firstMs ?? Number.NEGATIVE_INFINITY];
	return one === other ? left.fileId - right.fileId : one - other;
}
/** The last file in order of age of each node, among ours. A copy is no file that anything is captured to. */
function newestOfNodes(byAgeAscending) {
	const newest = /* @__PURE__ */ new Map();
	for (const file of byAgeAscending) if (file.storage === "own" && !file.isCopy) newest.set(file.node, file.fileId);
	return new Set(newest.values());
}

// dist/export/capture-format.js
/** Snapshot length stated by an export; larger packets raise it. */
const SNAPLEN = 262144;
const U32 = 2 ** 32;
/** Gathers over all packets what `CaptureFormat` depends on; bounded by the number of link types. */
var FormatSurvey = class {
	#linkTypes = /* @__PURE__ */ new Set();
	#nanosecond = false;
	#snaplen = SNAPLEN;
	#least = 0;
	#most = 0;
	/** One packet, by its header. */
	see(head) {
		this.count(head.linkType, head.finerThanMicroseconds, head.capturedLength, head.seconds);
	}
	/** One packet. */
	count(linkType, finerThanMicroseconds, capturedLength, seconds) {
		this.#linkTypes.add(linkType);
		this.#nanosecond ||= finerThanMicroseconds;
		if (capturedLength > this.#snaplen) this.#snaplen = capturedLength;
		if (seconds < this.#least) this.#least = seconds;
		if (seconds > this.#most) this.#most = seconds;
	}
	/** Packets of a classic file, which its header describes; their times are in the range of classic pcap. */
	seeFile(layout, longestRecord) {
		this.count(layout.linkType, layout.nanosecond, longestRecord - layout.recordHeader, 0);
	}
	/** The format; `container` "auto" decides as the type says, "pcapng" forces pcapng. */
	decide(container) {
		const linkTypes = [...this.#linkTypes].sort((left, right) => left - right);
		if (linkTypes.length === 0) linkTypes.push(1);
		return {
			container: container === "auto" && linkTypes.length === 1 && this.#least >= 0 && this.#most < U32 ? "pcap" : "pcapng",
			linkTypes,
			nanosecond: this.#nanosecond,
			snaplen: this.#snaplen,
			offsetSeconds: this.#least
		};
	}
};
/** Bytes before the first packet. */
function fileHeader(format) {
	if (format.container === "pcap") {
		const header = Buffer.alloc(24);
		header.writeUInt32LE(format.nanosecond ? 2712812621 : 2712847316, 0);
		header.writeUInt16LE(2, 4);
		header.writeUInt16LE(4, 6);
		header.writeUInt32LE(format.snaplen, 16);
		header.writeUInt32LE(format.linkTypes[0] ?? 1, 20);
		return header;
	}
	const section = Buffer.alloc(28);
	section.writeUInt32LE(168627466, 0);
	section.writeUInt32LE(28, 4);
	section.writeUInt32LE(439041101, 8);
	section.writeUInt16LE(1, 12);
	section.fill(255, 16, 24);
	section.writeUInt32LE(28, 24);
	return Buffer.concat([section, ...format.linkTypes.map((linkType) => interfaceBlock(format, linkType))]);
}
function interfaceBlock(format, linkType) {
	const withOffset = format.offsetSeconds !== 0;
	const length = 28 + (withOffset ? 12 : 0) + 4;
	const block = Buffer.alloc(length);
	block.writeUInt32LE(1, 0);
	block.writeUInt32LE(length, 4);
	block.writeUInt16LE(linkType, 8);
	block.writeUInt32LE(format.snaplen, 12);
	block.writeUInt16LE(9, 16);
	block.writeUInt16LE(1, 18);
	block.writeUInt8(format.nanosecond ? 9 : 6, 20);
	if (withOffset) {
		block.writeUInt16LE(14, 24);
		block.writeUInt16LE(8, 26);
		block.writeBigInt64LE(BigInt(format.offsetSeconds), 28);
	}
	block.writeUInt32LE(length, length - 4);
	return block;
}
/** Bytes of a packet's record in the file, packet included. */
function recordLength(format, capturedLength) {
	return format.container === "pcap" ? 16 + capturedLength : 32 + Math.ceil(capturedLength / 4) * 4;
}
/** Writes a packet's record at `at` of `out`, which has room for `recordLength`. */
function writeRecord(format, head, packet, out, at) {
	copyRecord(format, head, packet, 0, packet.length, out, at);
}
/** Writes the record of the packet `source[from..to]` at `at` of `out`, which has room for `recordLength`. */
function copyRecord(format, head, source, from, to, out, at) {
	const fraction = format.nanosecond ? head.nanoseconds : Math.floor(head.nanoseconds / 1e3);
	const captured = to - from;
	if (format.container === "pcap") {
		out.writeUInt32LE(head.seconds, at);
		out.writeUInt32LE(fraction, at + 4);
		out.writeUInt32LE(captured, at + 8);
		out.writeUInt32LE(head.originalLength, at + 12);
		source.copy(out, at + 16, from, to);
		return;
	}
	const length = recordLength(format, captured);
	const ticks = BigInt(head.seconds - format.offsetSeconds) * (format.nanosecond ? 1000000000n : 1000000n) + BigInt(fraction);
	out.writeUInt32LE(6, at);
	out.writeUInt32LE(length, at + 4);
	out.writeUInt32LE(Math.max(0, format.linkTypes.indexOf(head.linkType)), at + 8);
	out.writeUInt32LE(Number(ticks >> 32n & 4294967295n), at + 12);
	out.writeUInt32LE(Number(ticks & 4294967295n), at + 16);
	out.writeUInt32LE(captured, at + 20);
	out.writeUInt32LE(head.originalLength, at + 24);
	source.copy(out, at + 28, from, to);
	out.fill(0, at + 28 + captured, at + length - 4);
	out.writeUInt32LE(length, at + length - 4);
}

// dist/retention/keep-packets.js
/** Sessions whose packets one file of kept packets takes at most, and their packets (more only of a single session). */
const SESSIONS_PER_PASS = 1e4;
const PACKETS_PER_PASS = 1e6;
/** Sessions looked up together. */
const LOOK_UP = 500;
/** Packets read and written together, by number and bytes (a single larger one alone). */
const BATCH_PACKETS = 2048;
const BATCH_BYTES = 8 << 20;
/** Longest look-up of held sessions, in milliseconds. */
const TIMEOUT_MS = 6e4;
/** Key under which the catalogue notes the copy that is being written. */
const COPYING = "retention.copying";
/** Streams of copies begin so; they are in no capture and are never replayed. */
const COPY_STREAM = "kept";
/** Whether a file was made of held packets that were copied out of another. */
function isKeptCopy(file) {
	return file.stream.startsWith(COPY_STREAM);
}
/** Held sessions by id, in batches. Throws what the store throws: nothing is deleted on half the facts. */
async function* heldSessions(store, ids, signal) {
	for (let at = 0; at < ids.length; at += LOOK_UP) {
		const some = ids.slice(at, at + LOOK_UP).map((id) => Buffer.from(id).toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"));
		yield* store.streamPackets({
			expression: {
				node: "ids",
				ids: some
			},
			range: ALL_TIME
		}, {
			scope: SERVICE_SCOPE,
			signal,
			timeoutMs: TIMEOUT_MS
		});
	}
}
/** What the catalogue keeps of a held session: where its packets are, summed by file. */
function heldSession({ id, firstPacketMs, lastPacketMs, final, packets }) {
	const files = /* @__PURE__ */ new Map();
	for (const { fileId, length } of packets) {
		const sum = files.get(fileId) ?? {
			fileId,
			packets: 0,
			bytes: 0
		};
		sum.packets += 1;
		sum.bytes += length;
		files.set(fileId, sum);
	}
	return {
		id: Buffer.from(id.replaceAll("-", ""), "hex"),
		firstMs: firstPacketMs,
		lastMs: lastPacketMs,
		settled: final,
		packets: [...files.values()]
	};
}
/**
* Copies the packets of held sessions out of a file that is about to be deleted, into files of their own, and lets the sessions
* point there. Each pass writes one file, makes it durable, and commits rows and catalogue in one step: a crash leaves at most a
* file that nobody points to, which `removeStrayCopy` knows of. Packets that cannot be read stay where they were and are lost with
* the file. Returns the bytes written. Throws DISK_FULL, and UNAVAILABLE when a held session may still get packets.
*/
async function copyHeldOut(parts, file, signal) {
	let bytes = 0;
	for (;;) {
		const ids = parts.catalogue.holds.sessionsInFile(file.fileId, SESSIONS_PER_PASS);
		if (ids.length === 0) return bytes;
		const sessions = [];
		let packets = 0;
		const found = /* @__PURE__ */ new Set();
		for await (const batch of heldSessions(parts.store, ids, signal)) {
			for (const session of batch) {
				found.add(session.id.replaceAll("-", ""));
				if (!session.final) throw new LookbackError("UNAVAILABLE", `the held session ${session.id} may still get packets`, { session: session.id });
				sessions.push(session);
				packets += session.packets.length;
			}
			if (packets >= PACKETS_PER_PASS) break;
		}
		if (packets < PACKETS_PER_PASS) forgetLost(parts, file.fileId, ids.filter((id) => !found.has(Buffer.from(id).toString("hex"))));
		if (sessions.length > 0) bytes += await copyPass(parts, file, sessions, signal);
	}
}
/** Rows that are not in the store any more keep nothing. */
function forgetLost({ catalogue }, fileId, ids) {
	if (ids.length > 0) catalogue.holds.forgetPackets(fileId, ids);
}
async function copyPass(parts, file, sessions, signal) {
	const { catalogue, store, reader } = parts;
	const refs = /* @__PURE__ */ new Map();
	for (const { packets } of sessions) for (const ref of packets) if (ref.fileId === file.fileId) refs.set(ref.offset, ref);
	const ordered = [...refs.values()].sort((left, right) => left.offset - right.offset);
	const survey = new FormatSurvey();
	const times = {
		firstMs: Number.POSITIVE_INFINITY,
		lastMs: Number.NEGATIVE_INFINITY
	};
	const readable = [];
	for (let at = 0; at < ordered.length; at += BATCH_PACKETS) {
		const batch = ordered.slice(at, at + BATCH_PACKETS);
		(await reader.heads(file, batch, signal)).forEach((read, index) => {
			const ref = batch[index];
			if (!read.found || ref === void 0) return;
			survey.see(read.head);
			readable.push(ref);
			const ms = read.head.seconds * 1e3 + Math.floor(read.head.nanoseconds / 1e6);
			times.firstMs = Math.min(times.firstMs, ms);
			times.lastMs = Math.max(times.lastMs, ms);
		});
	}
	if (readable.length === 0) {
		catalogue.holds.describe(sessions.map((session) => heldSession({
			...session,
			packets: session.packets.filter((ref) => ref.fileId !== file.fileId)
		})));
		return 0;
	}
	const format = survey.decide("auto");
	const fileId = catalogue.files.reserve(1);
	const directory = path.dirname(file.path);
	const target = path.join(directory, packetFileName(file.node, times.firstMs, fileId).replace(/\.pcap$/, `.kept.${format.container}`));
	const partial = `${target}.partial`;
	catalogue.settings.set(COPYING, target);
	try {
		const { places, bytes } = await writeKept(reader, file, readable, format, partial, signal);
		await rename(partial, target);
		await syncDirectory(directory);
		const moved = sessions.map((session) => ({
			...session,
			packets: session.packets.map((ref) => ref.fileId === file.fileId ? movedRef(ref, fileId, places) : ref)
		}));
		await store.movePackets(moved.map(({ id, packets }) => ({
			id,
			packets
		})), () => {
			catalogue.files.add({
				id: fileId,
				node: file.node,
				path: target,
				displayName: target,
				stream: `${COPY_STREAM}${String(fileId).padStart(28, "0")}`,
				storage: "own",
				state: "complete",
				format: format.container,
				linkTypes: format.linkTypes,
				bytes,
				packets: readable.length,
				firstMs: times.firstMs,
				lastMs: times.lastMs
			});
			catalogue.settings.set(COPYING, "");
			catalogue.holds.describe(moved.map((session) => heldSession({
				...session,
				packets: session.packets.filter((ref) => ref.fileId !== file.fileId)
			})));
		});
		return bytes;
	} catch (error) {
		await rm(partial, { force: true });
		await rm(target, { force: true });
		const code = systemErrorCode(error);
		if (code === "ENOSPC" || code === "EDQUOT") throw new LookbackError("DISK_FULL", `no room to copy held packets out of ${file.path}`, { path: file.path }, { cause: error });
		throw error;
	}
}
function movedRef(ref, fileId, places) {
	const place = places.get(ref.offset);
	return place === void 0 ? ref : {
		fileId,
		...place
	};
}
/** Writes packets to a new file, durably. Returns where each is by its offset in the old one. */
async function writeKept(reader, file, refs, format, target, signal) {
	const places = /* @__PURE__ */ new Map();
	const handle = await open(target, "w", 384);
	try {
		let at = await append(handle, fileHeader(format), 0);
		for (let from = 0; from < refs.length;) {
			let end = from;
			let held = 0;
			while (end < refs.length && end - from < BATCH_PACKETS && (end === from || held + (refs[end]?.length ?? 0) <= BATCH_BYTES)) {
				held += refs[end]?.length ?? 0;
				end += 1;
			}
			const batch = refs.slice(from, end);
			const records = [];
			let next = at;
			(await reader.packets(file, batch, signal)).forEach((read, index) => {
				const ref = batch[index];
				if (!read.found || ref === void 0) return;
				const record = Buffer.allocUnsafe(recordLength(format, read.bytes.length));
				writeRecord(format, read.head, read.bytes, record, 0);
				places.set(ref.offset, {
					offset: next,
					length: record.length
				});
				records.push(record);
				next += record.length;
			});
			at = await append(handle, Buffer.concat(records), at);
			from = end;
		}
		await handle.sync();
		return {
			places,
			bytes: at
		};
	} finally {
		await handle.close();
	}
}
async function append(handle, bytes, at) {
	let written = 0;
	while (written < bytes.length) written += (await handle.write(bytes, written, bytes.length - written, at + written)).bytesWritten;
	return at + bytes.length;
}
/** Removes the copy that a crash left before anything pointed to it. Returns its path, or null when there was none. */
async function removeStrayCopy({ catalogue }) {
	const target = catalogue.settings.get(COPYING) ?? "";
	if (target === "") return null;
	const isListed = catalogue.files.atPath(target) !== null;
	await rm(`${target}.partial`, { force: true });
	if (!isListed) await rm(target, { force: true });
	catalogue.settings.set(COPYING, "");
	return isListed ? null : target;
}

// dist/retention/session-policy.js
/** Milliseconds of a UTC day. */
const DAY_MS = 864e5;
/** UTC day of a time, `YYYY-MM-DD`. */
function utcDay(ms) {
	return new Date(ms).toISOString().slice(0, 10);
}
/** Start of a UTC day, or null when the text is none. */
function dayStartMs(day) {
	if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
	const ms = Date.parse(`${day}T00:00:00Z`);
	return Number.isNaN(ms) || utcDay(ms) !== day ? null : ms;
}
/**
* Which days of sessions go: those whose last moment lies `expireDays` whole days or more in the past (Arkime's
* `expire daily N`: today and the N days before it stay), then the oldest until the index is small enough and the data nodes have
* enough room; what a day takes is taken to be spread over the nodes that are short. Today and days to come never go. Of a day
* that expires the held rows stay; one that is held whole, or has no others, stays as it is. Pure.
*/
function planSessions(facts, rules) {
	let excess = rules.maxBytes === null ? 0 : facts.partitions.reduce((sum, { bytes }) => sum + bytes, 0) - rules.maxBytes;
	const { nodeFreeSpace } = rules;
	let short = nodeFreeSpace === null ? 0 : facts.nodes.reduce((sum, { freeBytes, totalBytes }) => sum + Math.max(0, targetBytes(nodeFreeSpace, totalBytes) - freeBytes), 0);
	const items = facts.partitions.toSorted((left, right) => left.day < right.day ? -1 : 1).map((partition) => {
		const { day, rows, bytes, hold, heldRows, holds } = partition;
		const reason = reasonOf(partition, facts.nowMs, rules.expireDays, excess > 0, short > 0);
		const expires = reason === "older-than-expire-days" || reason === "over-index-size" || reason === "nodes-full";
		const freed = !expires ? 0 : rows === 0 ? bytes : bytes * (1 - Math.min(1, heldRows / rows));
		excess -= freed;
		short -= freed;
		return {
			day,
			rows,
			bytes,
			action: expires ? "expire" : "keep",
			reason,
			heldRows: expires ? heldRows : 0,
			holds: reason === "held" || expires && heldRows > 0 ? holds : [],
			note: reason === "held" ? hold : null
		};
	});
	return {
		expireDays: rules.expireDays,
		items,
		excessBytes: Math.max(0, Math.round(excess)),
		shortfallBytes: Math.max(0, Math.round(short)),
		blocked: blockedDays(items)
	};
}
/** Days that holds keep, summed by hold. */
function blockedDays(items) {
	const blocked = /* @__PURE__ */ new Map();
	for (const { reason, holds, bytes } of items) {
		if (reason !== "held") continue;
		for (const hold of holds) {
			const entry = blocked.get(hold) ?? {
				items: 0,
				bytes: 0
			};
			blocked.set(hold, {
				items: entry.items + 1,
				bytes: entry.bytes + bytes
			});
		}
	}
	return [...blocked].map(([hold, found]) => ({
		hold,
		...found
	})).toSorted((left, right) => left.hold - right.hold);
}
function reasonOf({ day, rows, hold, heldRows }, nowMs, expireDays, isOver, isShort) {
	const startMs = dayStartMs(day);
	if (startMs === null) return "not-a-day";
	const isOld = expireDays !== null && startMs + 864e5 + expireDays * 864e5 <= nowMs;
	const today = dayStartMs(utcDay(nowMs)) ?? nowMs;
	const bounded = expireDays !== null || isOver || isShort;
	if (bounded && startMs === today) return "today";
	if (bounded && startMs > today) return "future";
	if (!isOld && !isOver && !isShort) return expireDays === null ? "no-expire-days" : "young";
	if (hold !== null || rows > 0 && heldRows >= rows) return "held";
	if (isOld) return "older-than-expire-days";
	return isOver ? "over-index-size" : "nodes-full";
}

export { planPackets as _, copyHeldOut as a, isKeptCopy as c, copyRecord as d, fileHeader as f, isSettled as g, deviceTarget as h, COPY_STREAM as i, removeStrayCopy as l, writeRecord as m, dayStartMs as n, heldSession as o, recordLength as p, planSessions as r, heldSessions as s, DAY_MS as t, FormatSurvey as u, ruleConflicts as v };