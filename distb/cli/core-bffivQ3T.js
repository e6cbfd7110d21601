import { t as systemClock } from "./clock-COoNNce-.js";
import { i as systemErrorCode, n as LookbackError } from "./errors-iXTvzgJ7.js";
import { n as openCatalogue } from "./catalogue-DuvUS5yj.js";
import { t as takeRole } from "./role-lock-CTpXvMHV.js";
import { a as packetFileName, o as parsePacketFileName, s as PacketFilePresence } from "./packet-store-Dqe2fRVP.js";
import { t as isFinished } from "./import-job-nrdktVQX.js";
import { t as ImportQueue } from "./import-queue-B6S-Un5-.js";
import { t as findSources } from "./sources-Cfqcg6ma.js";
import { t as engineSettings } from "./engine-settings-D-gEOmC5.js";
import { n as LiveConfig } from "./live-config-DjlKqm69.js";
import { t as SERVICE_SCOPE } from "./access-scope-DH4u4-1s.js";
import { t as ALL_TIME } from "./time-range-D3zEJG_k.js";
import { a as requireInterval, c as requirePage, d as requireTerms, f as tooManyBuckets, i as MAX_HISTOGRAM_BUCKETS, l as requirePercentiles, m as isRowId, o as requireLinks, p as idTimeMs, r as addressBytes, s as requireNumbers, t as hiddenField, u as requireTags } from "./visibility-MjS21Kv7.js";
import { t as isHiddenField } from "./hidden-fields-1LxAzJdz.js";
import { t as packagedCatalogue } from "./field-catalogue-CiZSzdjB.js";
import { t as loadNativeCore } from "./native-gzh5E7WJ.js";
import { createRequire } from "node:module";
import path, { dirname, join } from "node:path";
import { randomBytes } from "node:crypto";
import { availableParallelism, totalmem } from "node:os";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readSync, readdirSync, renameSync, rmSync, statSync, unlinkSync, writeSync } from "node:fs";
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";

// dist/base/change-feed.js
/** Hands changes of things that have an id to any number of readers; a reader keeps at most the newest state of each. */
var ChangeFeed = class {
	#readers = /* @__PURE__ */ new Set();
	publish(item) {
		for (const reader of this.#readers) reader.push(item);
	}
	subscribe(signal) {
		const reader = new Reader(() => {
			this.#readers.delete(reader);
		});
		this.#readers.add(reader);
		if (signal?.aborted === true) reader.end();
		else signal?.addEventListener("abort", () => {
			reader.end();
		}, { once: true });
		return reader;
	}
	/** Whether anybody reads. */
	get isRead() {
		return this.#readers.size > 0;
	}
	/** Ends every reader. */
	close() {
		for (const reader of this.#readers) reader.end();
	}
};
var Reader = class {
	#pending = /* @__PURE__ */ new Map();
	#onEnd;
	#wake = null;
	#ended = false;
	constructor(onEnd) {
		this.#onEnd = onEnd;
	}
	push(item) {
		this.#pending.delete(item.id);
		this.#pending.set(item.id, item);
		this.#wake?.();
	}
	end() {
		this.#ended = true;
		this.#onEnd();
		this.#wake?.();
	}
	async next() {
		while (!this.#ended || this.#pending.size > 0) {
			for (const [id, item] of this.#pending) {
				this.#pending.delete(id);
				return {
					done: false,
					value: item
				};
			}
			await new Promise((resolve) => {
				this.#wake = resolve;
			});
			this.#wake = null;
		}
		return {
			done: true,
			value: void 0
		};
	}
	return() {
		this.#pending.clear();
		this.end();
		return Promise.resolve({
			done: true,
			value: void 0
		});
	}
	[Symbol.asyncIterator]() {
		return this;
	}
};

// dist/capture/import-events.js
/** Hands changes of imports to any number of readers. */
var ImportEvents = class extends ChangeFeed {};

// dist/capture/import-files.js
/** The packet files of imports: copies of what cannot be read in place. */
var ImportFiles = class {
	#native;
	#directory;
	#segmentDirectory;
	#node;
	constructor(parts) {
		this.#native = parts.native;
		this.#directory = parts.packetDirectory;
		this.#segmentDirectory = parts.segmentDirectory;
		this.#node = parts.settings.node;
	}
	/** Copies a capture when it is compressed, standard input or asked for, and finds its identity. */
	async prepare(job, fileId, signal, onProgress) {
		const found = job.path === "-" ? null : await this.#native.identify(job.path);
		if (found !== null && found.compression === "none" && job.mode === "in-place") return {
			path: job.path,
			stream: found.stream,
			own: false
		};
		await mkdir(this.#directory, { recursive: true });
		const partial = this.#partial(fileId);
		await rm(partial, { force: true });
		await this.#native.copyCapture(job.path, partial, signal, onProgress);
		const { stream } = await this.#native.identify(partial);
		if (stream === "") throw new LookbackError("CAPTURE_UNREADABLE", `${job.path}: compressed twice`, { path: job.path });
		return {
			path: partial,
			stream,
			own: true
		};
	}
	/** Gives a copy its name for good, durably. Returns the path of the packets. */
	async keep(capture, result, fileId) {
		if (!capture.own) return capture.path;
		const final = path.join(this.#directory, packetFileName(this.#node, result.firstPacketMs ?? 0, fileId));
		await rename(capture.path, final);
		const directory = await open(this.#directory);
		try {
			await directory.sync();
		} finally {
			await directory.close();
		}
		return final;
	}
	/** Removes what an import that did not end well left of its copy. Only for numbers whose file is not complete. */
	async discard(fileId) {
		await rm(this.#partial(fileId), { force: true });
		const names = await readdir(this.#directory).catch(() => []);
		for (const name of names) {
			const parsed = parsePacketFileName(name);
			if (parsed?.fileId === fileId && parsed.node === this.#node) await rm(path.join(this.#directory, name), { force: true });
		}
	}
	/** Removes segments that no catalogue will list. */
	async discardSegments(segments) {
		await Promise.all(segments.map((segment) => rm(path.join(this.#segmentDirectory, segment.path), { force: true })));
	}
	#partial(fileId) {
		return path.join(this.#directory, `import-${fileId}.partial`);
	}
};

// dist/capture/import-service.js
/** Rows per segment that an import writes: some 100 MB of memory until then; compaction merges what is small. */
const ROWS_PER_SEGMENT = 8192;
/** Least milliseconds between two reports of one job. */
const REPORT_INTERVAL_MS = 250;
/**
* Imports captures one at a time, in the order they were asked for. A job is a row of the catalogue, so a queue survives
* a crash; file, segments and the end of the job become visible in one transaction, or not at all.
*/
var ImportService = class {
	#parts;
	#files;
	#queue;
	#events = new ImportEvents();
	#running = null;
	#pump = null;
	#stopped = true;
	constructor(parts) {
		this.#parts = parts;
		this.#files = new ImportFiles(parts);
		this.#queue = new ImportQueue(parts.catalogue, parts.settings.node);
	}
	/** Takes up queued jobs, and those that a process which died left running. The caller holds the import role. */
	async start() {
		this.#stopped = false;
		for (const job of this.#queue.running()) {
			if (job.fileId !== null) await this.#files.discard(job.fileId);
			if (job.path === "-") {
				this.#queue.releaseFile(job.id);
				this.#fail(job.id, new LookbackError("CAPTURE_UNREADABLE", "standard input ended with the process that read it"));
			} else this.#queue.move(job.id, "queued");
		}
		this.wake();
	}
	/** Ends the running import and leaves its job in the queue. */
	async stop() {
		this.#stopped = true;
		this.#running?.abort.abort();
		await this.#pump;
		this.#events.close();
	}
	/**
	* Queues captures. Directories stand for the files in them; `-` is standard input.
	*
	* @throws LookbackError LIMIT_EXCEEDED for too many files, SHUTTING_DOWN.
	*/
	async submit(paths, options) {
		if (this.#stopped) throw new LookbackError("SHUTTING_DOWN", "imports are not taken any more");
		const { files, failed } = await findSources(paths, this.#parts.fileNames, options.workingDirectory);
		const jobs = this.#queue.add(files, options);
		for (const job of jobs) this.#events.publish(job);
		this.wake();
		return {
			jobs,
			failed
		};
	}
	/** Looks for queued jobs, which other processes may have added. */
	wake() {
		if (this.#stopped || this.#pump !== null) return;
		this.#pump = this.#drain().then(() => {
			this.#pump = null;
			if (this.#queue.queued().length > 0) this.wake();
		}).catch((error) => {
			this.#pump = null;
			this.#parts.logger.error({ error: messageOf(error) }, "the import queue stopped");
		});
	}
	/** Ends a queued or running job. Returns it, or null when there is none. */
	cancel(id) {
		const job = this.#queue.get(id);
		if (job === null || isFinished(job.state)) return job;
		const cancelled = new LookbackError("QUERY_CANCELLED", `${job.path}: the import was cancelled`);
		if (this.#running?.id === id) this.#running.abort.abort(cancelled);
		else this.#fail(id, cancelled);
		return this.#queue.get(id);
	}
	job(id) {
		return this.#queue.get(id);
	}
	/** Newest first. */
	jobs(limit) {
		return this.#queue.list(limit);
	}
	/** Every change of every job from now on. A slow reader misses steps in between, never the last state of a job. */
	events(signal = null) {
		return this.#events.subscribe(signal);
	}
	/** Resolves when the jobs are finished, with their final states; `onChange` sees each step. */
	async finished(ids, onChange = () => {}) {
		const open = new Set(ids);
		const events = this.events();
		try {
			for (const id of ids) if (isFinished(this.#queue.get(id)?.state ?? "failed")) open.delete(id);
			while (open.size > 0) {
				const next = await events.next();
				if (next.done === true) break;
				if (!open.has(next.value.id)) continue;
				onChange(next.value);
				if (isFinished(next.value.state)) open.delete(next.value.id);
			}
		} finally {
			await events.return?.();
		}
		return ids.flatMap((id) => this.#queue.get(id) ?? []);
	}
	async #drain() {
		for (let jobs = this.#queue.queued(); jobs.length > 0 && !this.#stopped; jobs = this.#queue.queued()) for (const { id } of jobs) {
			const job = this.#queue.get(id);
			if (this.#stopped) return;
			if (job?.state !== "queued") continue;
			const abort = new AbortController();
			this.#running = {
				id,
				abort
			};
			await this.#run(job, abort.signal);
			this.#running = null;
		}
	}
	async #run(job, signal, isSecondTry = false) {
		this.#events.publish(this.#queue.move(job.id, "running", {
			packets: 0,
			bytes: 0,
			sessions: 0
		}));
		try {
			await this.#import(job, signal);
		} catch (error) {
			const known = asImportError(signal.aborted ? signal.reason : error, job.path);
			const fileId = this.#queue.get(job.id)?.fileId ?? null;
			if (fileId !== null) await this.#files.discard(fileId);
			this.#queue.releaseFile(job.id);
			if (signal.aborted && this.#stopped) {
				this.#events.publish(this.#queue.move(job.id, "queued"));
				return;
			}
			if (known.code === "DISK_FULL" && !isSecondTry && job.path !== "-" && await this.#makeRoom()) return this.#run(job, signal, true);
			if (known.code === "INTERNAL") this.#parts.logger.error({
				path: job.path,
				error: messageOf(error)
			}, "an import failed");
			this.#fail(job.id, known);
		}
	}
	async #makeRoom() {
		try {
			return await this.#parts.makeRoom?.(this.#parts.packetDirectory) ?? false;
		} catch (error) {
			this.#parts.logger.warn({ error: messageOf(error) }, "no room could be made for an import");
			return false;
		}
	}
	async #import(job, signal) {
		const { native, settings, segmentDirectory } = this.#parts;
		const report = this.#reporter(job.id);
		const fileId = this.#queue.reserveFile(job);
		const capture = await this.#files.prepare(job, fileId, signal, (bytes) => {
			report({
				packets: 0,
				bytes,
				totalBytes: 0,
				sessions: 0
			});
		});
		const known = this.#queue.fileOfStream(capture.stream);
		if (known !== null) throw new LookbackError("CAPTURE_ALREADY_IMPORTED", `${job.path}: the same capture was imported before as ${known.displayName}`, {
			path: job.path,
			file: known.displayName
		});
		const result = await native.importStream({
			files: [{
				path: capture.path,
				fileId
			}],
			stream: capture.stream,
			firstOrdinal: 0,
			settings: job.node === null ? settings : {
				...settings,
				node: job.node
			},
			segmentDirectory,
			batchRows: ROWS_PER_SEGMENT,
			replay: null
		}, signal, report);
		try {
			signal.throwIfAborted();
			const file = {
				fileId,
				path: await this.#files.keep(capture, result, fileId),
				stream: capture.stream,
				storage: capture.own ? "own" : "in-place",
				result
			};
			await this.#parts.store.commitSegments({
				add: result.segments,
				remove: []
			}, () => {
				this.#queue.complete(job, file);
			});
		} catch (error) {
			await this.#files.discardSegments(result.segments);
			throw error;
		}
		this.#tell(job, result);
	}
	#tell(job, result) {
		for (const { name, count, firstOffset } of result.warnings) this.#parts.logger.warn({
			path: job.path,
			warning: name,
			count,
			firstOffset
		}, `${job.path}: ${name} (${count}), first at offset ${firstOffset ?? "unknown"}`);
		const done = this.#queue.get(job.id);
		if (done !== null) this.#events.publish(done);
	}
	#reporter(id) {
		let last = -Infinity;
		return ({ packets, bytes, totalBytes, sessions }) => {
			const now = this.#parts.clock.nowMs();
			if (now - last < REPORT_INTERVAL_MS || this.#queue.get(id)?.state !== "running") return;
			last = now;
			this.#events.publish(this.#queue.progress(id, {
				packets,
				bytes,
				totalBytes,
				sessions
			}));
		};
	}
	#fail(id, error) {
		const state = error.code === "CAPTURE_ALREADY_IMPORTED" ? "already" : "failed";
		this.#events.publish(this.#queue.move(id, state, {
			errorCode: error.code,
			errorMessage: error.message
		}));
	}
};
/** An error as the job keeps it: ours as they are, a full device by its code, everything else as a fault of ours. */
function asImportError(error, source) {
	if (error instanceof LookbackError) return error;
	const code = systemErrorCode(error);
	if (code === "ENOSPC" || code === "EDQUOT" || code === "SQLITE_FULL") return new LookbackError("DISK_FULL", `${source}: no room left on the device; nothing of it was imported`, { path: source }, { cause: error });
	if (code === "ENOENT" || code === "EACCES" || code === "EISDIR") return new LookbackError("CAPTURE_UNREADABLE", `${source}: ${messageOf(error)}`, { path: source }, { cause: error });
	return new LookbackError("INTERNAL", `${source}: ${messageOf(error)}`, { path: source }, { cause: error });
}
function messageOf(error) {
	return error instanceof Error ? error.message : String(error);
}

// dist/index-store/embedded/segment-files.js
/** Name of a segment that is not whole yet. */
const TEMPORARY_PREFIX = ".tmp-";
const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** Makes what was written to a file or a directory's list of names durable. */
function sync(path) {
	const descriptor = openSync(path, "r");
	try {
		fsyncSync(descriptor);
	} finally {
		closeSync(descriptor);
	}
}
/**
* Removes files under sessions/ that no commit knows: what a killed process left between writing and committing.
* `compacted` takes those of compaction only, whose one writer is the caller; `all` is for when no capture and no
* import writes. Returns the paths removed.
*/
function removeOrphans(catalogue, directory, which) {
	if (!existsSync(directory)) return [];
	const known = /* @__PURE__ */ new Set([...catalogue.segments.live().map(({ path }) => path), ...catalogue.segments.retired()]);
	const removed = [];
	for (const day of readdirSync(directory)) {
		if (!DAY.test(day)) continue;
		for (const name of readdirSync(join(directory, day))) {
			const path = `${day}/${name}`;
			const compacted = name.startsWith(`${".tmp-"}compact-`) || /^[1-9]\d*-/.test(name);
			if (known.has(path) || which === "compacted" && !compacted) continue;
			if (!name.endsWith(".parquet") && !name.startsWith(".tmp-")) continue;
			unlinkSync(join(directory, path));
			removed.push(path);
		}
	}
	return removed;
}
/** What is wrong with a segment's file as far as its outside shows, or null. */
function faultOf(file, segment) {
	let size;
	try {
		size = statSync(file).size;
	} catch {
		return "the file is missing";
	}
	if (size !== segment.bytes) return `the file has ${size} bytes instead of ${segment.bytes}`;
	const descriptor = openSync(file, "r");
	try {
		const ends = Buffer.alloc(8);
		readSync(descriptor, ends, 0, 4, 0);
		readSync(descriptor, ends, 4, 4, Math.max(0, size - 4));
		return ends.toString("latin1") === "PAR1PAR1" ? null : "the file is no Parquet file";
	} finally {
		closeSync(descriptor);
	}
}

// dist/index-store/embedded/duckdb.js
const require = createRequire(import.meta.url);
let loaded = null;
/**
* The DuckDB library, loaded when it is first asked for: loading it takes a third of the time of a small import, and a
* process that imports or captures asks it nothing.
*/
function duckdb() {
	loaded ??= require("@duckdb/node-api");
	return loaded;
}

