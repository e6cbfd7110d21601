import { i as systemErrorCode, n as LookbackError } from "./errors-iXTvzgJ7.js";
import path, { basename, dirname } from "node:path";
import { constants, readdirSync, statSync } from "node:fs";
import { lstat, mkdir, open, readdir, realpath, rename, stat, truncate, unlink } from "node:fs/promises";
import checkDiskSpaceExport from "check-disk-space";

// dist/packet-store/device-space.js
/** The package's declarations describe its CommonJS form; as a module its default export is the function itself. */
function isCheckDiskSpace(value) {
	return typeof value === "function";
}
/** `check-disk-space`, which runs `df`. */
const diskSpaceProbe = async (directory) => {
	const checkDiskSpace = checkDiskSpaceExport;
	if (!isCheckDiskSpace(checkDiskSpace)) throw new LookbackError("UNAVAILABLE", "check-disk-space exports no function");
	const { free, size } = await checkDiskSpace(directory);
	return {
		freeBytes: free,
		totalBytes: size
	};
};
/**
* Free space of the devices that `directories` are on, each device measured once. A directory that does not exist is
* reported, never measured: the probe would answer for its nearest parent, which may be another device.
*/
async function measureSpace(directories, probe = diskSpaceProbe) {
	const byDevice = /* @__PURE__ */ new Map();
	const unmeasured = [];
	for (const directory of new Set(directories)) try {
		const found = await stat(directory);
		if (!found.isDirectory()) {
			unmeasured.push({
				directory,
				reason: "not a directory"
			});
			continue;
		}
		const same = byDevice.get(found.dev);
		if (same) same.push(directory);
		else byDevice.set(found.dev, [directory]);
	} catch (error) {
		unmeasured.push({
			directory,
			reason: error instanceof Error ? error.message : String(error)
		});
	}
	const devices = [];
	for (const [device, names] of byDevice) {
		const [first] = names;
		if (first === void 0) continue;
		try {
			devices.push({
				device,
				directories: names,
				...await probe(first)
			});
		} catch (error) {
			const reason = error instanceof Error ? error.message : String(error);
			for (const directory of names) unmeasured.push({
				directory,
				reason
			});
		}
	}
	return {
		devices,
		unmeasured
	};
}

// dist/packet-store/own-directory.js
/**
* A directory whose files we wrote. Deletion asks here, at the moment of deletion: the answer of an earlier plan may be
* stale.
*/
var OwnDirectory = class {
	constructor(directory) {
		this.path = path.resolve(directory);
	}
	/**
	* Whether `file` is a regular file directly or deeper in this directory once every symbolic link of its parents is
	* resolved, and is itself no link. Never throws for what is on disk.
	*/
	async examine(file) {
		let root;
		try {
			root = await realpath(this.path);
		} catch {
			return {
				own: false,
				reason: "directory-missing"
			};
		}
		let found;
		let parent;
		try {
			found = await lstat(file);
			parent = await realpath(path.dirname(path.resolve(file)));
		} catch (error) {
			const code = systemErrorCode(error);
			return {
				own: false,
				reason: code === "ENOENT" || code === "ENOTDIR" ? "missing" : "unreadable"
			};
		}
		if (found.isSymbolicLink()) return {
			own: false,
			reason: "symlink"
		};
		if (!found.isFile()) return {
			own: false,
			reason: "not-a-file"
		};
		const real = path.join(parent, path.basename(file));
		if (!isInside(root, real)) return {
			own: false,
			reason: "outside"
		};
		return {
			own: true,
			path: real,
			bytes: found.size,
			device: found.dev,
			inode: found.ino
		};
	}
	/** Whether the directory is there: a path that is missing must never be measured through its parent. */
	async exists() {
		try {
			return (await stat(this.path)).isDirectory();
		} catch {
			return false;
		}
	}
};
/** Whether `file` lies below `directory`; both absolute and resolved. */
function isInside(directory, file) {
	const relative = path.relative(directory, file);
	return relative !== "" && relative !== ".." && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

// dist/packet-store/packet-file-presence.js
/** From so many files in one directory on, its names are listed instead of each file being asked for. */
const WORTH_LISTING = 64;
/** A directory that changed less than this before it was listed may change again within the same tick of its time. */
const SETTLED_MS = 2e3;
/**
* Whether packet files are on the disk, whatever the catalogue says: users move captures that were imported in place, and
* disks are unmounted. Names are kept of directories that have not changed since they were listed.
*/
var PacketFilePresence = class {
	#nowMs;
	#listings = /* @__PURE__ */ new Map();
	constructor(nowMs) {
		this.#nowMs = nowMs;
	}
	/** Whether a file is there and a file. */
	isThere(path) {
		try {
			return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
		} catch {
			return false;
		}
	}
	/** Ids of the files that are not there, in the order given. */
	lost(files) {
		const inDirectory = /* @__PURE__ */ new Map();
		for (const { path } of files) inDirectory.set(dirname(path), (inDirectory.get(dirname(path)) ?? 0) + 1);
		const names = /* @__PURE__ */ new Map();
		for (const [directory, count] of inDirectory) if (count >= WORTH_LISTING) names.set(directory, this.#namesIn(directory));
		for (const directory of this.#listings.keys()) if (!names.has(directory)) this.#listings.delete(directory);
		return files.filter(({ path }) => !(names.get(dirname(path))?.has(basename(path)) ?? this.isThere(path))).map(({ id }) => id);
	}
	#namesIn(directory) {
		try {
			const { mtimeMs } = statSync(directory);
			const known = this.#listings.get(directory);
			if (known?.mtimeMs === mtimeMs) return known.names;
			const settled = this.#nowMs() - mtimeMs > SETTLED_MS;
			const names = new Set(readdirSync(directory));
			if (settled) this.#listings.set(directory, {
				mtimeMs,
				names
			});
			else this.#listings.delete(directory);
			return names;
		} catch {
			return /* @__PURE__ */ new Set();
		}
	}
};

