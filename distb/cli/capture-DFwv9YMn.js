import { t as systemClock } from "./clock-COoNNce-.js";
import { i as systemErrorCode, n as LookbackError } from "./errors-iXTvzgJ7.js";
import { n as openCap } from "./cap-source-BgIvLqJG.js";
import { n as noInterface, t as defaultInterface } from "./default-interface-BfHHyIFe.js";
import { c as liveAccount, l as sessionAccount, n as rowsWanted, o as saveStatistics, r as rowsWritten, t as noteRowsWritten } from "./wanted-rows-CYnu7Ugz.js";
import { o as parsePacketFileName } from "./packet-store-Dqe2fRVP.js";
import { t as engineSettings } from "./engine-settings-D-gEOmC5.js";
import { t as loadNativeCore } from "./native-gzh5E7WJ.js";
import { r as openCore } from "./core-bffivQ3T.js";
import { n as sayPlaces } from "./places-C17UonuN.js";
import { r as withLifecycle, t as openLog } from "./log-DJrCjcfp.js";
import { n as askForRoom } from "./room-requests-DF4ETVYm.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";
import { i as printDuration, r as printBytes } from "./progress-CMgCVw6k.js";
import { n as printable } from "./terminal-Cfjl8I0w.js";
import { t as reloadAtHangup } from "./reload-DHms91eT.js";
import { n as untilSignalled, t as endSoon } from "./signals-XmcktPSm.js";
import path from "node:path";
import { randomBytes } from "node:crypto";
import { accessSync, chownSync, constants, existsSync, mkdirSync, readFileSync } from "node:fs";
import { mkdir, open, readdir, statfs } from "node:fs/promises";
import { execFileSync } from "node:child_process";
import { createServer } from "node:net";