// dist/index-store/embedded/statement.js
/** An identifier, quoted. Only names from the catalogue of fields come here, and quoting makes any of them safe. */
function quoted(identifier) {
	return `"${identifier.replaceAll("\"", "\"\"")}"`;
}
/** A text literal. For paths of segments, which table functions take as literals only; people's values are bound. */
function literal(text) {
	return `'${text.replaceAll("'", "''")}'`;
}
/** A path as DuckDB's file functions take it: characters of their patterns stand for themselves. */
function asPattern(path) {
	return path.replace(/[*?[]/g, "[$&]");
}
/** Gathers the values of a statement: each becomes a `$name` in the text and never part of it. */
var Parameters = class {
	#values = {};
	#types = {};
	#count = 0;
	#bind(value, type, cast) {
		this.#count += 1;
		const name = `p${this.#count}`;
		this.#values[name] = value;
		this.#types[name] = type;
		return `$${name}::${cast}`;
	}
	/** A whole number; fractions are cut off towards `round`. */
	integer(value, round = Math.trunc) {
		return this.#bind(BigInt(round(value)), duckdb().BIGINT, "BIGINT");
	}
	float(value) {
		return this.#bind(value, duckdb().DOUBLE, "DOUBLE");
	}
	text(value) {
		return this.#bind(value, duckdb().VARCHAR, "VARCHAR");
	}
	boolean(value) {
		return this.#bind(value, duckdb().BOOLEAN, "BOOLEAN");
	}
	/** 16 bytes, given as 32 hex digits with or without dashes. */
	uuid(hex) {
		return this.#bind(uuidOf(hex), duckdb().UUID, "UUID");
	}
	texts(values) {
		const { VARCHAR, DuckDBListValue, LIST } = duckdb();
		return this.#bind(new DuckDBListValue([...values]), LIST(VARCHAR), "VARCHAR[]");
	}
	integers(values) {
		const { BIGINT, DuckDBListValue, LIST } = duckdb();
		return this.#bind(new DuckDBListValue(values.map((value) => BigInt(value))), LIST(BIGINT), "BIGINT[]");
	}
	uuids(values) {
		const { UUID, DuckDBListValue, LIST } = duckdb();
		return this.#bind(new DuckDBListValue(values.map(uuidOf)), LIST(UUID), "UUID[]");
	}
	statement(sql) {
		return {
			sql,
			values: this.#values,
			types: this.#types
		};
	}
};
/** The value of 32 hex digits; dashes are ignored. */
function uuidOf(hex) {
	return duckdb().DuckDBUUIDValue.fromUint128(BigInt(`0x${hex.replaceAll("-", "")}`));
}
/** The 16 bytes of an id's text. */
function idBytes(id) {
	return Buffer.from(id.replaceAll("-", ""), "hex");
}
/** The text of an id's 16 bytes: lower-case hex in groups of 8-4-4-4-12, as DuckDB prints it. */
function idText(bytes) {
	const hex = Buffer.from(bytes).toString("hex");
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

// dist/index-store/embedded/field-shapes.js
/** SQL type of one value of a kind. */
const TYPES = {
	integer: "BIGINT",
	seconds: "BIGINT",
	float: "DOUBLE",
	ip: "UUID",
	boolean: "BOOLEAN",
	termfield: "VARCHAR",
	lotermfield: "VARCHAR",
	uptermfield: "VARCHAR",
	lotextfield: "VARCHAR"
};
/** The last part of a path below an object list: the member of the struct. */
function memberOf(path, object) {
	return path.slice(object.length + 1);
}
/** Facts of the field catalogue that columns need, made once. */
var FieldShapes = class {
	/** Object lists by path, with the list that each lies in ("" for none). */
	#objects;
	#shapes;
	/** SQL type of one object by path of its list: all declared members. */
	#types = /* @__PURE__ */ new Map();
	/** Members with values of their own, by path of the outermost list. */
	#members = /* @__PURE__ */ new Map();
	constructor(fields) {
		const { declared } = fields;
		this.#objects = new Map(declared.filter(({ shape }) => shape === "objects").map(({ path, object }) => [path, object]));
		this.#shapes = new Map(declared.map(({ path, shape }) => [path, shape]));
		for (const path of this.#objects.keys()) this.#types.set(path, this.#typeOf(path, declared));
		for (const field of declared) {
			if (field.object === "" || field.shape === "objects") continue;
			const column = this.columnOf(field.object);
			const members = this.#members.get(column) ?? [];
			if (!members.some(({ path }) => path === field.path)) members.push(field);
			this.#members.set(column, members);
		}
	}
	#typeOf(object, declared) {
		const members = new Map(declared.filter((field) => field.object === object).map((field) => [memberOf(field.path, object), field]));
		const typeOf = (field) => {
			if (field.shape === "objects") return `${this.#typeOf(field.path, declared)}[]`;
			return field.shape === "one" ? TYPES[field.kind] : `${TYPES[field.kind]}[]`;
		};
		return `STRUCT(${[...members].map(([name, field]) => `${quoted(name)} ${typeOf(field)}`).join(", ")})`;
	}
	/** How many values a declared path has; undefined for one that is not declared. */
	shapeOf(path) {
		return this.#shapes.get(path);
	}
	/** The list that an object list lies in, or "". */
	outerOf(object) {
		return this.#objects.get(object) ?? "";
	}
	/** The column that holds an object list: the outermost list around it. */
	columnOf(object) {
		const outer = this.outerOf(object);
		return outer === "" ? object : this.columnOf(outer);
	}
	/** SQL type of an object list with every declared member, or null when the list is not declared. */
	typeOf(object) {
		const type = this.#types.get(object);
		return type === void 0 ? null : `${type}[]`;
	}
	/** The members of an object list and of the lists in it that have values of their own: each can have a flat column. */
	membersOf(column) {
		return this.#members.get(column) ?? [];
	}
};

// dist/index-store/embedded/columns.js
/** Column of the row's id; documents and fields call it `_id`. */
const ID_COLUMN = "id";
/** Fields declared as text whose column is a UUID. */
const ID_PATHS = /* @__PURE__ */ new Set(["_id", "rootId"]);
/** Whether a field holds row ids: its column is a UUID and its values are printed as ids. */
function isIdField(field) {
	return ID_PATHS.has(field.path);
}
/**
* The declared or derived fields and the columns of a set of segments: what a query may touch.
*
* A member of an object list is read from its flat column where there is one: named by the member's path, it holds the
* values of all objects of a row as one list. Merged segments have them (`compaction.ts`), for the engine reads a list
* of structs whole; `source.ts` makes them for segments that lack them. Without any, members are taken out of the list.
*
* Whatever segments lack is a typed null: a column that none has, and a declared member that a segment's structs lack.
*/
var Columns = class {
	#present;
	#shapes;
	/** `present` are the columns of the segments. */
	constructor(present, shapes) {
		this.#present = present;
		this.#shapes = shapes;
	}
	has(column) {
		return this.#present.has(column);
	}
	get names() {
		return this.#present;
	}
	/** The field as SQL over an unqualified row. A column that no segment has is a typed null. */
	operand(field) {
		if (field.countOf !== null) return this.#count(field, field.countOf);
		const type = isIdField(field) ? "UUID" : TYPES[field.kind];
		if (field.object !== "") return {
			sql: (this.#present.has(field.path) ? quoted(field.path) : this.fromObjects(field)) ?? `NULL::${type}[]`,
			many: true,
			type
		};
		const column = field.path === "_id" ? "id" : field.path;
		const many = field.shape !== "one";
		if (!this.#present.has(column)) return {
			sql: many ? `NULL::${type}[]` : `NULL::${type}`,
			many,
			type
		};
		return {
			sql: quoted(column),
			many,
			type
		};
	}
	/** The flat list of a member's values, taken out of the list of structs; null when no segment has that list. */
	fromObjects(field) {
		return this.#members(field.object, memberOf(field.path, field.object), field.shape !== "one");
	}
	/** Counts are lengths of lists; below an object list there is one for each object. */
	#count(field, path) {
		const type = "BIGINT";
		if (field.object !== "") {
			const inner = this.#objectsAt(field.object);
			if (inner === null) return {
				sql: `NULL::${type}[]`,
				many: true,
				type
			};
			return {
				sql: `list_filter(${`list_transform(${inner}, lambda o: len(o.${quoted(memberOf(path, field.object))}))`}, lambda v: v IS NOT NULL)`,
				many: true,
				type
			};
		}
		if (!this.#present.has(path)) return {
			sql: `NULL::${type}`,
			many: false,
			type
		};
		return {
			sql: this.#shapes.shapeOf(path) === "one" ? `CASE WHEN ${quoted(path)} IS NOT NULL THEN 1::BIGINT END` : `len(${quoted(path)})`,
			many: false,
			type
		};
	}
	/** All objects of an object list, those of nested lists one after the other; null when no segment has any. */
	#objectsAt(object) {
		const outer = this.#shapes.outerOf(object);
		if (outer !== "") return this.#members(outer, memberOf(object, outer), true);
		if (!this.#present.has(object)) return null;
		const type = this.#shapes.typeOf(object);
		return type === null ? quoted(object) : `CAST(${quoted(object)} AS ${type})`;
	}
	#members(object, member, lists) {
		const objects = this.#objectsAt(object);
		if (objects === null) return null;
		const values = `list_transform(${objects}, lambda o: o.${quoted(member)})`;
		return lists ? `flatten(${values})` : `list_filter(${values}, lambda v: v IS NOT NULL)`;
	}
};

// dist/index-store/embedded/values.js
const MAPPED = 65535n << 32n;
/** An address of 16 bytes as people write it: IPv4 dotted when mapped, else RFC 5952. */
function addressText$1(address) {
	if (address >> 32n === MAPPED >> 32n) {
		const v4 = Number(address & 4294967295n);
		return `${v4 >>> 24}.${v4 >>> 16 & 255}.${v4 >>> 8 & 255}.${v4 & 255}`;
	}
	const groups = [];
	for (let at = 7; at >= 0; at--) groups.push(Number(address >> BigInt(at * 16) & 65535n).toString(16));
	let best = {
		start: -1,
		length: 1
	};
	for (let start = 0; start < 8; start++) {
		let length = 0;
		while (start + length < 8 && groups[start + length] === "0") length++;
		if (length > best.length) best = {
			start,
			length
		};
		start += length;
	}
	if (best.start < 0) return groups.join(":");
	return `${groups.slice(0, best.start).join(":")}::${groups.slice(best.start + best.length).join(":")}`;
}
/** The 128 bits of a UUID as an unsigned number. */
function uuidNumber(value) {
	return BigInt(`0x${value.toString().replaceAll("-", "")}`);
}
/** A value of the engine as plain data. Whole numbers beyond 2^53 lose their last digits, as in any JSON. */
function plainValue(value, uuid) {
	if (value === null || typeof value === "string" || typeof value === "boolean" || typeof value === "number") return value;
	if (typeof value === "bigint") return Number(value);
	if (value instanceof duckdb().DuckDBUUIDValue) return uuid === "id" ? value.toString() : addressText$1(uuidNumber(value));
	if (value instanceof duckdb().DuckDBListValue) return value.items.map((item) => plainValue(item, uuid));
	if (value instanceof duckdb().DuckDBStructValue) return Object.fromEntries(Object.entries(value.entries).map(([name, member]) => [name, plainValue(member, uuid)]));
	throw new LookbackError("INTERNAL", `a column has values of an unexpected type: ${value.toString()}`);
}
/** A count or sum as a number; null is 0. */
function countOf(value) {
	if (typeof value === "bigint") return Number(value);
	return typeof value === "number" ? value : 0;
}
/** A number or null. */
function numberOrNull(value) {
	if (typeof value === "bigint") return Number(value);
	return typeof value === "number" ? value : null;
}
/** A text; INTERNAL when it is none. */
function textOf(value) {
	if (typeof value === "string") return value;
	if (value instanceof duckdb().DuckDBUUIDValue) return value.toString();
	throw new LookbackError("INTERNAL", "a column that holds text gave something else");
}
/** Bytes of a blob, empty when null. */
function bytesOf(value) {
	return value instanceof duckdb().DuckDBBlobValue ? value.bytes : /* @__PURE__ */ new Uint8Array(0);
}

// dist/index-store/embedded/aggregate.js
/** What a metric adds up, over a session's row. */
const METRIC_SQL = {
	sessions: "1::BIGINT",
	packets: `"network.packets"`,
	bytes: `"network.bytes"`,
	databytes: `"totDataBytes"`
};
const meaning = (field) => isIdField(field) ? "id" : "address";
/** One row for each combination of a session's distinct values of the fields, as k0, k1, … beside the metrics. */
function combinations(plan, fields, metrics, parameters) {
	const values = metrics.map((metric) => `${METRIC_SQL[metric]} AS m_${metric}`);
	const operands = fields.map((field) => plan.operand(field));
	let sql = `SELECT ${[...operands.map(({ sql, many }, at) => {
		if (!many) return `${sql} AS k${at}`;
		const field = fields[at];
		return field?.shape === "set" && field.object === "" ? `${sql} AS l${at}` : `list_distinct(${sql}) AS l${at}`;
	}), ...values].join(", ")} FROM ${plan.from(fields)} WHERE ${plan.where(parameters)}`;
	operands.forEach(({ many }, at) => {
		if (many) sql = `SELECT * EXCLUDE (l${at}), unnest(l${at}) AS k${at} FROM (${sql})`;
	});
	return sql;
}
const allPresent = (fields) => fields.map((_, at) => `k${at} IS NOT NULL`).join(" AND ");
async function terms(engine, plan, request, context) {
	requireTerms(request);
	for (const field of request.fields) plan.requireVisible(field);
	if (plan.isEmpty) return {
		buckets: [],
		otherValue: 0,
		errorBound: 0
	};
	const parameters = new Parameters();
	const keys = request.fields.map((_, at) => `k${at}`).join(", ");
	const rows = await engine.rows(parameters.statement(`WITH g AS MATERIALIZED (SELECT ${keys}, count(*) AS sessions, sum(m_${request.metric})::BIGINT AS value
         FROM (${combinations(plan, request.fields, [request.metric], parameters)}) WHERE ${allPresent(request.fields)} GROUP BY ${keys})
       SELECT (SELECT sum(value)::BIGINT FROM g), sessions, value, ${keys} FROM g ORDER BY value DESC, ${keys} LIMIT ${request.size}`), context);
	const meanings = request.fields.map(meaning);
	const buckets = rows.map(([, sessions, value, ...found]) => ({
		keys: found.map((key, at) => plainValue(key, meanings[at] ?? "address")),
		sessions: countOf(sessions),
		value: countOf(value)
	}));
	const shown = buckets.reduce((sum, { value }) => sum + value, 0);
	return {
		buckets,
		otherValue: countOf(rows[0]?.[0]) - shown,
		errorBound: 0
	};
}
/** Values of all matching sessions, lists taken apart. */
function valuesOf(plan, field, parameters) {
	const { sql, many } = plan.operand(field);
	return `SELECT ${many ? `unnest(${sql})` : sql} AS v FROM ${plan.from([field])} WHERE ${plan.where(parameters)}`;
}
async function stats(engine, plan, request, context) {
	requirePercentiles(request);
	plan.requireVisible(request.field);
	requireNumbers(request.field);
	const none = request.percentiles.map((percent) => ({
		percent,
		value: null
	}));
	if (plan.isEmpty) return {
		count: 0,
		min: null,
		max: null,
		sum: 0,
		average: null,
		percentiles: none
	};
	const parameters = new Parameters();
	const selected = [
		"count(v)",
		"min(v)",
		"max(v)",
		"sum(v)::DOUBLE",
		"avg(v)",
		...request.percentiles.map((percent) => `quantile_cont(v, ${parameters.float(percent / 100)})::DOUBLE`)
	];
	const [row = []] = await engine.rows(parameters.statement(`SELECT ${selected.join(", ")} FROM (${valuesOf(plan, request.field, parameters)})`), context);
	const [count, min, max, sum, average, ...percentiles] = row;
	return {
		count: countOf(count),
		min: numberOrNull(min),
		max: numberOrNull(max),
		sum: countOf(sum),
		average: numberOrNull(average),
		percentiles: request.percentiles.map((percent, at) => ({
			percent,
			value: numberOrNull(percentiles[at])
		}))
	};
}
async function cardinality(engine, plan, field, context) {
	plan.requireVisible(field);
	if (plan.isEmpty) return {
		value: 0,
		relativeError: 0
	};
	const parameters = new Parameters();
	const [row] = await engine.rows(parameters.statement(`SELECT count(DISTINCT v) FROM (${valuesOf(plan, field, parameters)})`), context);
	return {
		value: countOf(row?.[0]),
		relativeError: 0
	};
}
async function connections(engine, plan, request, context) {
	requireLinks(request);
	const fields = [request.sourceField, request.destinationField];
	for (const field of fields) plan.requireVisible(field);
	if (plan.isEmpty) return {
		links: [],
		truncated: false
	};
	const parameters = new Parameters();
	const metrics = [
		"packets",
		"bytes",
		"databytes"
	];
	const sums = metrics.map((metric) => `sum(m_${metric})::BIGINT`).join(", ");
	const rows = await engine.rows(parameters.statement(`SELECT k0, k1, count(*) AS sessions, ${sums} FROM (${combinations(plan, fields, metrics, parameters)})
       WHERE ${allPresent(fields)} GROUP BY k0, k1 HAVING count(*) >= ${parameters.integer(Math.max(1, request.minimumSessions))}
       ORDER BY sessions DESC, k0, k1 LIMIT ${request.limit + 1}`), context);
	return {
		links: rows.slice(0, request.limit).map(([source = null, destination = null, sessions, packets, bytes, databytes]) => ({
			source: String(plainValue(source, meaning(request.sourceField))),
			destination: String(plainValue(destination, meaning(request.destinationField))),
			sessions: countOf(sessions),
			packets: countOf(packets),
			bytes: countOf(bytes),
			databytes: countOf(databytes)
		})),
		truncated: rows.length > request.limit
	};
}