// dist/packet-store/packet-file-name.js
const NODE_NAME = /^[\w.-]{1,64}$/;
const FILE_NAME = /^([\w.-]{1,64})-(\d{6})-(\d{8,16})\.pcap$/;
/**
* `<node>-YYMMDD-NNNNNNNN.pcap`: the UTC day of the first packet (milliseconds since 1970) and the file's number in the
* catalogue, at least eight digits. Throws BAD_INPUT for a node name that could leave the directory.
*/
function packetFileName(node, firstPacketMs, fileId) {
	if (!NODE_NAME.test(node)) throw new LookbackError("BAD_INPUT", `node name ${node.slice(0, 80)}: allowed: 1 to 64 letters, digits, _ . -`, { node: node.slice(0, 80) });
	if (!Number.isSafeInteger(fileId) || fileId < 0) throw new LookbackError("BAD_INPUT", `file number ${fileId} is not a number from 0`, { fileId });
	const time = new Date(firstPacketMs);
	if (Number.isNaN(time.getTime())) throw new LookbackError("BAD_INPUT", `${firstPacketMs} is not a time in milliseconds`, { firstPacketMs });
	const two = (value) => String(value).padStart(2, "0");
	return `${node}-${two(time.getUTCFullYear() % 100) + two(time.getUTCMonth() + 1) + two(time.getUTCDate())}-${String(fileId).padStart(8, "0")}.pcap`;
}
/** Takes a name of ours apart, or null when it is none. */
function parsePacketFileName(name) {
	const [, node, day, digits] = FILE_NAME.exec(name) ?? [];
	if (node === void 0 || day === void 0 || digits === void 0) return null;
	const fileId = Number(digits);
	return Number.isSafeInteger(fileId) ? {
		node,
		day,
		fileId
	} : null;
}

