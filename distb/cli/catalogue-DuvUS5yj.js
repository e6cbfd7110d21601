import { i as systemErrorCode, n as LookbackError } from "./errors-iXTvzgJ7.js";
import { join } from "node:path";
import { createHash, randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";

// dist/catalogue/json.js
/** Lists and objects that a column holds as JSON. We wrote them, but the file may be damaged: what does not fit is left out. */
function parsed(text) {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
function numbersOf(text) {
	const value = parsed(text);
	return Array.isArray(value) ? value.filter((item) => typeof item === "number") : [];
}
function textsOf(text) {
	const value = parsed(text);
	return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
function recordOf(text) {
	const value = parsed(text);
	return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
function recordsOf(text) {
	const value = parsed(text);
	return Array.isArray(value) ? value.filter((item) => typeof item === "object" && item !== null) : [];
}
/** The texts of a list, or null when the column does not hold a list of texts: where leaving something out would give rights away. */
function exactTextsOf(text) {
	const value = parsed(text);
	return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : null;
}
/** The switches of an object, or null when the column does not hold an object of booleans. */
function exactFlagsOf(text) {
	const value = parsed(text);
	if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
	const flags = {};
	for (const [name, flag] of Object.entries(value)) {
		if (typeof flag !== "boolean") return null;
		flags[name] = flag;
	}
	return flags;
}

// dist/catalogue/audit.js
const COLUMNS$7 = "id, at AS atMs, user, action, address, method, outcome, duration_ms AS durationMs, details";
/** Most entries that one transaction of expiry deletes, so that nobody waits long for the catalogue. */
const EXPIRY_BATCH = 1e4;
/** Table `audit`. Entries are added, and go by expiry; triggers of the schema refuse everything else. */
var Audit = class {
	#connection;
	#clock;
	constructor(connection, clock) {
		this.#connection = connection;
		this.#clock = clock;
	}
	/** Adds an entry of this moment that came from nowhere and went well. */
	add(user, action, details = {}) {
		this.append([{
			atMs: this.#clock.nowMs(),
			user,
			action,
			address: null,
			method: null,
			outcome: "ok",
			durationMs: null,
			details
		}]);
	}
	/** Adds entries in order, durable when it returns. */
	append(entries) {
		const insert = this.#connection.prepare("INSERT INTO audit (at, user, action, address, method, outcome, duration_ms, details) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
		const all = () => {
			for (const { atMs, user, action, address, method, outcome, durationMs, details } of entries) insert.run(atMs, user, action, address, method, outcome, durationMs === null ? null : Math.round(durationMs), JSON.stringify(details));
		};
		if (this.#connection.inTransaction) all();
		else this.#connection.transaction(all).immediate();
	}
	/** Entries before the id `before` (0: from the newest), newest first. */
	list(before = 0, limit = 100) {
		return this.search({ before: before === 0 ? null : before }, limit);
	}
	/** Entries that match, newest first. */
	search(filter, limit) {
		const tests = [];
		const values = [];
		const test = (sql, ...given) => {
			const present = given.filter((value) => value !== null && value !== void 0);
			if (present.length !== given.length) return;
			tests.push(sql);
			values.push(...present);
		};
		test("id < ?", filter.before);
		test("user = ? COLLATE NOCASE", filter.user);
		test("(action = ? OR substr(action, 1, length(?) + 1) = ? || '.')", filter.action, filter.action, filter.action);
		test("outcome = ?", filter.outcome);
		test("address = ?", filter.address);
		test("instr(lower(details), lower(?)) > 0", filter.contains);
		test("at >= ?", filter.fromMs);
		test("at < ?", filter.untilMs);
		const where = tests.length === 0 ? "" : `WHERE ${tests.join(" AND ")}`;
		return this.#connection.prepare(`SELECT ${COLUMNS$7} FROM audit ${where} ORDER BY id DESC LIMIT ?`).all(...values, limit).map((row) => ({
			...row,
			details: recordOf(row.details)
		}));
	}
	/** Deletes entries of before a moment, and adds one that says so. Returns how many went. */
	expire(beforeMs) {
		let removed = 0;
		const batch = this.#connection.transaction(() => {
			this.#connection.prepare("UPDATE audit_expiry SET before_ms = max(before_ms, ?)").run(beforeMs);
			return this.#connection.prepare("DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < ? LIMIT ?)").run(beforeMs, EXPIRY_BATCH).changes;
		});
		for (let last = EXPIRY_BATCH; last === EXPIRY_BATCH; removed += last) last = batch.immediate();
		if (removed > 0) this.add("service", "audit.expire", {
			entries: removed,
			before: new Date(beforeMs).toISOString()
		});
		return removed;
	}
	/** Number of entries from before a time. */
	countBefore(ms) {
		return this.#connection.prepare("SELECT count(*) AS entries FROM audit WHERE at < ?").get(ms)?.entries ?? 0;
	}
};