// dist/index-store/embedded/byte-budget.js
/**
* What the matching sessions have in packets and bytes, and what they would have if each kept its first `firstPackets` only. Rows
* keep the bytes after 1, 2, 4, 8, … packets and at the end (`bytesByPacket`); between two of those it is a straight line. A
* row without the list counts whole.
*/
async function byteBudget(engine, plan, firstPackets, context) {
	if (plan.isEmpty) return {
		sessions: 0,
		packets: 0,
		bytes: 0,
		keptPackets: 0,
		keptBytes: 0
	};
	const parameters = new Parameters();
	const kept = plan.columns.has("bytesByPacket") ? keptBytes(firstPackets, parameters) : `"network.bytes"`;
	const limit = parameters.integer(firstPackets);
	const [row = []] = await engine.rows(parameters.statement(`SELECT count(*), coalesce(sum("network.packets"), 0)::BIGINT, coalesce(sum("network.bytes"), 0)::BIGINT,
       coalesce(sum(least("network.packets", ${limit})), 0)::BIGINT, coalesce(sum(${kept}), 0)::BIGINT
     FROM ${plan.from([])} WHERE ${plan.where(parameters)}`), context);
	const [sessions = 0, packets = 0, bytes = 0, keptPackets = 0, kept2 = 0] = row.map(countOf);
	return {
		sessions,
		packets,
		bytes,
		keptPackets,
		keptBytes: kept2
	};
}
function keptBytes(firstPackets, parameters) {
	const step = Math.floor(Math.log2(firstPackets));
	const [at, next] = [parameters.integer(step + 1), parameters.integer(step + 2)];
	const [low, high, wanted] = [
		parameters.integer(2 ** step),
		parameters.integer(2 ** (step + 1)),
		parameters.integer(firstPackets)
	];
	const list = `"bytesByPacket"`;
	return `CASE WHEN "network.packets" <= ${wanted} OR ${list} IS NULL OR len(${list}) <= ${at} THEN "network.bytes"
    ELSE least("network.bytes", round(${list}[${at}] + (${list}[${next}] - ${list}[${at}]) * ${`(${wanted} - ${low})::DOUBLE / greatest(1, least(${high}, "network.packets") - ${low})`})) END`;
}

