import { t as systemClock } from "./clock-COoNNce-.js";
import { d as measureSpace, n as Tombstones, u as diskSpaceProbe } from "./packet-store-Dqe2fRVP.js";
import { n as check, r as parse, t as resolveFiles, u as pieces } from "./resolve-files-BH_TWUKY.js";
import { n as dayStartMs, o as heldSession, t as DAY_MS, v as ruleConflicts } from "./session-policy-BSxrUR4s.js";
import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as SERVICE_SCOPE } from "./access-scope-DH4u4-1s.js";
import path from "node:path";
import { stat } from "node:fs/promises";
import { Script, createContext } from "node:vm";

// dist/retention/class-service.js
/** Classes at most: each is asked about every file and day that is due. */
const MOST_CLASSES = 32;
/** Sessions that one class keeps at most; the newest stay. */
const MOST_SESSIONS = 1e6;
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,63}$/u;
/** Longest look-up of the sessions of a class in one file or day, in milliseconds. */
const TIMEOUT_MS = 12e4;
/**
* Classes: sessions that a search finds are kept longer than others, so many days and so many bytes of packets. Nothing happens to
* them while their file and their day are there; when one is due, its sessions of a class are put under the hold of the class, and
* holds do the rest. They leave the hold when they are too old, or the oldest of them when they are too many.
*/
var ClassService = class ClassService {
	#parts;
	constructor(parts) {
		this.#parts = parts;
	}
	/** The same classes, which put sessions under other holds: those of a copy, to plan on. */
	on(held) {
		const { retentionClasses, holds } = held;
		return new ClassService({
			...this.#parts,
			catalogue: {
				retentionClasses,
				holds,
				transaction: (body) => body()
			}
		});
	}
	/** Adds or changes a class. Throws EXPRESSION_*, BAD_INPUT, LIMIT_EXCEEDED. */
	set(one, user) {
		const { catalogue, compile } = this.#parts;
		const { retentionClasses, holds } = catalogue;
		const { name, expression, days, maxBytes } = one;
		if (!NAME.test(name)) throw new LookbackError("BAD_INPUT", `${JSON.stringify(name.slice(0, 60))} is no name of a class: 1 to 64 letters, digits and _ . -, a letter, digit or _ first`);
		if (!Number.isFinite(days) || days <= 0 || days > 36500) throw new LookbackError("BAD_INPUT", `days ${days}: expected more than 0 and at most 36500`);
		if (maxBytes !== null && !(Number.isSafeInteger(maxBytes) && maxBytes > 0)) throw new LookbackError("BAD_INPUT", `maxBytes ${maxBytes}: expected a whole number above 0`);
		if (expression.trim() === "") throw new LookbackError("BAD_INPUT", "a class needs an expression; for every session, keep more with freeSpaceG and expireDays");
		compile(expression);
		catalogue.transaction(() => {
			const before = retentionClasses.get(name);
			if (before === null && retentionClasses.list().length >= MOST_CLASSES) throw new LookbackError("LIMIT_EXCEEDED", `there are ${MOST_CLASSES} classes already; remove one`, { limit: MOST_CLASSES });
			const hold = before?.hold ?? holds.add({
				subject: "session",
				subjectId: `class ${name}`,
				reason: `class ${name}`,
				createdBy: user
			});
			if (before !== null && before.expression !== expression) holds.prune(hold, 0, 0, null);
			retentionClasses.put({
				name,
				expression,
				days,
				maxBytes,
				hold,
				createdBy: user
			});
		});
		this.prune();
		return this.#view(name);
	}
	/** Removes a class; what it kept goes when its turn comes. Throws NOT_FOUND. */
	remove(name) {
		const { catalogue } = this.#parts;
		const view = this.#view(name);
		catalogue.transaction(() => {
			catalogue.retentionClasses.remove(name);
			catalogue.holds.release(view.hold);
		});
		return view;
	}
	list() {
		return this.#parts.catalogue.retentionClasses.list().map(({ name }) => this.#view(name));
	}
	#view(name) {
		const { retentionClasses, holds } = this.#parts.catalogue;
		const found = retentionClasses.get(name);
		if (found === null) throw new LookbackError("NOT_FOUND", `there is no class ${JSON.stringify(name.slice(0, 64))}`, { known: retentionClasses.list().map((one) => one.name) });
		const hold = holds.get(found.hold);
		return {
			...found,
			sessions: hold?.sessions ?? 0,
			bytes: hold?.bytes ?? 0
		};
	}
	/** Lets go of sessions that are too old for their class, or beyond its bytes. */
	prune() {
		const { retentionClasses, holds } = this.#parts.catalogue;
		const nowMs = this.#parts.clock.nowMs();
		for (const { hold, days, maxBytes } of retentionClasses.list()) holds.prune(hold, nowMs - days * DAY_MS, MOST_SESSIONS, maxBytes);
	}
	/** Puts the sessions of classes that have packets in a file which is due under their holds. Returns whether there is a class at all. */
	async claimFile({ fileId, firstMs, lastMs }, signal) {
		return this.#claim({
			node: "file",
			matches: [],
			fileIds: [fileId]
		}, {
			startMs: firstMs,
			endMs: lastMs,
			bounding: "either"
		}, signal);
	}
	/** Puts the sessions of classes on a day that is due under their holds. */
	async claimDay(day, signal) {
		const startMs = dayStartMs(day);
		if (startMs === null) return false;
		return this.#claim({ node: "everything" }, {
			startMs,
			endMs: startMs + DAY_MS - 1,
			bounding: "last"
		}, signal);
	}
	async #claim(where, range, signal) {
		const { catalogue: { retentionClasses, holds }, store, compile, clock } = this.#parts;
		const classes = retentionClasses.list();
		for (const { hold, expression, days } of classes) {
			const youngestMs = clock.nowMs() - days * DAY_MS;
			if (range.endMs !== null && range.endMs < youngestMs) continue;
			let claimed = 0;
			const filter = {
				expression: {
					node: "and",
					items: [compile(expression), where]
				},
				range
			};
			for await (const batch of store.streamPackets(filter, {
				scope: SERVICE_SCOPE,
				signal,
				timeoutMs: TIMEOUT_MS
			})) {
				const young = batch.filter(({ lastPacketMs }) => lastPacketMs >= youngestMs);
				holds.addSessions(hold, young.map(heldSession));
				claimed += young.length;
				if (claimed >= MOST_SESSIONS) break;
			}
		}
		if (classes.length > 0) this.prune();
		return classes.length > 0;
	}
};