// dist/packet-store/record-layout.js
/**
* Record headers of classic pcap (draft-ietf-opsawg-pcap) and blocks of pcapng (draft-ietf-opsawg-pcapng), decoded from
* bytes that are at hand. The rules are those of `native/crates/pcapfile`: what the core indexed reads back the same.
*/
const BILLION = 1000000000n;
const I64_MAX = 9223372036854775807n;
/** Longest record that is believed, with its header; a longer one is garbage. */
const MAX_RECORD_BYTES = 16777280;
function interfaceOf(linkType, snaplen, unitsPerSecond, offsetSeconds) {
	const isUsual = offsetSeconds === 0n && unitsPerSecond >= 1000n && BILLION % unitsPerSecond === 0n;
	return {
		linkType,
		snaplen,
		unitsPerSecond,
		offsetSeconds,
		finerThanMicroseconds: 1000000n % unitsPerSecond !== 0n,
		wholeUnits: isUsual ? Number(unitsPerSecond) : 0,
		tickNanoseconds: isUsual ? Number(BILLION / unitsPerSecond) : 0
	};
}
const CLASSIC_HEADER_BYTES = 24;
const NG_SECTION = 168627466;
const NG_OLD_PACKET = 2;
const NG_SIMPLE_PACKET = 3;
const NG_ENHANCED_PACKET = 6;
/** Bytes of a packet block before its packet, the longest of the three kinds. */
const NG_PACKET_HEAD_BYTES = 28;
/** A 32-bit word in the file's byte order; the caller has checked that it is there. */
function word(bytes, at, bigEndian) {
	return bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
}
function half(bytes, at, bigEndian) {
	return bigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at);
}
/** The header of a classic file, or null when these first bytes are none. Kuznetzov's variant is known too. */
function classicLayout(head) {
	if (head.length < 24) return null;
	for (const bigEndian of [true, false]) {
		const magic = word(head, 0, bigEndian);
		if (magic !== 2712847316 && magic !== 2712812621 && magic !== 2712849716) continue;
		return {
			format: "pcap",
			bigEndian,
			nanosecond: magic === 2712812621,
			recordHeader: magic === 2712849716 ? 24 : 16,
			linkType: word(head, 20, bigEndian) & 65535
		};
	}
	return null;
}
/** Whether a file that starts with these bytes is pcapng. */
function isNg(head) {
	return head.length >= 4 && head.readUInt32BE(0) === 168627466;
}
function recordScratch() {
	return {
		seconds: 0,
		nanoseconds: 0,
		capturedLength: 0,
		originalLength: 0,
		linkType: 0,
		finerThanMicroseconds: false,
		skip: 0
	};
}
/** Decodes a classic record header at the start of `bytes`; `length` is what the position says the whole record has. */
function classicRecord(layout, bytes, length) {
	const head = recordScratch();
	return classicRecordInto(layout, bytes, 0, bytes.length, length, head) ?? head;
}
/** As `classicRecord`, at `at` of bytes that end at `end`, into `head`; null when there is no fault. */
function classicRecordInto(layout, bytes, at, end, length, head) {
	const { bigEndian, recordHeader } = layout;
	if (end - at < recordHeader) return "beyond-end";
	const capturedLength = word(bytes, at + 8, bigEndian);
	if (recordHeader + capturedLength !== length) return "not-a-record";
	const fraction = word(bytes, at + 4, bigEndian);
	const perSecond = layout.nanosecond ? 1e9 : 1e6;
	head.seconds = word(bytes, at, bigEndian) + Math.floor(fraction / perSecond);
	head.nanoseconds = fraction % perSecond * (layout.nanosecond ? 1 : 1e3);
	head.capturedLength = capturedLength;
	head.originalLength = word(bytes, at + 12, bigEndian);
	head.linkType = layout.linkType;
	head.finerThanMicroseconds = layout.nanosecond;
	head.skip = recordHeader;
	return null;
}
/** Reads an interface block's body (after type and length). Options that do not fit end the list. */
function ngInterface(body, bigEndian) {
	if (body.length < 8) return interfaceOf(0, 0, 1000000n, 0n);
	let unitsPerSecond = 1000000n;
	let offsetSeconds = 0n;
	for (let at = 8; at + 4 <= body.length;) {
		const code = half(body, at, bigEndian);
		const length = half(body, at + 2, bigEndian);
		const value = body.subarray(at + 4, at + 4 + length);
		if (code === 0 || value.length < length) break;
		const [resolution] = value;
		if (code === 9 && resolution !== void 0) {
			const units = (resolution & 128 ? 2n : 10n) ** BigInt(resolution & 127);
			unitsPerSecond = units > 18446744073709551615n ? BILLION : units;
		} else if (code === 14 && length === 8) offsetSeconds = bigEndian ? value.readBigInt64BE(0) : value.readBigInt64LE(0);
		at += 4 + Math.ceil(length / 4) * 4;
	}
	return interfaceOf(half(body, 0, bigEndian), word(body, 4, bigEndian), unitsPerSecond, offsetSeconds);
}
/** Ticks of an interface's clock as time. */
function ngTime(high, low, from) {
	if (from.wholeUnits > 0) {
		let seconds = 0;
		let rest = 0;
		for (const digit of [
			high >>> 16,
			high & 65535,
			low >>> 16,
			low & 65535
		]) {
			const part = rest * 65536 + digit;
			const quotient = Math.floor(part / from.wholeUnits);
			rest = part - quotient * from.wholeUnits;
			seconds = seconds * 65536 + quotient;
		}
		if (seconds < 9e9) return {
			seconds,
			nanoseconds: rest * from.tickNanoseconds
		};
	}
	let ns = (BigInt(high) << 32n | BigInt(low)) * BILLION / from.unitsPerSecond;
	if (ns > I64_MAX) ns = I64_MAX;
	ns += from.offsetSeconds * BILLION;
	if (ns > I64_MAX) ns = I64_MAX;
	if (ns < -9223372036854775807n - 1n) ns = -9223372036854775807n - 1n;
	let seconds = ns / BILLION;
	let rest = ns % BILLION;
	if (rest < 0n) {
		rest += BILLION;
		seconds -= 1n;
	}
	return {
		seconds: Number(seconds),
		nanoseconds: Number(rest)
	};
}
/**
* Decodes a packet block at the start of `bytes` (its first `NG_PACKET_HEAD_BYTES` or more). `interfaces` are those of
* its section; `before` is the time of the packet before it, which a simple packet takes.
*/
function ngRecord(interfaces, bigEndian, bytes, length, before) {
	if (bytes.length < 16) return "beyond-end";
	if (word(bytes, 4, bigEndian) !== length || length < 16) return "not-a-record";
	const kind = word(bytes, 0, bigEndian);
	if (kind === 3) {
		const [from] = interfaces;
		if (!from || before === null) return "not-a-record";
		const originalLength = word(bytes, 8, bigEndian);
		let capturedLength = Math.min(originalLength, length - 16);
		if (from.snaplen > 0) capturedLength = Math.min(capturedLength, from.snaplen);
		return {
			...before,
			capturedLength,
			originalLength,
			linkType: from.linkType,
			finerThanMicroseconds: from.finerThanMicroseconds,
			skip: 12
		};
	}
	if (kind !== 6 && kind !== 2) return "not-a-record";
	if (bytes.length < 28) return "beyond-end";
	const from = interfaces[kind === 2 ? half(bytes, 8, bigEndian) : word(bytes, 8, bigEndian)];
	const capturedLength = word(bytes, 20, bigEndian);
	if (!from || capturedLength > length - 28 - 4) return "not-a-record";
	return {
		...ngTime(word(bytes, 12, bigEndian), word(bytes, 16, bigEndian), from),
		capturedLength,
		originalLength: word(bytes, 24, bigEndian),
		linkType: from.linkType,
		finerThanMicroseconds: from.finerThanMicroseconds,
		skip: 28
	};
}