// dist/index-store/embedded/engine.js
/** Queries that may wait for a connection, a few for each of some hundred clients; one more is refused, and may be asked again. */
const MAX_WAITING = 1024;
/** Seconds after which a refused query may find room. */
const RETRY_SECONDS = 1;
/** Rows of a batch that a stream hands out. */
const SLICE_ROWS = 256;
/** How often a query that must stop is told so: one interrupt can fall between two steps and be lost. */
const INTERRUPT_EVERY_MS = 20;
/** No limit, for the service's own work. */
const UNLIMITED = {
	signal: null,
	timeoutMs: Infinity
};
/**
* One in-memory DuckDB with a bounded number of connections. It may read and write the sessions directory and its own
* temporary one and nothing else, and loads no extensions. A query is interrupted when its signal aborts or its time is over.
*/
var Engine = class Engine {
	#options;
	/** Null until a first query needs it. */
	#starting = null;
	#instance = null;
	#free = [];
	#waiting = [];
	#limit;
	#open = 0;
	#closed = false;
	constructor(options) {
		this.#options = options;
		this.#limit = options.connections;
	}
	/** Makes the directories. DuckDB itself is started by the first query: an import or a capture asks nothing. */
	static open(options) {
		mkdirSync(options.temporaryDirectory, {
			recursive: true,
			mode: 448
		});
		mkdirSync(options.dataDirectory, {
			recursive: true,
			mode: 448
		});
		return new Engine(options);
	}
	async #started() {
		if (this.#instance !== null) return this.#instance;
		this.#starting ??= this.#launch(this.#options);
		try {
			this.#instance = await this.#starting;
		} catch (error) {
			this.#starting = null;
			throw error;
		}
		if (this.#closed) {
			this.#instance?.closeSync();
			throw new LookbackError("SHUTTING_DOWN", "the store is closed");
		}
		return this.#instance;
	}
	async #launch(options) {
		const instance = await duckdb().DuckDBInstance.create(":memory:", {
			threads: String(options.threads),
			memory_limit: `${Math.ceil(options.memoryBytes / 1e6)}MB`,
			temp_directory: options.temporaryDirectory,
			max_temp_directory_size: `${Math.ceil(options.temporaryBytes / 1e6)}MB`,
			autoinstall_known_extensions: "false",
			autoload_known_extensions: "false"
		});
		const connection = await instance.connect();
		await connection.run(`SET GLOBAL parquet_metadata_cache = ${options.caches}`);
		await connection.run("SET GLOBAL enable_external_file_cache = false");
		const allowed = [
			options.dataDirectory,
			options.temporaryDirectory,
			asPattern(options.dataDirectory)
		];
		await connection.run(`SET allowed_directories = [${[...new Set(allowed)].map(literal).join(", ")}]`);
		await connection.run("SET allow_community_extensions = false");
		await connection.run("SET enable_external_access = false");
		await connection.run("SET lock_configuration = true");
		connection.closeSync();
		return instance;
	}
	/** All rows of a statement, each an array in order of the columns. */
	async rows(statement, limits) {
		return this.use(limits, async (connection) => {
			return (await connection.run(statement.sql, { ...statement.values }, { ...statement.types })).getRows();
		});
	}
	/**
	* Lends a connection to `body` and interrupts whatever runs on it when the limits say so. Throws QUERY_CANCELLED,
	* QUERY_TIMEOUT, QUERY_MEMORY, DISK_FULL; RATE_LIMITED when too many queries wait.
	*/
	async use(limits, body) {
		const stop = new Stop(limits);
		try {
			const connection = await this.#take(stop);
			try {
				stop.interrupts(connection);
				return await body(connection);
			} catch (error) {
				throw stop.reason ?? engineError(error);
			} finally {
				stop.end();
				this.#give(connection);
			}
		} finally {
			stop.end();
		}
	}
	/** Rows of a statement in chunks as they are made. The connection is held until the iteration ends. */
	async *stream(statement, limits) {
		const stop = new Stop(limits);
		const connection = await this.#take(stop).catch((error) => {
			stop.end();
			throw error;
		});
		try {
			stop.interrupts(connection);
			const result = await connection.stream(statement.sql, { ...statement.values }, { ...statement.types });
			for (;;) {
				const chunk = await result.fetchChunk();
				if (stop.reason !== null) throw stop.reason;
				if (chunk === null || chunk.rowCount === 0) return;
				yield* slicesOf(chunk);
			}
		} catch (error) {
			throw stop.reason ?? engineError(error);
		} finally {
			stop.end();
			connection.interrupt();
			connection.closeSync();
			this.#open -= 1;
			this.#serveWaiting();
		}
	}
	async #take(stop) {
		if (stop.reason !== null) throw stop.reason;
		if (this.#closed) throw new LookbackError("SHUTTING_DOWN", "the store is closed");
		const free = this.#free.pop();
		if (free !== void 0) return free;
		if (this.#open < this.#limit) return this.#connect();
		if (this.#waiting.length >= MAX_WAITING) throw new LookbackError("RATE_LIMITED", `${MAX_WAITING} queries wait already; try again in ${RETRY_SECONDS} s`, {
			limit: MAX_WAITING,
			retryAfterSeconds: RETRY_SECONDS
		});
		return new Promise((resolve, reject) => {
			const waiting = { take: (connection) => {
				stop.onStop = null;
				resolve(connection);
			} };
			this.#waiting.push(waiting);
			stop.onStop = (reason) => {
				const at = this.#waiting.indexOf(waiting);
				if (at >= 0) this.#waiting.splice(at, 1);
				reject(reason);
			};
		});
	}
	async #connect() {
		this.#open += 1;
		try {
			return await (await this.#started()).connect();
		} catch (error) {
			this.#open -= 1;
			throw error;
		}
	}
	#give(connection) {
		if (this.#closed) {
			connection.closeSync();
			return;
		}
		const next = this.#waiting.shift();
		if (next === void 0) this.#free.push(connection);
		else next.take(connection);
	}
	#serveWaiting() {
		const next = this.#waiting.shift();
		if (next === void 0 || this.#closed) return;
		this.#connect().then(next.take);
	}
	close() {
		if (this.#closed) return;
		this.#closed = true;
		for (const connection of this.#free.splice(0)) connection.closeSync();
		this.#instance?.closeSync();
	}
};
/** Watches a run's limits. Once there is a `reason`, the run must end with it. */
var Stop = class {
	#connection;
	#timer;
	#repeat;
	#signal;
	#aborted;
	constructor({ signal, timeoutMs }) {
		this.reason = null;
		this.onStop = null;
		this.#connection = null;
		this.#timer = null;
		this.#repeat = null;
		this.#aborted = () => this.#stop(new LookbackError("QUERY_CANCELLED", "the query was cancelled"));
		this.#signal = signal;
		if (signal?.aborted === true) this.#aborted();
		else signal?.addEventListener("abort", this.#aborted, { once: true });
		if (Number.isFinite(timeoutMs)) this.#timer = setTimeout(() => {
			this.#stop(new LookbackError("QUERY_TIMEOUT", `the query ran longer than ${timeoutMs} ms; narrow the time range`, { limit: timeoutMs }));
		}, timeoutMs);
	}
	interrupts(connection) {
		this.#connection = connection;
		if (this.reason !== null) this.#interrupt();
	}
	#stop(reason) {
		if (this.reason !== null) return;
		this.reason = reason;
		this.onStop?.(reason);
		this.#interrupt();
	}
	#interrupt() {
		if (this.#connection === null || this.#repeat !== null) return;
		this.#connection.interrupt();
		this.#repeat = setInterval(() => this.#connection?.interrupt(), INTERRUPT_EVERY_MS);
	}
	end() {
		this.#connection = null;
		this.onStop = null;
		if (this.#timer !== null) clearTimeout(this.#timer);
		if (this.#repeat !== null) clearInterval(this.#repeat);
		this.#signal?.removeEventListener("abort", this.#aborted);
	}
};
/** Rows of a chunk in smaller batches: values become objects only when they are needed, and die young. */
function* slicesOf(chunk) {
	const columns = Array.from({ length: chunk.columnCount }, (_, column) => chunk.getColumnVector(column));
	for (let start = 0; start < chunk.rowCount; start += SLICE_ROWS) {
		const end = Math.min(chunk.rowCount, start + SLICE_ROWS);
		const rows = [];
		for (let row = start; row < end; row++) rows.push(columns.map((column) => column.getItem(row)));
		yield rows;
	}
}
/** DuckDB's errors that a user can do something about, as ours. */
function engineError(error) {
	if (!(error instanceof Error) || error instanceof LookbackError) return error;
	if (error.message.startsWith("Out of Memory Error")) {
		const full = /max_temp_directory_size|No space left/.test(error.message);
		return new LookbackError(full ? "DISK_FULL" : "QUERY_MEMORY", "the query needs more memory than it may use; narrow the time range or ask for fewer buckets", {}, { cause: error });
	}
	if (/No space left on device/.test(error.message)) return new LookbackError("DISK_FULL", "no room left for the query's temporary files or the segment", {}, { cause: error });
	return error;
}

// dist/index-store/embedded/id-table.js
/** Runs `body` with a table (id UUID) of ids, which may be many: a list in a statement is searched from its start for every row. */
function withIds(engine, ids, body) {
	return withTable(engine, "id UUID", (appender) => {
		for (const id of ids) {
			appender.appendUUID(uuidOf(id));
			appender.endRow();
		}
	}, body);
}
/** Runs `body` with a table (segment VARCHAR, id UUID) of ids by file, as `Snapshot.hiddenTable` has them; null without any. */
function withHiddenRows(engine, hidden, body) {
	if ([...hidden.values()].every((ids) => ids.size === 0)) return body(null);
	return withTable(engine, "segment VARCHAR, id UUID", (appender) => {
		for (const [file, ids] of hidden) for (const id of ids) {
			appender.appendVarchar(file);
			appender.appendUUID(uuidOf(id));
			appender.endRow();
		}
	}, body);
}
async function withTable(engine, columns, fill, body) {
	const name = `ids_${randomBytes(8).toString("hex")}`;
	await engine.use(UNLIMITED, async (connection) => {
		await connection.run(`CREATE TABLE ${quoted(name)} (${columns})`);
		const appender = await connection.createAppender(name);
		fill(appender);
		appender.closeSync();
	});
	try {
		return await body(name);
	} finally {
		await engine.use(UNLIMITED, (connection) => connection.run(`DROP TABLE IF EXISTS ${quoted(name)}`));
	}
}

// dist/index-store/embedded/source.js
/** Whether a segment can hold a session of the range. */
function mayHold(segment, range) {
	const start = range.startMs ?? -Infinity;
	const end = range.endMs ?? Infinity;
	switch (range.bounding) {
		case "first": return segment.firstMs <= end && segment.lastMs >= start;
		case "last": return segment.minLastMs <= end && segment.lastMs >= start;
		case "both": return segment.minLastMs <= end && segment.lastMs >= start;
		case "either": return segment.firstMs <= end && segment.lastMs >= start;
	}
}
/** Whether every session of a segment is of the range. */
function holdsOnly(segment, range) {
	const start = range.startMs ?? -Infinity;
	const end = range.endMs ?? Infinity;
	return (range.bounding === "first" || range.bounding === "both" ? segment.firstMs : segment.minLastMs) >= start && segment.lastMs <= end;
}
/** `read_parquet` over files; columns that some lack are null there. `filename` and `file_row_number` name a row. */
function parquet(files) {
	return `read_parquet([${files.map((file) => literal(asPattern(file))).join(", ")}], union_by_name = true, filename = true, file_row_number = true, hive_partitioning = false)`;
}
/** `SELECT` of the flat columns that a segment lacks, each with its comma; those whose objects it lacks are left null. */
function missingFlat({ flat, shapes }, segment) {
	const present = new Set(segment.columns);
	const columns = new Columns(present, shapes);
	return [...new Map(flat.filter(({ path }) => !present.has(path)).map((field) => [field.path, columns.fromObjects(field)]))].filter(([, sql]) => sql !== null).map(([path, sql]) => `, ${sql ?? ""} AS ${quoted(path)}`).join("");
}
/** A `FROM` item with the visible rows of the segments: hidden rows left out, edited tags in place. At least one segment. */
function source(request) {
	const { snapshot, segments, fileOf, withTags, hasTags } = request;
	const groups = /* @__PURE__ */ new Map();
	for (const segment of segments) {
		const dirty = snapshot.hiddenTable !== null && snapshot.dirty.has(segment.path);
		const extra = missingFlat(request, segment);
		const key = `${String(dirty)}${extra}`;
		const group = groups.get(key) ?? {
			dirty,
			extra,
			files: []
		};
		group.files.push(fileOf(segment.path));
		groups.set(key, group);
	}
	const rows = `(${[...groups.values()].map(({ dirty, extra, files }) => {
		const hidden = dirty ? ` WHERE NOT EXISTS (SELECT 1 FROM ${quoted(snapshot.hiddenTable ?? "")} h WHERE h.segment = d.filename AND h.id = d.id)` : "";
		return `SELECT *${extra} FROM ${parquet(files)} AS d${hidden}`;
	}).join(" UNION ALL BY NAME ")})`;
	if (!withTags || snapshot.tagTable === null) return `${rows} AS r`;
	const tags = `CASE WHEN o.id IS NULL THEN ${hasTags ? "r.tags" : "NULL::VARCHAR[]"} ELSE ${`nullif(list_sort(list_distinct(list_filter(list_concat(${hasTags ? "coalesce(r.tags, [])" : "[]::VARCHAR[]"}, o.added), lambda t: NOT list_contains(o.removed, t)))), [])`} END AS tags`;
	return `(SELECT ${hasTags ? `r.* REPLACE (${tags})` : `r.*, ${tags}`} FROM ${rows} AS r LEFT JOIN ${quoted(snapshot.tagTable)} AS o ON o.id = r.id) AS r`;
}

// dist/index-store/embedded/compaction.js
/** A segment with fewer rows is small. */
const SMALL_ROWS = 125e3;
/**
* Rows of one merged segment at most: what a sort holds in memory (wide rows of a million spill for minutes), and what is
* written again when a day changes.
*/
const MERGED_ROWS = 25e4;
/** Rows of a row group: what one thread reads at a time, and the grain in which a time range skips. */
const ROW_GROUP_ROWS = 122880;
/** A segment is taken up into a merge when it is at most this many times what is there; so a row is written few times. */
const GROWTH = 4;
/** So many segments are merged whatever their sizes. */
const LEAST_SEGMENTS = 4;
/** Share of hidden rows from which a segment is worth writing again by itself. */
const HIDDEN_SHARE = .2;
/** Small segments that are worth merging: all of a day that is over, else the smallest that no other of them dwarfs. */
function worthMerging(segments, whole) {
	const small = segments.filter(({ rows }) => rows < SMALL_ROWS).sort((a, b) => a.rows - b.rows || (a.path < b.path ? -1 : 1));
	if (whole) return small;
	let rows = 0;
	const end = small.findIndex((segment, at) => {
		if (at >= LEAST_SEGMENTS && segment.rows > GROWTH * rows) return true;
		rows += segment.rows;
		return false;
	});
	return end < 0 ? small : small.slice(0, end);
}
/**
* Groups of segments of one day that are worth merging, each of neighbours in time, so that merged segments overlap as
* little as may be. `whole`: the day is over, or somebody asked for it.
*/
function mergePlan(segments, hidden, whole) {
	const groups = [];
	let group = [];
	let rows = 0;
	for (const segment of [...worthMerging(segments, whole)].sort((a, b) => a.minLastMs - b.minLastMs || (a.path < b.path ? -1 : 1))) {
		if (rows + segment.rows > MERGED_ROWS) {
			groups.push(group);
			group = [];
			rows = 0;
		}
		group.push(segment);
		rows += segment.rows;
	}
	groups.push(group);
	const merges = groups.filter(({ length }) => length > 1);
	const taken = new Set(merges.flat());
	const worn = segments.filter((segment) => !taken.has(segment) && (hidden.get(segment.path) ?? 0) > HIDDEN_SHARE * segment.rows);
	return [...merges, ...worn.map((segment) => [segment])];
}
/**
* Merges a group by `mergeOne`, and where queries beside it leave too little memory for that, its halves: small merges are
* better than none. Returns how many segments were replaced. Throws QUERY_MEMORY when even a few segments are too many.
*/
async function mergeOrHalves(group, mergeOne) {
	try {
		return await mergeOne(group);
	} catch (error) {
		if (!(error instanceof LookbackError) || error.code !== "QUERY_MEMORY" || group.length < 4) throw error;
	}
	const middle = group.length >> 1;
	return await mergeOrHalves(group.slice(0, middle), mergeOne) + await mergeOrHalves(group.slice(middle), mergeOne);
}
/**
* Writes the visible rows of `segments` (of one day, all in `snapshot`) into one segment in order of last packet, and
* puts it in their place in one step. Rows that others hid meanwhile stay hidden; when one of the segments was retired
* meanwhile, nothing is done. With `keep` (ids, and a table (id UUID) of them) only their rows are written and the others
* are gone. `writer` is the engine that sorts and writes; `keep.table` is one of its tables. Returns how many segments were
* replaced.
*/
async function merge(parts, writer, snapshot, segments, limits, keep = null) {
	const { catalogue, live, directory } = parts;
	const [first] = segments;
	if (first === void 0) return 0;
	const dropped = await hiddenIn(parts, snapshot, segments, limits);
	const temporary = join(directory, first.day, `${TEMPORARY_PREFIX}compact-${randomBytes(8).toString("hex")}`);
	let written = null;
	let committed = false;
	try {
		const columns = await withHiddenRows(writer, new Map([...dropped].map(([path, ids]) => [live.fileOf(path), ids])), async (hiddenTable) => {
			const whole = wholeRows(parts, {
				...snapshot,
				hiddenTable
			}, segments);
			await writer.rows(new Parameters().statement(`COPY (SELECT * EXCLUDE (filename, file_row_number) FROM ${whole.rows}${keep === null ? "" : ` WHERE id IN (SELECT id FROM ${quoted(keep.table)})`} ORDER BY "lastPacket", id) TO ${literal(temporary)}
         (FORMAT parquet, COMPRESSION lz4_raw, PARQUET_VERSION V2, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}, KV_METADATA {'lookback.schema': '1'})`), limits);
			return whole.columns;
		});
		const merged = await describe({ engine: writer }, temporary, first.day, 1 + Math.max(...segments.map(({ level }) => level)), columns, limits);
		if (merged !== null) {
			sync(temporary);
			written = live.fileOf(merged.path);
			renameSync(temporary, written);
			sync(dirname(temporary));
		}
		committed = commit(catalogue, segments, merged, (path, id) => dropped.get(path)?.has(id) === true || keep?.ids.has(id) === false);
		return committed ? segments.length : 0;
	} finally {
		rmSync(temporary, { force: true });
		if (!committed && written !== null) rmSync(written, { force: true });
	}
}
/** A `FROM` item of the visible rows with every column that a row written anew has, and the names of those columns. */
function wholeRows({ live, shapes }, snapshot, segments) {
	const present = new Set(segments.flatMap(({ columns }) => columns));
	const flat = [...present].flatMap((column) => shapes.membersOf(column));
	return {
		rows: source({
			snapshot,
			segments,
			fileOf: (path) => live.fileOf(path),
			shapes,
			withTags: false,
			hasTags: false,
			flat
		}),
		columns: /* @__PURE__ */ new Set([...present, ...flat.map(({ path }) => path)])
	};
}
/** Ids by segment that the snapshot hides: what the merge leaves out. The catalogue may hide more by now. */
async function hiddenIn({ engine, live }, snapshot, segments, limits) {
	const hidden = new Map(segments.map(({ path }) => [live.fileOf(path), /* @__PURE__ */ new Set()]));
	if (snapshot.hiddenTable !== null) {
		const parameters = new Parameters();
		const files = parameters.texts([...hidden.keys()]);
		const rows = await engine.rows(parameters.statement(`SELECT segment, id FROM ${quoted(snapshot.hiddenTable)} WHERE list_contains(${files}, segment)`), limits);
		for (const [file, id] of rows) hidden.get(textOf(file))?.add(textOf(id));
	}
	return new Map(segments.map(({ path }) => [path, hidden.get(live.fileOf(path)) ?? /* @__PURE__ */ new Set()]));
}
function commit(catalogue, segments, merged, isLeftOut) {
	return catalogue.transaction(() => {
		const stillLive = new Set(catalogue.segments.live().map(({ path }) => path));
		if (!segments.every(({ path }) => stillLive.has(path))) return false;
		const since = segments.flatMap(({ path }) => catalogue.segments.supersededIds(path).map(idText).filter((id) => !isLeftOut(path, id)));
		catalogue.segments.apply({
			add: merged === null ? [] : [merged],
			remove: segments.map(({ path }) => path),
			superseded: merged === null || since.length === 0 ? [] : [{
				segment: merged.path,
				ids: since.map(idBytes)
			}]
		});
		return true;
	});
}
/** The entry of a written segment, read from the file itself; null when it has no rows. `columns` are all that it may have. */
async function describe({ engine }, file, day, level, columns, limits) {
	const [row = []] = await engine.rows(new Parameters().statement(`SELECT count(*), min("firstPacket"), min("lastPacket"), max("lastPacket"), count(*) FILTER (NOT final), sum("network.packets")::BIGINT, sum("network.bytes")::BIGINT
     FROM read_parquet(${literal(asPattern(file))})`), limits);
	const [rows, firstMs, minLastMs, lastMs, openRows, totalPackets, totalBytes] = row.map(countOf);
	if (rows === void 0 || rows === 0) return null;
	const names = (await engine.rows(new Parameters().statement(`SELECT column_name FROM (DESCRIBE SELECT * FROM read_parquet(${literal(asPattern(file))}))`), limits)).map(([name]) => textOf(name));
	if (names.some((name) => !columns.has(name))) throw new LookbackError("INTERNAL", `the merged segment ${file} has columns that its parts lack`, { file });
	return {
		path: `${day}/${level}-${firstMs ?? 0}-${lastMs ?? 0}-${randomBytes(8).toString("hex")}.parquet`,
		day,
		level,
		rows,
		bytes: statSync(file).size,
		firstMs: firstMs ?? 0,
		minLastMs: minLastMs ?? 0,
		lastMs: lastMs ?? 0,
		columns: names,
		openRows: openRows ?? 0,
		totalPackets: totalPackets ?? 0,
		totalBytes: totalBytes ?? 0
	};
}

// dist/index-store/embedded/positions.js
/** The positions of the column `packetPos`, null when the bytes are damaged. The result is at most as long as the bytes. */
function unpackPositions(bytes) {
	const positions = [];
	return visitPositions(bytes, (fileId, offset, length) => {
		positions.push({
			fileId,
			offset,
			length
		});
	}) === null ? null : positions;
}
/**
* Unpacks the column `packetPos`: groups of `varint file, varint count, count × (zigzag varint offset delta, varint
* length)`, varints in LEB128, deltas from 0 in each group. Offsets and lengths are bytes. Returns how many it told, null
* when the bytes are damaged; those before the damage were told.
*/
function visitPositions(bytes, visit) {
	let told = 0;
	let at = 0;
	const varint = () => {
		let value = 0;
		let scale = 1;
		for (let length = 0; length < 10; length++) {
			const byte = bytes[at++];
			if (byte === void 0) return -1;
			value += (byte & 127) * scale;
			if (byte < 128) return Number.isSafeInteger(value) ? value : -1;
			scale *= 128;
		}
		return -1;
	};
	while (at < bytes.length) {
		const fileId = varint();
		const count = varint();
		if (fileId < 0 || count < 0 || count > bytes.length) return null;
		let offset = 0;
		for (let packet = 0; packet < count; packet++) {
			const zigzag = varint();
			const length = varint();
			if (zigzag < 0 || length < 0) return null;
			offset += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
			if (offset < 0 || !Number.isSafeInteger(offset)) return null;
			visit(fileId, offset, length);
			told += 1;
		}
	}
	return told;
}
/** Packs positions as `unpackPositions` reads them. Offsets and lengths are whole numbers below 2^52. */
function packPositions(positions) {
	const bytes = [];
	const varint = (given) => {
		let value = given;
		for (; value >= 128; value = Math.floor(value / 128)) bytes.push(value % 128 | 128);
		bytes.push(value);
	};
	for (let at = 0; at < positions.length;) {
		const fileId = positions[at]?.fileId ?? 0;
		let end = at;
		while (positions[end]?.fileId === fileId) end += 1;
		varint(fileId);
		varint(end - at);
		let before = 0;
		for (const { offset, length } of positions.slice(at, end)) {
			const delta = offset - before;
			varint(delta >= 0 ? delta * 2 : -delta * 2 - 1);
			varint(length);
			before = offset;
		}
		at = end;
	}
	return Uint8Array.from(bytes);
}

// dist/index-store/embedded/documents.js
/** Columns that are ours and no part of a document. */
const INTERNAL = /* @__PURE__ */ new Set([
	"rowVersion",
	"final",
	"stream",
	"packetPos",
	"bytesByPacket",
	"filename",
	"file_row_number"
]);
/** UUID columns that are ids. */
const IDS = /* @__PURE__ */ new Set(["id", "rootId"]);
function isTree$1(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
/** Puts a value at a dotted path. Where a part of the path is a value already, the rest keeps its dots. */
function put(tree, path, value) {
	const dot = path.indexOf(".");
	if (dot < 0) {
		tree[path] = value;
		return;
	}
	const head = path.slice(0, dot);
	const inner = tree[head] ??= {};
	if (isTree$1(inner)) put(inner, path.slice(dot + 1), value);
	else tree[path] = value;
}
/** Positions as Arkime's documents list them: the negative number of a file, then offsets into it. */
function positionList(packets) {
	const list = [];
	let fileId = null;
	for (const packet of packets) {
		if (packet.fileId !== fileId) list.push(-packet.fileId);
		fileId = packet.fileId;
		list.push(packet.offset);
	}
	return list;
}
/** The packets of a row. Throws STORE_DAMAGED when they do not unpack. */
function packetsOf(id, packed) {
	const packets = unpackPositions(bytesOf(packed));
	if (packets === null) throw new LookbackError("STORE_DAMAGED", `the packet positions of session ${id} do not read back`, { id });
	return packets;
}
/** Tells the packets of a row of which nothing else was read. Returns how many. Throws STORE_DAMAGED when they do not unpack. */
function visitPackets(packed, visit) {
	const count = visitPositions(bytesOf(packed), visit);
	if (count === null) throw new LookbackError("STORE_DAMAGED", "the packet positions of a session do not read back; lookback rebuild makes its segment again from the packets");
	return count;
}
/** Makes documents of whole rows. */
var Documents = class {
	#fields;
	constructor(fields) {
		this.#fields = fields;
	}
	/**
	* The nested document of a row given as columns by name: dots open objects, counts stand beside their lists, absent
	* values are left out. `maySee` says which fields the reader may have.
	*/
	document(row, maySee) {
		const tree = {};
		const id = String(plainValue(row["id"] ?? null, "id"));
		for (const [column, value] of Object.entries(row)) {
			if (value === null || INTERNAL.has(column)) continue;
			const field = this.#fields.byPath(column === "id" ? "_id" : column);
			if (field !== null && (field.object !== "" || !maySee(field))) continue;
			const plain = plainValue(value, IDS.has(column) ? "id" : "address");
			this.#put(tree, column, column, plain, maySee);
		}
		const packets = packetsOf(id, row["packetPos"]);
		tree["packetPos"] = positionList(packets);
		tree["packetLen"] = packets.map(({ length }) => length);
		return tree;
	}
	#put(tree, name, path, value, maySee) {
		const field = this.#fields.byPath(path);
		if (field !== null && field.shape === "objects" && Array.isArray(value)) put(tree, name, value.map((object) => this.#object(object, path, maySee)));
		else put(tree, name, value);
		if (field === null || field.count === "none") return;
		put(tree, name + (field.count === "cnt" ? "Cnt" : "-cnt"), Array.isArray(value) ? value.length : 1);
	}
	#object(object, path, maySee) {
		const tree = {};
		if (typeof object !== "object" || object === null || Array.isArray(object)) return tree;
		for (const [member, value] of Object.entries(object)) {
			const memberPath = `${path}.${member}`;
			const field = this.#fields.byPath(memberPath);
			if (value === null || field !== null && !maySee(field)) continue;
			this.#put(tree, member, memberPath, value, maySee);
		}
		return tree;
	}
};

// dist/index-store/embedded/histogram.js
const SECOND_MS = 1e3;
const MINUTE_MS = 60 * SECOND_MS;
/** Zones differ from UTC by whole quarters of an hour, so calendar buckets are made of whole slots of that width. */
const SLOT_MS = 15 * MINUTE_MS;
/** Slots that one statement may give, over all its segments: some 20 years of quarters of an hour in one, or days of seconds. */
const MAX_SLOTS = 1e6;
/** Slots kept of one segment at most; a finer histogram is computed anew each time. */
const MAX_KEPT_PER_SEGMENT = 5e4;
/** Slots kept in all, some 40 bytes each. */
const MAX_KEPT = 1e6;
const METRICS = [
	"sessions",
	"packets",
	"bytes",
	"databytes"
];
const SUMS = METRICS.map((metric) => metric === "sessions" ? "count(*)" : `sum(${METRIC_SQL[metric]})::BIGINT`).join(", ");
/** Sums of whole segments, kept: segments never change, and the same overview is asked for again and again. */
var HistogramCache = class {
	#kept = /* @__PURE__ */ new Map();
	#slots = 0;
	get(key) {
		const slots = this.#kept.get(key);
		if (slots === void 0) return null;
		this.#kept.delete(key);
		this.#kept.set(key, slots);
		return slots;
	}
	put(key, slots) {
		if (slots.size > MAX_KEPT_PER_SEGMENT || this.#kept.has(key)) return;
		this.#kept.set(key, slots);
		this.#slots += slots.size;
		for (const [oldest, dropped] of this.#kept) {
			if (this.#slots <= MAX_KEPT) break;
			this.#kept.delete(oldest);
			this.#slots -= dropped.size;
		}
	}
};
function addTo(total, slot, sums) {
	const known = total.get(slot);
	if (known === void 0) total.set(slot, [...sums]);
	else sums.forEach((sum, at) => {
		known[at] = (known[at] ?? 0) + sum;
	});
}
async function addFiltered(total, plan, { engine, context, on, width }) {
	if (plan.isEmpty) return;
	const parameters = new Parameters();
	const sql = `SELECT "${on}" // ${width} AS slot, ${SUMS} FROM ${plan.from([])} WHERE ${plan.where(parameters)} GROUP BY slot LIMIT ${MAX_SLOTS}`;
	const rows = await engine.rows(parameters.statement(sql), context);
	if (rows.length >= MAX_SLOTS) throw tooManyBuckets();
	for (const [slot, ...sums] of rows) addTo(total, countOf(slot), sums.map(countOf));
}
async function addWhole(total, segments, cache, fileOf, { engine, context, on, width }) {
	const missing = /* @__PURE__ */ new Map();
	for (const { path } of segments) {
		const key = `${on} ${width} ${path}`;
		const kept = cache.get(key);
		if (kept === null) missing.set(fileOf(path), {
			key,
			slots: /* @__PURE__ */ new Map()
		});
		else for (const [slot, sums] of kept) addTo(total, slot, sums);
	}
	if (missing.size === 0) return;
	const sql = `SELECT filename, "${on}" // ${width} AS slot, ${SUMS} FROM ${parquet([...missing.keys()])} GROUP BY filename, slot LIMIT ${MAX_SLOTS}`;
	const rows = await engine.rows(new Parameters().statement(sql), context);
	if (rows.length >= MAX_SLOTS) throw tooManyBuckets();
	for (const [file, slot, ...values] of rows) {
		const sums = values.map(countOf);
		missing.get(textOf(file))?.slots.set(countOf(slot), sums);
		addTo(total, countOf(slot), sums);
	}
	for (const { key, slots } of missing.values()) cache.put(key, slots);
}
/**
* Sessions by time. Seconds and minutes are counted from 1970; hours, days, weeks (from Monday) and months follow the
* zone's calendar, several hours from local midnight.
*/
async function histogram(engine, plan, request, context, cache, fileOf) {
	const { unit, count } = request.interval;
	requireInterval(request);
	const width = unit === "second" ? SECOND_MS * count : unit === "minute" ? MINUTE_MS * count : SLOT_MS;
	const calendar = unit === "second" || unit === "minute" ? null : {
		unit,
		...await import("./calendar-BHs-tCZL.js")
	};
	const total = /* @__PURE__ */ new Map();
	const slots = {
		engine,
		context,
		on: request.on,
		width
	};
	const { whole, rest } = plan.wholeSegments();
	await addWhole(total, whole, cache, fileOf, slots);
	await addFiltered(total, rest, slots);
	const columns = request.metrics.map((metric) => METRICS.indexOf(metric));
	const startsMs = [];
	const values = request.metrics.map(() => []);
	let bucket = {
		start: -Infinity,
		end: -Infinity
	};
	for (const [slot, sums] of [...total].sort(([a], [b]) => a - b)) {
		const ms = slot * width;
		if (ms >= bucket.end) {
			bucket = calendar !== null ? calendar.calendarBucket(ms, calendar.unit, count, request.timeZone) : {
				start: ms,
				end: ms + width
			};
			startsMs.push(bucket.start);
			for (const series of values) series.push(0);
		}
		columns.forEach((column, at) => {
			const series = values[at];
			if (series !== void 0) series[series.length - 1] = (series.at(-1) ?? 0) + (sums[column] ?? 0);
		});
	}
	if (startsMs.length > 1e5) throw tooManyBuckets();
	return {
		startsMs,
		values
	};
}

// dist/index-store/embedded/live-set.js
/**
* What is live, as the catalogue has it now. A query takes a snapshot and sees that set to its end, whatever is
* committed, merged or expired meanwhile: files of retired segments are unlinked when the last snapshot that has them
* is released.
*/
var LiveSet = class {
	#catalogue;
	#engine;
	#directory;
	#logger;
	#maintains;
	#inUse = /* @__PURE__ */ new Map();
	#view = null;
	#tags = null;
	#refresh = Promise.resolve();
	#tables = 0;
	/** Whether a retired file stayed because a snapshot had it. */
	#unlinkLater = false;
	/** `maintains`: whether this process is the one that unlinks files of retired segments. */
	constructor(catalogue, engine, directory, logger, maintains) {
		this.#maintains = maintains;
		this.#catalogue = catalogue;
		this.#engine = engine;
		this.#directory = directory;
		this.#logger = logger;
	}
	/** The file of a segment. */
	fileOf(path) {
		return join(this.#directory, path);
	}
	async acquire() {
		let current = this.#current();
		while (current === null) {
			const refreshed = this.#refresh.then(() => this.#bringUpToDate());
			this.#refresh = refreshed.catch(() => void 0);
			await refreshed;
			current = this.#current();
		}
		const { view, tags } = current;
		view.hidden.users += 1;
		tags.users += 1;
		this.#hold(view.segments);
		let released = false;
		return {
			segments: view.segments,
			dirty: view.dirty,
			hiddenTable: view.hidden.name,
			tagTable: tags.name,
			release: () => {
				if (released) return;
				released = true;
				this.#letGo(view.segments);
				this.#leave(view.hidden, this.#view?.hidden);
				this.#leave(tags, this.#tags);
				if (this.#view !== view || this.#unlinkLater) this.unlinkRetired();
			}
		};
	}
	/** Runs `body` with a snapshot and releases it. */
	async with(body) {
		const snapshot = await this.acquire();
		try {
			return await body(snapshot);
		} finally {
			snapshot.release();
		}
	}
	/**
	* Runs `body` with the live segments, whose files stay meanwhile. Without hidden rows and tags: a capture commits every few
	* seconds, and needs no tables of all of them.
	*/
	async withSegments(body) {
		const segments = this.#catalogue.segments.live();
		this.#hold(segments);
		try {
			return await body(segments);
		} finally {
			this.#letGo(segments);
			if (this.#unlinkLater) this.unlinkRetired();
		}
	}
	#hold(segments) {
		for (const { path } of segments) this.#inUse.set(path, (this.#inUse.get(path) ?? 0) + 1);
	}
	#letGo(segments) {
		for (const { path } of segments) {
			const users = (this.#inUse.get(path) ?? 1) - 1;
			if (users > 0) this.#inUse.set(path, users);
			else this.#inUse.delete(path);
		}
	}
	/** The view and the tags if the catalogue has not changed since they were made. */
	#current() {
		const [view, tags] = [this.#view, this.#tags];
		if (view === null || view.hidden.revision !== this.#catalogue.segments.revision()) return null;
		return tags === null || tags.revision !== this.#catalogue.tags.revision() ? null : {
			view,
			tags
		};
	}
	async #bringUpToDate() {
		const revision = this.#catalogue.segments.revision();
		if (this.#view === null || this.#view.hidden.revision !== revision) {
			const before = this.#view;
			const { segments, dirty, changed } = this.#catalogue.transaction(() => {
				const counts = this.#catalogue.segments.supersededCounts();
				const paths = [...counts].filter(([path, count]) => before?.dirty.get(path) !== count).map(([path]) => path);
				return {
					segments: this.#catalogue.segments.live(),
					dirty: counts,
					changed: paths.map((path) => ({
						path,
						ids: this.#catalogue.segments.supersededIds(path)
					}))
				};
			});
			const table = {
				revision,
				name: await this.#hiddenTable(dirty, changed, before?.hidden.name ?? null),
				users: 0
			};
			this.#view = {
				segments,
				dirty,
				hidden: table
			};
			if (before !== null) this.#leave(before.hidden, table, 0);
		}
		const tagRevision = this.#catalogue.tags.revision();
		if (this.#tags === null || this.#tags.revision !== tagRevision) {
			const before = this.#tags;
			this.#tags = {
				revision: tagRevision,
				name: await this.#tagTable(),
				users: 0
			};
			if (before !== null) this.#leave(before, this.#tags, 0);
		}
	}
	/** A table of the hidden rows: those of `changed` segments, and of the other dirty ones what the table `before` has. */
	async #hiddenTable(dirty, changed, before) {
		if (dirty.size === 0) return null;
		const name = this.#newTable("hidden");
		const fresh = new Set(changed.map(({ path }) => path));
		const kept = [...dirty.keys()].filter((path) => !fresh.has(path)).map((path) => this.fileOf(path));
		await this.#engine.use(UNLIMITED, async (connection) => {
			await connection.run(`CREATE TABLE ${quoted(name)} (segment VARCHAR, id UUID)`);
			if (before !== null && kept.length > 0) {
				const parameters = new Parameters();
				const { sql, values, types } = parameters.statement(`INSERT INTO ${quoted(name)} SELECT segment, id FROM ${quoted(before)} WHERE list_contains(${parameters.texts(kept)}, segment)`);
				await connection.run(sql, { ...values }, { ...types });
			}
			const appender = await connection.createAppender(name);
			for (const { path, ids } of changed) {
				const file = this.fileOf(path);
				for (const id of ids) {
					appender.appendVarchar(file);
					appender.appendUUID(uuidOf(Buffer.from(id).toString("hex")));
					appender.endRow();
				}
			}
			appender.closeSync();
		});
		return name;
	}
	async #tagTable() {
		const edits = [...this.#catalogue.tags.all()];
		if (edits.length === 0) return null;
		const name = this.#newTable("tags");
		await this.#engine.use(UNLIMITED, async (connection) => {
			const raw = `${name}_edits`;
			await connection.run(`CREATE TEMP TABLE ${quoted(raw)} (id UUID, tag VARCHAR, removed BOOLEAN)`);
			const appender = await connection.createAppender(raw);
			for (const { rowId, tag, removed } of edits) {
				appender.appendUUID(uuidOf(Buffer.from(rowId).toString("hex")));
				appender.appendVarchar(tag);
				appender.appendBoolean(removed);
				appender.endRow();
			}
			appender.closeSync();
			await connection.run(`CREATE TABLE ${quoted(name)} AS SELECT id, coalesce(list(tag) FILTER (NOT removed), []) AS added,
           coalesce(list(tag) FILTER (removed), []) AS removed FROM ${quoted(raw)} GROUP BY id`);
			await connection.run(`DROP TABLE ${quoted(raw)}`);
		});
		return name;
	}
	#newTable(kind) {
		this.#tables += 1;
		return `${kind}_${this.#tables}`;
	}
	/** Takes `users` off a table and drops it when it is neither used nor current. */
	#leave(table, current, users = 1) {
		table.users -= users;
		if (table.users > 0 || table === current || table.name === null) return;
		const { name } = table;
		this.#engine.use(UNLIMITED, (connection) => connection.run(`DROP TABLE IF EXISTS ${quoted(name)}`)).catch((error) => {
			this.#logger.debug({
				error,
				table: name
			}, "a table of an old snapshot was not dropped");
		});
	}
	/** Unlinks the files of retired segments that no snapshot has, and forgets them. What fails stays for the next time. */
	unlinkRetired() {
		if (!this.#maintains) return;
		this.#unlinkLater = false;
		for (const path of this.#catalogue.segments.retired()) {
			if (this.#inUse.has(path)) {
				this.#unlinkLater = true;
				continue;
			}
			try {
				unlinkSync(this.fileOf(path));
			} catch (error) {
				if (systemErrorCode(error) !== "ENOENT") {
					this.#logger.warn({
						error,
						path
					}, `the retired segment ${path} could not be deleted`);
					continue;
				}
			}
			this.#catalogue.segments.forget(path);
		}
	}
};