// dist/app/file-lookup.js
/** Longest that patterns may try names, in milliseconds. A regular expression of a user can be one that never ends. */
const LONGEST_MATCH_MS = 500;
const MATCHER = new Script("const tests = sources.map((source) => new RegExp(source, 'su')); ids.filter((_, at) => tests.some((test) => test.test(names[at])))");
/** Resolves `file ==` against the names that the catalogue holds; whole names, as they were given. */
function fileLookup(files) {
	return (matches) => {
		const named = files.names();
		const exact = new Set(matches.flatMap((match) => match.kind === "exact" ? [match.value] : []));
		const found = new Set(named.filter((file) => exact.has(file.displayName)).map((file) => file.id));
		const sources = matches.filter((match) => match.kind !== "exact").map(sourceOf);
		if (sources.length > 0) for (const id of matchNames(sources, named)) found.add(id);
		return [...found].sort((a, b) => a - b);
	};
}
function matchNames(sources, named) {
	const context = createContext({
		sources,
		ids: named.map((file) => file.id),
		names: named.map((file) => file.displayName)
	});
	try {
		const ids = MATCHER.runInContext(context, { timeout: LONGEST_MATCH_MS });
		return Array.from(ids, Number);
	} catch (error) {
		if (!(typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT")) throw error;
		throw new LookbackError("EXPRESSION_TOO_LARGE", `file: the pattern takes more than ${LONGEST_MATCH_MS} ms to try; make it simpler`, { limit: LONGEST_MATCH_MS }, { cause: error });
	}
}
/** A pattern as a regular expression for whole names. */
function sourceOf(match) {
	switch (match.kind) {
		case "exact": return `^${escape(match.value)}$`;
		case "wildcard": return `^${pieces(match.pattern).map((piece) => piece.wildcard ? piece.text === "*" ? ".*" : "." : escape(piece.text)).join("")}$`;
		case "regex": return `^(?:${forUnicode(match.pattern)})$`;
		case "phrase": return `^.*${match.words.map(escape).join("\\W+")}.*$`;
	}
}
function escape(text) {
	return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
/** The portable form escapes characters that `u` wants bare. */
function forUnicode(pattern) {
	return pattern.replace(/\\([~@&#<>"])/g, "$1");
}

// dist/app/retention.js
/** What retention works on: the packet directories of this node and of every node that has files in the catalogue. */
function retentionParts(core, reader) {
	const { config, live, catalogue, store, directories, logger } = core;
	const nodes = catalogue.files.nodes();
	const packetDirectories = [...new Set(retentionRules(config, config.values, nodes).packets.storage.map(({ directory }) => directory))];
	return {
		catalogue,
		store,
		reader,
		logger: logger.child({ area: "retention" }),
		clock: systemClock,
		probe: diskSpaceProbe,
		packetDirectories,
		classes: classService(core),
		tombstones: new Tombstones(directories.tombstones, packetDirectories),
		get rules() {
			return retentionRules(config, live.values, nodes);
		}
	};
}
/** Classes of sessions that are kept longer. */
function classService({ config, catalogue, store, fields }) {
	const timeZone = config.values.timeZone === "local" ? Intl.DateTimeFormat().resolvedOptions().timeZone : config.values.timeZone;
	const lookup = fileLookup(catalogue.files);
	return new ClassService({
		catalogue,
		store,
		clock: systemClock,
		compile: (text) => resolveFiles(check(parse(text), fields, {
			nowMs: systemClock.nowMs(),
			timeZone
		}), lookup)
	});
}
/** What a forecast is made of at this moment. */
function forecastParts(core, reader, events) {
	return {
		...retentionParts(core, reader),
		store: core.store,
		events,
		indexDirectory: core.directories.sessions,
		warnDays: core.live.values.forecastWarnDays
	};
}
/** The rules of a configuration and the present values of its settings. Throws CONFIG_INVALID when the section of a node has a value it cannot have. */
function retentionRules(config, values, nodes) {
	const { pcapMaxAgeDays, pcapMaxSizeG, expireDays, sessionMaxSizeG, sessionFreeSpaceG, auditDays } = values;
	return {
		packets: {
			storage: storageOf(config, values, nodes),
			maxAgeMs: pcapMaxAgeDays === null ? null : pcapMaxAgeDays * DAY_MS,
			maxBytes: pcapMaxSizeG === null ? null : Math.round(pcapMaxSizeG * 2 ** 30)
		},
		sessions: {
			expireDays,
			maxBytes: sessionMaxSizeG === null ? null : Math.round(sessionMaxSizeG * 2 ** 30),
			nodeFreeSpace: sessionFreeSpaceG
		},
		auditDays
	};
}
/**
* What is odd about the packet directories of a configuration, in words: those that are not there, and those of one device that want
* different room; of this node and of every section that names directories of its own. `packets/` in the data directory is made by
* the first start.
*/
async function storageWarnings(config) {
	const sections = config.entries.filter(({ key, section }) => key === "pcapDir" && section !== "default").map(({ section }) => section);
	const { packets } = retentionRules(config, config.values, sections);
	const { devices, unmeasured } = await measureSpace(packets.storage.map(({ directory }) => directory));
	const made = path.join(config.dataDirectory, "packets");
	return [...unmeasured.filter(({ directory }) => directory !== made).map(({ directory, reason }) => `pcapDir ${directory} cannot be used: ${reason}; make it, or mount what belongs there: nothing is measured or deleted there until then`), ...ruleConflicts(devices, packets)];
}
/** Packet directories of one device that want different room at this moment, in words; of every node that has files. */
async function freeSpaceConflicts({ config, live, catalogue }) {
	const { packets } = retentionRules(config, live.values, catalogue.files.nodes());
	const byDevice = /* @__PURE__ */ new Map();
	for (const directory of new Set(packets.storage.map((one) => one.directory))) {
		const found = await stat(directory).catch(() => null);
		if (found !== null) byDevice.set(found.dev, [...byDevice.get(found.dev) ?? [], directory]);
	}
	return ruleConflicts([...byDevice.values()].map((directories) => ({ directories })), packets);
}
function storageOf(config, values, nodes) {
	const storage = /* @__PURE__ */ new Map();
	for (const node of /* @__PURE__ */ new Set([config.node, ...nodes])) {
		const { directories, freeSpace: asRead } = config.storageOf(node);
		const setting = node === config.node ? config.freeSpaceWith(values.freeSpaceG) : asRead;
		for (const directory of directories) {
			const { unit, value } = setting.directories?.find((one) => one.directory === directory) ?? setting;
			storage.set(`${directory} ${unit} ${value}`, {
				directory,
				freeSpace: {
					unit,
					value
				}
			});
		}
	}
	return [...storage.values()];
}

export { retentionRules as a, retentionParts as i, forecastParts as n, storageWarnings as o, freeSpaceConflicts as r, fileLookup as s, classService as t };