// dist/capture/ledger.js
/** Counts of one interface, whatever the number of its sources. Unknown losses count as none here; statistics say unknown. */
function countsByInterface(ledgers, pushedFrom) {
	const totals = /* @__PURE__ */ new Map();
	for (const ledger of ledgers) {
		const name = ledger.interface === "" ? pushedFrom : ledger.interface;
		const before = totals.get(name);
		const counts = {
			...ledger,
			lostToKernel: ledger.droppedByKernel ?? 0,
			lostToInterface: before === void 0 ? ledger.droppedByInterface ?? 0 : 0
		};
		totals.set(name, before === void 0 ? counts : add(before, counts, 1));
	}
	return totals;
}
function add(a, b, sign) {
	const sum = (measure) => a[measure] + sign * b[measure];
	return {
		stored: sum("stored"),
		byRule: sum("byRule"),
		malformed: sum("malformed"),
		cut: sum("cut"),
		duplicate: sum("duplicate"),
		lostToKernel: sum("lostToKernel"),
		lostToInterface: sum("lostToInterface"),
		lostToQueue: sum("lostToQueue"),
		lostToDisk: sum("lostToDisk")
	};
}
/**
* Turns counts since the start of a capture into spans between two looks. Received is what is accounted for, so a span
* always balances; packets on their way between two threads are in the next one.
*/
var LedgerSpans = class {
	#node;
	#pushedFrom;
	#before = /* @__PURE__ */ new Map();
	#untilMs;
	/** @param pushedFrom Interface of packets that are pushed. */
	constructor(node, pushedFrom, startedMs) {
		this.#node = node;
		this.#pushedFrom = pushedFrom;
		this.#untilMs = startedMs;
	}
	/** The spans since the last call, of interfaces on which anything came. */
	next(ledgers, nowMs) {
		const now = countsByInterface(ledgers, this.#pushedFrom);
		const spans = [...now].flatMap(([name, counts]) => {
			const before = this.#before.get(name);
			const span = before === void 0 ? counts : add(counts, before, -1);
			const received = span.stored + span.byRule + span.duplicate + span.lostToKernel + span.lostToInterface + span.lostToQueue + span.lostToDisk;
			if (received === 0) return [];
			const { stored, byRule, malformed, cut, duplicate, lostToKernel, lostToInterface, lostToQueue, lostToDisk } = span;
			return [{
				node: this.#node,
				interface: name,
				fromMs: Math.min(this.#untilMs, nowMs),
				untilMs: nowMs,
				received,
				stored,
				byRule,
				malformed,
				cut,
				duplicate,
				lostToKernel,
				lostToInterface,
				lostToQueue,
				lostToDisk
			}];
		});
		this.#before = now;
		this.#untilMs = nowMs;
		return spans;
	}
};

// dist/capture/live-files.js
/** File numbers taken at a time. The engine numbers its files itself, so that rotation does not wait for the catalogue. */
const FILE_NUMBERS = 1e5;
/** Bytes of a pcap file before its first record, and of a record before its packet (draft-ietf-opsawg-pcap §4, §5). */
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** Longest packet that a record of ours can hold; a length beyond it is no length. */
const LONGEST_PACKET = 262144;
const CHUNK = 1 << 20;
const blockKey = (stream) => `live.files.${stream}`;
/** Takes numbers for the files of a stream, and notes them, so that a file nobody listed yet is known by its number. */
function reserveFiles(catalogue, stream) {
	return catalogue.transaction(() => {
		const first = catalogue.files.reserve(FILE_NUMBERS);
		catalogue.settings.set(blockKey(stream), String(first));
		return first;
	});
}
/**
* Lists what a capture that died left on disk: its files end at their last whole record, and those it had not committed
* yet are added. Afterwards every file of the stream is complete, its packets counted.
*/
async function adoptFiles(parts, stream) {
	const { catalogue, packetDirectories, settings: { node }, logger } = parts;
	for (const file of catalogue.files.ofStream(stream)) {
		if (file.state !== "writing") continue;
		const tail = await endAtWholeRecord(file.path, Math.max(file.bytes, FILE_HEADER));
		if (tail === null) {
			catalogue.files.update(file.id, { state: "gone" });
			continue;
		}
		catalogue.files.update(file.id, {
			state: "complete",
			bytes: tail.bytes,
			packets: file.packets + tail.packets,
			lastMs: tail.lastMs ?? file.lastMs
		});
		logger.warn({
			path: file.path,
			packets: tail.packets
		}, "closed a packet file of a capture that ended without closing it");
	}
	const first = Number(catalogue.settings.get(blockKey(stream)));
	const found = [];
	for (const directory of first === 0 ? [] : packetDirectories) for (const name of await readdir(directory)) {
		const parsed = parsePacketFileName(name);
		if (parsed?.node !== node || parsed.fileId < first || parsed.fileId >= first + FILE_NUMBERS || catalogue.files.get(parsed.fileId) !== null) continue;
		found.push({
			fileId: parsed.fileId,
			file: path.join(directory, name)
		});
	}
	for (const { fileId, file } of found.sort((a, b) => a.fileId - b.fileId)) {
		const whole = await endAtWholeRecord(file, FILE_HEADER);
		if (whole === null) continue;
		catalogue.files.add({
			id: fileId,
			node,
			path: file,
			displayName: file,
			stream,
			storage: "own",
			state: "complete",
			format: "pcap",
			linkTypes: [whole.linkType],
			bytes: whole.bytes,
			packets: whole.packets,
			firstMs: whole.firstMs,
			lastMs: whole.lastMs,
			firstOrdinal: nextOrdinal(catalogue.files.ofStream(stream))
		});
		logger.warn({
			path: file,
			packets: whole.packets
		}, "listed a packet file of a capture that ended before it did");
	}
}
/** Position in the stream of the packet after the last one that is on disk. */
function nextOrdinal(files) {
	const last = files.at(-1);
	return last === void 0 ? 0 : last.firstOrdinal + last.packets;
}
/** Counts the whole records from `offset` (a record's start) and cuts what is left; null when there is no such file. */
async function endAtWholeRecord(file, offset) {
	let handle;
	try {
		handle = await open(file, "r+");
	} catch {
		return null;
	}
	try {
		const header = Buffer.alloc(FILE_HEADER);
		const { bytesRead } = await handle.read(header, 0, FILE_HEADER, 0);
		if (bytesRead < FILE_HEADER) return null;
		const { size } = await handle.stat();
		const records = await walk(handle, offset, size, header.readUInt32LE(0) === 2712812621 ? 1e6 : 1e3);
		if (records.bytes < size) {
			await handle.truncate(records.bytes);
			await handle.sync();
		}
		return {
			...records,
			linkType: header.readUInt32LE(20) & 65535
		};
	} finally {
		await handle.close();
	}
}
async function walk(handle, start, size, perMs) {
	const chunk = Buffer.alloc(CHUNK);
	let [at, packets, chunkStart, chunkLength] = [
		start,
		0,
		0,
		0
	];
	let [firstMs, lastMs] = [null, null];
	while (at + RECORD_HEADER <= size) {
		if (at < chunkStart || at + RECORD_HEADER > chunkStart + chunkLength) {
			chunkStart = at;
			chunkLength = (await handle.read(chunk, 0, CHUNK, at)).bytesRead;
			if (chunkLength < RECORD_HEADER) break;
		}
		const record = at - chunkStart;
		const length = chunk.readUInt32LE(record + 8);
		if (length > LONGEST_PACKET || at + RECORD_HEADER + length > size) break;
		const ms = chunk.readUInt32LE(record) * 1e3 + Math.floor(chunk.readUInt32LE(record + 4) / perMs);
		firstMs ??= ms;
		lastMs = Math.max(lastMs ?? ms, ms);
		packets++;
		at += RECORD_HEADER + length;
	}
	return {
		packets,
		bytes: Math.min(at, size),
		firstMs,
		lastMs
	};
}

// dist/capture/live-replay.js
/** Rows per segment that a replay writes. */
const ROWS_PER_SEGMENT = 8192;
const openKey = (stream) => `live.open.${stream}`;
/** Notes which sessions were open, as the core encodes them; runs in the transaction of the mark. */
function rememberOpen(catalogue, stream, open) {
	catalogue.settings.set(openKey(stream), open.toString("base64"));
}
function openOrdinals(catalogue, stream) {
	return Buffer.from(catalogue.settings.get(openKey(stream)) ?? "", "base64");
}
/**
* Indexes again what is on disk but in no row: packets after the last flush, and those of sessions that were open then.
* Returns the position of the next packet. A second run finds nothing to do.
*/
async function replayStream(parts, stream) {
	const { catalogue } = parts;
	const mark = catalogue.marks.get(stream);
	const files = catalogue.files.ofStream(stream);
	const end = Math.max(nextOrdinal(files), mark?.nextOrdinal ?? 0);
	const knownUntil = mark?.nextOrdinal ?? 0;
	const from = mark?.replayFromOrdinal ?? knownUntil;
	const needed = unbroken(files.filter((file) => file.packets > 0 && file.firstOrdinal + file.packets > from));
	if (from >= end || needed.length === 0) return end;
	const result = await parts.native.importStream({
		files: needed.map((file) => ({
			path: file.path,
			fileId: file.id
		})),
		stream,
		firstOrdinal: needed[0]?.firstOrdinal ?? 0,
		settings: parts.settings,
		segmentDirectory: parts.segmentDirectory,
		batchRows: ROWS_PER_SEGMENT,
		replay: {
			from,
			knownUntil,
			open: openOrdinals(catalogue, stream)
		}
	}, null, () => {});
	await parts.store.commitSegments({
		add: result.segments,
		remove: []
	}, () => {
		catalogue.marks.set({
			stream,
			node: parts.settings.node,
			replayFromOrdinal: null,
			nextOrdinal: end,
			completeUntilMs: null
		});
		rememberOpen(catalogue, stream, Buffer.alloc(0));
	});
	parts.logger.info({
		packets: end - from,
		sessions: result.sessions
	}, "indexed again what an interrupted capture left");
	return end;
}
/** The last files of a stream that follow each other: packets are counted from the first, so none may be missing in between. */
function unbroken(files) {
	const gap = files.findLastIndex((file, at) => at > 0 && file.firstOrdinal !== (files[at - 1]?.firstOrdinal ?? 0) + (files[at - 1]?.packets ?? 0));
	return gap < 0 ? files : files.slice(gap);
}

// dist/capture/packet-batch.js
/** Bytes in front of each packet, as in a nanosecond pcap file: u32 seconds, nanoseconds, captured length, original length; little-endian. */
const PACKET_HEADER = 16;
/**
* Collects packets into one buffer for the native core, which takes batches and not packets. The buffer is reused: a
* batch that was taken is valid until the next `add`.
*/
var PacketBatch = class {
	#buffer;
	#used = 0;
	#count = 0;
	/** @param capacity Bytes, headers included; at least one packet of the snap length must fit. */
	constructor(capacity) {
		this.#buffer = Buffer.alloc(capacity);
	}
	get count() {
		return this.#count;
	}
	/** Copies a packet, or returns false when it does not fit any more. */
	add(packet, originalLength, timestampNs) {
		const end = this.#used + 16 + packet.length;
		if (end > this.#buffer.length) return false;
		this.#buffer.writeUInt32LE(Number(timestampNs / 1000000000n), this.#used);
		this.#buffer.writeUInt32LE(Number(timestampNs % 1000000000n), this.#used + 4);
		this.#buffer.writeUInt32LE(packet.length, this.#used + 8);
		this.#buffer.writeUInt32LE(originalLength, this.#used + 12);
		packet.copy(this.#buffer, this.#used + 16);
		this.#used = end;
		this.#count++;
		return true;
	}
	/** The packets so far; the batch is empty afterwards. */
	take() {
		const taken = this.#buffer.subarray(0, this.#used);
		this.#used = 0;
		this.#count = 0;
		return taken;
	}
};

// dist/capture/live-service.js
/** Bytes of one pushed batch: large enough that the crossing does not count, small enough to stay in a cache. */
const BATCH_BYTES = 1 << 20;
/** Longest a packet waits in a batch, in milliseconds. */
const BATCH_MS = 100;
/** Time between flushes: how much indexing a crash repeats, and how old an answer is. */
const FLUSH_MS = 1e3;
/** Longest time between commits of a link on which nothing happens. */
const QUIET_COMMIT_MS = 15e3;
/** Time between replay marks of a capture with more open sessions than are listed with every flush. */
const MARK_MS = 1e4;
const MARKED_ALWAYS = 1e4;
/** Time between two looks whether somebody wants the rows of open sessions, and the least between two times they are written. */
const WANTED_MS = 50;
const WANTED_EVERY_MS = 500;
/** Time between two lines of the log about a packet directory that is passed over. */
const PASSED_OVER_EVERY_MS = 6e4;
/**
* Captures one node's packets. The native engine stores and indexes them on threads of its own; every second what
* became durable is committed: packet files, segments and marks in one transaction. After a crash the next start
* indexes again what was on disk but not in a row. A full disk ends nothing: packets are lost and counted until there
* is room.
*/
var LiveService = class {
	#parts;
	#batch = new PacketBatch(BATCH_BYTES);
	#stream;
	#engine = null;
	#source = null;
	#running = {
		interface: "",
		timestampSource: "kernel",
		linkType: 1
	};
	#timers = [];
	#flushing = null;
	#failed = () => {};
	#startedMs = 0;
	#committed = {
		nextOrdinal: -1,
		atMs: 0,
		markMs: 0,
		openSessions: 0
	};
	#storeFailure = null;
	#passedOverMs = Number.NEGATIVE_INFINITY;
	#clockSetBack = 0;
	#sessions = sessionAccount({}, 0);
	#spans;
	#wishes = {
		met: 0,
		triedMs: Number.NEGATIVE_INFINITY
	};
	constructor(parts) {
		this.#parts = parts;
		this.#stream = parts.catalogue.settings.getOrMake(`live.stream.${parts.settings.node}`, () => randomBytes(16).toString("hex"));
		this.#spans = new LedgerSpans(parts.settings.node, "", 0);
		this.failure = new Promise((_, reject) => {
			this.#failed = reject;
		});
		this.failure.catch(() => {});
	}
	/** Identity of the node's stream, 32 hex digits. */
	get stream() {
		return this.#stream;
	}
	/** Replays what a crash left, then captures. The caller holds the capture role. Throws UNAVAILABLE, CONFIG_INVALID. */
	async start() {
		const parts = this.#parts;
		for (const directory of [...parts.packetDirectories, parts.segmentDirectory]) await mkdir(directory, { recursive: true });
		await adoptFiles(parts, this.#stream);
		const firstOrdinal = await replayStream(parts, this.#stream);
		const { input } = parts;
		this.#source = input.kind === "pushed" ? await input.open((packet, originalLength) => {
			this.#take(packet, originalLength);
		}) : null;
		this.#startedMs = parts.clock.nowMs();
		this.#wishes.met = rowsWritten(parts.catalogue.settings);
		this.#engine = parts.native.openLive({
			settings: parts.settings,
			segmentDirectory: parts.segmentDirectory,
			packetDirectories: parts.packetDirectories,
			directoryChoice: parts.directoryChoice,
			linkType: this.#source?.linkType ?? null,
			snaplen: Math.min(parts.snapLength, this.#source?.snapLength ?? Infinity),
			stream: this.#stream,
			firstOrdinal,
			nextFileId: reserveFiles(parts.catalogue, this.#stream),
			maxFileBytes: parts.maxFileBytes,
			maxFileSeconds: parts.maxFileSeconds,
			openRowsAfterSeconds: parts.openRowsAfterSeconds,
			sources: input.kind === "rings" ? input.rings : [],
			keepPackets: parts.keepPackets,
			dontSaveBpfs: parts.dontSave,
			giveUpRights: parts.giveUpRights
		});
		const { linkType } = this.#engine;
		this.#running = this.#source !== null ? {
			interface: this.#source.interface,
			timestampSource: this.#source.timestampSource,
			linkType
		} : {
			interface: input.kind === "rings" ? input.rings.map((ring) => ring.interface).join(",") : "",
			timestampSource: "kernel",
			linkType
		};
		this.#spans = new LedgerSpans(parts.settings.node, this.#running.interface, this.#startedMs);
		this.#timers = [setInterval(() => {
			this.flush();
		}, FLUSH_MS)];
		this.#timers.push(setInterval(() => {
			this.#flushWanted();
		}, WANTED_MS));
		if (this.#source !== null) this.#timers.push(setInterval(() => {
			this.#push();
		}, BATCH_MS));
		return this.#running;
	}
	/** What it did since it began; null before and after. */
	account() {
		if (this.#engine === null) return null;
		return liveAccount(this.#engine.ledgers(), this.#running.interface, this.#sessions, {
			startedMs: this.#startedMs,
			atMs: this.#parts.clock.nowMs()
		}, this.#storeFailure);
	}
	/** Makes everything so far durable and visible; while one flush runs, no other begins. */
	flush() {
		this.#flushing ??= this.#flushOnce().finally(() => {
			this.#flushing = null;
		});
		return this.#flushing;
	}
	async #flushOnce() {
		const engine = this.#engine;
		if (engine === null) return;
		try {
			this.#push();
			const now = this.#parts.clock.nowMs();
			const mark = this.#committed.openSessions < MARKED_ALWAYS || now - this.#committed.markMs >= MARK_MS;
			const wish = this.#wish();
			if (wish !== null) this.#wishes.triedMs = now;
			const flush = await engine.flush(now, mark, wish !== null);
			this.#sessions = sessionAccount(flush.counters, flush.openSessions);
			this.#noteFailure(flush.writeFailure);
			this.#notePassedOver(flush.passedOver, now);
			this.#noteClock(flush.counters["clock.setBack"] ?? 0);
			const failed = flush.writeFailure ?? flush.passedOver;
			const full = failed === null ? null : diskFullOf(failed);
			if (full !== null) this.#parts.onDiskFull(full);
			const dead = engine.ledgers().find(({ failure }) => failure !== null);
			if (dead !== void 0) throw new LookbackError("UNAVAILABLE", `capture from ${dead.interface} ended: ${dead.failure ?? ""}`, { interface: dead.interface });
			if (flush.segments.length === 0 && flush.nextOrdinal === this.#committed.nextOrdinal && flush.writeFailure === null && wish === null && now - this.#committed.atMs < QUIET_COMMIT_MS) return;
			await this.#commit({
				...flush,
				completeUntilMs: flush.completeUntilMs ?? this.#startedMs
			}, engine.ledgers(), wish);
			if (wish !== null) this.#wishes.met = wish;
			this.#committed = {
				nextOrdinal: flush.nextOrdinal,
				atMs: now,
				openSessions: flush.openSessions,
				markMs: flush.mark === null ? this.#committed.markMs : now
			};
		} catch (error) {
			if (!(error instanceof LookbackError) || error.code !== "DISK_FULL") {
				this.#fail(error);
				return;
			}
			this.#noteFailure(error.message);
			this.#parts.onDiskFull(error);
		}
	}
	/** Stops capturing; every session is closed and written. */
	async stop() {
		this.#source?.close();
		for (const timer of this.#timers) clearInterval(timer);
		await this.#flushing;
		this.#push();
		const engine = this.#engine;
		this.#engine = null;
		if (engine === null) return;
		const ledgers = engine.stopSources();
		await this.#commit({
			...await engine.close(this.#parts.clock.nowMs()),
			completeUntilMs: null
		}, ledgers, null);
	}
	#take(packet, originalLength) {
		if (this.#engine === null) return;
		const kept = packet.length > this.#parts.snapLength ? packet.subarray(0, this.#parts.snapLength) : packet;
		const now = this.#parts.nowNs();
		if (this.#batch.add(kept, originalLength, now)) return;
		this.#push();
		this.#batch.add(kept, originalLength, now);
	}
	#push() {
		if (this.#batch.count === 0 || this.#engine === null) return;
		try {
			this.#engine.push(this.#batch.take());
		} catch (error) {
			this.#fail(error);
		}
	}
	/** The wish for rows of open sessions that is to be met now, or null. */
	#wish() {
		const wanted = rowsWanted(this.#parts.catalogue.settings);
		const sinceMs = this.#parts.clock.nowMs() - this.#wishes.triedMs;
		return wanted > this.#wishes.met && (sinceMs < 0 || sinceMs >= WANTED_EVERY_MS) ? wanted : null;
	}
	#flushWanted() {
		try {
			if (this.#flushing === null && this.#wish() !== null) this.flush();
		} catch (error) {
			this.#fail(error);
		}
	}
	async #commit(flush, ledgers, wish) {
		const { catalogue, store, settings, clock, input } = this.#parts;
		await store.commitSegments({
			add: flush.segments,
			remove: []
		}, () => {
			for (const file of flush.files) {
				const row = {
					state: file.open ? "writing" : "complete",
					bytes: file.bytes,
					packets: file.packets,
					firstMs: file.firstMs,
					lastMs: file.lastMs
				};
				if (catalogue.files.get(file.fileId) === null) catalogue.files.add({
					id: file.fileId,
					node: settings.node,
					path: file.path,
					displayName: file.path,
					stream: this.#stream,
					storage: "own",
					format: "pcap",
					linkTypes: [this.#running.linkType],
					firstOrdinal: file.firstOrdinal,
					...row
				});
				else catalogue.files.update(file.fileId, row);
			}
			const { mark } = flush;
			if (mark !== null) {
				catalogue.marks.set({
					stream: this.#stream,
					node: settings.node,
					completeUntilMs: flush.completeUntilMs,
					nextOrdinal: mark.knownUntilOrdinal,
					replayFromOrdinal: mark.replayFromOrdinal < mark.knownUntilOrdinal ? mark.replayFromOrdinal : null
				});
				rememberOpen(catalogue, this.#stream, mark.open);
			} else catalogue.marks.setCompleteUntil(this.#stream, flush.completeUntilMs);
			for (const span of this.#spans.next(ledgers, clock.nowMs())) catalogue.captureLedger.add(span);
			const lost = (count) => ledgers.reduce((sum, ledger) => sum + count(ledger), 0);
			const statistics = {
				node: settings.node,
				interface: this.#running.interface,
				timestampSource: this.#running.timestampSource,
				startedMs: this.#startedMs,
				updatedMs: clock.nowMs(),
				packets: lost(({ stored }) => stored),
				bytes: lost(({ bytes }) => bytes),
				droppedByUs: lost(({ lostToDisk, lostToQueue }) => lostToDisk + lostToQueue),
				droppedByKernel: input.kind === "rings" ? lost(({ droppedByKernel }) => droppedByKernel ?? 0) : this.#source?.kernelDrops() ?? null,
				openSessions: flush.openSessions,
				sources: ledgers,
				failure: this.#storeFailure,
				counters: flush.counters
			};
			saveStatistics(catalogue.settings, statistics);
			if (wish !== null) noteRowsWritten(catalogue.settings, wish);
		});
	}
	/** Tells once that nothing can be stored, and once that it can again. */
	#noteFailure(reason) {
		if (reason !== null && this.#storeFailure === null) this.#parts.logger.error({ error: reason }, "packets or rows cannot be stored; they are lost and counted until this ends");
		else if (reason === null && this.#storeFailure !== null) this.#parts.logger.warn({}, "packets and rows are stored again");
		this.#storeFailure = reason;
	}
	/** Tells of a packet directory that takes nothing, each once in a while: it is tried again with every new file. */
	#notePassedOver(reason, nowMs) {
		if (reason === null || nowMs >= this.#passedOverMs && nowMs - this.#passedOverMs < PASSED_OVER_EVERY_MS) return;
		this.#passedOverMs = nowMs;
		this.#parts.logger.error({ error: reason }, "a packet directory takes nothing and is passed over; packets go to another one");
	}
	/** Tells when the packets' times were set back: their sessions go on, and answers by time find later packets before earlier ones. */
	#noteClock(setBack) {
		if (setBack > this.#clockSetBack) this.#parts.logger.warn({ times: setBack }, "the clock that stamps packets was set back by more than a minute; sessions go on, and timeouts are measured onward from there");
		this.#clockSetBack = setBack;
	}
	#fail(error) {
		this.#parts.logger.error({ error: error instanceof Error ? error.message : String(error) }, "live capture failed");
		this.#failed(error);
	}
};
/**
* The failure to store packets as DISK_FULL naming the file, or null when it is another: a device that fails, or a directory that
* may not be written, gets no better by deleting. The core names a full device with these words.
*/
function diskFullOf(failure) {
	const path = /^(.+): no space left on the device;/s.exec(failure)?.[1];
	return path === void 0 ? null : new LookbackError("DISK_FULL", failure, { path });
}

// dist/app/privileges.js
/** Longest wait for the system's answer who somebody is; it may ask another machine. */
const LOOK_UP_MS = 1e4;
/**
* Becomes `dropUser` and `dropGroup`, for a process that was started as root; anybody else stays who they are. With
* `native` the rights to open interfaces are kept until `LiveOptions.giveUpRights` gives them up. Directories that are
* not there yet are made and given to the user.
*
* @returns Whether the user changed.
* @throws LookbackError CONFIG_INVALID when there is no such user or group, or the user may not write what is there.
*/
function becomeDropUser(config, directories, logger, native) {
	const { dropUser, dropGroup } = config.values;
	if (dropUser === null && dropGroup === null) return false;
	if (process.getuid?.() !== 0) {
		logger.warn({
			dropUser,
			dropGroup
		}, "dropUser and dropGroup have no effect: this process was not started as root");
		return false;
	}
	const name = dropUser ?? "root";
	const user = idsOf("-u", name)[0] ?? 0;
	const group = dropGroup === null ? idsOf("-g", name)[0] ?? 0 : groupOf(dropGroup);
	const others = idsOf("-G", name);
	for (const directory of directories) {
		if (existsSync(directory)) continue;
		mkdirSync(directory, {
			recursive: true,
			mode: 488
		});
		chownSync(directory, user, group);
	}
	native?.keepRightsOverChangeOfUser();
	process.setgroups?.([.../* @__PURE__ */ new Set([group, ...others])]);
	process.setgid?.(group);
	process.setuid?.(user);
	if (user !== 0) native?.keepRightsToCapture();
	for (const directory of directories) requireWritable(directory, name, group);
	logger.info({
		user,
		group
	}, "this process runs as another user from here on");
	return user !== 0;
}
function requireWritable(directory, user, group) {
	try {
		accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
	} catch (error) {
		throw new LookbackError("CONFIG_INVALID", `dropUser=${user}: that user may not write ${directory}; give it to them: chown -R ${user}:${group} ${directory}`, {
			key: "dropUser",
			path: directory
		}, { cause: error });
	}
}
/** Numbers that the system has for a user, the user's group or all groups of the user; whatever keeps its users. */
function idsOf(what, name) {
	try {
		return execFileSync("id", [
			what,
			"--",
			name
		], {
			encoding: "utf8",
			stdio: [
				"ignore",
				"pipe",
				"pipe"
			],
			timeout: LOOK_UP_MS
		}).trim().split(" ").map(Number);
	} catch (error) {
		throw new LookbackError("CONFIG_INVALID", `dropUser=${name.slice(0, 64)}: there is no such user here`, { key: "dropUser" }, { cause: error });
	}
}
function groupOf(name) {
	try {
		return Number(execFileSync("getent", [
			"group",
			"--",
			name
		], {
			encoding: "utf8",
			stdio: [
				"ignore",
				"pipe",
				"pipe"
			],
			timeout: LOOK_UP_MS
		}).split(":")[2]);
	} catch (error) {
		throw new LookbackError("CONFIG_INVALID", `dropGroup=${name.slice(0, 64)}: there is no such group here`, { key: "dropGroup" }, { cause: error });
	}
}

// dist/app/liveness-port.js
/**
* Takes TCP connections on every address and ends them at once, so that a load balancer sees that the process lives. Nothing
* is read and nothing is sent. Throws UNAVAILABLE when the port cannot be had.
*/
function openLivenessPort(port) {
	return new Promise((resolve, reject) => {
		const server = createServer((socket) => {
			socket.on("error", () => {
				socket.destroy();
			});
			socket.resume().end(() => {
				socket.destroy();
			});
		});
		server.once("error", (cause) => {
			reject(new LookbackError("UNAVAILABLE", `tcpHealthCheckPort=${port} cannot be listened on: ${systemErrorCode(cause) ?? cause.message}`, { port }, { cause }));
		});
		server.listen(port, () => {
			const address = server.address();
			resolve({
				port: typeof address === "object" && address !== null ? address.port : port,
				close: () => new Promise((closed) => {
					server.close(() => {
						closed();
					});
				})
			});
		});
	});
}

// dist/app/capture-process.js
/**
* Takes the capture role and captures from the configured interface, else that of the default route. Throws UNAVAILABLE, ROLE_HELD, and
* DISK_FULL when there is no room to start: then room is asked for, and a later try finds it.
*/
function startCapture(config, logger) {
	return withLifecycle(logger, async (lifecycle) => {
		const { values } = config;
		const devices = values.interface.length > 0 ? values.interface : [defaultInterface(readFileSync("/proc/net/route", "utf8"))].filter((name) => name !== null);
		const [first] = devices;
		if (first === void 0) throw noInterface();
		const input = values.pcapReadMethod === "tpacketv3" ? {
			kind: "rings",
			rings: devices.map((name, at) => ({
				interface: name,
				filter: values.bpf ?? "",
				blockBytes: values.tpacketv3BlockSize,
				ringBytes: values.ringMiB * 2 ** 20,
				threads: values.tpacketv3NumThreads,
				fanoutGroup: (values.tpacketv3ClusterId + at) % 65536,
				promiscuous: values.promiscuous
			}))
		} : {
			kind: "pushed",
			open: (onPacket) => openCap(onlyOne(devices, first), values.bpf ?? "", values.pcapBufferSize, onPacket)
		};
		const { directories } = config.storageOf(config.node);
		const packetDirectories = directories.length > 0 ? directories : [config.packetDirectory];
		const dropped = becomeDropUser(config, [config.dataDirectory, ...packetDirectories], logger, loadNativeCore());
		const core = await openCore(config, "capture", logger, lifecycle);
		const live = new LiveService({
			native: core.native,
			catalogue: core.catalogue,
			store: core.store,
			clock: systemClock,
			nowNs: arrivalClock(),
			logger: logger.child({ area: "capture" }),
			settings: engineSettings(config),
			segmentDirectory: core.directories.sessions,
			packetDirectories,
			directoryChoice: values.pcapDirAlgorithm,
			snapLength: values.snapLen,
			keepPackets: values.pcapWriteMethod !== "null",
			dontSave: values.dontSaveBPFs,
			giveUpRights: dropped,
			maxFileBytes: Math.round(values.maxFileSizeG * 2 ** 30),
			maxFileSeconds: values.maxFileTimeM * 60,
			openRowsAfterSeconds: values.openSessionFlush,
			input,
			onDiskFull: (error) => {
				askForRoom(core.catalogue, core.directories.packets, error);
			}
		});
		if (values.tcpHealthCheckPort > 0) lifecycle.add("liveness port", await openLivenessPort(values.tcpHealthCheckPort), (opened) => opened.close());
		lifecycle.add("live capture", live, (started) => started.stop());
		const running = await live.start().catch((error) => {
			askForRoom(core.catalogue, core.directories.packets, error);
			throw error;
		});
		sayPlaces(core.native, config, logger.child({ area: "capture" }));
		return {
			live,
			running,
			settings: core.live,
			packetDirectories
		};
	});
}
/** libpcap is read one interface a process. */
function onlyOne(devices, first) {
	if (devices.length === 1) return first;
	throw new LookbackError("CONFIG_INVALID", `interface=${devices.join(";")}: pcapReadMethod=libpcap captures from one interface; use tpacketv3, or name one`, { key: "interface" });
}
/** The wall clock in nanoseconds: the monotonic clock, set by the wall clock once a second so that it follows corrections. */
function arrivalClock() {
	let [wall, monotonic] = [0n, -2000000000n];
	return () => {
		const now = process.hrtime.bigint();
		if (now - monotonic > 1000000000n) [wall, monotonic] = [BigInt(systemClock.nowMs()) * 1000000n, now];
		return wall + (now - monotonic);
	};
}

// dist/cli/live-screen.js
function ratesOf({ account, before }) {
	const seconds = Math.max((account.atMs - before.atMs) / 1e3, .001);
	const rate = (count) => Math.max(0, (count(account.total) - count(before.total)) / seconds);
	const bytes = rate(({ bytes: all }) => all);
	return {
		seconds,
		packets: rate(({ received }) => received),
		bytes,
		bits: bytes * 8,
		lost: rate(({ lost }) => lost)
	};
}
/** The account as a screen of lines, no wider than the terminal. */
function screenLines(shown, terminal) {
	const { account, directories } = shown;
	const rates = ratesOf(shown);
	const loss = `${count(account.total.lost)} lost (${share(account.total.lost, account.total.received)})`;
	return [
		terminal.bold(`${printable(account.interfaces.map(({ name }) => name).join(", "))}, capturing for ${printDuration((account.atMs - account.startedMs) / 1e3)}`),
		`rate      ${count(Math.round(rates.packets))} packets/s  ${bits(rates.bits)}  ${rates.lost > 0 ? terminal.red(`${count(Math.round(rates.lost))} lost/s`) : "nothing lost"}`,
		`packets   ${count(account.total.received)} received  ${count(account.total.stored)} stored  ${count(account.total.byRule)} left out by rules  ${account.total.lost > 0 ? terminal.red(loss) : loss}`,
		...account.interfaces.map(({ name, received, droppedByKernel, droppedByInterface, lostToQueue, lostToDisk, cut, malformed }) => `  ${printable(name)}: ${count(received)} received; lost: kernel ${orUnknown(droppedByKernel)}, interface ${orUnknown(droppedByInterface)}, queue ${count(lostToQueue)}, disk ${count(lostToDisk)}; cut ${count(cut)}, damaged ${count(malformed)}`),
		`queues    ${account.waits === 0 ? "never full" : `sources waited ${count(account.waits)} times for ours; the kernel's rings took the packets`}`,
		`sessions  ${count(account.sessions.open)} open  ${count(account.sessions.closed)} closed: ${count(account.sessions.indexed)} indexed, ${count(account.sessions.byRule)} left out by rules, ${count(account.sessions.lost)} lost`,
		...directories.map(({ directory, freeBytes, totalBytes }) => `disk      ${printable(directory)}: ${printBytes(freeBytes)} free of ${printBytes(totalBytes)} (${share(freeBytes, totalBytes)})${rates.bytes > 0 ? `, taken in ${printDuration(freeBytes / rates.bytes)} at this rate` : ""}`),
		...account.failure === null ? [] : [terminal.red(`not stored: ${printable(account.failure)}`)]
	].map((line) => fitted(line, terminal.columns));
}
/** The account as one line of words and numbers, for files and pipes. */
function plainLine(shown) {
	const { account, directories } = shown;
	const rates = ratesOf(shown);
	const { received, stored, byRule, lost } = account.total;
	const free = directories.map(({ freeBytes }) => freeBytes);
	return [
		new Date(account.atMs).toISOString(),
		`packets/s=${Math.round(rates.packets)}`,
		`Mbit/s=${(rates.bits / 1e6).toFixed(1)}`,
		`received=${received}`,
		`stored=${stored}`,
		`by-rule=${byRule}`,
		`lost=${lost}`,
		`waits=${account.waits}`,
		`open=${account.sessions.open}`,
		`indexed=${account.sessions.indexed}`,
		...free.length === 0 ? [] : [`free-bytes=${Math.min(...free)}`],
		...account.failure === null ? [] : [`failure=${JSON.stringify(account.failure)}`]
	].join(" ");
}
/** What a terminal is sent to show lines in place of those before: from the top left, each line to its end, then nothing below. */
function redrawn(lines) {
	return `\u001b[H${lines.map((line) => `${line}\u001b[K\n`).join("")}\u001b[J`;
}
const count = (number) => number.toLocaleString("en-US");
const orUnknown = (number) => number === null ? "unknown" : count(number);
function share(part, whole) {
	if (whole === 0) return "0 %";
	const percent = part / whole * 100;
	return percent > 0 && percent < .01 ? "under 0.01 %" : `${percent.toFixed(percent < 10 ? 2 : 0)} %`;
}
function bits(perSecond) {
	const units = [
		"bit/s",
		"kbit/s",
		"Mbit/s",
		"Gbit/s"
	];
	let [value, unit] = [perSecond, 0];
	while (value >= 1e3 && unit < units.length - 1) [value, unit] = [value / 1e3, unit + 1];
	return `${value.toFixed(unit === 0 ? 0 : 1)} ${units[unit] ?? ""}`;
}
/** A line cut to the width; styles take no room, and end with the line. */
function fitted(line, columns) {
	let [left, out] = [columns, ""];
	for (const [part] of line.matchAll(/\u001b\[[0-9;]*m|./gu)) {
		const isStyle = part.length > 1 && part.startsWith("\x1B");
		if (!isStyle && left <= 0) continue;
		if (!isStyle) left -= 1;
		out += part;
	}
	return out;
}

// dist/cli/live-account-run.js
/** Time between two screens, and between two lines where there is no terminal. */
const SCREEN_MS = 1e3;
const LINE_MS = 1e4;
/** Shows a capture's account until the result is called. */
function showAccount(capture, directories, { terminal, write }) {
	let before = null;
	let isBusy = false;
	const show = async () => {
		const account = capture.account();
		if (account === null) return;
		const shown = {
			account,
			before: before ?? {
				...account,
				atMs: account.startedMs,
				total: {
					received: 0,
					stored: 0,
					byRule: 0,
					lost: 0,
					bytes: 0
				}
			},
			directories: await spaceOf(directories)
		};
		before = account;
		write(terminal.forPeople ? redrawn(screenLines(shown, terminal)) : `${plainLine(shown)}\n`);
	};
	const timer = setInterval(() => {
		if (isBusy) return;
		isBusy = true;
		show().catch((error) => {
			write(`the account cannot be shown: ${error instanceof Error ? error.message : String(error)}\n`);
		}).finally(() => {
			isBusy = false;
		});
	}, terminal.forPeople ? SCREEN_MS : LINE_MS);
	if (terminal.forPeople) write("\x1B[2J");
	return () => {
		clearInterval(timer);
	};
}
async function spaceOf(directories) {
	return (await Promise.all(directories.map(async (directory) => {
		try {
			const { bavail, blocks, bsize } = await statfs(directory);
			return [{
				directory,
				freeBytes: bavail * bsize,
				totalBytes: blocks * bsize
			}];
		} catch {
			return [];
		}
	}))).flat();
}

// dist/cli/commands/capture.js
/** Captures until a signal, or until the capture cannot go on. */
async function run({ options, config: configOf, reread, print, terminal }) {
	const overrides = typeof options["interface"] === "string" ? { interface: options["interface"] } : {};
	const config = await configOf(overrides);
	const log = openLog(config, "capture");
	const capture = await startCapture(config, log);
	reloadAtHangup(() => reread(overrides), capture.settings, log);
	if (options["json"] === true) print(JSON.stringify({
		capturing: capture.running.interface,
		timestampSource: capture.running.timestampSource,
		linkType: capture.running.linkType,
		pid: process.pid
	}));
	else print(`capturing from ${capture.running.interface} (packets are stamped ${capture.running.timestampSource === "kernel" ? "by the kernel" : "on arrival"})`);
	process.send?.({ capturing: capture.running.interface });
	const hide = options["stats"] === true ? showAccount(capture.live, capture.packetDirectories, {
		terminal,
		write: (text) => {
			process.stdout.write(text);
		}
	}) : () => {};
	try {
		await Promise.race([untilSignalled(), capture.live.failure]);
	} finally {
		hide();
		await capture.stop();
		endSoon();
	}
	return EXIT.ok;
}

export { run };