// dist/index-store/embedded/translate.js
/**
* From this many values on, a list is bound as one value and looked up in a hash table. The engine's list functions compare
* each with each: a thousand values over a million rows took them most of a minute.
*/
const MANY_VALUES = 8;
const FALSE = "false";
/**
* A predicate for `WHERE`, true exactly for the matching rows; it may be null for others. Parts that are negated are
* made false or true first, so that "not" holds for a row that lacks the field.
*/
function translate(expression, translation) {
	switch (expression.node) {
		case "and": return expression.items.length === 0 ? "true" : `(${expression.items.map((item) => translate(item, translation)).join(" AND ")})`;
		case "or": return expression.items.length === 0 ? FALSE : `(${expression.items.map((item) => translate(item, translation)).join(" OR ")})`;
		case "not": return `(NOT coalesce(${translate(expression.item, translation)}, false))`;
		case "field": return translation.mayRead(expression.field) ? fieldTest(expression.field, expression.test, translation) : FALSE;
		case "file": return fileTest(expression.fileIds ?? [], translation);
		case "ids": return idsTest(expression.ids, translation);
		case "packetsAvailable": return packetsTest(expression.value, translation);
		case "everything": return "true";
	}
}
/** A row matches when one of its packet files is among the matching ones. */
function fileTest(fileIds, { columns, parameters }) {
	if (fileIds.length === 0 || !columns.has("fileId")) return FALSE;
	return anyOfFiles(fileIds, parameters);
}
/** That one of a row's packet files is among these. Their numbers are bound as runs: files come and go in order. */
function anyOfFiles(fileIds, parameters) {
	const starts = [];
	const ends = [];
	for (const id of [...fileIds].sort((a, b) => a - b)) {
		if (id <= (ends.at(-1) ?? -Infinity)) continue;
		if (ends.at(-1) === id - 1) ends[ends.length - 1] = id;
		else {
			starts.push(id);
			ends.push(id);
		}
	}
	return `EXISTS (SELECT 1 FROM (SELECT unnest("fileId") AS v) AS f WHERE v IN (SELECT unnest(range(s, e + 1)) FROM (${`SELECT unnest(${parameters.integers(starts)}) AS s, unnest(${parameters.integers(ends)}) AS e`}) AS runs))`;
}
function idsTest(ids, { parameters }) {
	const known = ids.filter(isRowId);
	if (known.length === 0) return FALSE;
	if (known.length < MANY_VALUES) return `(${known.map((id) => `${"id"} = ${parameters.uuid(id)}`).join(" OR ")})`;
	return `${"id"} IN (SELECT unnest(${parameters.uuids(known)}))`;
}
/** Packets are available when there are some and every file of them is still there. */
function packetsTest(value, { columns, parameters, goneFiles }) {
	if (!columns.has("fileId")) return value ? FALSE : "true";
	const gone = goneFiles();
	const available = `(len("fileId") > 0${gone.length === 0 ? "" : ` AND NOT ${anyOfFiles(gone, parameters)}`})`;
	return value ? available : `(NOT coalesce(${available}, false))`;
}
function fieldTest(field, test, translation) {
	const operand = translation.columns.operand(field);
	const { parameters } = translation;
	switch (test.test) {
		case "exists": return operand.many ? `len(${operand.sql}) > 0` : `${operand.sql} IS NOT NULL`;
		case "boolean": return oneOf(operand, (value) => `${value} = ${parameters.boolean(test.value)}`);
		case "order": return oneOf(operand, (value) => `${value} ${test.op} ${number(operand, test.value, parameters)}`);
		case "addressOrder": return oneOf(operand, (value) => `${value} ${test.op} ${parameters.uuid(test.value)}`);
		case "number": return combined(test.mode, test.ranges, (ranges) => numberTest(operand, ranges, parameters));
		case "address": return combined(test.mode, test.matches, (matches) => addressTest(field, operand, matches, translation));
		case "text": return combined(test.mode, test.matches, (matches) => textTest(field, operand, matches, parameters));
	}
}
/** `any`: one test for all values; `all`: one each, all of which must hold. */
function combined(mode, values, test) {
	if (mode === "any" || values.length === 1) return test(values);
	return `(${values.map((value) => test([value])).join(" AND ")})`;
}
/** That the value, or one value of the list, satisfies a predicate. */
function oneOf(operand, predicate) {
	return operand.many ? `len(list_filter(${operand.sql}, lambda v: ${predicate("v")})) > 0` : predicate(operand.sql);
}
/** That the value, or one value of the list, is among `count` values; `list` binds them as one list. */
function among(operand, each, list) {
	if (each.length < MANY_VALUES) {
		const tests = each.map((bind) => operand.many ? `list_contains(${operand.sql}, ${bind()})` : `${operand.sql} = ${bind()}`);
		return tests.length === 1 ? tests[0] ?? FALSE : `(${tests.join(" OR ")})`;
	}
	if (!operand.many) return `${operand.sql} IN (SELECT unnest(${list()}))`;
	return `EXISTS (SELECT 1 FROM (SELECT unnest(${operand.sql}) AS v) AS f WHERE v IN (SELECT unnest(${list()})))`;
}
function number(operand, value, parameters) {
	return operand.type === "BIGINT" && Number.isInteger(value) ? parameters.integer(value) : parameters.float(value);
}
function either(tests) {
	const [only = FALSE] = tests;
	return tests.length <= 1 ? only : `(${tests.join(" OR ")})`;
}
function numberTest(operand, ranges, parameters) {
	const single = ranges.filter(({ low, high }) => low === high).map(({ low }) => low);
	const wide = ranges.filter(({ low, high }) => low !== high);
	const tests = [];
	if (single.length > 0) {
		if (operand.type === "BIGINT" && single.every(Number.isInteger)) tests.push(among(operand, single.map((value) => () => number(operand, value, parameters)), () => parameters.integers(single)));
		else tests.push(oneOf(operand, (value) => either(single.map((one) => `${value} = ${parameters.float(one)}`))));
	}
	if (wide.length > 0) {
		const range = (value) => ({ low, high }) => {
			const ends = [...low === -Infinity ? [] : [`${value} >= ${number(operand, low, parameters)}`], ...high === Infinity ? [] : [`${value} <= ${number(operand, high, parameters)}`]];
			return ends.length === 0 ? `${value} IS NOT NULL` : `(${ends.join(" AND ")})`;
		};
		tests.push(oneOf(operand, (value) => either(wide.map(range(value)))));
	}
	return either(tests);
}
/** A range of addresses, a port beside the address, or both. */
function addressTest(field, operand, matches, translation) {
	const { parameters, columns } = translation;
	const port = field.portPath === null ? null : translation.portOf(field.portPath);
	const single = matches.filter(({ low, high, port: number_ }) => low !== null && low === high && number_ === null);
	const tests = [];
	if (single.length > 0) {
		const values = single.map(({ low }) => low ?? "");
		tests.push(among(operand, values.map((value) => () => parameters.uuid(value)), () => parameters.uuids(values)));
	}
	for (const match of matches) {
		if (single.includes(match)) continue;
		const parts = [];
		const { low, high } = match;
		if (low !== null && high !== null) parts.push(oneOf(operand, (value) => `(${value} >= ${parameters.uuid(low)} AND ${value} <= ${parameters.uuid(high)})`));
		if (match.port !== null) {
			if (port === null) continue;
			const wanted = match.port;
			parts.push(oneOf(columns.operand(port), (value) => `${value} = ${parameters.integer(wanted)}`));
		}
		if (parts.length > 0) tests.push(parts.length === 1 ? parts[0] ?? FALSE : `(${parts.join(" AND ")})`);
	}
	return either(tests);
}
function textTest(field, operand, matches, parameters) {
	if (isIdField(field)) return idTextTest(operand, matches, parameters);
	const exact = matches.filter((match) => match.kind === "exact").map(({ value }) => value);
	const rest = matches.filter((match) => match.kind !== "exact");
	const tests = [];
	if (exact.length > 0) tests.push(among(operand, exact.map((value) => () => parameters.text(value)), () => parameters.texts(exact)));
	if (rest.length > 0) tests.push(oneOf(operand, (value) => either(rest.map((match) => patternTest(field, value, match, parameters)))));
	return either(tests);
}
/** Ids are compared whole when they can be, else as the text that is shown. */
function idTextTest(operand, matches, parameters) {
	return either(matches.map((match) => {
		if (match.kind === "exact") return isRowId(match.value) ? `${operand.sql} = ${parameters.uuid(match.value)}` : FALSE;
		return patternTest(null, `${operand.sql}::VARCHAR`, match, parameters);
	}));
}
function patternTest(field, value, match, parameters) {
	switch (match.kind) {
		case "exact": return `${value} = ${parameters.text(match.value)}`;
		case "wildcard": return `${value} LIKE ${parameters.text(likePattern(match.pattern))} ESCAPE '\\'`;
		case "regex": return `regexp_full_match(${field?.view === "utf8" ? `TRY(decode(from_hex(${value})))` : value}, ${parameters.text(match.pattern)}, 's')`;
		case "phrase": return `regexp_matches(lower(${value}), ${parameters.text(phrasePattern(match.words))})`;
	}
}
/** A pattern with `*`, `?` and backslash escapes as a LIKE pattern whose escape is the backslash. */
function likePattern(pattern) {
	return pattern.replace(/\\([\\*?])|[*?]|[%_\\]/gs, (piece, escaped) => {
		if (escaped !== void 0) return escaped === "\\" ? "\\\\" : escaped;
		if (piece === "*") return "%";
		if (piece === "?") return "_";
		return `\\${piece}`;
	});
}
/** Words in sequence with anything but word characters between them (`wordsOf` splits the same way). RE2 syntax. */
function phrasePattern(words) {
	const other = "[^\\p{L}\\p{N}_]";
	return `(?s)(?:^|${other})${words.join(`${other}+`)}(?:${other}|$)`;
}