// dist/packet-store/ng-index.js
/** Bytes read at a time while scanning block headers. */
const CHUNK_BYTES = 1 << 20;
/** Most interfaces kept of one section, and most sections of one file; what lies beyond has no layout. */
const MAX_INTERFACES = 65536;
const MAX_SECTIONS = 65536;
/** Longest block that is stepped over; a longer one is garbage, as in the core. */
const MAX_BLOCK = 16 << 20;
/** Longest interface block that is read. */
const MAX_INTERFACE_BLOCK = 1 << 20;
/** Distance of the marks from which the time before a simple packet is looked up again. */
const MARK_EVERY = 4 << 20;
/** Time of a simple packet that no other packet precedes, as in the core. */
const EPOCH = {
	seconds: 0,
	nanoseconds: 0
};
/**
* Sections and interfaces of a pcapng file, found by one scan over its block headers that goes on only as far as the
* largest offset asked for. Interfaces may appear anywhere before the packets that use them, so nothing shorter will do.
*/
var NgIndex = class {
	#read;
	#sections = [];
	#marks = [];
	#next = 0;
	#before = null;
	#ended = false;
	/** Scans run one after the other: each goes on where the last one stopped. */
	#scanning = Promise.resolve();
	constructor(read) {
		this.#read = read;
	}
	/** The section of the block at `offset`, or null where the file has none (garbage before it, or its end). */
	async contextAt(offset) {
		await this.#scanTo(offset);
		if (this.#ended && offset >= this.#next) return null;
		return this.#sections[this.#sectionAt(offset)] ?? null;
	}
	/** As `contextAt`, when the scan has come past `offset` already; undefined when it has not. */
	knownContextAt(offset) {
		if (offset < this.#next) return this.#sections[this.#sectionAt(offset)] ?? null;
		return this.#ended ? null : void 0;
	}
	/** Time of the last packet before the block at `offset`; 1970 when there is none. */
	async timeBefore(offset) {
		await this.#scanTo(offset);
		let mark;
		let low = 0;
		for (let high = this.#marks.length; low < high;) {
			const middle = low + high >> 1;
			const candidate = this.#marks[middle];
			if (candidate && candidate.offset <= offset) {
				mark = candidate;
				low = middle + 1;
			} else high = middle;
		}
		if (!mark) return EPOCH;
		const state = {
			next: mark.offset,
			section: mark.section,
			before: mark.before
		};
		await this.#walk(state, offset, (section) => {
			const index = this.#sections.findIndex((one) => one.start === section.start);
			state.section = index === -1 ? state.section : index;
		}, () => {});
		return state.before ? ngTime(state.before.high, state.before.low, state.before.from) : EPOCH;
	}
	#sectionAt(offset) {
		let low = 0;
		for (let high = this.#sections.length; low < high;) {
			const middle = low + high >> 1;
			const candidate = this.#sections[middle];
			if (candidate && candidate.start <= offset) low = middle + 1;
			else high = middle;
		}
		return low - 1;
	}
	async #scanTo(offset) {
		if (this.#ended || this.#next > offset) return;
		const scan = this.#scanning.then(() => this.#scanOn(offset));
		this.#scanning = scan.catch(() => {});
		await scan;
	}
	async #scanOn(offset) {
		if (this.#ended || this.#next > offset) return;
		const state = {
			next: this.#next,
			section: this.#sections.length - 1,
			before: this.#before
		};
		const whole = await this.#walk(state, offset + 1, (section) => {
			if (this.#sections.length >= MAX_SECTIONS) return;
			this.#sections.push(section);
			state.section = this.#sections.length - 1;
		}, (found) => {
			const section = this.#sections[state.section];
			if (section && section.interfaces.length < MAX_INTERFACES) section.interfaces.push(found);
		}, () => {
			const last = this.#marks.at(-1);
			if (!last || state.next - last.offset >= MARK_EVERY) this.#marks.push({
				offset: state.next,
				section: state.section,
				before: state.before
			});
		});
		this.#next = state.next;
		this.#before = state.before;
		this.#ended = !whole;
	}
	/** Steps over blocks until `end`; false when the file ended or went bad before it. */
	async #walk(state, end, onSection, onInterface, onBlock = () => {}) {
		let chunk = Buffer.alloc(0);
		let chunkStart = state.next;
		const held = (length) => state.next + length <= chunkStart + chunk.length;
		/** Has `length` bytes of the present block in the chunk; false where the file ends before. */
		const load = async (length) => {
			chunkStart = state.next;
			chunk = await this.#read(chunkStart, Math.max(length, CHUNK_BYTES));
			return chunk.length >= length;
		};
		while (state.next < end) {
			if (!held(20) && !await load(20) && !held(12)) return false;
			let at = state.next - chunkStart;
			if (chunk.readUInt32BE(at) === 168627466) {
				const order = chunk.readUInt32BE(at + 8);
				if (order !== 439041101 && order !== 1295788826) return false;
				onSection({
					start: state.next,
					bigEndian: order === 439041101,
					interfaces: []
				});
			}
			const section = this.#sections[state.section];
			if (!section) return false;
			const { bigEndian } = section;
			const kind = word(chunk, at, bigEndian);
			const length = word(chunk, at + 4, bigEndian);
			if (length < 12 || length % 4 !== 0 || length > MAX_BLOCK) return false;
			onBlock();
			if (kind === 1 && length <= MAX_INTERFACE_BLOCK) {
				if (!held(length) && !await load(length)) return false;
				at = state.next - chunkStart;
				onInterface(ngInterface(chunk.subarray(at + 8, at + length - 4), bigEndian));
			} else if ((kind === 6 || kind === 2) && length >= 32) {
				if (!held(20)) return false;
				const number = kind === 6 ? word(chunk, at + 8, bigEndian) : bigEndian ? chunk.readUInt16BE(at + 8) : chunk.readUInt16LE(at + 8);
				const from = section.interfaces[number];
				if (from) state.before = {
					high: word(chunk, at + 12, bigEndian),
					low: word(chunk, at + 16, bigEndian),
					from
				};
			}
			state.next += length;
		}
		return true;
	}
};