// dist/catalogue/capture-ledger.js
/** Table `capture_ledger`. */
var CaptureLedger = class {
	#connection;
	constructor(connection) {
		this.#connection = connection;
	}
	/** Adds a span; one that ends in the same millisecond as another of its interface is added to that. */
	add(span) {
		this.#connection.prepare(`INSERT INTO capture_ledger (node, interface, from_ms, until_ms, received, stored, by_rule, malformed, cut, duplicate, lost_to_kernel, lost_to_interface, lost_to_queue, lost_to_disk)
       VALUES (@node, @interface, @fromMs, @untilMs, @received, @stored, @byRule, @malformed, @cut, @duplicate, @lostToKernel, @lostToInterface, @lostToQueue, @lostToDisk)
       ON CONFLICT (node, interface, until_ms) DO UPDATE SET from_ms = min(from_ms, excluded.from_ms), received = received + excluded.received,
         stored = stored + excluded.stored, by_rule = by_rule + excluded.by_rule, malformed = malformed + excluded.malformed, cut = cut + excluded.cut, duplicate = duplicate + excluded.duplicate,
         lost_to_kernel = lost_to_kernel + excluded.lost_to_kernel, lost_to_interface = lost_to_interface + excluded.lost_to_interface,
         lost_to_queue = lost_to_queue + excluded.lost_to_queue, lost_to_disk = lost_to_disk + excluded.lost_to_disk`).run(span);
	}
	/** Packets lost in spans that touch a range; a null end is open. */
	lostIn(startMs, endMs) {
		return this.#connection.prepare(`SELECT sum(lost_to_kernel + lost_to_interface + lost_to_queue + lost_to_disk) AS lost FROM capture_ledger
       WHERE lost_to_kernel + lost_to_interface + lost_to_queue + lost_to_disk > 0 AND until_ms >= ? AND from_ms <= ?`).get(startMs ?? 0, endMs ?? Number.MAX_SAFE_INTEGER)?.lost ?? 0;
	}
	/** At most `limit` spans that end in `[fromMs, toMs)`, oldest first. */
	list(fromMs, toMs, limit) {
		return this.#connection.prepare(`SELECT node, interface, from_ms AS fromMs, until_ms AS untilMs, received, stored, by_rule AS byRule, malformed, cut, duplicate, lost_to_kernel AS lostToKernel,
         lost_to_interface AS lostToInterface, lost_to_queue AS lostToQueue, lost_to_disk AS lostToDisk
       FROM capture_ledger WHERE until_ms >= ? AND until_ms < ? ORDER BY until_ms, node, interface LIMIT ?`).all(fromMs, toMs, limit);
	}
	/** Removes spans without a loss that end before `quietBeforeMs`, and all that end before `beforeMs`; returns how many went. */
	expire(quietBeforeMs, beforeMs) {
		return this.#connection.prepare(`DELETE FROM capture_ledger WHERE until_ms < ? OR (until_ms < ? AND lost_to_kernel + lost_to_interface + lost_to_queue + lost_to_disk = 0)`).run(beforeMs, quietBeforeMs).changes;
	}
};

// dist/catalogue/credentials.js
const tokenOf = (row) => ({
	...row,
	scopes: textsOf(row.scopes)
});
const TOKEN = "id, user, name, hash, scopes, created_at AS createdAtMs, expires_at AS expiresAtMs, last_used_at AS lastUsedAtMs";
/** Table `tokens`. */
var Tokens = class {
	#connection;
	#clock;
	constructor(connection, clock) {
		this.#connection = connection;
		this.#clock = clock;
	}
	add(token) {
		this.#connection.prepare("INSERT INTO tokens (id, user, name, hash, scopes, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)").run(token.id, token.user, token.name, token.hash, JSON.stringify(token.scopes), this.#clock.nowMs(), token.expiresAtMs);
	}
	/** The token with this hash if it has not expired, or null. */
	find(hash) {
		const row = this.#connection.prepare(`SELECT ${TOKEN} FROM tokens WHERE hash = ? AND (expires_at IS NULL OR expires_at > ?)`).get(hash, this.#clock.nowMs());
		return row === void 0 ? null : tokenOf(row);
	}
	touch(id) {
		this.#connection.prepare("UPDATE tokens SET last_used_at = ? WHERE id = ?").run(this.#clock.nowMs(), id);
	}
	ofUser(user) {
		return this.#connection.prepare(`SELECT ${TOKEN} FROM tokens WHERE user = ? ORDER BY created_at, id`).all(user).map(tokenOf);
	}
	remove(id) {
		return this.#connection.prepare("DELETE FROM tokens WHERE id = ?").run(id).changes === 1;
	}
};
const LOGIN = "hash, user, address, created_at AS createdAtMs, expires_at AS expiresAtMs, last_seen_at AS lastSeenAtMs";
/** Table `logins`. */
var Logins = class {
	#connection;
	#clock;
	constructor(connection, clock) {
		this.#connection = connection;
		this.#clock = clock;
	}
	add(login) {
		const now = this.#clock.nowMs();
		this.#connection.prepare("INSERT INTO logins (hash, user, address, created_at, expires_at, last_seen_at) VALUES (?, ?, ?, ?, ?, ?)").run(login.hash, login.user, login.address, now, login.expiresAtMs, now);
	}
	/** The login with this hash if it has not expired, or null. */
	find(hash) {
		return this.#connection.prepare(`SELECT ${LOGIN} FROM logins WHERE hash = ? AND expires_at > ?`).get(hash, this.#clock.nowMs()) ?? null;
	}
	/** Notes that a login was used and when it now expires. */
	touch(hash, expiresAtMs) {
		this.#connection.prepare("UPDATE logins SET last_seen_at = ?, expires_at = ? WHERE hash = ?").run(this.#clock.nowMs(), expiresAtMs, hash);
	}
	remove(hash) {
		this.#connection.prepare("DELETE FROM logins WHERE hash = ?").run(hash);
	}
	/** Ends every login of a user, as when the password changes. */
	removeOfUser(user) {
		return this.#connection.prepare("DELETE FROM logins WHERE user = ?").run(user).changes;
	}
	/** Drops expired logins. Returns how many. */
	removeExpired() {
		return this.#connection.prepare("DELETE FROM logins WHERE expires_at <= ?").run(this.#clock.nowMs()).changes;
	}
};

// dist/catalogue/unwritable.js
const REASONS = {
	EACCES: "this user has no right to write there",
	EPERM: "this user has no right to write there",
	EROFS: "it is mounted read-only",
	ENOTDIR: "a part of the path is no directory",
	ENOSPC: "no room is left",
	EDQUOT: "the quota is used up",
	SQLITE_CANTOPEN: "this user has no right to write there",
	SQLITE_READONLY: "this user has no right to write there"
};
/** `error` as UNAVAILABLE or DISK_FULL naming the data directory when it says that nothing can be written there; others unchanged. */
function unwritable(error, directory) {
	const code = error instanceof Database.SqliteError ? error.code : systemErrorCode(error) ?? "";
	const reason = REASONS[code] ?? REASONS[code.split("_").slice(0, 2).join("_")];
	if (reason === void 0) return error;
	const full = code === "ENOSPC" || code === "EDQUOT";
	const advice = full ? "make room" : `give it to the user that runs Lookback (uid ${process.getuid?.() ?? "unknown"}), or name another with --data or dataDir`;
	return new LookbackError(full ? "DISK_FULL" : "UNAVAILABLE", `the data directory ${directory} cannot be used: ${reason}; ${advice}`, {
		directory,
		reason: code
	}, { cause: error });
}

// dist/catalogue/database.js
/** Name of the catalogue in the data directory. */
const CATALOGUE_FILE = "catalogue.sqlite";
/** Longest wait for another process's transaction, in milliseconds. */
const BUSY_TIMEOUT_MS$1 = 15e3;
const DAMAGE = /^SQLITE_(CORRUPT|NOTADB)/;
/** `error` as STORE_DAMAGED naming the file when SQLite says that its content is not what it wrote; others unchanged. */
function damageOf(error, path) {
	if (error instanceof Database.SqliteError && DAMAGE.test(error.code)) return new LookbackError("STORE_DAMAGED", `the catalogue ${path} does not read back (${error.message}); move it away and import the packet files again to rebuild it`, {
		path,
		reason: error.message
	}, { cause: error });
	if (error instanceof Database.SqliteError && error.code === "SQLITE_FULL") return new LookbackError("DISK_FULL", `no room left for the catalogue ${path}`, { path }, { cause: error });
	return error;
}
/**
* Opens or creates the catalogue's file and checks its structure. It holds password hashes and signing keys, so only
* the owner may read it. Throws STORE_DAMAGED naming the file when it does not read back.
*/
function openConnection(directory) {
	const path = join(directory, CATALOGUE_FILE);
	try {
		mkdirSync(directory, {
			recursive: true,
			mode: 448
		});
		closeSync(openSync(path, "a", 384));
	} catch (error) {
		throw unwritable(error, directory);
	}
	const connection = new Database(path, { timeout: BUSY_TIMEOUT_MS$1 });
	try {
		connection.pragma("journal_mode = WAL");
		connection.pragma("synchronous = FULL");
		connection.pragma("foreign_keys = ON");
		connection.pragma("trusted_schema = OFF");
		const found = connection.pragma("quick_check(1)", { simple: true });
		if (found !== "ok") {
			const reason = String(found);
			throw new LookbackError("STORE_DAMAGED", `the catalogue ${path} is damaged: ${reason}`, {
				path,
				reason
			});
		}
		return {
			connection,
			path
		};
	} catch (error) {
		connection.close();
		throw damageOf(error, path);
	}
}

// dist/catalogue/exports.js
const COLUMNS$6 = `id, owner, state, request, file_name AS fileName, sessions, packets, bytes, missing_packets AS missingPackets, sha256,
  error_code AS errorCode, error_message AS errorMessage, created_at AS createdAtMs, started_at AS startedAtMs, finished_at AS finishedAtMs,
  expires_at AS expiresAtMs`;
const exportOf = (row) => ({
	...row,
	request: recordOf(row.request)
});
/** Table `exports`. */
var Exports = class {
	#connection;
	#clock;
	constructor(connection, clock) {
		this.#connection = connection;
		this.#clock = clock;
	}
	add(job) {
		this.#connection.prepare("INSERT INTO exports (id, owner, state, request, created_at, expires_at) VALUES (?, ?, 'queued', ?, ?, ?)").run(job.id, job.owner, JSON.stringify(job.request), this.#clock.nowMs(), job.expiresAtMs);
	}
	/** Moves a job to a state, noting when it started or ended, with whatever else is known by then. */
	move(id, state, change = {}) {
		const now = this.#clock.nowMs();
		const ended = state === "done" || state === "failed" || state === "cancelled";
		this.#connection.prepare(`UPDATE exports SET state = @state,
         started_at = CASE WHEN @state = 'queued' THEN NULL WHEN @state = 'running' THEN @now ELSE started_at END,
         finished_at = CASE WHEN @ended THEN @now WHEN @state = 'expired' THEN finished_at ELSE NULL END WHERE id = @id`).run({
			id,
			state,
			now,
			ended: ended ? 1 : 0
		});
		this.update(id, change);
	}
	update(id, change) {
		const job = this.get(id);
		if (job === null) return;
		const next = {
			...job,
			...change
		};
		this.#connection.prepare(`UPDATE exports SET file_name = @fileName, sessions = @sessions, packets = @packets, bytes = @bytes, missing_packets = @missingPackets,
         sha256 = @sha256, error_code = @errorCode, error_message = @errorMessage, expires_at = @expiresAtMs WHERE id = @id`).run({
			id,
			fileName: next.fileName,
			sessions: next.sessions,
			packets: next.packets,
			bytes: next.bytes,
			missingPackets: next.missingPackets,
			sha256: next.sha256,
			errorCode: next.errorCode,
			errorMessage: next.errorMessage,
			expiresAtMs: next.expiresAtMs
		});
	}
	get(id) {
		const row = this.#connection.prepare(`SELECT ${COLUMNS$6} FROM exports WHERE id = ?`).get(id);
		return row === void 0 ? null : exportOf(row);
	}
	/** Exports of `owner` (null: of everybody), newest first. */
	list(owner, limit = 100) {
		return this.#connection.prepare(`SELECT ${COLUMNS$6} FROM exports WHERE ? IS NULL OR owner = ? ORDER BY created_at DESC, id LIMIT ?`).all(owner, owner, limit).map(exportOf);
	}
	/** Exports in a state, oldest first. */
	inState(state) {
		return this.#connection.prepare(`SELECT ${COLUMNS$6} FROM exports WHERE state = ? ORDER BY created_at, id`).all(state).map(exportOf);
	}
	/** Finished exports whose time is over. */
	due(nowMs) {
		return this.#connection.prepare(`SELECT ${COLUMNS$6} FROM exports WHERE state IN ('done', 'failed', 'cancelled') AND expires_at IS NOT NULL AND expires_at <= ? ORDER BY expires_at, id`).all(nowMs).map(exportOf);
	}
	/** How many exports are in each state. */
	counts() {
		return this.#connection.prepare("SELECT state, count(*) AS exports FROM exports GROUP BY state ORDER BY state").all();
	}
	remove(id) {
		this.#connection.prepare("DELETE FROM exports WHERE id = ?").run(id);
	}
};

// dist/catalogue/hourly-statistics.js
const JOINS = {
	add: "value + excluded.value",
	replace: "excluded.value",
	least: "min(value, excluded.value)"
};
/** Table `hourly_statistics`. */
var HourlyStatistics = class {
	#connection;
	constructor(connection) {
		this.#connection = connection;
	}
	put({ hourMs, subject, measure, value }, join) {
		this.#connection.prepare(`INSERT INTO hourly_statistics (hour, subject, measure, value) VALUES (?, ?, ?, ?) ON CONFLICT (hour, subject, measure) DO UPDATE SET value = ${JOINS[join]}`).run(hourMs, subject, measure, value);
	}
	/** At most `limit` values of hours in `[fromMs, toMs)`, of these subjects (null: of all), by subject, measure and hour. */
	list(subjects, fromMs, toMs, limit) {
		return this.#connection.prepare(`SELECT hour AS hourMs, subject, measure, value FROM hourly_statistics
         WHERE hour >= ? AND hour < ? AND (? IS NULL OR subject IN (SELECT value FROM json_each(?))) ORDER BY subject, measure, hour LIMIT ?`).all(fromMs, toMs, subjects === null ? null : "", subjects === null ? "[]" : JSON.stringify(subjects), limit);
	}
	/** Rows that `expire` of the same time would remove. */
	countBefore(beforeMs) {
		return this.#connection.prepare("SELECT count(*) AS rows FROM hourly_statistics WHERE hour < ?").get(beforeMs)?.rows ?? 0;
	}
	/** Removes hours before `beforeMs`; returns how many values went. */
	expire(beforeMs) {
		return this.#connection.prepare("DELETE FROM hourly_statistics WHERE hour < ?").run(beforeMs).changes;
	}
};

// dist/catalogue/holds.js
const COLUMNS$5 = "id, subject, subject_id AS subjectId, reason, created_by AS createdBy, created_at AS createdAtMs, until_at AS untilMs";
const IN_FORCE = "released_at IS NULL AND (until_at IS NULL OR until_at > @now)";
const HELD_ROWS = `SELECT row_id FROM held_sessions WHERE hold IN (SELECT id FROM holds WHERE ${IN_FORCE})`;
/** Tables `holds`, `held_sessions`, `held_rows` and `held_packets`. */
var Holds = class {
	#connection;
	#clock;
	constructor(connection, clock) {
		this.#connection = connection;
		this.#clock = clock;
	}
	add(hold) {
		return Number(this.#connection.prepare("INSERT INTO holds (subject, subject_id, reason, created_by, created_at, until_at) VALUES (?, ?, ?, ?, ?, ?)").run(hold.subject, hold.subjectId, hold.reason, hold.createdBy, this.#clock.nowMs(), hold.untilMs ?? null).lastInsertRowid);
	}
	/** Puts sessions under a hold, with where their packets are. */
	addSessions(hold, sessions) {
		const insert = this.#connection.prepare("INSERT INTO held_sessions (hold, row_id) VALUES (?, ?) ON CONFLICT DO NOTHING");
		this.#connection.transaction(() => {
			for (const session of sessions) insert.run(hold, session.id);
			this.describe(sessions);
		})();
	}
	/** Says anew where the packets of held sessions are. */
	describe(sessions) {
		const row = this.#connection.prepare(`INSERT INTO held_rows (row_id, first_ms, last_ms, settled) VALUES (?, ?, ?, ?)
       ON CONFLICT (row_id) DO UPDATE SET first_ms = excluded.first_ms, last_ms = excluded.last_ms, settled = excluded.settled`);
		const forget = this.#connection.prepare("DELETE FROM held_packets WHERE row_id = ?");
		const place = this.#connection.prepare("INSERT INTO held_packets (row_id, file, packets, bytes) VALUES (?, ?, ?, ?)");
		this.#connection.transaction(() => {
			for (const { id, firstMs, lastMs, settled, packets } of sessions) {
				row.run(id, firstMs, lastMs, settled ? 1 : 0);
				forget.run(id);
				for (const { fileId, packets: count, bytes } of packets) place.run(id, fileId, count, bytes);
			}
		})();
	}
	/** Puts a hold in force that was added with an end in the past. */
	enforce(id, untilMs) {
		this.#connection.prepare("UPDATE holds SET until_at = ? WHERE id = ?").run(untilMs, id);
	}
	/** Takes a hold out that never was in force. */
	remove(id) {
		this.#connection.transaction(() => {
			this.#forgetSessionsOf(id);
			this.#connection.prepare("DELETE FROM holds WHERE id = ?").run(id);
		})();
	}
	/** Ends a hold; its row stays. Returns whether it was in force. */
	release(id) {
		return this.#connection.transaction(() => {
			const now = this.#clock.nowMs();
			const ended = this.#connection.prepare(`UPDATE holds SET released_at = @now WHERE id = @id AND ${IN_FORCE}`).run({
				id,
				now
			}).changes === 1;
			if (ended) this.#forgetSessionsOf(id);
			return ended;
		})();
	}
	/** Forgets which sessions were under holds whose time is over. Returns how many holds that were. */
	forgetEnded() {
		return this.#connection.transaction(() => {
			const ended = this.#connection.prepare(`SELECT id FROM holds WHERE NOT (${IN_FORCE}) AND EXISTS (SELECT 1 FROM held_sessions WHERE hold = holds.id)`).all({ now: this.#clock.nowMs() });
			for (const { id } of ended) this.#forgetSessionsOf(id);
			return ended.length;
		})();
	}
	#forgetSessionsOf(hold) {
		this.#connection.prepare("DELETE FROM held_rows WHERE row_id IN (SELECT row_id FROM held_sessions WHERE hold = ?) AND NOT EXISTS (SELECT 1 FROM held_sessions h WHERE h.row_id = held_rows.row_id AND h.hold <> ?)").run(hold, hold);
		this.#connection.prepare("DELETE FROM held_sessions WHERE hold = ?").run(hold);
	}
	/** Holds in force. */
	active() {
		return this.#connection.prepare(`SELECT ${COLUMNS$5} FROM holds WHERE ${IN_FORCE} ORDER BY id`).all({ now: this.#clock.nowMs() });
	}
	/** Holds, newest first, with what they cover; at most `limit` below the id `before`. */
	list(limit, before, withEnded) {
		return this.#connection.prepare(`SELECT ${COLUMNS$5}, released_at AS releasedAtMs, (SELECT count(*) FROM held_sessions WHERE hold = holds.id) AS sessions,
         (SELECT coalesce(sum(packets), 0) FROM held_packets WHERE row_id IN (SELECT row_id FROM held_sessions WHERE hold = holds.id)) AS packets,
         (SELECT coalesce(sum(bytes), 0) FROM held_packets WHERE row_id IN (SELECT row_id FROM held_sessions WHERE hold = holds.id)) AS bytes
       FROM holds WHERE id < @before AND (@ended = 1 AND until_at IS NOT 0 OR (${IN_FORCE})) ORDER BY id DESC LIMIT @limit`).all({
			now: this.#clock.nowMs(),
			before: before ?? Number.MAX_SAFE_INTEGER,
			ended: withEnded ? 1 : 0,
			limit
		});
	}
	/** A hold by number, or null. */
	get(id) {
		return this.list(1, id + 1, true).find((hold) => hold.id === id) ?? null;
	}
	/** At most `limit` held sessions after the id `after` that may still get packets, 16 bytes each, in order. */
	unsettled(after, limit) {
		return this.#connection.prepare(`SELECT row_id FROM held_rows WHERE settled = 0 AND row_id > @after AND row_id IN (${HELD_ROWS}) ORDER BY row_id LIMIT @limit`).all({
			now: this.#clock.nowMs(),
			after: after ?? /* @__PURE__ */ new Uint8Array(0),
			limit
		}).map((row) => row.row_id);
	}
	/** First packet of the earliest held session that may still get packets, milliseconds since 1970; null when there is none. */
	earliestUnsettled() {
		return this.#connection.prepare(`SELECT min(first_ms) AS first FROM held_rows WHERE settled = 0 AND row_id IN (${HELD_ROWS})`).get({ now: this.#clock.nowMs() })?.first ?? null;
	}
	/** Packets of held sessions by the number of their file. */
	packetsByFile() {
		const now = this.#clock.nowMs();
		const active = new Map(this.active().filter(({ subject }) => subject === "session").map((hold) => [hold.id, hold]));
		const found = /* @__PURE__ */ new Map();
		if (active.size === 0) return found;
		const sums = this.#connection.prepare(`SELECT file, sum(bytes) AS bytes FROM held_packets WHERE row_id IN (${HELD_ROWS}) GROUP BY file`).all({ now });
		for (const { file, bytes } of sums) found.set(file, {
			bytes,
			reason: "",
			holds: []
		});
		const pairs = this.#connection.prepare(`SELECT DISTINCT p.file, s.hold FROM held_sessions s JOIN held_packets p ON p.row_id = s.row_id
       WHERE s.hold IN (SELECT id FROM holds WHERE ${IN_FORCE}) ORDER BY s.hold`).all({ now });
		for (const { file, hold } of pairs) {
			const entry = found.get(file);
			if (entry === void 0) continue;
			if (entry.holds.length === 0) entry.reason = active.get(hold)?.reason ?? "";
			entry.holds.push(hold);
		}
		return found;
	}
	/** Held sessions that have packets in a file, 16 bytes each, at most `limit`. */
	sessionsInFile(file, limit) {
		return this.#connection.prepare(`SELECT row_id FROM held_packets WHERE file = @file AND row_id IN (${HELD_ROWS}) ORDER BY row_id LIMIT @limit`).all({
			now: this.#clock.nowMs(),
			file,
			limit
		}).map((row) => row.row_id);
	}
	/** Takes a file away from held sessions whose rows are gone, 16 bytes each. */
	forgetPackets(file, ids) {
		const forget = this.#connection.prepare("DELETE FROM held_packets WHERE file = ? AND row_id = ?");
		this.#connection.transaction(() => {
			for (const id of ids) forget.run(file, id);
		})();
	}
	/**
	* Takes sessions out of a hold: those whose last packet is before a time, then those with the oldest last packets until no more
	* than `mostSessions` with `mostBytes` of packets (null: any) are left. Returns how many went.
	*/
	prune(hold, beforeMs, mostSessions, mostBytes) {
		return this.#connection.transaction(() => {
			const rows = this.#connection.prepare(`SELECT r.row_id, r.last_ms AS lastMs, r.settled, (SELECT coalesce(sum(bytes), 0) FROM held_packets p WHERE p.row_id = r.row_id) AS bytes
         FROM held_sessions s JOIN held_rows r ON r.row_id = s.row_id WHERE s.hold = ? ORDER BY r.last_ms DESC, r.row_id`).all(hold);
			const take = this.#connection.prepare("DELETE FROM held_sessions WHERE hold = ? AND row_id = ?");
			const forget = this.#connection.prepare("DELETE FROM held_rows WHERE row_id = ? AND NOT EXISTS (SELECT 1 FROM held_sessions s WHERE s.row_id = held_rows.row_id)");
			let [sessions, bytes, gone] = [
				0,
				0,
				0
			];
			for (const row of rows) {
				sessions += 1;
				bytes += row.bytes;
				if (!(sessions > mostSessions || mostBytes !== null && bytes > mostBytes) && (row.lastMs >= beforeMs || row.settled === 0)) continue;
				sessions -= 1;
				bytes -= row.bytes;
				take.run(hold, row.row_id);
				forget.run(row.row_id);
				gone += 1;
			}
			return gone;
		})();
	}
	/** Number of held sessions by the UTC day of their last packet, and the holds that they are under. */
	rowsByDay() {
		const rows = this.#connection.prepare(`SELECT strftime('%Y-%m-%d', last_ms / 1000, 'unixepoch') AS day, count(*) AS held FROM held_rows WHERE row_id IN (${HELD_ROWS}) GROUP BY day`).all({ now: this.#clock.nowMs() });
		const holds = this.#connection.prepare(`SELECT DISTINCT strftime('%Y-%m-%d', last_ms / 1000, 'unixepoch') AS day, s.hold FROM held_sessions s JOIN held_rows r ON r.row_id = s.row_id
       WHERE s.hold IN (SELECT id FROM holds WHERE ${IN_FORCE}) ORDER BY s.hold`).all({ now: this.#clock.nowMs() });
		return new Map(rows.map(({ day, held }) => [day, {
			rows: held,
			holds: holds.filter((one) => one.day === day).map(({ hold }) => hold)
		}]));
	}
	/** Held sessions whose last packet is in [startMs, endMs), 16 bytes each. */
	sessionsBetween(startMs, endMs) {
		return this.#connection.prepare(`SELECT row_id FROM held_rows WHERE last_ms >= @startMs AND last_ms < @endMs AND row_id IN (${HELD_ROWS})`).all({
			now: this.#clock.nowMs(),
			startMs,
			endMs
		}).map((row) => row.row_id);
	}
};

// dist/catalogue/retention-classes.js
const COLUMNS$4 = "name, expression, days, max_bytes AS maxBytes, hold, created_by AS createdBy, created_at AS createdAtMs";
/** Table `retention_classes`. */
var RetentionClasses = class {
	#connection;
	#clock;
	constructor(connection, clock) {
		this.#connection = connection;
		this.#clock = clock;
	}
	/** Adds a class or changes one; the hold of one that is there stays. */
	put(one) {
		this.#connection.prepare(`INSERT INTO retention_classes (name, expression, days, max_bytes, hold, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET expression = excluded.expression, days = excluded.days, max_bytes = excluded.max_bytes`).run(one.name, one.expression, one.days, one.maxBytes, one.hold, one.createdBy, this.#clock.nowMs());
	}
	get(name) {
		return this.#connection.prepare(`SELECT ${COLUMNS$4} FROM retention_classes WHERE name = ?`).get(name) ?? null;
	}
	/** The class that keeps its sessions under a hold, or null. */
	ofHold(hold) {
		return this.#connection.prepare(`SELECT ${COLUMNS$4} FROM retention_classes WHERE hold = ?`).get(hold) ?? null;
	}
	/** By name. */
	list() {
		return this.#connection.prepare(`SELECT ${COLUMNS$4} FROM retention_classes ORDER BY name`).all();
	}
	/** Returns whether there was one. */
	remove(name) {
		return this.#connection.prepare("DELETE FROM retention_classes WHERE name = ?").run(name).changes === 1;
	}
};

// dist/catalogue/held-copy.js
/** Tables that say what is held; a table before those that refer to it. */
const TABLES = [
	"holds",
	"retention_classes",
	"held_rows",
	"held_sessions",
	"held_packets"
];
/** Longest wait for another process's transaction, in milliseconds. */
const BUSY_TIMEOUT_MS = 15e3;
/** Memory that the copy takes before it goes to a temporary file, in KiB. */
const CACHE_KIB = 65536;
/**
* Copies what is held into temporary tables of a connection that cannot write to the catalogue, under the names of the stored ones,
* which they hide there. A plan made on it looks held sessions up again as a run would, and nothing is stored. Takes about a second
* for a million held sessions. Throws STORE_DAMAGED.
*/
function copyHeld(path, clock) {
	const connection = new Database(path, {
		readonly: true,
		timeout: BUSY_TIMEOUT_MS
	});
	try {
		connection.pragma(`temp.cache_size = -${CACHE_KIB}`);
		connection.pragma("foreign_keys = ON");
		connection.transaction(() => {
			for (const table of TABLES) {
				const definitions = connection.prepare("SELECT sql, type FROM main.sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type = 'index'").all(table);
				for (const { sql, type } of definitions) connection.exec(type === "table" ? sql.replace(/^CREATE TABLE/, "CREATE TEMP TABLE") : sql.replace(/^CREATE (UNIQUE )?INDEX /, (words) => `${words}temp.`));
				connection.exec(`INSERT INTO temp.${table} SELECT * FROM main.${table}`);
			}
		})();
		return {
			holds: new Holds(connection, clock),
			retentionClasses: new RetentionClasses(connection, clock),
			close: () => {
				connection.close();
			}
		};
	} catch (error) {
		connection.close();
		throw damageOf(error, path);
	}
}

// dist/catalogue/idempotency-keys.js
/** Table `idempotency_keys`. Keys whose time is over are as if they were not there. */
var IdempotencyKeys = class {
	#connection;
	#clock;
	constructor(connection, clock) {
		this.#connection = connection;
		this.#clock = clock;
	}
	/** The user's key, or null. */
	find(user, key) {
		return this.#connection.prepare("SELECT user, key, request, done_at AS doneAtMs, answer FROM idempotency_keys WHERE user = ? AND key = ? AND expires_at > ?").get(user, key, this.#clock.nowMs()) ?? null;
	}
	/** How many keys of the user are kept. */
	count(user) {
		return this.#connection.prepare("SELECT count(*) AS n FROM idempotency_keys WHERE user = ? AND expires_at > ?").get(user, this.#clock.nowMs())?.n ?? 0;
	}
	/** Notes that a change begins, in place of what was known of the key; keys of anybody whose time is over go. */
	begin(user, key, request, expiresAtMs) {
		const now = this.#clock.nowMs();
		this.#connection.prepare("DELETE FROM idempotency_keys WHERE expires_at <= ?").run(now);
		this.#connection.prepare(`INSERT INTO idempotency_keys (user, key, request, created_at, expires_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (user, key) DO UPDATE SET request = excluded.request, done_at = NULL, answer = NULL, created_at = excluded.created_at, expires_at = excluded.expires_at`).run(user, key, request, now, expiresAtMs);
	}
	/** Notes that the change was made, and its answer where that is kept. */
	finish(user, key, answer) {
		this.#connection.prepare("UPDATE idempotency_keys SET done_at = ?, answer = ? WHERE user = ? AND key = ?").run(this.#clock.nowMs(), answer, user, key);
	}
	/** Takes a key out: its change was not made. */
	remove(user, key) {
		this.#connection.prepare("DELETE FROM idempotency_keys WHERE user = ? AND key = ?").run(user, key);
	}
};

// dist/catalogue/jobs.js
const COLUMNS$3 = `id, path, mode, node, state, requested_by AS requestedBy, packets, bytes, total_bytes AS totalBytes, sessions, file_id AS fileId,
  error_code AS errorCode, error_message AS errorMessage, warnings, created_at AS createdAtMs, started_at AS startedAtMs, finished_at AS finishedAtMs`;
const jobOf = (row) => ({
	...row,
	warnings: recordsOf(row.warnings)
});
/** Table `jobs`: imports. */
var ImportJobs = class {
	#connection;
	#clock;
	#lastId = {
		ms: 0,
		count: 0
	};
	constructor(connection, clock) {
		this.#connection = connection;
		this.#clock = clock;
	}
	/** Queues an import and returns its id. Ids of one process sort in the order they were given, so a queue is a queue. */
	add(job) {
		const id = this.#nextId();
		this.#connection.prepare("INSERT INTO jobs (id, path, mode, node, state, requested_by, created_at) VALUES (?, ?, ?, ?, 'queued', ?, ?)").run(id, job.path, job.mode, job.node ?? null, job.requestedBy, this.#clock.nowMs());
		return id;
	}
	/** A UUID of version 7 with a 28-bit counter behind the time (RFC 9562 §6.2, method 1). */
	#nextId() {
		const ms = Math.max(this.#clock.nowMs(), this.#lastId.ms);
		const count = ms === this.#lastId.ms ? this.#lastId.count + 1 : 0;
		this.#lastId = {
			ms,
			count
		};
		const [time, counter] = [ms.toString(16).padStart(12, "0"), count.toString(16).padStart(7, "0")];
		return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.slice(0, 3)}-8${counter.slice(3, 6)}-${counter.slice(6)}${randomBytes(6).toString("hex").slice(1)}`;
	}
	/** Moves a job to a state, noting when it started or ended, with whatever else is known by then. */
	move(id, state, change = {}) {
		const now = this.#clock.nowMs();
		const ended = state === "done" || state === "failed" || state === "already";
		this.#connection.prepare(`UPDATE jobs SET state = @state,
         started_at = CASE WHEN @state = 'queued' THEN NULL WHEN @state = 'running' THEN @now ELSE started_at END,
         finished_at = CASE WHEN @ended THEN @now ELSE NULL END WHERE id = @id`).run({
			id,
			state,
			now,
			ended: ended ? 1 : 0
		});
		this.update(id, change);
	}
	/** Changes what is known of a job. */
	update(id, change) {
		const job = this.get(id);
		if (job === null) return;
		const next = {
			...job,
			...change
		};
		this.#connection.prepare(`UPDATE jobs SET packets = @packets, bytes = @bytes, total_bytes = @totalBytes, sessions = @sessions, file_id = @fileId,
         error_code = @errorCode, error_message = @errorMessage, warnings = @warnings WHERE id = @id`).run({
			id,
			packets: next.packets,
			bytes: next.bytes,
			totalBytes: next.totalBytes,
			sessions: next.sessions,
			fileId: next.fileId,
			errorCode: next.errorCode,
			errorMessage: next.errorMessage,
			warnings: JSON.stringify(next.warnings)
		});
	}
	get(id) {
		const row = this.#connection.prepare(`SELECT ${COLUMNS$3} FROM jobs WHERE id = ?`).get(id);
		return row === void 0 ? null : jobOf(row);
	}
	/** Jobs, newest first. */
	list(limit = 100) {
		return this.#connection.prepare(`SELECT ${COLUMNS$3} FROM jobs ORDER BY created_at DESC, id LIMIT ?`).all(limit).map(jobOf);
	}
	/** How many jobs wait or run. */
	unfinished() {
		return this.#connection.prepare("SELECT count(*) AS n FROM jobs WHERE state IN ('queued', 'running')").get()?.n ?? 0;
	}
	/** Jobs in a state, oldest first. */
	inState(state) {
		return this.#connection.prepare(`SELECT ${COLUMNS$3} FROM jobs WHERE state = ? ORDER BY created_at, id`).all(state).map(jobOf);
	}
};

// dist/catalogue/marks.js
/** Table `marks`. */
var Marks = class {
	#connection;
	#clock;
	constructor(connection, clock) {
		this.#connection = connection;
		this.#clock = clock;
	}
	set(mark) {
		this.#connection.prepare(`INSERT INTO marks (stream, node, replay_from_ordinal, next_ordinal, complete_until_ms, updated_at)
       VALUES (@stream, @node, @replayFromOrdinal, @nextOrdinal, @completeUntilMs, @now)
       ON CONFLICT (stream) DO UPDATE SET node = excluded.node, replay_from_ordinal = excluded.replay_from_ordinal,
         next_ordinal = excluded.next_ordinal, complete_until_ms = excluded.complete_until_ms, updated_at = excluded.updated_at`).run({
			...mark,
			now: this.#clock.nowMs()
		});
	}
	/** Moves a stream's `completeUntilMs` between two marks. */
	setCompleteUntil(stream, completeUntilMs) {
		this.#connection.prepare("UPDATE marks SET complete_until_ms = ?, updated_at = ? WHERE stream = ?").run(completeUntilMs, this.#clock.nowMs(), stream);
	}
	get(stream) {
		return this.all().find((mark) => mark.stream === stream) ?? null;
	}
	all() {
		return this.#connection.prepare(`SELECT stream, node, replay_from_ordinal AS replayFromOrdinal, next_ordinal AS nextOrdinal, complete_until_ms AS completeUntilMs
       FROM marks ORDER BY stream`).all();
	}
	/** The time before which every stream is complete, or null when no stream says so. */
	completeUntilMs() {
		return this.#connection.prepare("SELECT min(complete_until_ms) AS least FROM marks").get()?.least ?? null;
	}
	/** Whether a stream that is being captured has told where it is since `sinceMs`. */
	liveSince(sinceMs) {
		return this.#connection.prepare("SELECT count(*) AS n FROM marks WHERE complete_until_ms IS NOT NULL AND updated_at >= ?").get(sinceMs)?.n !== 0;
	}
};

// dist/catalogue/migrations.js
/** Where released migrations lie: beside `src` and `dist`. */
const MIGRATIONS_DIRECTORY = fileURLToPath(new URL("../../migrations/catalogue/", import.meta.url));
const LEDGER = `CREATE TABLE IF NOT EXISTS migrations (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT`;
function broken(message) {
	return new LookbackError("INTERNAL", `migrations/catalogue: ${message}`);
}
function entriesOf(manifest) {
	if (!Array.isArray(manifest)) throw broken("manifest.json must be a list");
	return manifest.map((entry) => {
		if (typeof entry === "object" && entry !== null && "name" in entry && "sha256" in entry) {
			const { name, sha256 } = entry;
			if (typeof name === "string" && typeof sha256 === "string") return {
				name,
				sha256
			};
		}
		throw broken("manifest.json must list {name, sha256}");
	});
}
/** The steps that `manifest.json` lists, in order. Throws INTERNAL when a released step was edited or a number is missing. */
function loadMigrations(directory = MIGRATIONS_DIRECTORY) {
	return entriesOf(JSON.parse(readFileSync(`${directory}/manifest.json`, "utf8"))).map(({ name, sha256 }, at) => {
		const sql = readFileSync(`${directory}/${name}`, "utf8");
		if (createHash("sha256").update(sql).digest("hex") !== sha256) throw broken(`${name} differs from its checksum; a released step is never edited`);
		if (Number(name.slice(0, 4)) !== at + 1) throw broken(`${name} should have number ${at + 1}`);
		return {
			number: at + 1,
			name,
			sha256,
			sql
		};
	});
}
/**
* Brings a catalogue to the newest step. Each step and its line in the ledger are one transaction, so a process that
* dies leaves whole steps only, and the next start goes on. Two processes may start at once: the second waits and
* finds the steps done.
*/
function migrate(connection, migrations, clock) {
	connection.exec(LEDGER);
	const applied = connection.prepare("SELECT number, name, sha256 FROM migrations ORDER BY number");
	const record = connection.prepare("INSERT INTO migrations (number, name, sha256, applied_at) VALUES (?, ?, ?, ?)");
	for (const past of applied.all()) {
		const known = migrations[past.number - 1];
		if (known === void 0) throw new LookbackError("UNAVAILABLE", `the catalogue was written by a newer Lookback (step ${past.name}); start that version`, { step: past.name });
		if (known.sha256 !== past.sha256) throw broken(`${past.name} was applied with other content than it has now`);
	}
	const done = connection.prepare("SELECT count(*) AS found FROM migrations WHERE number = ?");
	for (const migration of migrations) connection.transaction(() => {
		if (done.get(migration.number)?.found !== 0) return;
		connection.exec(migration.sql);
		record.run(migration.number, migration.name, migration.sha256, clock.nowMs());
	}).immediate();
}

// dist/catalogue/packet-files.js
function fileOf(row) {
	return {
		id: row.id,
		node: row.node,
		path: row.path,
		displayName: row.display_name,
		device: row.device,
		stream: row.stream,
		storage: row.storage,
		locked: row.locked === 1,
		state: row.state,
		format: row.format,
		linkTypes: numbersOf(row.link_types),
		bytes: row.bytes,
		packets: row.packets,
		firstMs: row.first_ms,
		lastMs: row.last_ms,
		firstOrdinal: row.first_ordinal,
		importedAtMs: row.imported_at
	};
}
/** Table `files`. */
var PacketFiles = class {
	#connection;
	#clock;
	constructor(connection, clock) {
		this.#connection = connection;
		this.#clock = clock;
	}
	/** Adds a file and returns its id. A path may be listed once among the files that are not gone. */
	add(file) {
		const { lastInsertRowid } = this.#connection.prepare(`INSERT INTO files (id, node, path, display_name, device, stream, storage, locked, state, format, link_types, bytes, packets,
         first_ms, last_ms, first_ordinal, imported_at)
       VALUES (@id, @node, @path, @displayName, @device, @stream, @storage, @locked, @state, @format, @linkTypes, @bytes, @packets,
         @firstMs, @lastMs, @firstOrdinal, @importedAt)`).run({
			id: file.id ?? null,
			node: file.node,
			path: file.path,
			displayName: file.displayName,
			device: file.device ?? null,
			stream: file.stream,
			storage: file.storage,
			locked: file.locked === true ? 1 : 0,
			state: file.state,
			format: file.format,
			linkTypes: JSON.stringify(file.linkTypes ?? []),
			bytes: file.bytes ?? 0,
			packets: file.packets ?? 0,
			firstMs: file.firstMs ?? null,
			lastMs: file.lastMs ?? null,
			firstOrdinal: file.firstOrdinal ?? 0,
			importedAt: this.#clock.nowMs()
		});
		return Number(lastInsertRowid);
	}
	/** The id that the next file will get if nobody else adds one first. */
	nextId() {
		return (this.#connection.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'files'").get()?.seq ?? 0) + 1;
	}
	/** Takes `count` ids that no other file will get and returns the first; whoever took them gives them to `add`. */
	reserve(count) {
		return this.#connection.transaction(() => {
			const first = this.nextId();
			const { changes } = this.#connection.prepare("UPDATE sqlite_sequence SET seq = ? WHERE name = 'files'").run(first + count - 1);
			if (changes === 0) this.#connection.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('files', ?)").run(first + count - 1);
			return first;
		}).immediate();
	}
	/** Changes the given properties of a file. Returns whether there is such a file. */
	update(id, change) {
		const file = this.get(id);
		if (file === null) return false;
		const next = {
			...file,
			...change
		};
		this.#connection.prepare(`UPDATE files SET path = @path, device = @device, stream = @stream, locked = @locked, state = @state, format = @format,
         link_types = @linkTypes, bytes = @bytes, packets = @packets, first_ms = @firstMs, last_ms = @lastMs, first_ordinal = @firstOrdinal
       WHERE id = @id`).run({
			id,
			path: next.path,
			device: next.device,
			stream: next.stream,
			locked: next.locked ? 1 : 0,
			state: next.state,
			format: next.format,
			linkTypes: JSON.stringify(next.linkTypes),
			bytes: next.bytes,
			packets: next.packets,
			firstMs: next.firstMs,
			lastMs: next.lastMs,
			firstOrdinal: next.firstOrdinal
		});
		return true;
	}
	get(id) {
		const row = this.#connection.prepare("SELECT * FROM files WHERE id = ?").get(id);
		return row === void 0 ? null : fileOf(row);
	}
	/** All files, oldest import first; at most `limit` after the id `after`. */
	list(page = {}) {
		return this.#connection.prepare("SELECT * FROM files WHERE id > ? ORDER BY id LIMIT ?").all(page.after ?? 0, page.limit ?? -1).map(fileOf);
	}
	/** Every file that is not gone, with what retention needs of it. */
	retained() {
		return this.#retained("state <> 'gone' ORDER BY id", {});
	}
	/**
	* What a plan needs that begins with the oldest: the `limit` complete files of ours that are first in order of their first
	* packet, those that are being written, and the newest of each node (copies of held packets aside, whose streams begin with
	* `copies`).
	*/
	oldestRetained(limit, copies) {
		const found = /* @__PURE__ */ new Map();
		const own = "storage = 'own' AND state =";
		for (const file of this.#retained(`${own} 'complete' ORDER BY first_ms, id LIMIT @limit`, { limit })) found.set(file.id, file);
		for (const file of this.#retained(`${own} 'writing'`, {})) found.set(file.id, file);
		for (const node of this.nodes()) for (const file of this.#retained(`${own} 'complete' AND node = @node AND stream NOT LIKE @copies ORDER BY first_ms DESC, id DESC LIMIT 1`, {
			node,
			copies: `${copies}%`
		})) found.set(file.id, file);
		return [...found.values()];
	}
	#retained(rest, values) {
		return this.#connection.prepare(`SELECT id, node, path, stream, storage, locked, state, bytes, packets, first_ms, last_ms, first_ordinal, imported_at FROM files WHERE ${rest}`).raw().all(values).map(([id, node, path, stream, storage, locked, state, bytes, packets, firstMs, lastMs, firstOrdinal, importedAtMs]) => ({
			id,
			node,
			path,
			stream,
			storage,
			locked: locked === 1,
			state,
			bytes,
			packets,
			firstMs,
			lastMs,
			firstOrdinal,
			importedAtMs
		}));
	}
	/** Number and bytes of the files of ours that are not gone. */
	own() {
		return this.#connection.prepare("SELECT count(*) AS files, coalesce(sum(bytes), 0) AS bytes FROM files WHERE storage = 'own' AND state <> 'gone'").get() ?? {
			files: 0,
			bytes: 0
		};
	}
	/** Files of ours that came since a time, those that are gone among them. */
	writtenSince(ms) {
		return this.#connection.prepare("SELECT bytes, first_ms AS firstMs, last_ms AS lastMs, imported_at AS importedAtMs, stream FROM files WHERE storage = 'own' AND imported_at >= ? ORDER BY id").all(ms);
	}
	/** Nodes that have files here. */
	nodes() {
		return this.#connection.prepare("SELECT DISTINCT node FROM files ORDER BY node").all().map(({ node }) => node);
	}
	/** Files of a stream that are not gone, in order of the stream. */
	ofStream(stream) {
		return this.#connection.prepare("SELECT * FROM files WHERE stream = ? AND state <> 'gone' ORDER BY first_ordinal, id").all(stream).map(fileOf);
	}
	/** The file at a path that is not gone, or null. */
	atPath(path) {
		const row = this.#connection.prepare("SELECT * FROM files WHERE path = ? AND state <> 'gone'").get(path);
		return row === void 0 ? null : fileOf(row);
	}
	/** Ids and names that `file ==` compares. */
	names() {
		return this.#connection.prepare("SELECT id, display_name AS displayName FROM files ORDER BY id").all();
	}
	/** Ids of the files that were deleted, ascending. */
	goneIds() {
		return this.#connection.prepare("SELECT id FROM files WHERE state = 'gone' ORDER BY id").pluck().all();
	}
	/** The files that were not deleted and where they should lie, ascending by id. */
	listed() {
		return this.#connection.prepare("SELECT id, path FROM files WHERE state <> 'gone' ORDER BY id").all();
	}
	/** Ids of the files whose packets can be read. */
	availableIds() {
		return this.#connection.prepare("SELECT id FROM files WHERE state <> 'gone' ORDER BY id").all().map(({ id }) => id);
	}
	/** Number, bytes and earliest packet of the files that are there, by who keeps them. */
	totals() {
		return this.#connection.prepare("SELECT storage, count(*) AS files, coalesce(sum(bytes), 0) AS bytes, min(first_ms) AS firstMs FROM files WHERE state <> 'gone' AND stream <> '' GROUP BY storage ORDER BY storage").all();
	}
	/** Takes a row out that was added for an import which then failed. Files that positions point into are set to `gone` instead. */
	remove(id) {
		this.#connection.prepare("DELETE FROM files WHERE id = ?").run(id);
	}
};

// dist/catalogue/retention-events.js
const EVENT = "id, at AS atMs, kind, subject, phase, facts";
const DELIVERY = "event, url, state, attempts, next_attempt_at AS nextAttemptMs, last_attempt_at AS lastAttemptMs, status, error";
const eventOf = (row) => ({
	...row,
	facts: recordOf(row.facts)
});
/** Events kept; the oldest go when a new one comes, with their deliveries. */
const KEPT_EVENTS = 1e4;
/** Tables `retention_events` and `webhook_deliveries`. */
var RetentionEventLog = class {
	#connection;
	#clock;
	constructor(connection, clock) {
		this.#connection = connection;
		this.#clock = clock;
	}
	/** Keeps an event, with a delivery to each URL that waits, as one step. */
	add(event, urls) {
		const atMs = this.#clock.nowMs();
		const id = this.#connection.transaction(() => {
			const { lastInsertRowid } = this.#connection.prepare("INSERT INTO retention_events (at, kind, subject, phase, facts) VALUES (?, ?, ?, ?, ?)").run(atMs, event.kind, event.subject, event.phase, JSON.stringify(event.facts));
			const insert = this.#connection.prepare("INSERT INTO webhook_deliveries (event, url, state, next_attempt_at) VALUES (?, ?, 'waiting', ?) ON CONFLICT DO NOTHING");
			for (const url of urls) insert.run(lastInsertRowid, url, atMs);
			this.#connection.prepare("DELETE FROM retention_events WHERE id <= ?").run(Number(lastInsertRowid) - KEPT_EVENTS);
			return Number(lastInsertRowid);
		}).immediate();
		return {
			...event,
			id,
			atMs
		};
	}
	/** The newest event of each condition that has not ended. */
	openConditions() {
		return this.#connection.prepare(`SELECT ${EVENT} FROM retention_events WHERE phase IN ('began', 'lasts')
         AND id IN (SELECT max(id) FROM retention_events WHERE phase <> 'occurred' GROUP BY kind, subject) ORDER BY id`).all().map(eventOf);
	}
	get(id) {
		const row = this.#connection.prepare(`SELECT ${EVENT} FROM retention_events WHERE id = ?`).get(id);
		return row === void 0 ? null : eventOf(row);
	}
	/** Events, newest first; those with an id below `before` when it is given. */
	list(limit, before) {
		return this.#connection.prepare(`SELECT ${EVENT} FROM retention_events WHERE id < ? ORDER BY id DESC LIMIT ?`).all(before ?? Number.MAX_SAFE_INTEGER, limit).map(eventOf);
	}
	/** Deliveries whose next attempt is due, oldest event first. */
	dueDeliveries(nowMs, limit) {
		return this.#connection.prepare(`SELECT ${DELIVERY} FROM webhook_deliveries WHERE state = 'waiting' AND next_attempt_at <= ? ORDER BY next_attempt_at, event LIMIT ?`).all(nowMs, limit);
	}
	/** Notes an attempt and what became of the delivery. */
	attempted(delivery) {
		this.#connection.prepare(`UPDATE webhook_deliveries SET state = @state, attempts = attempts + 1, next_attempt_at = @nextAttemptMs, last_attempt_at = @now, status = @status, error = @error
         WHERE event = @event AND url = @url`).run({
			...delivery,
			now: this.#clock.nowMs()
		});
	}
	/** Deliveries of an event. */
	deliveries(event) {
		return this.#connection.prepare(`SELECT ${DELIVERY} FROM webhook_deliveries WHERE event = ? ORDER BY url`).all(event);
	}
	/** Deliveries in a state. */
	count(state) {
		return this.#connection.prepare("SELECT count(*) AS found FROM webhook_deliveries WHERE state = ?").get(state)?.found ?? 0;
	}
	/** At start-up: gives up deliveries to URLs that are not configured any more. */
	dropOthers(urls) {
		return this.#connection.prepare(`UPDATE webhook_deliveries SET state = 'given-up', next_attempt_at = NULL, error = 'the URL is not configured any more'
         WHERE state = 'waiting' AND url NOT IN (SELECT value FROM json_each(?))`).run(JSON.stringify(urls)).changes;
	}
};

// dist/catalogue/segments.js
function segmentOf(row) {
	return {
		path: row.path,
		day: row.day,
		level: row.level,
		rows: row.rows,
		bytes: row.bytes,
		firstMs: row.first_ms,
		minLastMs: row.min_last_ms,
		lastMs: row.last_ms,
		columns: textsOf(row.columns),
		openRows: row.open_rows,
		totalPackets: row.total_packets,
		totalBytes: row.total_bytes
	};
}
/** Tables `segments` and `superseded`. */
var Segments = class {
	#connection;
	constructor(connection) {
		this.#connection = connection;
	}
	/** Applies a change; the caller runs it in a transaction. Adding a segment that is there already changes nothing. */
	apply(change) {
		const insert = this.#connection.prepare(`INSERT INTO segments (path, day, level, rows, bytes, first_ms, min_last_ms, last_ms, columns, open_rows, total_packets, total_bytes)
       VALUES (@path, @day, @level, @rows, @bytes, @firstMs, @minLastMs, @lastMs, @columns, @openRows, @totalPackets, @totalBytes)
       ON CONFLICT (path) DO NOTHING`);
		for (const segment of change.add) insert.run({
			...segment,
			columns: JSON.stringify(segment.columns)
		});
		const retire = this.#connection.prepare("UPDATE segments SET live = 0 WHERE path = ?");
		const forget = this.#connection.prepare("DELETE FROM superseded WHERE segment = ?");
		for (const path of change.remove) {
			retire.run(path);
			forget.run(path);
		}
		const hide = this.#connection.prepare("INSERT INTO superseded (segment, id) VALUES (?, ?) ON CONFLICT DO NOTHING");
		for (const { segment, ids } of change.superseded) for (const id of ids) hide.run(segment, id);
		this.#connection.prepare("UPDATE revisions SET revision = revision + 1 WHERE subject = 'segments'").run();
	}
	/** A number that changes with every change of the live set or of its hidden rows, whoever makes it. */
	revision() {
		return this.#connection.prepare("SELECT revision FROM revisions WHERE subject = 'segments'").get()?.revision ?? 0;
	}
	/** Live segments in order of last packet. */
	live() {
		return this.#connection.prepare("SELECT * FROM segments WHERE live = 1 ORDER BY last_ms, path").all().map(segmentOf);
	}
	/** Paths of segments that are no longer live and whose files may still be there. */
	retired() {
		return this.#connection.prepare("SELECT path FROM segments WHERE live = 0 ORDER BY path").all().map(({ path }) => path);
	}
	/** Forgets a retired segment once its file is gone. */
	forget(path) {
		this.#connection.prepare("DELETE FROM segments WHERE path = ? AND live = 0").run(path);
	}
	/** Number of hidden rows of every live segment that has some. */
	supersededCounts() {
		const rows = this.#connection.prepare("SELECT segment, count(*) AS hidden FROM superseded GROUP BY segment").all();
		return new Map(rows.map(({ segment, hidden }) => [segment, hidden]));
	}
	/** Hidden rows of one segment, 16 bytes each. */
	supersededIds(segment) {
		return this.#connection.prepare("SELECT id FROM superseded WHERE segment = ?").all(segment).map(({ id }) => id);
	}
};

// dist/catalogue/shipments.js
const COLUMNS$2 = `path, day, rows, bytes, first_ms AS firstMs, min_last_ms AS minLastMs, last_ms AS lastMs, state, queued_at AS queuedAtMs, dead_rows AS deadRows`;
/** Tables `shipments`, `overlay_queue`, `packet_moves` and `shipping`. */
var Shipments = class {
	#connection;
	#clock;
	constructor(connection, clock) {
		this.#connection = connection;
		this.#clock = clock;
	}
	/** Queues segments; one that is known already changes nothing. Returns those that were new. The caller runs it in a transaction. */
	queue(segments) {
		const insert = this.#connection.prepare(`INSERT INTO shipments (path, day, rows, bytes, first_ms, min_last_ms, last_ms, state, queued_at)
       VALUES (@path, @day, @rows, @bytes, @firstMs, @minLastMs, @lastMs, 'queued', @now) ON CONFLICT (path) DO NOTHING`);
		const now = this.#clock.nowMs();
		return segments.filter(({ path, day, rows, bytes, firstMs, minLastMs, lastMs }) => insert.run({
			path,
			day,
			rows,
			bytes,
			firstMs,
			minLastMs,
			lastMs,
			now
		}).changes > 0);
	}
	get(path) {
		return this.#connection.prepare(`SELECT ${COLUMNS$2} FROM shipments WHERE path = ?`).get(path) ?? null;
	}
	/** Segments that wait, newest first: what is captured now is not behind what an outage left. */
	queued(limit) {
		return this.#connection.prepare(`SELECT ${COLUMNS$2} FROM shipments WHERE state = 'queued' ORDER BY last_ms DESC, path LIMIT ?`).all(limit);
	}
	/** Shipped segments whose rows the cluster must forget. */
	removing() {
		return this.#connection.prepare(`SELECT ${COLUMNS$2} FROM shipments WHERE state = 'removing' ORDER BY last_ms, path`).all();
	}
	/** Notes that the cluster has every row of a segment, but for `deadRows`. Returns whether it was queued still. */
	shipped(path, deadRows) {
		this.#changed();
		return this.#connection.prepare("UPDATE shipments SET state = 'shipped', shipped_at = ?, dead_rows = ? WHERE path = ? AND state = 'queued'").run(this.#clock.nowMs(), deadRows, path).changes > 0;
	}
	/** Notes that a segment's rows must go. A queued one may have rows in the cluster already, when a shipper was killed on the way. */
	remove(path) {
		this.#connection.prepare("UPDATE shipments SET state = 'removing' WHERE path = ?").run(path);
	}
	/** Changes how many rows of a segment are among the dead letters. */
	setDeadRows(path, deadRows) {
		this.#connection.prepare("UPDATE shipments SET dead_rows = ? WHERE path = ?").run(deadRows, path);
	}
	forget(path) {
		this.#connection.prepare("DELETE FROM shipments WHERE path = ?").run(path);
		this.#changed();
	}
	/** Forgets the shipped segments of a day that the cluster has not any more. */
	forgetDay(day) {
		this.#connection.prepare("DELETE FROM shipments WHERE day = ? AND state = 'shipped'").run(day);
		this.#changed();
	}
	/** Paths of queued segments of a day. */
	queuedOf(day) {
		return this.#connection.prepare("SELECT path FROM shipments WHERE day = ? AND state = 'queued'").all(day).map(({ path }) => path);
	}
	waiting() {
		const row = this.#connection.prepare(`SELECT count(*) AS segments, coalesce(sum(rows), 0) AS rows, coalesce(sum(bytes), 0) AS bytes, min(queued_at) AS oldestMs, min(first_ms) AS firstMs
       FROM shipments WHERE state = 'queued'`).get();
		const dead = this.#connection.prepare("SELECT coalesce(sum(dead_rows), 0) AS rows FROM shipments").get();
		return {
			segments: 0,
			rows: 0,
			bytes: 0,
			oldestMs: null,
			firstMs: null,
			...row,
			deadRows: dead?.rows ?? 0
		};
	}
	/** A number that changes whenever this installation changes what the cluster has. */
	revision() {
		return this.#connection.prepare("SELECT revision FROM shipping WHERE id = 1").get()?.revision ?? 0;
	}
	#changed() {
		this.#connection.prepare("UPDATE shipping SET revision = revision + 1 WHERE id = 1").run();
	}
	/** Queues rows whose packets moved, `packets` as text; a later move of a row counts. */
	queueMoves(moves) {
		const insert = this.#connection.prepare("INSERT INTO packet_moves (row_id, packets) VALUES (?, ?) ON CONFLICT (row_id) DO UPDATE SET packets = excluded.packets");
		for (const { rowId, packets } of moves) insert.run(rowId, packets);
		this.queueOverlays(moves.map(({ rowId }) => rowId));
	}
	/** Where the packets of a row moved, when the cluster may not know it yet. */
	moveOf(rowId) {
		return this.#connection.prepare("SELECT packets FROM packet_moves WHERE row_id = ?").get(rowId)?.packets ?? null;
	}
	/** Whether any row has moved packets that the cluster may not know of. */
	hasMoves() {
		return this.#connection.prepare("SELECT EXISTS (SELECT 1 FROM packet_moves) AS found").get()?.found === 1;
	}
	/** Queues rows whose tags were edited. */
	queueOverlays(rowIds) {
		const insert = this.#connection.prepare("INSERT INTO overlay_queue (row_id, queued_at) VALUES (?, ?) ON CONFLICT (row_id) DO UPDATE SET queued_at = excluded.queued_at");
		for (const id of rowIds) insert.run(id, this.#clock.nowMs());
	}
	/** Rows whose edited tags or moved packets the cluster may not have, after `after`. */
	overlays(after, limit) {
		return this.#connection.prepare("SELECT row_id AS id FROM overlay_queue WHERE row_id > ? ORDER BY row_id LIMIT ?").all(after, limit).map(({ id }) => id);
	}
	/** Takes rows off the queue. */
	overlaysDone(rowIds) {
		const remove = this.#connection.prepare("DELETE FROM overlay_queue WHERE row_id = ?");
		const settle = this.#connection.prepare("DELETE FROM packet_moves WHERE row_id = ?");
		this.#connection.transaction(() => {
			for (const id of rowIds) {
				remove.run(id);
				settle.run(id);
			}
		}).immediate();
	}
	/** Edits of tags of rows whose ids lie between two, both included, in order of id. */
	tagEdits(low, high) {
		return this.#connection.prepare("SELECT row_id AS rowId, tag, removed FROM tag_edits WHERE row_id BETWEEN ? AND ? ORDER BY row_id, tag").all(low, high).map(({ rowId, tag, removed }) => ({
			rowId,
			tag,
			removed: removed === 1
		}));
	}
};

// dist/catalogue/stored-settings.js
/** Bytes of a secret made here. */
const SECRET_BYTES = 32;
/** Table `settings`: values that outlive a process. What people configure is in config.ini, not here. */
var StoredSettings = class {
	#connection;
	#clock;
	constructor(connection, clock) {
		this.#connection = connection;
		this.#clock = clock;
	}
	get(key) {
		return this.#connection.prepare("SELECT value FROM settings WHERE key = ?").get(key)?.value ?? null;
	}
	set(key, value) {
		this.#connection.prepare("INSERT INTO settings (key, value, updated_at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at").run(key, value, this.#clock.nowMs());
	}
	/** Adds one to a key's number, which begins at 0, and returns it; no two processes get the same. */
	increment(key) {
		const row = this.#connection.prepare(`INSERT INTO settings (key, value, updated_at) VALUES (?, '1', ?)
       ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT), updated_at = excluded.updated_at RETURNING value`).get(key, this.#clock.nowMs());
		return Number(row?.value);
	}
	/** The value of a key; when there is none, `make()` becomes it. Two processes that ask at once get the same. */
	getOrMake(key, make) {
		this.#connection.prepare("INSERT INTO settings (key, value, updated_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING").run(key, make(), this.#clock.nowMs());
		const value = this.get(key);
		if (value === null) throw new Error(`setting ${key} vanished`);
		return value;
	}
	/** A random key of 32 bytes, made on first use, for signing links and cursors. */
	secret(name) {
		return Buffer.from(this.getOrMake(`secret.${name}`, () => randomBytes(SECRET_BYTES).toString("hex")), "hex");
	}
};

// dist/catalogue/tags.js
/** Table `tag_edits`: the overlay of tags, keyed by row id, which no rebuild of rows touches. */
var Tags = class {
	#connection;
	#clock;
	constructor(connection, clock) {
		this.#connection = connection;
		this.#clock = clock;
	}
	/** Records added and removed tags of rows; the last edit of a row's tag counts. Returns how many rows changed. */
	edit(rowIds, add, remove) {
		const write = this.#connection.prepare(`INSERT INTO tag_edits (row_id, tag, removed, changed_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (row_id, tag) DO UPDATE SET removed = excluded.removed, changed_at = excluded.changed_at WHERE removed <> excluded.removed`);
		const now = this.#clock.nowMs();
		return this.#connection.transaction(() => {
			let rows = 0;
			for (const rowId of rowIds) {
				let changes = 0;
				for (const tag of add) changes += write.run(rowId, tag, 0, now).changes;
				for (const tag of remove) changes += write.run(rowId, tag, 1, now).changes;
				if (changes > 0) rows += 1;
			}
			if (rows > 0) this.#connection.prepare("UPDATE revisions SET revision = revision + 1 WHERE subject = 'tags'").run();
			return rows;
		}).immediate();
	}
	all() {
		const rows = this.#connection.prepare("SELECT row_id AS rowId, tag, removed FROM tag_edits ORDER BY row_id, tag");
		return (function* () {
			for (const { rowId, tag, removed } of rows.iterate()) yield {
				rowId,
				tag,
				removed: removed === 1
			};
		})();
	}
	/** A number that changes with every edit, whoever makes it. */
	revision() {
		return this.#connection.prepare("SELECT revision FROM revisions WHERE subject = 'tags'").get()?.revision ?? 0;
	}
};

// dist/catalogue/task-runs.js
const COLUMNS$1 = "id, task, due_at AS dueAtMs, started_at AS startedAtMs, finished_at AS finishedAtMs, outcome, cause, requested_by AS requestedBy, details";
const runOf = (row) => ({
	...row,
	details: recordOf(row.details)
});
/** Runs kept of each task; older ones go when a new one starts. */
const KEPT_RUNS = 1e3;
/** Tables `task_runs` and `task_pauses`. */
var TaskRuns = class {
	#connection;
	#clock;
	constructor(connection, clock) {
		this.#connection = connection;
		this.#clock = clock;
	}
	/** Notes the start of a run and returns its id. */
	start(task, dueAtMs, cause = "schedule", requestedBy = null) {
		const { lastInsertRowid } = this.#connection.prepare("INSERT INTO task_runs (task, due_at, started_at, outcome, cause, requested_by) VALUES (?, ?, ?, 'running', ?, ?)").run(task, dueAtMs, this.#clock.nowMs(), cause, requestedBy);
		const id = Number(lastInsertRowid);
		this.#connection.prepare("DELETE FROM task_runs WHERE task = ? AND id <= (SELECT id FROM task_runs WHERE task = ? ORDER BY id DESC LIMIT 1 OFFSET ?)").run(task, task, KEPT_RUNS);
		return id;
	}
	finish(id, outcome, details = {}) {
		this.#connection.prepare("UPDATE task_runs SET outcome = ?, details = ?, finished_at = ? WHERE id = ?").run(outcome, JSON.stringify(details), this.#clock.nowMs(), id);
	}
	/** At start-up: runs that an ended process left open. Returns how many. */
	interruptOpen() {
		return this.#connection.prepare("UPDATE task_runs SET outcome = 'interrupted', finished_at = ? WHERE outcome = 'running'").run(this.#clock.nowMs()).changes;
	}
	/** A run, or null. */
	get(id) {
		const row = this.#connection.prepare(`SELECT ${COLUMNS$1} FROM task_runs WHERE id = ?`).get(id);
		return row === void 0 ? null : runOf(row);
	}
	/** The newest run of a task, or null. */
	last(task) {
		return this.list(task, 1)[0] ?? null;
	}
	/** The newest run of a task that succeeded, or null when the history holds none. */
	lastOk(task) {
		const row = this.#connection.prepare(`SELECT ${COLUMNS$1} FROM task_runs WHERE task = ? AND outcome = 'ok' ORDER BY id DESC LIMIT 1`).get(task);
		return row === void 0 ? null : runOf(row);
	}
	/** Runs of a task with an outcome that are newer than the last one that succeeded. */
	since(task, outcome) {
		return this.#connection.prepare("SELECT count(*) AS found FROM task_runs WHERE task = ? AND outcome = ? AND id > coalesce((SELECT max(id) FROM task_runs WHERE task = ? AND outcome = 'ok'), 0)").get(task, outcome, task)?.found ?? 0;
	}
	/** Runs of a task, newest first; those with an id below `before` when it is given. */
	list(task, limit = 100, before = null) {
		return this.#connection.prepare(`SELECT ${COLUMNS$1} FROM task_runs WHERE task = ? AND id < ? ORDER BY id DESC LIMIT ?`).all(task, before ?? Number.MAX_SAFE_INTEGER, limit).map(runOf);
	}
	/** Runs that ended in `(fromMs, toMs]`, by task. */
	endedBetween(fromMs, toMs) {
		return this.#connection.prepare(`SELECT task, count(*) AS runs, sum(outcome = 'failed') AS failed, sum(max(0, finished_at - started_at)) AS milliseconds
         FROM task_runs WHERE finished_at > ? AND finished_at <= ? GROUP BY task ORDER BY task`).all(fromMs, toMs);
	}
	/** Since when and by whom a task is paused, or null. */
	paused(task) {
		return this.#connection.prepare("SELECT paused_at AS sinceMs, paused_by AS \"by\" FROM task_pauses WHERE task = ?").get(task) ?? null;
	}
	/** Stops a task from running by the clock until `resume`; one that is paused stays as it is. */
	pause(task, by) {
		this.#connection.prepare("INSERT INTO task_pauses (task, paused_by, paused_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING").run(task, by, this.#clock.nowMs());
	}
	/** Lets a task run by the clock again; fine when it is not paused. */
	resume(task) {
		this.#connection.prepare("DELETE FROM task_pauses WHERE task = ?").run(task);
	}
};

// dist/catalogue/users.js
const COLUMNS = `name, password_hash AS passwordHash, role, rights, login_by AS loginBy, rights_changed_at AS rightsChangedAtMs, forced_expression AS forcedExpression, hidden_fields AS hiddenFields,
  time_limit_hours AS timeLimitHours, enabled, created_at AS createdAtMs, password_changed_at AS passwordChangedAtMs, last_login_at AS lastLoginAtMs`;
const userOf = (row) => ({
	...row,
	hiddenFields: exactTextsOf(row.hiddenFields),
	rights: exactFlagsOf(row.rights),
	enabled: row.enabled === 1
});
/** Table `users`. */
var Users = class {
	#connection;
	#clock;
	constructor(connection, clock) {
		this.#connection = connection;
		this.#clock = clock;
	}
	/** Adds a user. Returns false when the name is taken. */
	add(user) {
		const now = this.#clock.nowMs();
		return this.#connection.prepare(`INSERT INTO users (name, password_hash, role, rights, login_by, forced_expression, hidden_fields, time_limit_hours, enabled, created_at, password_changed_at, rights_changed_at)
       VALUES (@name, @passwordHash, @role, @rights, @loginBy, @forcedExpression, @hiddenFields, @timeLimitHours, @enabled, @now, @now, @now) ON CONFLICT DO NOTHING`).run({
			name: user.name,
			passwordHash: user.passwordHash,
			role: user.role,
			rights: JSON.stringify(user.rights ?? {}),
			loginBy: user.loginBy ?? "password",
			forcedExpression: user.forcedExpression ?? null,
			hiddenFields: JSON.stringify(user.hiddenFields ?? []),
			timeLimitHours: user.timeLimitHours ?? null,
			enabled: user.enabled === false ? 0 : 1,
			now
		}).changes === 1;
	}
	/** Changes the given properties. Returns whether there is such a user. */
	update(name, change) {
		const user = this.get(name);
		if (user === null) return false;
		const next = {
			...user,
			...change
		};
		const changedAt = change.passwordHash === void 0 ? user.passwordChangedAtMs : this.#clock.nowMs();
		this.#connection.prepare(`UPDATE users SET password_hash = @passwordHash, role = @role, rights = @rights, login_by = @loginBy, rights_changed_at = @rightsChangedAtMs, forced_expression = @forcedExpression, hidden_fields = @hiddenFields,
         time_limit_hours = @timeLimitHours, enabled = @enabled, last_login_at = @lastLoginAtMs, password_changed_at = @changedAt WHERE name = @name`).run({
			name,
			passwordHash: next.passwordHash,
			role: next.role,
			rights: JSON.stringify(next.rights),
			loginBy: next.loginBy,
			rightsChangedAtMs: next.rightsChangedAtMs,
			forcedExpression: next.forcedExpression,
			hiddenFields: JSON.stringify(next.hiddenFields),
			timeLimitHours: next.timeLimitHours,
			enabled: next.enabled ? 1 : 0,
			lastLoginAtMs: next.lastLoginAtMs,
			changedAt
		});
		return true;
	}
	get(name) {
		const row = this.#connection.prepare(`SELECT ${COLUMNS} FROM users WHERE name = ?`).get(name);
		return row === void 0 ? null : userOf(row);
	}
	list() {
		return this.#connection.prepare(`SELECT ${COLUMNS} FROM users ORDER BY name`).all().map(userOf);
	}
	/** Removes a user with all tokens and logins. */
	remove(name) {
		return this.#connection.prepare("DELETE FROM users WHERE name = ?").run(name).changes === 1;
	}
};

// dist/catalogue/catalogue.js
/**
* The SQLite catalogue of a data directory: what there is beside packets and rows. Several processes may have it open;
* each table family is a property, and `transaction` makes changes of several of them one step.
*/
var Catalogue = class {
	#connection;
	#clock;
	constructor(directory, path, connection, clock) {
		this.directory = directory;
		this.path = path;
		this.#connection = connection;
		this.#clock = clock;
		this.files = new PacketFiles(connection, clock);
		this.segments = new Segments(connection);
		this.shipments = new Shipments(connection, clock);
		this.marks = new Marks(connection, clock);
		this.captureLedger = new CaptureLedger(connection);
		this.tags = new Tags(connection, clock);
		this.holds = new Holds(connection, clock);
		this.retentionClasses = new RetentionClasses(connection, clock);
		this.jobs = new ImportJobs(connection, clock);
		this.exports = new Exports(connection, clock);
		this.idempotencyKeys = new IdempotencyKeys(connection, clock);
		this.taskRuns = new TaskRuns(connection, clock);
		this.retentionEvents = new RetentionEventLog(connection, clock);
		this.hourlyStatistics = new HourlyStatistics(connection);
		this.users = new Users(connection, clock);
		this.tokens = new Tokens(connection, clock);
		this.logins = new Logins(connection, clock);
		this.audit = new Audit(connection, clock);
		this.settings = new StoredSettings(connection, clock);
	}
	/**
	* Runs `body` as one step that is durable when this returns, or not done at all. Nested calls join the outer one.
	* `body` must not await: the connection is one, and other work of this process would join the transaction.
	*/
	transaction(body) {
		try {
			return this.#connection.inTransaction ? body() : this.#connection.transaction(body).immediate();
		} catch (error) {
			throw damageOf(error, this.path);
		}
	}
	/** Makes an import visible: file row, segments and job state in one step. */
	commitImport(commit) {
		this.transaction(() => {
			this.files.update(commit.fileId, {
				state: "complete",
				...commit.file
			});
			this.segments.apply(commit.segments);
			if (commit.jobId !== null) this.jobs.move(commit.jobId, "done", {
				fileId: commit.fileId,
				...commit.job
			});
		});
	}
	/** Holds and classes to plan on: what is changed there is stored nowhere. The caller closes it. */
	heldCopy() {
		return copyHeld(this.path, this.#clock);
	}
	/** Changes with every commit of another process; a look at shared memory, so cheap enough for every query. */
	dataVersion() {
		return Number(this.#connection.pragma("data_version", { simple: true }));
	}
	close() {
		this.#connection.close();
	}
};
/**
* Opens the catalogue of a data directory, making it when there is none, and brings it to the newest schema.
* Throws STORE_DAMAGED naming the file when it does not read back, UNAVAILABLE when a newer version wrote it.
*/
function openCatalogue(directory, clock) {
	const { connection, path } = openConnection(directory);
	try {
		migrate(connection, loadMigrations(), clock);
		return new Catalogue(directory, path, connection, clock);
	} catch (error) {
		connection.close();
		throw damageOf(error, path);
	}
}

export { damageOf as a, CATALOGUE_FILE as i, openCatalogue as n, unwritable as o, loadMigrations as r, Catalogue as t };