// dist/index-store/embedded/query-plan.js
/** The fields that an expression tests, some perhaps several times. */
function testedFields(expression) {
	switch (expression.node) {
		case "and":
		case "or": return expression.items.flatMap(testedFields);
		case "not": return testedFields(expression.item);
		case "field": return [expression.field];
		default: return [];
	}
}
/** Ids that a row must be among, when the expression says so at its top; null when it does not. */
function requiredIds(expression) {
	if (expression.node === "ids") return expression.ids;
	if (expression.node !== "and") return null;
	for (const item of expression.items) {
		const ids = requiredIds(item);
		if (ids !== null) return ids;
	}
	return null;
}
/** The filter and the segments of one read, from which its statements are made. */
var QueryPlan = class QueryPlan {
	#read;
	constructor(read, segments) {
		this.#read = read;
		this.segments = segments;
		const present = new Set(segments.flatMap(({ columns }) => columns));
		if (read.snapshot.tagTable !== null) present.add("tags");
		this.columns = new Columns(present, read.parts.shapes);
	}
	/** A plan over the segments of the snapshot that can hold matching rows. */
	static of(parts, snapshot, filter, context) {
		const oldest = {
			startMs: context.scope.oldestMs,
			endMs: null,
			bounding: "last"
		};
		const times = requiredIds(filter.expression)?.map(idTimeMs) ?? null;
		const segments = snapshot.segments.filter((segment) => mayHold(segment, filter.range) && mayHold(segment, oldest) && (times === null || times.some((time) => segment.firstMs <= time && time <= segment.lastMs)));
		return new QueryPlan({
			parts,
			snapshot,
			filter,
			context
		}, segments);
	}
	/** The same read over fewer segments. Their columns may be fewer, so statements over them come from this plan. */
	over(segments) {
		return new QueryPlan(this.#read, segments);
	}
	/**
	* The segments of which every row matches and none is hidden, as far as their times tell, and the plan over the others.
	* What is computed of a whole segment stays true, for segments never change.
	*/
	wholeSegments() {
		const { filter, snapshot, context: { scope } } = this.#read;
		if (filter.expression.node !== "everything" || scope.forcedExpression !== null) return {
			whole: [],
			rest: this
		};
		const isWhole = (segment) => !snapshot.dirty.has(segment.path) && holdsOnly(segment, filter.range) && segment.minLastMs >= (scope.oldestMs ?? -Infinity);
		return {
			whole: this.segments.filter(isWhole),
			rest: this.over(this.segments.filter((segment) => !isWhole(segment)))
		};
	}
	get isEmpty() {
		return this.segments.length === 0;
	}
	/** Refuses a field that the reader may not see. Throws FORBIDDEN. */
	requireVisible(field) {
		if (!this.maySee(field)) throw hiddenField(field);
	}
	maySee(field) {
		return !isHiddenField(field, this.#read.context.scope.hiddenFields);
	}
	/** A field as SQL over the rows of `from`. */
	operand(field) {
		return this.columns.operand(field);
	}
	/** The `FROM` item; `fields` are those the statement touches beside the filter. */
	from(fields) {
		const { snapshot, filter, context, parts } = this.#read;
		const { forcedExpression } = context.scope;
		const touched = [
			...fields,
			...testedFields(filter.expression),
			...forcedExpression === null ? [] : testedFields(forcedExpression)
		];
		return source({
			snapshot,
			segments: this.segments,
			fileOf: parts.fileOf,
			shapes: parts.shapes,
			withTags: touched.some(({ overlay }) => overlay),
			hasTags: this.segments.some(({ columns }) => columns.includes("tags")),
			flat: touched.filter((field) => field.object !== "" && this.columns.has(field.path))
		});
	}
	/** The predicate: expression, range, and what the scope forces. */
	where(parameters) {
		const { parts, filter, context: { scope } } = this.#read;
		const translation = {
			columns: this.columns,
			parameters,
			mayRead: (field) => this.maySee(field),
			goneFiles: parts.goneFiles,
			portOf: (path) => parts.fields.byPath(path)
		};
		const tests = [...rangeTests(filter.range, parameters)];
		if (scope.oldestMs !== null) tests.push(`"lastPacket" >= ${parameters.integer(scope.oldestMs)}`);
		if (filter.expression.node !== "everything") tests.push(translate(filter.expression, translation));
		if (scope.forcedExpression !== null) tests.push(translate(scope.forcedExpression, {
			...translation,
			mayRead: () => true
		}));
		return tests.length === 0 ? "true" : tests.join(" AND ");
	}
};
function rangeTests({ startMs, endMs, bounding }, parameters) {
	const tests = [];
	const from = (column) => {
		if (startMs !== null) tests.push(`"${column}" >= ${parameters.integer(startMs, Math.ceil)}`);
	};
	const to = (column) => {
		if (endMs !== null) tests.push(`"${column}" <= ${parameters.integer(endMs, Math.floor)}`);
	};
	switch (bounding) {
		case "first":
			from("firstPacket");
			to("firstPacket");
			break;
		case "last":
			from("lastPacket");
			to("lastPacket");
			break;
		case "both":
			from("firstPacket");
			to("lastPacket");
			break;
		case "either":
			to("firstPacket");
			from("lastPacket");
	}
	return tests;
}

// dist/index-store/embedded/row-moves.js
/**
* Writes the rows of `moves` anew from the segments that may hold them, in their next version and with their new packet positions: one segment for each day that
* has some. Rows that are not there, or may still get packets, are left out. Nothing is visible yet: the caller commits the
* segments or removes them.
*/
async function writeMoved(parts, snapshot, candidates, moves, limits) {
	const byDay = /* @__PURE__ */ new Map();
	for (const segment of candidates) byDay.set(segment.day, [...byDay.get(segment.day) ?? [], segment]);
	const written = [];
	try {
		for (const [day, segments] of byDay) {
			const one = await writeDay(parts, snapshot, segments, day, moves, limits);
			if (one !== null) written.push(one);
		}
		return written;
	} catch (error) {
		removeWritten(parts, written);
		throw error;
	}
}
/** Removes segments that were written and will not be committed. */
function removeWritten({ live }, segments) {
	for (const { path } of segments) rmSync(live.fileOf(path), { force: true });
}
async function writeDay(parts, snapshot, segments, day, moves, limits) {
	const name = `moves_${randomBytes(8).toString("hex")}`;
	const { rows, columns } = wholeRows(parts, snapshot, segments);
	const temporary = join(parts.directory, day, `${TEMPORARY_PREFIX}compact-${randomBytes(8).toString("hex")}`);
	try {
		await parts.engine.use(limits, async (connection) => {
			const { BIGINT, LIST, listValue } = duckdb();
			await connection.run(`CREATE TEMP TABLE ${quoted(name)} (id UUID, packed BLOB, files BIGINT[])`);
			try {
				const appender = await connection.createAppender(name);
				for (const { id, packets } of moves) {
					appender.appendUUID(uuidOf(id));
					appender.appendBlob(packPositions(packets));
					appender.appendList(listValue(filesOf(packets).map(BigInt)), LIST(BIGINT));
					appender.endRow();
				}
				appender.closeSync();
				await connection.run(`COPY (SELECT r.* EXCLUDE (filename, file_row_number) REPLACE (CAST(r."rowVersion" + 1 AS INTEGER) AS "rowVersion", m.packed AS "packetPos", m.files AS "fileId")
             FROM (SELECT * FROM ${rows} WHERE final) r JOIN ${quoted(name)} m ON m.id = r.id ORDER BY r."lastPacket", r.id)
           TO ${literal(temporary)} (FORMAT parquet, COMPRESSION lz4_raw, PARQUET_VERSION V2, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}, KV_METADATA {'lookback.schema': '1'})`);
			} finally {
				await connection.run(`DROP TABLE IF EXISTS ${quoted(name)}`);
			}
		});
		const segment = await describe(parts, temporary, day, 1, columns, limits);
		if (segment === null) return null;
		sync(temporary);
		renameSync(temporary, parts.live.fileOf(segment.path));
		sync(dirname(temporary));
		return segment;
	} finally {
		rmSync(temporary, { force: true });
	}
}
/** The packet files of a row, each once, in order of first use. */
function filesOf(packets) {
	return [...new Set(packets.map(({ fileId }) => fileId))];
}

// dist/index-store/embedded/windows.js
/** Below this many rows a walk costs more than it saves. */
const WORTH_WALKING = 2e4;
/** Rows that the first window should hold, as a multiple of those wanted, and at least. */
const FIRST_FACTOR = 8;
const FIRST_LEAST = 2e3;
/** How much more a further window holds than all before it: at least, and at most or while nothing was found. */
const LEAST_GROWTH = 2;
const MOST_GROWTH = 24;
/** Testing so many rows costs about what a statement costs anyway, so a window that must hold many holds at least these. */
const MANY = 5e5;
const FEW = 1e5;
/** Room for matches that lie less densely further on. */
const MARGIN = 1.5;
function timeColumn(path) {
	return path === "firstPacket" || path === "lastPacket" ? path : null;
}
/** Rows expected in a stretch, as if each segment's rows were evenly spread over its time. */
function expectedRows(segments, fromMs, toMs) {
	let rows = 0;
	for (const { minLastMs, lastMs, rows: all } of segments) {
		const overlap = Math.min(lastMs, toMs) - Math.max(minLastMs, fromMs);
		if (overlap >= 0) rows += lastMs === minLastMs ? all : all * (overlap / (lastMs - minLastMs));
	}
	return rows;
}
/** The stretch of the order's time in which the page's rows lie. */
function bounds(segments, { range, after, order }, column) {
	let low = Math.min(...segments.map((segment) => column === "firstPacket" ? segment.firstMs : segment.minLastMs));
	let high = Math.max(...segments.map(({ lastMs }) => lastMs));
	const { startMs, endMs, bounding } = range;
	if (startMs !== null && (column === "lastPacket" || bounding === "first" || bounding === "both")) low = Math.max(low, Math.ceil(startMs));
	if (endMs !== null && (column === "firstPacket" || bounding === "last" || bounding === "both")) high = Math.min(high, Math.floor(endMs));
	const edge = after?.values[0];
	if (typeof edge === "number") {
		if (order[0]?.direction === "desc") high = Math.min(high, edge);
		else low = Math.max(low, edge);
	}
	return {
		low,
		high
	};
}
/**
* Windows of the order's time from the page's end on, each with more rows than the one before, together all there is.
* `found` tells how many of the wanted rows there are by now; how dense they lie decides how wide the next window is.
* Null when the order does not start with a time or there is too little to walk.
*/
function timeWindows(segments, request, wanted, found) {
	const [key] = request.order;
	const column = timeColumn(key?.field.path);
	if (key === void 0 || column === null || request.after?.values[0] === null) return null;
	if (segments.reduce((rows, segment) => rows + segment.rows, 0) < WORTH_WALKING) return null;
	const grown = (covered) => {
		const hits = found();
		const needed = hits === 0 ? Infinity : (wanted - hits) * covered * MARGIN / hits;
		const next = Math.min(MOST_GROWTH * covered, Math.max(LEAST_GROWTH * covered, needed));
		return needed > FEW ? Math.max(next, MANY) : next;
	};
	return walk(segments, column, bounds(segments, request, column), key.direction === "desc", Math.max(FIRST_LEAST, wanted * FIRST_FACTOR), grown);
}
function* walk(segments, column, { low, high }, down, first, grown) {
	let from = low;
	let to = high;
	let target = first;
	let covered = 0;
	while (from <= to) {
		const edge = down ? edgeBelow(segments, from, to, target) : edgeAbove(segments, from, to, target);
		yield down ? windowOf(segments, column, edge, to) : windowOf(segments, column, from, edge);
		if (down) to = edge - 1;
		else from = edge + 1;
		covered += target;
		target = grown(covered);
	}
}
/** The latest time in [from, to] from which on to `to` the expected rows reach `target`; `from` when they do not. */
function edgeBelow(segments, from, to, target) {
	let [few, enough] = [to, from];
	while (few - enough > 1) {
		const middle = Math.floor((few + enough) / 2);
		if (expectedRows(segments, middle, to) >= target) enough = middle;
		else few = middle;
	}
	return enough;
}
/** The mirror of `edgeBelow`. */
function edgeAbove(segments, from, to, target) {
	let [few, enough] = [from, to];
	while (enough - few > 1) {
		const middle = Math.floor((few + enough) / 2);
		if (expectedRows(segments, from, middle) >= target) enough = middle;
		else few = middle;
	}
	return enough;
}
function windowOf(segments, column, from, to) {
	return {
		segments: segments.filter((segment) => (column === "firstPacket" ? segment.firstMs : segment.minLastMs) <= to && segment.lastMs >= from),
		tests(parameters) {
			const [start, end] = [parameters.integer(from), parameters.integer(to)];
			const tests = [`"${column}" >= ${start}`, `"${column}" <= ${end}`];
			if (column === "firstPacket") tests.push(`"lastPacket" >= ${start}`);
			return tests;
		}
	};
}

// dist/index-store/embedded/search.js
/** The row's id as a field: the first step has it already. */
const ID_PATH = "_id";
/** The order's SQL for one key: a list sorts by its least value upwards and by its greatest downwards. */
function sortOperand(plan, key) {
	const operand = plan.operand(key.field);
	if (!operand.many) return operand;
	return {
		...operand,
		many: false,
		sql: `${key.direction === "asc" ? "list_min" : "list_max"}(${operand.sql})`
	};
}
function bound(operand, value, parameters) {
	const wrong = () => new LookbackError("CURSOR_INVALID", "the cursor does not fit the order of this query");
	switch (operand.type) {
		case "BIGINT":
		case "DOUBLE":
			if (typeof value !== "number" || !Number.isFinite(value)) throw wrong();
			return operand.type === "BIGINT" ? parameters.integer(value) : parameters.float(value);
		case "BOOLEAN":
			if (typeof value !== "number") throw wrong();
			return parameters.boolean(value !== 0);
		case "UUID":
			if (typeof value !== "string" || !isRowId(value)) throw wrong();
			return parameters.uuid(value);
		default:
			if (typeof value !== "string") throw wrong();
			return parameters.text(value);
	}
}
/** Rows after a position: later in the first key, or equal there and later in the next, and at last by id. Nulls are last. */
function afterTest(keys, after, parameters) {
	if (after.values.length !== keys.length || !isRowId(after.id)) throw new LookbackError("CURSOR_INVALID", "the cursor does not fit the order of this query");
	let test = `id > ${parameters.uuid(after.id)}`;
	for (let at = keys.length - 1; at >= 0; at--) {
		const key = keys[at];
		const value = after.values[at];
		if (key === void 0 || value === void 0) continue;
		const { sql } = key.operand;
		if (value === null) {
			test = `(${sql} IS NULL AND ${test})`;
			continue;
		}
		const edge = bound(key.operand, value, parameters);
		test = `(${sql} ${key.direction === "asc" ? ">" : "<"} ${edge} OR ${sql} IS NULL OR (${sql} = ${edge} AND ${test}))`;
	}
	return test;
}
function sortValue(value) {
	if (value === null || typeof value === "string" || typeof value === "number") return value;
	if (typeof value === "bigint") return Number(value);
	if (typeof value === "boolean") return value ? 1 : 0;
	return textOf(value);
}
/**
* In order of time a page is found by walking from one end in windows that grow, so that it does not read everything. A
* window is as wide as it takes to hold few more rows than are wanted, so the columns asked for are read along with them:
* the engine reads those near matches only. In other orders every match competes, so a page takes two steps: first where
* its rows lie, reading the filter's and the order's columns only, then the columns asked for, of those rows only.
*/
async function search(engine, plan, request, context, fileOf) {
	requirePage(request);
	for (const { field } of request.order) plan.requireVisible(field);
	if (plan.isEmpty) return {
		rows: [],
		sortValues: [],
		hasMore: false,
		total: request.countTotal ? {
			value: 0,
			relation: "EQ"
		} : null
	};
	const total = request.countTotal ? await count(engine, plan, context) : null;
	const hits = total === 0 ? [] : await findHits(engine, plan, request, context);
	const page = hits.slice(0, request.limit);
	return {
		rows: await fetchRows(engine, plan, request, page, context, fileOf),
		sortValues: page.map(({ sortValues }) => sortValues),
		hasMore: hits.length > page.length,
		total: total === null ? null : {
			value: total,
			relation: "EQ"
		}
	};
}
/** Number of matching rows. */
async function count(engine, plan, context) {
	if (plan.isEmpty) return 0;
	const parameters = new Parameters();
	const [row] = await engine.rows(parameters.statement(`SELECT count(*) FROM ${plan.from([])} WHERE ${plan.where(parameters)}`), context);
	return countOf(row?.[0]);
}
async function findHits(engine, plan, request, context) {
	const wanted = request.limit + 1;
	const hits = [];
	const windows = timeWindows(plan.segments, request, wanted, () => hits.length);
	if (windows === null) return hitsOf(engine, plan, request, context, {
		segments: plan.segments,
		window: null,
		limit: wanted,
		columns: []
	});
	const columns = request.expression.node === "everything" ? [] : visibleColumns(plan, request);
	for (const window of windows) {
		if (window.segments.length > 0) hits.push(...await hitsOf(engine, plan, request, context, {
			segments: window.segments,
			window,
			limit: wanted - hits.length,
			columns
		}));
		if (hits.length >= wanted) break;
	}
	return hits;
}
/** The columns asked for that this reader may see; the id is at hand without being read. */
function visibleColumns(plan, request) {
	return request.fields.filter((field) => plan.maySee(field) && field.path !== ID_PATH);
}
async function hitsOf(engine, whole, request, context, { segments, window, limit, columns }) {
	const plan = whole.over(segments);
	const parameters = new Parameters();
	const keys = request.order.map((key) => ({
		operand: sortOperand(plan, key),
		direction: key.direction
	}));
	const tests = [plan.where(parameters)];
	if (window !== null) tests.push(...window.tests(parameters));
	if (request.after !== null) tests.push(afterTest(keys, request.after, parameters));
	const order = [...keys.map(({ operand, direction }) => `${operand.sql} ${direction} NULLS LAST`), "id"];
	const selected = [
		"filename",
		"file_row_number",
		"id",
		...keys.map(({ operand }) => operand.sql),
		...columns.map((field) => plan.operand(field).sql)
	];
	const from = plan.from([...request.order.map(({ field }) => field), ...columns]);
	return (await engine.rows(parameters.statement(`SELECT ${selected.join(", ")} FROM ${from} WHERE ${tests.join(" AND ")} ORDER BY ${order.join(", ")} LIMIT ${limit}`), context)).map(([file, row, id, ...values]) => ({
		file: textOf(file),
		row: numberOrNull(row) ?? 0,
		id: textOf(id),
		sortValues: values.slice(0, keys.length).map(sortValue),
		values: columns.length === 0 ? null : plainRow(columns, values.slice(keys.length))
	}));
}
function plainRow(columns, values) {
	return columns.map((field, at) => plainValue(values[at] ?? null, isIdField(field) ? "id" : "address"));
}
/** The asked-for columns of the hits, in their order. Fields that the reader may not see are null. */
async function fetchRows(engine, whole, request, hits, context, fileOf) {
	if (hits.length === 0) return [];
	const visible = visibleColumns(whole, request);
	const idIsVisible = request.fields.some((field) => field.path === ID_PATH && whole.maySee(field));
	const found = /* @__PURE__ */ new Map();
	const unread = hits.filter(({ values }) => values === null);
	if (visible.length > 0 && unread.length > 0) {
		const files = new Set(unread.map(({ file }) => file));
		const plan = whole.over(whole.segments.filter(({ path }) => files.has(fileOf(path))));
		const selected = visible.map((field) => plan.operand(field).sql);
		const from = visible.some(({ overlay, object }) => overlay || object !== "") ? plan.from(visible) : parquet(plan.segments.map(({ path }) => fileOf(path)));
		const places = [...new Set(unread.map(({ row }) => row))].join(", ");
		const rows = await engine.rows(new Parameters().statement(`SELECT filename, file_row_number, ${selected.join(", ")} FROM ${from} WHERE file_row_number IN (${places})`), context);
		for (const [file, row, ...values] of rows) found.set(place(textOf(file), numberOrNull(row)), plainRow(visible, values));
	}
	return hits.map(({ file, row, id, values: read }) => {
		const values = read ?? found.get(place(file, row));
		const byPath = new Map(request.fields.map(({ path }) => [path, null]));
		visible.forEach(({ path }, at) => byPath.set(path, values?.[at] ?? null));
		if (idIsVisible) byPath.set(ID_PATH, id);
		return {
			id,
			values: byPath
		};
	});
}
const place = (file, row) => `${row ?? -1} ${file}`;

// dist/index-store/embedded/stored-rows.js
/** Columns that every row has and no declared field names. */
const FIXED = {
	id: "UUID",
	rowVersion: "INTEGER",
	final: "BOOLEAN",
	stream: "UUID",
	firstPacket: "BIGINT",
	lastPacket: "BIGINT",
	packetPos: "BLOB",
	fileId: "BIGINT[]",
	bytesByPacket: "BIGINT[]",
	rootId: "UUID",
	segmentCnt: "INTEGER",
	"packetRange.gte": "BIGINT",
	"packetRange.lte": "BIGINT"
};
/** Of a document, what is written from the row instead. */
const FROM_ROW = /* @__PURE__ */ new Set([
	"packetPos",
	"packetLen",
	"fileId",
	"firstPacket",
	"lastPacket"
]);
function isTree(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
function addressText(value) {
	return idText(addressBytes(String(value)));
}
/** A value of a declared field as JSON of its column. */
function cell(field, value) {
	const plain = field.kind === "ip" ? (one) => one === null ? null : addressText(one) : (one) => one;
	if (field.shape === "one") return plain(Array.isArray(value) ? value[0] ?? null : value);
	return (Array.isArray(value) ? value : [value]).map(plain);
}
/** Rows of one store turned into the columns of a segment of this one. */
var ColumnsOfRows = class {
	#fields;
	#objectType;
	constructor(fields, objectType) {
		/** SQL type by column that a row used. */
		this.types = /* @__PURE__ */ new Map();
		this.#fields = fields;
		this.#objectType = objectType;
	}
	#put(out, column, type, value) {
		const known = this.types.get(column);
		if (known !== void 0 && known !== type) throw unfit(column, `it holds values of ${known} and of ${type}`);
		this.types.set(column, type);
		out[column] = value;
	}
	/** One row as JSON by column. Throws UNAVAILABLE for what has no place in a segment. */
	row(row) {
		const out = {};
		const fixed = {
			id: row.id,
			rowVersion: row.rowVersion,
			final: row.final,
			stream: idText(Buffer.from(row.stream, "hex")),
			firstPacket: row.firstMs,
			lastPacket: row.lastMs,
			packetPos: Buffer.from(packPositions(row.packets)).toString("hex"),
			fileId: [...new Set(row.packets.map(({ fileId }) => fileId))]
		};
		for (const [column, value] of Object.entries(fixed)) this.#put(out, column, FIXED[column] ?? "VARCHAR", value);
		if (row.bytesByPacket !== null) this.#put(out, "bytesByPacket", "BIGINT[]", row.bytesByPacket);
		this.#walk(row.document, "", out);
		return out;
	}
	#walk(tree, above, out) {
		for (const [name, value] of Object.entries(tree)) {
			const path = above === "" ? name : `${above}.${name}`;
			if (value === null || FROM_ROW.has(path)) continue;
			const field = this.#fields.byPath(path);
			const fixed = FIXED[path];
			if (fixed !== void 0) this.#put(out, path, fixed, value);
			else if (field === null) {
				if (isTree(value)) this.#walk(value, path, out);
				else this.#put(out, path, typeOfUnknown(path, value), value);
			} else if (field.countOf !== null) continue;
			else if (field.shape === "objects") this.#put(out, path, this.#objectType(path) ?? "", (Array.isArray(value) ? value : [value]).map((one) => this.#object(path, one)));
			else this.#put(out, path, field.shape === "one" ? TYPES[field.kind] : `${TYPES[field.kind]}[]`, cell(field, value));
		}
	}
	/** An object of a list: its members by their path below the list. */
	#object(list, object) {
		const out = {};
		const walk = (tree, above) => {
			for (const [name, value] of Object.entries(tree)) {
				const path = `${above}.${name}`;
				if (value === null) continue;
				const field = this.#fields.byPath(path);
				if (field === null) {
					if (!isTree(value)) throw unfit(path, "this version does not declare it");
					walk(value, path);
				} else if (field.countOf !== null) continue;
				else if (field.shape === "objects") out[path.slice(list.length + 1)] = (Array.isArray(value) ? value : [value]).map((one) => this.#object(path, one));
				else out[path.slice(list.length + 1)] = cell(field, value);
			}
		};
		if (isTree(object)) walk(object, list);
		return out;
	}
};
function unfit(path, why) {
	return new LookbackError("UNAVAILABLE", `the field ${path} cannot be stored in the embedded index: ${why}; rebuild the index from the packets instead (lookback rebuild)`, { field: path });
}
/** The type of a field that an earlier configuration made and this one does not declare. */
function typeOfUnknown(path, value) {
	const items = Array.isArray(value) ? value : [value];
	const suffix = Array.isArray(value) ? "[]" : "";
	if (items.every((one) => typeof one === "string")) return `VARCHAR${suffix}`;
	if (items.every((one) => typeof one === "boolean")) return `BOOLEAN${suffix}`;
	if (items.every((one) => typeof one === "number")) return `${items.every((one) => Number.isSafeInteger(one)) ? "BIGINT" : "DOUBLE"}${suffix}`;
	throw unfit(path, "this version does not declare it");
}
/**
* Writes rows of one UTC day as a segment, as capture writes them: not yet merged, no row of an object list flat. Nothing is
* visible until the caller commits it.
*/
async function writeStored(parts, fields, day, rows, limits) {
	const name = randomBytes(8).toString("hex");
	const lines = join(parts.directory, day, `${TEMPORARY_PREFIX}${name}.ndjson`);
	const temporary = join(parts.directory, day, `${TEMPORARY_PREFIX}${name}`);
	mkdirSync(dirname(temporary), {
		recursive: true,
		mode: 448
	});
	try {
		const columns = new ColumnsOfRows(fields, (path) => parts.shapes.typeOf(path));
		const descriptor = openSync(lines, "w", 384);
		try {
			for (const row of rows) writeSync(descriptor, `${JSON.stringify(columns.row(row))}\n`);
		} finally {
			closeSync(descriptor);
		}
		const types = [...columns.types].map(([column, type]) => `${literal(column)}: ${literal(type === "BLOB" ? "VARCHAR" : type)}`);
		const selected = [...columns.types].map(([column, type]) => type === "BLOB" ? `unhex(${quoted(column)}) AS ${quoted(column)}` : quoted(column));
		await parts.engine.rows(new Parameters().statement(`COPY (SELECT ${selected.join(", ")} FROM read_json(${literal(asPattern(lines))}, format = 'newline_delimited', columns = {${types.join(", ")}}) ORDER BY "lastPacket", id)
       TO ${literal(temporary)} (FORMAT parquet, COMPRESSION lz4_raw, PARQUET_VERSION V2, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}, KV_METADATA {'lookback.schema': '1'})`), limits);
		const segment = await describe(parts, temporary, day, 0, new Set(columns.types.keys()), limits);
		if (segment === null || segment.rows !== rows.length) throw new LookbackError("INTERNAL", `${rows.length} rows of ${day} were to be written, and ${segment?.rows ?? 0} were`);
		sync(temporary);
		renameSync(temporary, parts.live.fileOf(segment.path));
		sync(dirname(temporary));
		return segment;
	} finally {
		rmSync(lines, { force: true });
		rmSync(temporary, { force: true });
	}
}

// dist/index-store/embedded/streams.js
/** `FROM … WHERE …` of a stream; columns are those of the plan that is returned beside it. */
function sourceOf({ plan, whole }, request, parameters) {
	if (whole === null) return `${plan.from(request.fields)} WHERE ${plan.where(parameters)}`;
	const roots = `SELECT "rootId" FROM ${plan.from([])} WHERE ${plan.where(parameters)}`;
	return `${whole.from(request.fields)} WHERE ${whole.where(parameters)} AND "rootId" IN (${roots})`;
}
/**
* Packet positions of sessions in no order, as they come: nothing is held but one batch, and of that the positions in
* their packed form. They are unpacked each time they are asked for.
*/
async function* streamPackets(engine, plans, context) {
	if (plans.plan.isEmpty) return;
	const parameters = new Parameters();
	const sql = `SELECT id, "firstPacket", "lastPacket", final, "packetPos" FROM ${sourceOf(plans, { fields: [] }, parameters)}`;
	for await (const rows of engine.stream(parameters.statement(sql), context)) yield rows.map(([id, first, last, final, packed]) => {
		const text = textOf(id);
		return {
			id: text,
			firstPacketMs: countOf(first),
			lastPacketMs: countOf(last),
			final: final === true,
			get packets() {
				return packetsOf(text, packed);
			}
		};
	});
}
/** The same of positions alone. */
async function* streamPositions(engine, plans, context) {
	if (plans.plan.isEmpty) return;
	const parameters = new Parameters();
	const sql = `SELECT "packetPos" FROM ${sourceOf(plans, { fields: [] }, parameters)}`;
	for await (const rows of engine.stream(parameters.statement(sql), context)) yield rows.map(([packed]) => (visit) => visitPackets(packed, visit));
}
/** Columns of sessions in order of first packet, ties by id. The sort happens in the engine, which spills beyond its memory. */
async function* streamRows(engine, plans, request, context) {
	if (plans.plan.isEmpty) return;
	const read = plans.whole ?? plans.plan;
	const visible = request.fields.filter((field) => read.maySee(field));
	const parameters = new Parameters();
	const columns = visible.map((field) => read.operand(field).sql);
	const source = sourceOf(plans, { fields: visible }, parameters);
	const sql = `SELECT ${["id", ...columns].join(", ")} FROM ${source} ORDER BY "firstPacket", id`;
	for await (const rows of engine.stream(parameters.statement(sql), context)) yield rows.map(([id, ...values]) => {
		const byPath = new Map(request.fields.map(({ path }) => [path, null]));
		visible.forEach((field, at) => byPath.set(field.path, plainValue(values[at] ?? null, isIdField(field) ? "id" : "address")));
		return {
			id: textOf(id),
			values: byPath
		};
	});
}
/** Ids of matching sessions, in no order. */
async function* streamIds(engine, plan, context) {
	if (plan.isEmpty) return;
	const parameters = new Parameters();
	const sql = `SELECT id FROM ${plan.from([])} WHERE ${plan.where(parameters)}`;
	for await (const rows of engine.stream(parameters.statement(sql), context)) yield rows.map(([id]) => textOf(id));
}

// dist/index-store/embedded/versions.js
/**
* Which rows must be hidden when `added` segments join `live` ones, so that of rows with one id the highest version is
* the only one visible; of equal versions the added one stays. Ids start with a time between the row's first and last
* packet, so only segments of overlapping time can hold the same id.
*/
async function findSuperseded(engine, added, live, fileOf) {
	const others = live.filter((old) => added.some((segment) => old.firstMs <= segment.lastMs && old.lastMs >= segment.firstMs));
	const settled = added.every(({ openRows }) => openRows === 0);
	if (added.length === 0 || (added.length === 1 || settled) && others.length === 0) return [];
	const paths = new Map([...added, ...others].map(({ path }) => [fileOf(path), path]));
	const incoming = `SELECT id, "rowVersion", filename, true AS added FROM ${parquet(added.map(({ path }) => fileOf(path)))}`;
	const known = others.length === 0 ? "" : ` UNION ALL SELECT id, "rowVersion", filename, false FROM ${parquet(others.map(({ path }) => fileOf(path)))}
    WHERE id IN (SELECT id FROM incoming)`;
	const rows = await engine.rows(new Parameters().statement(`WITH incoming AS (${incoming}), every AS (SELECT * FROM incoming${known}),
       twice AS (SELECT id FROM every GROUP BY id HAVING count(*) > 1)
     SELECT id, filename FROM every WHERE id IN (SELECT id FROM twice)
     QUALIFY row_number() OVER (PARTITION BY id ORDER BY "rowVersion" DESC, added DESC, filename) > 1`), UNLIMITED);
	const hidden = /* @__PURE__ */ new Map();
	for (const [id, filename] of rows) {
		const segment = paths.get(textOf(filename));
		if (segment === void 0) continue;
		const ids = hidden.get(segment) ?? [];
		ids.push(idBytes(textOf(id)));
		hidden.set(segment, ids);
	}
	return [...hidden].map(([segment, ids]) => ({
		segment,
		ids
	}));
}

// dist/index-store/embedded/store.js
const MEBIBYTE = 1 << 20;
/** Tries of a commit that another process's commits overtake. */
const COMMIT_TRIES = 20;
/** The index over Parquet segments in the data directory, read by an in-process DuckDB. */
var EmbeddedStore = class EmbeddedStore {
	#catalogue;
	#clock;
	#engine;
	#live;
	#parts;
	#documents;
	#compaction;
	#histograms;
	#arrived;
	#commits;
	#merging;
	/** An engine of its own for a run of merges: queries at the same time must not take their memory. */
	#openMergeEngine;
	constructor(options, engine, openMergeEngine, directory) {
		this.abilities = {
			exactPercentiles: true,
			exactCardinality: true
		};
		this.#histograms = new HistogramCache();
		this.#arrived = null;
		this.#commits = Promise.resolve();
		this.#merging = Promise.resolve();
		const { catalogue, fields } = options;
		this.#openMergeEngine = openMergeEngine;
		this.#catalogue = catalogue;
		this.#clock = options.clock;
		this.#engine = engine;
		this.#live = new LiveSet(catalogue, engine, directory, options.logger, options.maintains ?? true);
		this.#parts = {
			fields,
			shapes: new FieldShapes(fields),
			fileOf: (path) => this.#live.fileOf(path),
			goneFiles: options.goneFiles ?? (() => catalogue.files.goneIds())
		};
		this.#documents = new Documents(fields);
		this.#compaction = {
			catalogue,
			engine,
			live: this.#live,
			directory,
			shapes: this.#parts.shapes
		};
	}
	/** Opens the store of the catalogue's data directory and deletes what retired segments an earlier run left. */
	static async open(options) {
		const directory = options.segmentDirectory ?? join(options.catalogue.directory, "sessions");
		const temporary = options.temporaryDirectory ?? join(options.catalogue.directory, "spill");
		const settings = {
			memoryBytes: options.memoryBytes ?? Math.min(4096 * MEBIBYTE, Math.max(256 * MEBIBYTE, totalmem() / 4)),
			threads: options.threads === void 0 || options.threads === 0 ? availableParallelism() : options.threads,
			temporaryDirectory: temporary,
			temporaryBytes: options.temporaryBytes ?? 16384 * MEBIBYTE,
			dataDirectory: directory,
			connections: options.concurrency ?? 4,
			caches: options.caches ?? true
		};
		const engine = Engine.open(settings);
		const mergeBytes = Math.max(settings.memoryBytes, Math.min(2 * settings.memoryBytes, totalmem() / 4));
		const openMergeEngine = () => Engine.open({
			...settings,
			memoryBytes: mergeBytes,
			temporaryDirectory: `${temporary}-merge`,
			connections: 1,
			caches: false
		});
		const store = new EmbeddedStore(options, engine, openMergeEngine, directory);
		if (options.removeOrphans !== void 0 && options.removeOrphans !== "none") {
			const removed = removeOrphans(options.catalogue, directory, options.removeOrphans);
			if (removed.length > 0) options.logger.info({ removed }, `removed ${removed.length} segments that were never committed`);
		}
		store.#live.unlinkRetired();
		return store;
	}
	async commitSegments(commit, alongside) {
		const done = this.#commits.then(() => this.#commit(commit, alongside));
		this.#commits = done.catch(() => void 0);
		return done;
	}
	async #commit(commit, alongside) {
		const { segments } = this.#catalogue;
		const removed = new Set(commit.remove);
		for (let tries = 0; tries < COMMIT_TRIES; tries++) {
			const revision = segments.revision();
			const known = new Set(segments.live().map(({ path }) => path));
			const add = commit.add.filter(({ path }) => !known.has(path));
			const superseded = await this.#live.withSegments((live) => findSuperseded(this.#engine, add, live.filter(({ path }) => !removed.has(path)), this.#parts.fileOf));
			if (this.#catalogue.transaction(() => {
				if (segments.revision() !== revision) return false;
				segments.apply({
					add,
					remove: commit.remove,
					superseded
				});
				alongside?.();
				return true;
			})) {
				this.#live.unlinkRetired();
				return;
			}
		}
		throw new LookbackError("STORE_DAMAGED", `the live set changed during each of ${COMMIT_TRIES} tries to commit`);
	}
	async changeTags(ids, add, remove) {
		requireTags(ids, add, remove);
		return this.#catalogue.tags.edit(ids.map(idBytes), add, remove);
	}
	search(request, context) {
		return this.#read(request, context, (plan) => search(this.#engine, onlyOf(plan, request.segments), request, context, this.#parts.fileOf));
	}
	arrivedSegments() {
		const revision = this.#catalogue.segments.revision();
		if (this.#arrived?.revision !== revision) this.#arrived = {
			revision,
			paths: this.#catalogue.segments.live().filter(({ level }) => level === 0).map(({ path }) => path)
		};
		return this.#arrived.paths;
	}
	count(filter, context) {
		return this.#read(filter, context, (plan) => count(this.#engine, plan, context));
	}
	async get(id, context) {
		if (!isRowId(id)) return null;
		return this.#read({
			expression: {
				node: "ids",
				ids: [id]
			},
			range: ALL_TIME
		}, context, async (plan) => {
			if (plan.isEmpty) return null;
			const tags = this.#parts.fields.byPath("tags");
			const parameters = new Parameters();
			const flat = [...plan.columns.names].filter((name) => (this.#parts.fields.byPath(name)?.object ?? "") !== "").map(quoted);
			const statement = parameters.statement(`SELECT *${flat.length === 0 ? "" : ` EXCLUDE (${flat.join(", ")})`} FROM ${plan.from(tags === null ? [] : [tags])} WHERE ${plan.where(parameters)} LIMIT 1`);
			const [row] = await this.#engine.use(context, async (connection) => {
				return (await connection.run(statement.sql, { ...statement.values }, { ...statement.types })).getRowObjects();
			});
			return row === void 0 ? null : this.#documents.document(row, (field) => plan.maySee(field));
		});
	}
	terms(request, context) {
		return this.#read(request, context, (plan) => terms(this.#engine, plan, request, context));
	}
	histogram(request, context) {
		return this.#read(request, context, (plan) => histogram(this.#engine, plan, request, context, this.#histograms, this.#parts.fileOf));
	}
	stats(request, context) {
		return this.#read(request, context, (plan) => stats(this.#engine, plan, request, context));
	}
	cardinality(request, context) {
		return this.#read(request, context, (plan) => cardinality(this.#engine, plan, request.field, context));
	}
	connections(request, context) {
		return this.#read(request, context, (plan) => connections(this.#engine, plan, request, context));
	}
	streamPackets(request, context) {
		return this.#stream(request, context, (plans) => streamPackets(this.#engine, plans, context));
	}
	streamPositions(request, context) {
		return this.#stream(request, context, (plans) => streamPositions(this.#engine, plans, context));
	}
	streamRows(request, context) {
		return this.#stream(request, context, (plans) => streamRows(this.#engine, plans, request, context));
	}
	streamIds(filter, context) {
		return this.#stream(filter, context, ({ plan }) => streamIds(this.#engine, plan, context));
	}
	async #read(filter, context, body) {
		return this.#live.with(async (snapshot) => {
			const plan = QueryPlan.of(this.#parts, snapshot, filter, context);
			try {
				return await body(plan);
			} catch (error) {
				throw this.#damageIn(plan, error);
			}
		});
	}
	async *#stream(request, context, body) {
		const snapshot = await this.#live.acquire();
		const plan = QueryPlan.of(this.#parts, snapshot, request, context);
		const whole = request.wholeConnections === true ? QueryPlan.of(this.#parts, snapshot, {
			expression: { node: "everything" },
			range: ALL_TIME
		}, context) : null;
		try {
			yield* body({
				plan,
				whole
			});
		} catch (error) {
			throw this.#damageIn(whole ?? plan, error);
		} finally {
			snapshot.release();
		}
	}
	/** An error of the engine as STORE_DAMAGED when a segment that it read is the cause; others unchanged. */
	#damageIn(plan, error) {
		if (!(error instanceof Error) || error instanceof LookbackError) return error;
		for (const segment of plan.segments) {
			const file = this.#live.fileOf(segment.path);
			const reason = faultOf(file, segment) ?? (error.message.includes(file) ? error.message : null);
			if (reason !== null) return new LookbackError("STORE_DAMAGED", `the segment ${file} is damaged: ${reason}`, {
				path: segment.path,
				reason
			}, { cause: error });
		}
		return error;
	}
	async partitions() {
		const hidden = this.#catalogue.segments.supersededCounts();
		const days = /* @__PURE__ */ new Map();
		for (const segment of this.#catalogue.segments.live()) {
			const partition = days.get(segment.day) ?? {
				day: segment.day,
				rows: 0,
				bytes: 0,
				segments: 0
			};
			partition.rows += segment.rows - (hidden.get(segment.path) ?? 0);
			partition.bytes += segment.bytes;
			partition.segments += 1;
			days.set(segment.day, partition);
		}
		return [...days.values()].sort((a, b) => a.day < b.day ? -1 : 1);
	}
	async expirePartition(day, keep = []) {
		if (keep.length > 0) {
			const done = this.#merging.then(() => this.#reducePartition(day, keep));
			this.#merging = done.catch(() => void 0);
			await done;
		} else this.#catalogue.transaction(() => {
			const remove = this.#catalogue.segments.live().filter((segment) => segment.day === day).map(({ path }) => path);
			if (remove.length > 0) this.#catalogue.segments.apply({
				add: [],
				remove,
				superseded: []
			});
		});
		await this.#live.with(() => Promise.resolve());
		this.#live.unlinkRetired();
	}
	async #reducePartition(day, keep) {
		await withIds(this.#engine, keep, (table) => this.#live.with(async (snapshot) => {
			const segments = snapshot.segments.filter((segment) => segment.day === day);
			const replaced = await merge(this.#compaction, this.#engine, snapshot, segments, UNLIMITED, {
				table,
				ids: new Set(keep)
			});
			if (segments.length > 0 && replaced === 0) throw new LookbackError("STORE_DAMAGED", `the segments of ${day} changed while the day was reduced`, { day });
		}));
	}
	async movePackets(moves, alongside) {
		const written = await this.#live.with((snapshot) => {
			const filter = {
				expression: {
					node: "ids",
					ids: moves.map(({ id }) => id)
				},
				range: ALL_TIME
			};
			const plan = QueryPlan.of(this.#parts, snapshot, filter, {
				scope: SERVICE_SCOPE,
				...UNLIMITED
			});
			return writeMoved(this.#compaction, snapshot, plan.segments, moves, UNLIMITED);
		});
		try {
			await this.commitSegments({
				add: written,
				remove: []
			}, alongside);
		} catch (error) {
			removeWritten(this.#compaction, written);
			throw error;
		}
	}
	/** Adds rows of another store, in one step with `alongside`. Those that are there in the same version or an earlier one are replaced. */
	async addStored(rows, alongside) {
		const byDay = /* @__PURE__ */ new Map();
		for (const row of rows) {
			const day = new Date(row.lastMs).toISOString().slice(0, 10);
			const ofDay = byDay.get(day) ?? [];
			ofDay.push(row);
			byDay.set(day, ofDay);
		}
		const written = [];
		try {
			for (const [day, ofDay] of byDay) written.push(await writeStored(this.#compaction, this.#parts.fields, day, ofDay, UNLIMITED));
			await this.commitSegments({
				add: written,
				remove: []
			}, alongside);
		} catch (error) {
			removeWritten(this.#compaction, written);
			throw error;
		}
	}
	byteBudget(request, context) {
		return this.#read(request, context, (plan) => byteBudget(this.#engine, plan, request.firstPackets, context));
	}
	async optimise(day, signal) {
		const done = this.#merging.then(() => this.#optimise(day, signal));
		this.#merging = done.catch(() => void 0);
		return done;
	}
	async #optimise(day, signal) {
		const days = day === null ? [...new Set(this.#catalogue.segments.live().map((segment) => segment.day))] : [day];
		let replaced = 0;
		const writer = this.#openMergeEngine();
		try {
			for (const one of days) {
				replaced += await this.#live.with(async (snapshot) => {
					let merged = 0;
					for (const group of this.#mergesOf(snapshot, one, day !== null)) merged += await mergeOrHalves(group, (some) => merge(this.#compaction, writer, snapshot, some, {
						...UNLIMITED,
						signal
					}));
					return merged;
				});
				this.#live.unlinkRetired();
			}
		} finally {
			writer.close();
		}
		return replaced;
	}
	/** Groups of segments of a day that are worth merging: all small ones when the day is over or `asked` for. */
	#mergesOf(snapshot, day, asked) {
		const today = new Date(this.#clock.nowMs()).toISOString().slice(0, 10);
		return mergePlan(snapshot.segments.filter((segment) => segment.day === day), this.#catalogue.segments.supersededCounts(), asked || day < today);
	}
	/** A data directory has no other nodes: packets' retention looks after its device. */
	planPlacement() {
		return Promise.resolve([]);
	}
	place() {
		return Promise.resolve(0);
	}
	dataNodes() {
		return Promise.resolve([]);
	}
	planMerges(day) {
		return this.#live.with((snapshot) => {
			const hidden = this.#catalogue.segments.supersededCounts();
			const days = day === null ? [...new Set(snapshot.segments.map((segment) => segment.day))].toSorted() : [day];
			return Promise.resolve(days.flatMap((one) => this.#mergesOf(snapshot, one, day !== null).map((group) => ({
				day: one,
				segments: group.length,
				rows: group.reduce((sum, { rows, path }) => sum + rows - (hidden.get(path) ?? 0), 0),
				bytes: group.reduce((sum, { bytes }) => sum + bytes, 0),
				reason: group.length > 1 ? "small" : "superseded"
			}))));
		});
	}
	async extent() {
		const segments = this.#catalogue.segments.live();
		if (segments.length === 0) return null;
		return {
			firstMs: Math.min(...segments.map(({ firstMs }) => firstMs)),
			lastMs: Math.max(...segments.map(({ lastMs }) => lastMs))
		};
	}
	async health() {
		const damaged = await this.#live.with(async (snapshot) => {
			const found = [];
			for (const segment of snapshot.segments) {
				const reason = faultOf(this.#live.fileOf(segment.path), segment) ?? await this.#contentFault(segment);
				if (reason !== null) found.push({
					path: segment.path,
					reason
				});
			}
			return found;
		});
		return {
			ok: damaged.length === 0,
			damaged
		};
	}
	/** What is wrong with a segment's description of itself, or null. */
	async #contentFault(segment) {
		try {
			const [row] = await this.#engine.rows(new Parameters().statement(`SELECT count(*), count(DISTINCT id) FROM ${parquet([this.#live.fileOf(segment.path)])}`), UNLIMITED);
			const rows = countOf(row?.[0]);
			if (rows !== segment.rows) return `the file has ${rows} rows instead of ${segment.rows}`;
			return countOf(row?.[1]) === rows ? null : "the file has rows with one id";
		} catch (error) {
			return error instanceof Error ? error.message : String(error);
		}
	}
	async close() {
		await Promise.allSettled([this.#commits, this.#merging]);
		this.#engine.close();
	}
};
/** A plan over the segments of these names only; undefined: over all. */
function onlyOf(plan, paths) {
	if (paths === void 0) return plan;
	const wanted = new Set(paths);
	return plan.over(plan.segments.filter(({ path }) => wanted.has(path)));
}

// dist/app/core.js
/** What a capture asks the index at each commit is little; the processors and the memory are for its packets. */
const FOR_CAPTURE = {
	memoryBytes: 256 * 2 ** 20,
	threads: 1,
	concurrency: 2,
	caches: false
};
function directoriesOf(config) {
	const below = (name) => path.join(config.dataDirectory, name);
	return {
		data: config.dataDirectory,
		packets: config.packetDirectory,
		sessions: below("sessions"),
		exports: below("exports"),
		tombstones: below("tombstones")
	};
}
/** Takes the role, then opens catalogue and store. Throws ROLE_HELD, STORE_DAMAGED, UNAVAILABLE. */
async function openCore(config, role, logger, lifecycle) {
	const directories = directoriesOf(config);
	const native = loadNativeCore();
	lifecycle.add(`role ${role}`, takeRole(directories.data, role), (lock) => {
		lock.release();
	});
	return {
		...await openReader(config, logger, lifecycle, {
			maintains: role === "serve",
			removeOrphans: role === "serve" ? orphansToRemove(directories.data) : "none",
			forCapture: role === "capture"
		}),
		native
	};
}
/** The engine of the search cluster. Its client is large, and loaded only where the index is in a cluster. */
async function clusterOf(config, catalogue, fields, logger, goneFiles) {
	const { openCluster } = await import("./cluster-DiRSkVxp.js");
	return openCluster(config, catalogue, fields, logger, goneFiles);
}
/**
* Opens catalogue and store without a role, to read beside whatever process serves or captures. Only the process that
* serves `maintains`: it alone deletes files of the index, for it knows which of its queries still read them.
*/
async function openReader(config, logger, lifecycle, duties = {
	maintains: false,
	removeOrphans: "none",
	forCapture: false
}) {
	const directories = directoriesOf(config);
	const fields = packagedCatalogue();
	const catalogue = lifecycle.add("catalogue", openCatalogue(directories.data, systemClock), (opened) => {
		opened.close();
	});
	const presence = new PacketFilePresence(() => systemClock.nowMs());
	const goneFiles = () => [...catalogue.files.goneIds(), ...presence.lost(catalogue.files.listed())];
	const cluster = config.values.indexStore === "elasticsearch" ? await clusterOf(config, catalogue, fields, logger, goneFiles) : null;
	if (cluster !== null && duties.removeOrphans !== "none") removeOrphans(catalogue, directories.sessions, duties.removeOrphans);
	const store = lifecycle.add("store", cluster?.store ?? await EmbeddedStore.open({
		catalogue,
		fields,
		clock: systemClock,
		logger: logger.child({ area: "store" }),
		segmentDirectory: directories.sessions,
		memoryBytes: config.values.queryMemoryMiB * 2 ** 20,
		threads: config.values.queryThreads,
		goneFiles,
		...duties,
		...duties.forCapture ? {
			...FOR_CAPTURE,
			temporaryDirectory: path.join(directories.data, "spill-capture")
		} : {}
	}), (opened) => opened.close());
	return {
		config,
		live: new LiveConfig(config),
		directories,
		logger,
		fields,
		catalogue,
		presence,
		store,
		cluster
	};
}
/**
* Which uncommitted segments a serving process may remove: a running capture is about to commit some, so all only when
* there is none.
*/
function orphansToRemove(directory) {
	try {
		takeRole(directory, "capture").release();
		return "all";
	} catch (error) {
		if (error instanceof LookbackError && error.code === "ROLE_HELD") return "compacted";
		throw error;
	}
}
/** The import service on a core; the caller starts it. `makeRoom` is retention's, where it runs. */
function importsOn({ config, directories, logger, native, catalogue, store }, makeRoom = null) {
	return new ImportService({
		native,
		catalogue,
		store,
		logger: logger.child({ area: "imports" }),
		clock: systemClock,
		settings: engineSettings(config),
		segmentDirectory: directories.sessions,
		packetDirectory: directories.packets,
		fileNames: config.values.offlineFilenameRegex,
		makeRoom
	});
}

export { EmbeddedStore as a, openReader as i, importsOn as n, ChangeFeed as o, openCore as r, directoriesOf as t };