// dist/packet-store/record-stream.js
/** Bytes of a batch for each record that it may have: records are on average larger. */
const BYTES_PER_RECORD = 256;
const LEAST_RECORDS = 64;
/** Reads of a batch that run at once. */
const PARALLEL_READS = 8;
/** Bytes beside the records that a read may have: a hole is read over only while reads are mostly records. */
const WASTE = .3;
const SMALL_HOLE = 256;
/** A batch of records in order of offset. Arrays are by record; only the first `count` items mean something. */
var RecordBatch = class {
	constructor(bytes) {
		this.count = 0;
		/** Positions that hold no record. */
		this.misses = [];
		this.spans = [];
		const room = Math.max(LEAST_RECORDS, Math.floor(bytes / BYTES_PER_RECORD));
		const words = () => new Uint32Array(room);
		this.bytes = Buffer.allocUnsafeSlow(bytes);
		this.room = room;
		this.offsets = new Float64Array(room);
		this.seconds = new Float64Array(room);
		[this.lengths, this.nanoseconds, this.records, this.packets, this.captured, this.originals, this.linkTypes] = [
			words(),
			words(),
			words(),
			words(),
			words(),
			words(),
			words()
		];
		this.fine = new Uint8Array(room);
		this.planned = {
			offsets: new Float64Array(room),
			lengths: words(),
			at: words(),
			count: 0
		};
	}
};
/**
* Reads the records of a file in order of offset, in batches, one ahead of the one in use. Holds two batches of
* `batchBytes`, or of one record where that is larger. Every byte is read once, and little between records.
*/
var RecordStream = class {
	#file;
	#positions;
	#signal;
	#batchBytes;
	#head;
	#current;
	#other;
	#ahead;
	#chunk;
	#at;
	constructor(file, positions, batchBytes, signal) {
		this.#head = recordScratch();
		this.#ahead = null;
		this.#chunk = null;
		this.#at = 0;
		/** Bytes read from the file so far. */
		this.bytesRead = 0;
		this.#file = file;
		this.#positions = positions;
		this.#batchBytes = batchBytes;
		this.#signal = signal;
		this.#current = new RecordBatch(batchBytes);
		this.#other = new RecordBatch(batchBytes);
	}
	get batch() {
		return this.#current;
	}
	/** Makes the next batch the current one; false at the end. Throws QUERY_CANCELLED when the signal has fired. */
	async next() {
		const found = await (this.#ahead ?? this.#load(this.#other));
		[this.#current, this.#other] = [this.#other, this.#current];
		this.#ahead = found ? this.#load(this.#other) : Promise.resolve(false);
		this.#ahead.catch(() => {});
		return found;
	}
	/** Waits for the read that is under way, so that the file may be closed. */
	async end() {
		await this.#ahead?.catch(() => false);
		await this.#positions.return?.();
	}
	async #load(batch) {
		if (this.#signal?.aborted) throw new LookbackError("QUERY_CANCELLED", "reading packets was cancelled");
		if (!await this.#plan(batch)) return false;
		const unread = await this.#readSpans(batch);
		batch.count = 0;
		batch.misses = [];
		const { planned, bytes } = batch;
		for (let index = 0; index < planned.count; index += 1) {
			const offset = planned.offsets[index] ?? 0;
			const length = planned.lengths[index] ?? 0;
			const at = planned.at[index] ?? 0;
			let end = at + length;
			if (unread.size > 0) {
				const span = spanAt(batch.spans, at);
				const got = span === void 0 ? void 0 : unread.get(span);
				if (got === "file-unreadable") {
					batch.misses.push({
						offset,
						reason: got
					});
					continue;
				}
				if (span !== void 0 && got !== void 0) end = Math.max(at, Math.min(end, span.at + got));
			}
			const decoded = this.#decode(bytes, offset, at, end, length);
			const head = decoded instanceof Promise ? await decoded : decoded;
			if (typeof head === "string") batch.misses.push({
				offset,
				reason: head
			});
			else if (end < at + length) batch.misses.push({
				offset,
				reason: "beyond-end"
			});
			else put(batch, head, offset, length, at);
		}
		return true;
	}
	#decode(bytes, offset, at, end, length) {
		const { classic, decode } = this.#file;
		if (classic === null) return decode(bytes.subarray(at, end), offset, length);
		return classicRecordInto(classic, bytes, at, end, length, this.#head) ?? this.#head;
	}
	/** Chooses the next records and the reads that serve them; false when there are none. */
	async #plan(batch) {
		const { planned } = batch;
		planned.count = 0;
		batch.spans = [];
		let used = 0;
		let span = null;
		while (planned.count < batch.room) {
			if (this.#chunk === null || this.#at === this.#chunk.count) {
				const { done, value } = await this.#positions.next();
				this.#at = 0;
				this.#chunk = done === true ? null : value;
				if (this.#chunk === null) break;
			}
			const offset = this.#chunk.offsets[this.#at] ?? 0;
			const length = this.#chunk.lengths[this.#at] ?? 0;
			const need = Math.min(length, MAX_RECORD_BYTES);
			const joined = span !== null && offset >= span.offset && worthReading(span, offset, need);
			const start = joined && span !== null ? span.at + (offset - span.offset) : used;
			if (start + need > this.#batchBytes && planned.count > 0) break;
			if (joined && span !== null) {
				span.length = Math.max(span.length, offset + need - span.offset);
				span.useful += need;
			} else {
				span = {
					offset,
					at: used,
					length: need,
					useful: need
				};
				batch.spans.push(span);
			}
			used = span.at + span.length;
			planned.offsets[planned.count] = offset;
			planned.lengths[planned.count] = length;
			planned.at[planned.count] = start;
			planned.count += 1;
			this.#at += 1;
		}
		if (used > batch.bytes.length) batch.bytes = Buffer.allocUnsafeSlow(used);
		else if (batch.bytes.length > this.#batchBytes && used <= this.#batchBytes) batch.bytes = Buffer.allocUnsafeSlow(this.#batchBytes);
		return planned.count > 0;
	}
	/** Reads every span; what could not be read whole is in the answer, with the bytes that were. */
	async #readSpans(batch) {
		const unread = /* @__PURE__ */ new Map();
		const { spans, bytes } = batch;
		let next = 0;
		const work = async () => {
			for (let span = spans[next++]; span !== void 0; span = spans[next++]) {
				let filled = 0;
				try {
					while (filled < span.length) {
						const { bytesRead } = await this.#file.handle.read(bytes, span.at + filled, span.length - filled, span.offset + filled);
						if (bytesRead === 0) break;
						filled += bytesRead;
					}
					if (filled < span.length) unread.set(span, filled);
				} catch (error) {
					if (systemErrorCode(error) === null) throw error;
					unread.set(span, "file-unreadable");
				}
				this.bytesRead += filled;
			}
		};
		await Promise.all(Array.from({ length: Math.min(PARALLEL_READS, spans.length) }, work));
		return unread;
	}
};
/** Whether a read from `span.offset` with `useful` bytes of records should go on to `need` bytes at `offset`. */
function worthReading(span, offset, need) {
	const length = offset + need - span.offset;
	const hole = length - span.useful - need;
	return hole <= SMALL_HOLE || hole <= length * WASTE;
}
function spanAt(spans, at) {
	let low = 0;
	for (let high = spans.length; low < high;) {
		const middle = low + high >> 1;
		if ((spans[middle]?.at ?? 0) <= at) low = middle + 1;
		else high = middle;
	}
	return spans[low - 1];
}
function put(batch, head, offset, length, at) {
	const index = batch.count;
	batch.offsets[index] = offset;
	batch.lengths[index] = length;
	batch.seconds[index] = head.seconds;
	batch.nanoseconds[index] = head.nanoseconds;
	batch.records[index] = at;
	batch.packets[index] = at + head.skip;
	batch.captured[index] = head.capturedLength;
	batch.originals[index] = head.originalLength;
	batch.linkTypes[index] = head.linkType;
	batch.fine[index] = head.finerThanMicroseconds ? 1 : 0;
	batch.count = index + 1;
}

// dist/packet-store/packet-reader.js
/** Largest single read. */
const READ_BYTES = 1 << 20;
/** Largest hole between headers that is read over instead of seeking: a page. */
const HEAD_HOLE_BYTES = 4096;
/** Files kept open when nothing reads them. */
const IDLE_HANDLES = 32;
const NO_BYTES = Buffer.alloc(0);
/**
* Reads packets by position. Neighbouring records are read together; memory is one read plus the records of a call. A
* record is handed out only when its header agrees with the position, so a file that was replaced yields faults, not
* somebody else's bytes. Safe for concurrent calls.
*/
var PacketReader = class {
	#open = /* @__PURE__ */ new Map();
	/** Headers only, in the order of `refs`, which is best ascending by offset. */
	heads(file, refs, signal = null) {
		return this.#records(file, refs, false, signal);
	}
	/**
	* Headers and bytes, in the order of `refs`. The caller bounds the sum of their lengths: that much is held. Throws
	* QUERY_CANCELLED when the signal fires; every other trouble is in the answers.
	*/
	packets(file, refs, signal = null) {
		return this.#records(file, refs, true, signal);
	}
	/** How a file's records look, or why it cannot be read. */
	async layout(file) {
		const opened = await this.#acquire(file);
		if (typeof opened === "string") return opened;
		await this.#release(opened);
		return layoutFacts(opened.layout);
	}
	/**
	* Opens a file to read the records at ascending positions. The file stays open, also when it is deleted meanwhile, until
	* the caller calls `end`. Holds twice `batchBytes`.
	*/
	async stream(file, positions, batchBytes, signal) {
		const opened = await this.#acquire(file);
		if (typeof opened === "string") return opened;
		const { handle, layout } = opened;
		const decodeAt = (bytes, offset, length) => decode(layout, bytes, {
			fileId: file.fileId,
			offset,
			length
		});
		const records = new RecordStream({
			handle,
			classic: layout instanceof NgIndex ? null : layout,
			decode: decodeAt
		}, positions(), batchBytes, signal);
		return {
			records,
			layout: layoutFacts(layout),
			end: async () => {
				await records.end();
				await this.#release(opened);
			}
		};
	}
	/** Lets go of a file that is being deleted, so that its space is freed; reads that run finish first. */
	async forget(fileId) {
		const file = this.#open.get(fileId);
		if (!file) return;
		file.forgotten = true;
		this.#open.delete(fileId);
		if (file.users === 0) await file.handle.close();
	}
	/** Closes every file. */
	async close() {
		await Promise.all([...this.#open.keys()].map((fileId) => this.forget(fileId)));
	}
	async #records(file, refs, whole, signal) {
		if (refs.length === 0) return [];
		const opened = await this.#acquire(file);
		if (typeof opened === "string") return refs.map(() => ({
			found: false,
			reason: opened
		}));
		try {
			const answers = [];
			for (let at = 0; at < refs.length;) {
				if (signal?.aborted) throw new LookbackError("QUERY_CANCELLED", "reading packets was cancelled");
				const end = runEnd(refs, at, whole);
				await readRun(opened, refs.slice(at, end), whole, answers);
				at = end;
			}
			return answers;
		} finally {
			await this.#release(opened);
		}
	}
	async #acquire(file) {
		const known = this.#open.get(file.fileId);
		if (known) {
			this.#open.delete(file.fileId);
			this.#open.set(file.fileId, known);
			known.users += 1;
			return known;
		}
		let handle = null;
		try {
			handle = await open(file.path, constants.O_RDONLY | (file.own ? constants.O_NOFOLLOW : 0));
			const layout = (await handle.stat()).isFile() ? await layoutOf(handle) : null;
			if (layout === null) {
				await handle.close();
				return "not-a-capture";
			}
			const raced = this.#open.get(file.fileId);
			if (raced) {
				await handle.close();
				raced.users += 1;
				return raced;
			}
			const opened = {
				fileId: file.fileId,
				handle,
				layout,
				users: 1,
				forgotten: false
			};
			this.#open.set(file.fileId, opened);
			await this.#evict();
			return opened;
		} catch (error) {
			await handle?.close().catch(() => {});
			const code = systemErrorCode(error);
			if (code === null) throw error;
			return code === "ENOENT" || code === "ENOTDIR" ? "file-missing" : "file-unreadable";
		}
	}
	async #release(file) {
		file.users -= 1;
		if (file.forgotten && file.users === 0) await file.handle.close();
	}
	async #evict() {
		for (const [fileId, file] of this.#open) {
			if (this.#open.size <= IDLE_HANDLES) return;
			if (file.users === 0) await this.forget(fileId);
		}
	}
};
function layoutFacts(layout) {
	return layout instanceof NgIndex ? { format: "pcapng" } : layout;
}
async function layoutOf(handle) {
	const head = await readRange(handle, 0, 24);
	return isNg(head) ? new NgIndex((offset, length) => readRange(handle, offset, length)) : classicLayout(head);
}
/** Up to `length` bytes; fewer only at the end of the file. */
async function readRange(handle, offset, length) {
	const buffer = Buffer.allocUnsafe(length);
	let filled = 0;
	while (filled < length) {
		const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
		if (bytesRead === 0) break;
		filled += bytesRead;
	}
	return buffer.subarray(0, filled);
}
/** Bytes of a record that this call needs. */
function needed(ref, whole) {
	return whole ? ref.length : Math.min(ref.length, 28);
}
function isBelievable(ref) {
	return Number.isSafeInteger(ref.offset) && ref.offset >= 0 && ref.length >= 16 && ref.length <= 16777280;
}
/** End of the run of refs from `at` that one read serves. */
function runEnd(refs, at, whole) {
	const first = refs[at];
	if (!first || !isBelievable(first)) return at + 1;
	let reach = first.offset + needed(first, whole);
	let useful = needed(first, whole);
	let end = at + 1;
	for (; end < refs.length; end += 1) {
		const ref = refs[end];
		if (!ref || !isBelievable(ref) || ref.offset < first.offset) break;
		const need = needed(ref, whole);
		const near = whole ? worthReading({
			offset: first.offset,
			useful
		}, ref.offset, need) : ref.offset <= reach + HEAD_HOLE_BYTES;
		const next = Math.max(reach, ref.offset + need);
		if (!near || next - first.offset > READ_BYTES) break;
		reach = next;
		useful += need;
	}
	return end;
}
async function readRun(file, refs, whole, answers) {
	const [first] = refs;
	if (!first) return;
	if (!isBelievable(first)) {
		answers.push({
			found: false,
			reason: "not-a-record"
		});
		return;
	}
	const reach = refs.reduce((most, ref) => Math.max(most, ref.offset + needed(ref, whole)), 0);
	let read;
	try {
		read = await readRange(file.handle, first.offset, reach - first.offset);
	} catch (error) {
		if (systemErrorCode(error) === null) throw error;
		for (const _ of refs) answers.push({
			found: false,
			reason: "file-unreadable"
		});
		return;
	}
	for (const ref of refs) {
		const from = ref.offset - first.offset;
		const bytes = read.subarray(from, from + needed(ref, whole));
		const decoded = decode(file.layout, bytes, ref);
		const head = decoded instanceof Promise ? await decoded : decoded;
		if (typeof head === "string") answers.push({
			found: false,
			reason: head
		});
		else if (!whole) answers.push({
			found: true,
			head,
			bytes: NO_BYTES
		});
		else if (bytes.length < ref.length) answers.push({
			found: false,
			reason: "beyond-end"
		});
		else answers.push({
			found: true,
			head,
			bytes: bytes.subarray(head.skip, head.skip + head.capturedLength)
		});
	}
}
/** A record's header; a promise only where the file must be read further to know it. */
function decode(layout, bytes, ref) {
	if (!(layout instanceof NgIndex)) return classicRecord(layout, bytes, ref.length);
	const context = layout.knownContextAt(ref.offset);
	return context === void 0 ? layout.contextAt(ref.offset).then((found) => decodeNg(layout, found, bytes, ref)) : decodeNg(layout, context, bytes, ref);
}
function decodeNg(layout, context, bytes, ref) {
	if (!context) return "beyond-end";
	const { interfaces, bigEndian } = context;
	if (!(bytes.length >= 8 && word(bytes, 0, bigEndian) === 3)) return ngRecord(interfaces, bigEndian, bytes, ref.length, null);
	return layout.timeBefore(ref.offset).then((before) => ngRecord(interfaces, bigEndian, bytes, ref.length, before));
}

// dist/packet-store/tombstones.js
const TOMBSTONE = /^(\d{1,16})-(.+)$/;
/** Folder for tombstones beside packet files on another device than the data directory; a rename cannot cross devices. */
const LOCAL_FOLDER = ".tombstones";
/** The system's. */
const REAL_FILES = {
	rename,
	unlink,
	truncate: (file) => truncate(file, 0)
};
/**
* Deletion in two steps. `bury` renames a file to `<fileId>-<name>` in a tombstone folder of the same device, which a
* crash leaves done or undone; `remove` unlinks it. What a crash leaves behind is found by `list`.
*/
var Tombstones = class {
	#directory;
	#packetDirectories;
	#files;
	/** `directory` is `tombstones/` of the data directory. */
	constructor(directory, packetDirectories, files = REAL_FILES) {
		this.#directory = path.resolve(directory);
		this.#packetDirectories = packetDirectories.map((name) => path.resolve(name));
		this.#files = files;
	}
	/** Renames a file of ours out of sight. The rename is on disk when this returns. Throws the system's error. */
	async bury(fileId, file) {
		const found = await stat(file);
		const name = `${fileId}-${path.basename(file)}`;
		let target = path.join(this.#directory, name);
		await mkdir(this.#directory, {
			recursive: true,
			mode: 448
		});
		try {
			await this.#files.rename(file, target);
		} catch (error) {
			if (systemErrorCode(error) !== "EXDEV") throw error;
			const folder = path.join(this.#packetDirectories.find((one) => file.startsWith(one + path.sep)) ?? path.dirname(file), LOCAL_FOLDER);
			await mkdir(folder, {
				recursive: true,
				mode: 448
			});
			target = path.join(folder, name);
			await this.#files.rename(file, target);
		}
		await syncDirectory(path.dirname(target));
		await syncDirectory(path.dirname(file));
		return {
			fileId,
			name: path.basename(file),
			path: target,
			bytes: found.size,
			device: found.dev
		};
	}
	/** Frees a tombstone's space but keeps its name, which says what is still to be done. */
	async empty(tombstone) {
		await this.#files.truncate(tombstone.path);
	}
	/** Unlinks a tombstone; one that is gone already is no error. */
	async remove(tombstone) {
		try {
			await this.#files.unlink(tombstone.path);
		} catch (error) {
			if (systemErrorCode(error) !== "ENOENT") throw error;
		}
	}
	/** Tombstones on disk, by file number. Files with other names are none of ours and are left alone. */
	async list() {
		const found = [];
		for (const folder of [this.#directory, ...this.#packetDirectories.map((one) => path.join(one, LOCAL_FOLDER))]) for (const entry of await entriesOf(folder)) {
			const [, digits, name] = (entry.isFile() ? TOMBSTONE.exec(entry.name) : null) ?? [];
			const fileId = Number(digits);
			if (name === void 0 || !Number.isSafeInteger(fileId)) continue;
			const file = path.join(folder, entry.name);
			try {
				const { size, dev } = await stat(file);
				found.push({
					fileId,
					name,
					path: file,
					bytes: size,
					device: dev
				});
			} catch (error) {
				if (systemErrorCode(error) !== "ENOENT") throw error;
			}
		}
		return found.sort((left, right) => left.fileId - right.fileId);
	}
};
async function entriesOf(folder) {
	try {
		return await readdir(folder, { withFileTypes: true });
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return [];
		throw error;
	}
}
/** Makes renames in a directory durable. */
async function syncDirectory(directory) {
	const handle = await open(directory, "r");
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

export { packetFileName as a, OwnDirectory as c, measureSpace as d, PacketReader as i, isInside as l, Tombstones as n, parsePacketFileName as o, syncDirectory as r, PacketFilePresence as s, REAL_FILES as t, diskSpaceProbe as u };