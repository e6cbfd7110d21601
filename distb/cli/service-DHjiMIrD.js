import { i as systemErrorCode, n as LookbackError } from "./errors-iXTvzgJ7.js";
import { a as ROLES, c as isTokenScope, i as RIGHT_NAMES, l as refusal, n as NO_RIGHTS, o as TOKEN_SCOPES, s as isRole, t as ALL_RIGHTS } from "./rights-Bq4x3dFS.js";
import { n as secretHash, t as newSecret } from "./secret-3cxyZnLB.js";
import { a as viewOf$1, i as isFinished, n as Idempotency, o as seesPart, r as formatOf } from "./context-C2q4EyF8.js";
import { t as systemClock } from "./clock-COoNNce-.js";
import { n as importsOn, o as ChangeFeed } from "./core-bffivQ3T.js";
import { a as latestOf, i as isCapture, r as contentTypeOf, t as EXPORT_FORMATS } from "./export-request-Bx6ximDr.js";
import { d as measureSpace, i as PacketReader, r as syncDirectory, u as diskSpaceProbe } from "./packet-store-Dqe2fRVP.js";
import { r as openSigningKey, t as signManifest } from "./manifest-RBPvnMM-.js";
import { c as isKeptCopy, d as copyRecord, f as fileHeader, h as deviceTarget, m as writeRecord, o as heldSession, p as recordLength, t as DAY_MS$2, u as FormatSurvey } from "./session-policy-BSxrUR4s.js";
import { t as loadNativeCore } from "./native-gzh5E7WJ.js";
import { t as noRetentionEvents } from "./retention-event-FvPW8Oh8.js";
import { n as check, r as parse, t as resolveFiles } from "./resolve-files-BH_TWUKY.js";
import { t as ALL_TIME } from "./time-range-D3zEJG_k.js";
import { n as gatherDevices, t as RetentionService } from "./retention-service-CJThZGTM.js";
import { t as nearestNames } from "./nearest-name-E6ridMzO.js";
import { a as loadStatistics, i as wantRows, l as sessionAccount, r as rowsWritten, s as interfaceAccounts } from "./wanted-rows-CYnu7Ugz.js";
import { t as lookbackVersion } from "./version-BJZLIN3h.js";
import { i as retentionParts, n as forecastParts, s as fileLookup, t as classService } from "./retention-BeMbc1nZ.js";
import { t as keepRoom } from "./room-CYhK-jdt.js";
import { t as shippingOf } from "./shipping-Ct8BkBZL.js";
import { t as startWatching } from "./watching-Bb0pnrWb.js";
import path from "node:path";
import { createHash, createHmac, randomBytes, randomUUID, scrypt, timingSafeEqual } from "node:crypto";
import { endianness } from "node:os";
import { access, mkdir, open, readdir, rename, rm, unlink } from "node:fs/promises";
import { DateTime, IANAZone } from "luxon";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import cron from "node-cron";

// dist/index-store/arrivals.js
/** Time between two looks for rows that arrived. */
const LOOK_MS$1 = 1e3;
/** Segments that wait for one reader at most; what comes beyond is left out and said to be. */
const MOST_WAITING$1 = 1e3;
/** Readers of one user at a time: each costs queries a second. */
const MOST_OF_A_USER = 10;
/**
* Tells readers which segments arrived. The store is looked at once a second, by one timer whatever the number of
* readers, and not at all when there is none. Rows that a merge of segments took up within that second are not told.
*/
var Arrivals = class {
	#store;
	#every;
	#readers = /* @__PURE__ */ new Set();
	#known = /* @__PURE__ */ new Set();
	#stop = null;
	/** `every` calls once a second until its result is called. */
	constructor(store, every = everySecond) {
		this.#store = store;
		this.#every = every;
	}
	/** What arrives from now on, until the signal. Throws LIMIT_EXCEEDED for a user with too many, UNAVAILABLE where the store cannot tell. */
	subscribe(user, signal) {
		if ([...this.#readers].filter((reader) => reader.user === user).length >= MOST_OF_A_USER) throw new LookbackError("LIMIT_EXCEEDED", `a user watches ${MOST_OF_A_USER} searches for sessions that arrive at a time; end some`, { limit: MOST_OF_A_USER });
		const present = this.#store.arrivedSegments();
		if (present === null) throw new LookbackError("UNAVAILABLE", "sessions in a search cluster are not told as they arrive; ask for the newest again and again instead");
		if (this.#readers.size === 0) {
			this.#known = new Set(present);
			this.#stop = this.#every(() => {
				this.#look();
			});
		}
		const reader = new Reader(user, () => {
			this.#leave(reader);
		});
		this.#readers.add(reader);
		if (signal?.aborted === true) reader.end();
		else signal?.addEventListener("abort", () => {
			reader.end();
		}, { once: true });
		return reader;
	}
	#look() {
		const present = this.#store.arrivedSegments() ?? [];
		const fresh = present.filter((path) => !this.#known.has(path));
		this.#known = new Set(present);
		if (fresh.length > 0) for (const reader of this.#readers) reader.push(fresh);
	}
	#leave(reader) {
		this.#readers.delete(reader);
		if (this.#readers.size > 0) return;
		this.#stop?.();
		this.#stop = null;
	}
};
function everySecond(look) {
	const timer = setInterval(look, LOOK_MS$1).unref();
	return () => {
		clearInterval(timer);
	};
}
var Reader = class {
	#onEnd;
	#waiting = [];
	#leftOut = false;
	#ended = false;
	#wake = null;
	constructor(user, onEnd) {
		this.user = user;
		this.#onEnd = onEnd;
	}
	push(paths) {
		const room = MOST_WAITING$1 - this.#waiting.length;
		this.#leftOut ||= paths.length > room;
		this.#waiting.push(...paths.slice(0, Math.max(0, room)));
		this.#wake?.();
	}
	end() {
		this.#ended = true;
		this.#onEnd();
		this.#wake?.();
	}
	async next() {
		while (!this.#ended && this.#waiting.length === 0) {
			await new Promise((resolve) => {
				this.#wake = resolve;
			});
			this.#wake = null;
		}
		if (this.#ended) return {
			done: true,
			value: void 0
		};
		const value = {
			segments: this.#waiting,
			leftOut: this.#leftOut
		};
		[this.#waiting, this.#leftOut] = [[], false];
		return {
			done: false,
			value
		};
	}
	return() {
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

// dist/access/attempt-limit.js
/** Failures that cost nothing; from the next on each doubles the wait. */
const FREE_FAILURES = 5;
const FIRST_WAIT_MS = 1e3;
const LONGEST_WAIT_MS$2 = 9e5;
/** After this long without a failure a key is forgotten. */
const FORGET_MS = 36e5;
/** Most keys remembered; beyond, the one that failed longest ago goes. */
const MAX_KEYS = 1e4;
/** Slows down guessing: after five failures under a key (a user name, an address) each further try waits twice as long. */
var AttemptLimit = class {
	#clock;
	#failures = /* @__PURE__ */ new Map();
	constructor(clock) {
		this.#clock = clock;
	}
	/** Throws RATE_LIMITED with `retryAfterSeconds` while one of the keys must wait. */
	check(keys) {
		const now = this.#clock.nowMs();
		let wait = 0;
		for (const key of keys) {
			const failures = this.#failures.get(key);
			if (failures === void 0 || failures.count < FREE_FAILURES) continue;
			if (now - failures.lastMs > FORGET_MS) continue;
			const penalty = Math.min(LONGEST_WAIT_MS$2, FIRST_WAIT_MS * 2 ** Math.min(30, failures.count - FREE_FAILURES));
			wait = Math.max(wait, failures.lastMs + penalty - now);
		}
		if (wait <= 0) return;
		const seconds = Math.ceil(wait / 1e3);
		throw new LookbackError("RATE_LIMITED", `too many failed logins; try again in ${seconds} s`, { retryAfterSeconds: seconds });
	}
	/** Notes a failed attempt under each key. */
	failed(keys) {
		const now = this.#clock.nowMs();
		for (const key of keys) {
			const before = this.#failures.get(key);
			const count = before === void 0 || now - before.lastMs > FORGET_MS ? 1 : before.count + 1;
			this.#failures.delete(key);
			this.#failures.set(key, {
				count,
				lastMs: now
			});
		}
		for (const key of this.#failures.keys()) {
			if (this.#failures.size <= MAX_KEYS) break;
			this.#failures.delete(key);
		}
	}
	/** Forgets the failures of the first key (the user), and takes back the last one of the others, after a success. */
	succeeded([user, ...others]) {
		if (user !== void 0) this.#failures.delete(user);
		for (const key of others) {
			const failures = this.#failures.get(key);
			if (failures === void 0) continue;
			if (failures.count <= 1) this.#failures.delete(key);
			else failures.count -= 1;
		}
	}
	/** Keys remembered. */
	get size() {
		return this.#failures.size;
	}
};

// dist/access/audit-log.js
/** Longest that a noted entry waits in memory, in milliseconds: what a crash can lose. */
const LONGEST_WAIT_MS$1 = 1e3;
/** Most noted entries that wait; the next one writes them. */
const MAX_WAITING$1 = 500;
/** Most that wait while the catalogue cannot be written; beyond, the oldest are given up, which is noted once it can be. */
const MOST_WAITING = 1e4;
/** Milliseconds between two tries while it cannot be. */
const RETRY_MS = 1e4;
/** Longest text of a detail that is kept, in characters. */
const MAX_TEXT$1 = 1e3;
/**
* The audit log. Changes, logins, packet reads and downloads are durable before they are answered (`append`); searches are
* noted and written together, so that a log on a slow disk does not slow them down (`note`).
*/
var AuditLog = class {
	#records;
	#clock;
	#onFault;
	#waiting = [];
	#lost = 0;
	#timer = null;
	/** `onFault` hears of entries that could not be written and wait. */
	constructor(records, clock, onFault = () => {}) {
		this.#records = records;
		this.#clock = clock;
		this.#onFault = onFault;
	}
	/** Adds an entry, durable when this returns. Throws when it cannot be written: what cannot be noted is not done. */
	append(facts) {
		this.#push(facts);
		this.flush();
	}
	/** Adds an entry that is durable within a second. While the catalogue cannot be written, reads go on and their entries wait. */
	note(facts) {
		this.#push(facts);
		if (this.#waiting.length === MAX_WAITING$1) this.#tryFlush();
		else this.#timer ??= this.#later(LONGEST_WAIT_MS$1);
	}
	/** Writes what waits. When that fails it goes on waiting and the error goes on. */
	flush() {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
		if (this.#lost > 0) {
			this.#waiting.push(this.#entry({
				user: "service",
				action: "audit.lost",
				outcome: "DISK_FULL",
				details: { entries: this.#lost }
			}));
			this.#lost = 0;
		}
		if (this.#waiting.length === 0) return;
		this.#records.appendAudit(this.#waiting);
		this.#waiting = [];
	}
	#push(facts) {
		this.#waiting.push(this.#entry(facts));
		if (this.#waiting.length <= MOST_WAITING) return;
		this.#waiting.shift();
		this.#lost += 1;
	}
	#tryFlush() {
		try {
			this.flush();
		} catch (error) {
			this.#onFault(error);
			this.#timer = this.#later(RETRY_MS);
		}
	}
	#later(ms) {
		return setTimeout(() => {
			this.#tryFlush();
		}, ms).unref();
	}
	#entry({ address = null, method = null, outcome = "ok", durationMs = null, details = {}, ...facts }) {
		return {
			atMs: this.#clock.nowMs(),
			address,
			method,
			outcome,
			durationMs,
			details: shortened(details),
			...facts
		};
	}
};
/** Details with every text cut to what is kept. */
function shortened(details) {
	return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, typeof value === "string" && value.length > MAX_TEXT$1 ? `${value.slice(0, MAX_TEXT$1)}…` : value]));
}

// dist/access/local-owner.js
/**
* Whoever may read and write the data directory itself, at the command line of the same machine: an administrator without
* a password. The name is none that a user can have, so no login and no token of a user is ever taken for it.
*/
const LOCAL_OWNER = {
	name: "(local)",
	role: "administrator",
	rights: ALL_RIGHTS,
	loginBy: "password",
	passwordHash: "",
	enabled: true,
	forcedExpression: "",
	hiddenFields: [],
	maxAgeHours: null,
	createdMs: 0,
	rightsChangedMs: 0,
	lastLoginMs: null
};

// dist/access/password.js
/** Cost of a hash: 32 MiB and some 80 ms on one core. N may rise; a stored hash names its own. */
const N = 32768;
const R = 8;
const P = 1;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
/** scrypt needs 128·N·r bytes; twice that is the bound. */
const MAX_MEMORY = 128 * N * R * 2;
/** Shortest and longest password, in characters; the upper bound keeps hashing cheap. */
const PASSWORD_LENGTH = {
	least: 8,
	most: 256
};
const STORED = /^scrypt\$(\d{4,7})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;
/** Hashes running and waiting; bounds memory (32 MiB each) when many log in at once. */
const MAX_RUNNING = 2;
const MAX_WAITING = 32;
let running = 0;
const waiting = [];
async function derive(password, salt, n, r, p) {
	if (running >= MAX_RUNNING) {
		if (waiting.length >= MAX_WAITING) throw new LookbackError("RATE_LIMITED", "too many logins at once; try again in a second", { waiting: waiting.length });
		await new Promise((resume) => waiting.push(resume));
	} else running += 1;
	try {
		return await new Promise((resolve, reject) => {
			scrypt(password.normalize("NFKC"), salt, KEY_BYTES, {
				N: n,
				r,
				p,
				maxmem: MAX_MEMORY
			}, (error, key) => error === null ? resolve(key) : reject(error));
		});
	} finally {
		const next = waiting.shift();
		if (next === void 0) running -= 1;
		else next();
	}
}
/** Hash of a password as `scrypt$N$r$p$salt$key` (RFC 7914; base64url). BAD_INPUT when it is too short or too long. */
async function hashPassword(password) {
	if (password.length < PASSWORD_LENGTH.least || password.length > PASSWORD_LENGTH.most) throw new LookbackError("BAD_INPUT", `a password has ${PASSWORD_LENGTH.least} to ${PASSWORD_LENGTH.most} characters, this one has ${password.length}`);
	const salt = randomBytes(SALT_BYTES);
	const key = await derive(password, salt, N, R, P);
	return `scrypt$${N}$${R}$${P}$${salt.toString("base64url")}$${key.toString("base64url")}`;
}
/** Hash of no password: an unknown user costs the same time as a known one. */
const NO_USER = `scrypt$${N}$${R}$${P}$${Buffer.alloc(SALT_BYTES).toString("base64url")}$${Buffer.alloc(KEY_BYTES).toString("base64url")}`;
/** Whether `password` has the hash `stored`; with null (no such user) false after the same work. */
async function passwordMatches(password, stored) {
	const parts = STORED.exec(stored ?? NO_USER) ?? STORED.exec(NO_USER);
	if (parts === null) return false;
	const [, n, r, p, salt = "", key = ""] = parts;
	const derived = await derive(password.slice(0, PASSWORD_LENGTH.most), Buffer.from(salt, "base64url"), Number(n), Number(r), Number(p));
	return timingSafeEqual(derived, Buffer.from(key, "base64url")) && stored !== null && password.length <= PASSWORD_LENGTH.most && STORED.test(stored);
}

// dist/access/access-service.js
/** How long a browser's login lasts. */
const LOGIN_MS = 432e5;
/** Longest life of a token. */
const MAX_TOKEN_MS = 316224e5;
const DAY_MS$1 = 864e5;
/** Most logins by a proxy's header that are remembered; beyond, one is noted again. */
const MAX_HEADER_LOGINS = 1e4;
/** Most tokens of one user. */
const MAX_TOKENS = 50;
/** Start of every token, so that a leaked one is recognised in a text. */
const TOKEN_PREFIX = "lb_";
const LOCAL_TOKEN_PREFIX = "lbl_";
const USER_NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
/** Who may come in, and what was done: users, logins, tokens, audit. Secrets are stored as hashes only. */
var AccessService = class {
	#records;
	#clock;
	#attempts;
	/** Hash of the local owner's token, or null while none was made. */
	#localOwner = null;
	#listeners = /* @__PURE__ */ new Set();
	/** When a user of a trusted proxy was last noted as logged in from an address. */
	#headerLogins = /* @__PURE__ */ new Map();
	/** `onAuditFault` hears of entries of the audit log that could not be written and wait. */
	constructor(records, clock, onAuditFault = () => {}) {
		this.#records = records;
		this.#clock = clock;
		this.#attempts = new AttemptLimit(clock);
		this.log = new AuditLog(records, clock, onAuditFault);
	}
	/** Makes the administrator `admin` with a random password when there is no administrator yet, else null. */
	async firstStart() {
		if (this.#records.findUser("admin") !== null || this.#records.listUsers().some((user) => user.role === "administrator")) return null;
		const password = newSecret().slice(0, 24);
		await this.putUser({
			name: "admin",
			password,
			role: "administrator"
		});
		return {
			name: "admin",
			password
		};
	}
	/** Adds a user, or changes one and ends its logins and tokens. */
	async putUser(user) {
		return this.#put(user, user.password === null ? "" : await hashPassword(user.password));
	}
	/** The same for a user who logs in elsewhere. */
	putUserWithoutPassword(user) {
		return this.#put(user, "");
	}
	#put(user, passwordHash) {
		if (!USER_NAME.test(user.name)) throw new LookbackError("BAD_INPUT", `"${user.name.slice(0, 64)}" is no user name: 1 to 64 of letters, digits and . _ @ -, a letter or digit first`);
		const now = this.#clock.nowMs();
		const made = {
			name: this.#records.findUser(user.name)?.name ?? user.name,
			role: user.role,
			rights: {
				...ALL_RIGHTS,
				...user.rights
			},
			loginBy: user.loginBy ?? "password",
			passwordHash,
			enabled: true,
			forcedExpression: user.forcedExpression ?? "",
			hiddenFields: user.hiddenFields ?? [],
			maxAgeHours: user.maxAgeHours ?? null,
			createdMs: now,
			rightsChangedMs: now,
			lastLoginMs: null
		};
		this.#records.putUser(made);
		this.endCredentials(made.name);
		return made;
	}
	/**
	* Checks a password and starts a login. Returns the secret id for the cookie. LOGIN_FAILED does not say whether
	* the user exists; RATE_LIMITED after repeated failures of that name or address.
	*/
	async login(name, password, address) {
		const keys = [`user:${name.slice(0, 64).toLowerCase()}`, `address:${address}`];
		this.#attempts.check(keys);
		this.#attempts.failed(keys);
		const user = this.#records.findUser(name);
		const matches = await passwordMatches(password, user?.loginBy === "password" ? user.passwordHash : null);
		if (user === null || !matches || !user.enabled) {
			this.audit(name.slice(0, 64), "login.failed", {}, {
				address,
				outcome: "LOGIN_FAILED"
			});
			throw new LookbackError("LOGIN_FAILED", "user name or password is wrong");
		}
		this.#attempts.succeeded(keys);
		return this.startLogin(user, address);
	}
	/** Starts the login of a user who has proved to be that user; returns the secret id for the cookie. */
	startLogin(user, address) {
		const now = this.#clock.nowMs();
		this.#records.removeExpired(now);
		const id = newSecret();
		const expiresMs = now + LOGIN_MS;
		this.#records.putLogin({
			hash: secretHash(id),
			user: user.name,
			address,
			createdMs: now,
			expiresMs
		});
		this.audit(user.name, "login.start", { by: user.loginBy }, {
			address,
			method: "cookie"
		});
		return {
			id,
			user,
			expiresMs
		};
	}
	/**
	* Gives a user a new password and ends every login and token. LOGIN_FAILED when the present password is wrong, with the
	* same waits as a login; BAD_INPUT when the new one is too short or too long.
	*/
	async changePassword(name, present, next, by = null) {
		const keys = [`user:${name.toLowerCase()}`];
		this.#attempts.check(keys);
		this.#attempts.failed(keys);
		const user = this.#records.findUser(name);
		const matches = await passwordMatches(present, user?.loginBy === "password" ? user.passwordHash : null);
		if (user === null || !matches || !user.enabled) throw new LookbackError("LOGIN_FAILED", "the present password is wrong");
		this.#attempts.succeeded(keys);
		this.#records.putUser({
			...user,
			passwordHash: await hashPassword(next)
		});
		this.endCredentials(user.name);
		this.audit(user.name, "password.change", {}, by ?? {});
	}
	/** Ends the login of a cookie; unknown ids are fine. */
	logout(id, address = null) {
		const hash = secretHash(id);
		const login = this.#records.findLogin(hash);
		if (login === null) return;
		this.#records.removeLogin(hash);
		this.#changed();
		this.audit(login.user, "login.end", {}, {
			address,
			method: "cookie"
		});
	}
	/** The user of a login cookie, or null. */
	principalOfCookie(id) {
		const hash = secretHash(id);
		const login = this.#records.findLogin(hash);
		if (login === null || login.expiresMs <= this.#clock.nowMs()) return null;
		return this.#principal(login.user, "cookie", hash, null);
	}
	/** Makes the token by which the local owner comes in until this process ends. It is kept nowhere; an earlier one ends. */
	admitLocalOwner() {
		const token = LOCAL_TOKEN_PREFIX + newSecret();
		this.#localOwner = secretHash(token);
		return token;
	}
	/** The user of a bearer token, or null. */
	principalOfToken(token) {
		const hash = secretHash(token);
		if (hash === this.#localOwner) return {
			user: LOCAL_OWNER,
			method: "local",
			credentialHash: hash,
			scopes: null
		};
		const found = this.#records.findToken(hash);
		if (found === null || found.expiresMs <= this.#clock.nowMs()) return null;
		return this.#principal(found.user, "token", hash, new Set(found.scopes));
	}
	/** The user whom a trusted proxy names, or null; only for users who log in that way. */
	principalOfHeader(name, address) {
		const user = USER_NAME.test(name) ? this.#records.findUser(name) : null;
		if (user === null || !user.enabled || user.loginBy !== "header") return null;
		const now = this.#clock.nowMs();
		const place = `${user.name} ${address}`;
		if (now - (this.#headerLogins.get(place) ?? 0) >= 432e5) {
			this.#headerLogins.set(place, now);
			for (const oldest of this.#headerLogins.keys()) {
				if (this.#headerLogins.size <= MAX_HEADER_LOGINS) break;
				this.#headerLogins.delete(oldest);
			}
			this.audit(user.name, "login.start", { by: "header" }, {
				address,
				method: "header"
			});
		}
		return {
			user,
			method: "header",
			credentialHash: "",
			scopes: null
		};
	}
	#principal(name, method, credentialHash, scopes) {
		const user = this.#records.findUser(name);
		return user === null || !user.enabled ? null : {
			user,
			method,
			credentialHash,
			scopes
		};
	}
	/**
	* Whether a principal still is what it was when it was looked up: its credential has neither ended nor been revoked, and
	* nothing of the user's rights has changed. For what goes on after its request began.
	*/
	stillHolds(principal) {
		const { user, method, credentialHash } = principal;
		if (method === "local") return credentialHash === this.#localOwner;
		if (method === "cookie" && !this.#alive(this.#records.findLogin(credentialHash))) return false;
		if (method === "token" && !this.#alive(this.#records.findToken(credentialHash))) return false;
		const present = this.#records.findUser(user.name);
		return present !== null && present.enabled && present.rightsChangedMs === user.rightsChangedMs && present.createdMs === user.createdMs;
	}
	#alive(credential) {
		return credential !== null && credential.expiresMs > this.#clock.nowMs();
	}
	/** Calls `listener` after logins, tokens or rights of anybody ended or changed in this process; returns what stops that. */
	onChange(listener) {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}
	#changed() {
		for (const listener of this.#listeners) listener();
	}
	/** Ends every login and token of a user. */
	endCredentials(name) {
		this.#records.removeCredentials(name);
		this.#changed();
	}
	/** Stores a user whose rights changed; what goes on under the old ones ends. */
	replaceUser(user) {
		const before = this.#records.findUser(user.name)?.rightsChangedMs ?? 0;
		const changed = {
			...user,
			rightsChangedMs: Math.max(this.#clock.nowMs(), before + 1)
		};
		this.#records.putUser(changed);
		this.#changed();
		return changed;
	}
	/** Makes a named token for a user and returns it; it is not shown again. It may do what its user may within `scopes`. */
	createToken(userName, name, lifeMs, scopes = TOKEN_SCOPES, by = null) {
		const user = this.#records.findUser(userName)?.name;
		if (user === void 0) throw new LookbackError("NOT_FOUND", `there is no user "${userName}"`);
		if (!/^[\w .:@-]{1,64}$/.test(name)) throw new LookbackError("BAD_INPUT", "a token's name has 1 to 64 letters, digits, spaces and . : @ _ -");
		if (!(lifeMs > 0 && lifeMs <= 316224e5)) throw new LookbackError("LIMIT_EXCEEDED", "a token lives up to 366 days", { limit: MAX_TOKEN_MS });
		const now = this.#clock.nowMs();
		for (const ended of this.#records.listTokens(user)) if (ended.expiresMs <= now) this.#records.removeToken(user, ended.name);
		const existing = this.#records.listTokens(user);
		if (existing.length >= MAX_TOKENS) throw new LookbackError("LIMIT_EXCEEDED", `a user has at most ${MAX_TOKENS} tokens; remove one`, { limit: MAX_TOKENS });
		if (existing.some((token) => token.name === name)) throw new LookbackError("BAD_INPUT", `user "${user}" has a token "${name}" already`);
		const granted = TOKEN_SCOPES.filter((scope) => scopes.includes(scope));
		if (granted.length === 0) throw new LookbackError("BAD_INPUT", `a token needs a scope: ${TOKEN_SCOPES.join(", ")}`);
		const token = TOKEN_PREFIX + newSecret();
		this.#records.putToken({
			name,
			user,
			hash: secretHash(token),
			scopes: granted,
			createdMs: now,
			expiresMs: now + lifeMs
		});
		this.audit(by?.name ?? user, "token.create", {
			of: user,
			name,
			scopes: granted.join(" "),
			days: Math.round(lifeMs / DAY_MS$1)
		}, by ?? {});
		return token;
	}
	/** Tokens of a user that have not ended; their secrets are not kept. */
	tokens(user) {
		const now = this.#clock.nowMs();
		return this.#records.listTokens(user).filter((token) => token.expiresMs > now);
	}
	/** Ends a token; NOT_FOUND when there is none of that name. */
	revokeToken(user, name, by = null) {
		if (!this.#records.removeToken(user, name)) throw new LookbackError("NOT_FOUND", `user "${user}" has no token "${name}"`);
		this.#changed();
		this.audit(by?.name ?? user, "token.revoke", {
			of: user,
			name
		}, by ?? {});
	}
	/** The enabled user of a name. Throws NOT_FOUND. */
	user(name) {
		const user = name === LOCAL_OWNER.name ? LOCAL_OWNER : this.#records.findUser(name);
		if (user === null || !user.enabled) throw new LookbackError("NOT_FOUND", `there is no user ${name.slice(0, 64)}, or the user may not log in`);
		return user;
	}
	/** Throws FORBIDDEN unless the user's role and rights, and the scopes of the token if one is used, allow the action. */
	require(user, permission, scopes = null) {
		const reason = refusal({
			role: user.role,
			rights: user.rights,
			scopes
		}, permission);
		if (reason !== null) throw new LookbackError("FORBIDDEN", reason, {
			permission,
			role: user.role
		});
	}
	/** Throws FORBIDDEN for a user who sees a part of the store only: `what` tells of all of it. */
	requireWholeStore(user, what) {
		if (seesPart(user)) throw new LookbackError("FORBIDDEN", `${what} cannot be read under a forced expression or a time limit: they tell of sessions that you may not see`);
	}
	/** Appends to the audit log, durable when this returns; `origin` says where from and how it went. */
	audit(user, action, details, origin = {}) {
		const { address = null, method = null, outcome = "ok", durationMs = null } = origin;
		this.log.append({
			user,
			action,
			details,
			address,
			method,
			outcome,
			durationMs
		});
	}
	/** Entries of the audit log that match, newest first. */
	searchAudit(filter, limit) {
		this.log.flush();
		return this.#records.searchAudit(filter, limit);
	}
};

// dist/access/catalogue-records.js
/** Longest life of a token whose record names none: it has ended. */
const ENDED_MS = 0;
const METHODS = [
	"cookie",
	"token",
	"header",
	"local"
];
function bytes(hash) {
	return Buffer.from(hash, "hex");
}
function rightsOf(stored) {
	if (stored === null) return NO_RIGHTS;
	const named = (name) => stored[name] ?? ALL_RIGHTS[name];
	return {
		packetSearch: named("packetSearch"),
		emailSearch: named("emailSearch"),
		disablePcapDownload: named("disablePcapDownload"),
		hideStats: named("hideStats"),
		hideFiles: named("hideFiles"),
		hidePcap: named("hidePcap")
	};
}
/** A stored user. One of a role that this version does not know, or whose limits do not read back, may not log in. */
function userOf(record) {
	const reads = isRole(record.role) && record.rights !== null && record.hiddenFields !== null;
	return {
		name: record.name,
		role: isRole(record.role) ? record.role : "viewer",
		rights: rightsOf(record.rights),
		loginBy: record.loginBy,
		passwordHash: record.passwordHash,
		enabled: record.enabled && reads,
		forcedExpression: record.forcedExpression ?? "",
		hiddenFields: record.hiddenFields ?? [],
		maxAgeHours: record.timeLimitHours,
		createdMs: record.createdAtMs,
		rightsChangedMs: record.rightsChangedAtMs,
		lastLoginMs: record.lastLoginAtMs
	};
}
/** The rights that differ from what everybody has: those that a later version adds are then as that version has them. */
function storedRights(rights) {
	return Object.fromEntries(RIGHT_NAMES.filter((name) => rights[name] !== ALL_RIGHTS[name]).map((name) => [name, rights[name]]));
}
function tokenOf(token) {
	return {
		name: token.name,
		user: token.user,
		hash: Buffer.from(token.hash).toString("hex"),
		scopes: token.scopes.filter(isTokenScope),
		createdMs: token.createdAtMs,
		expiresMs: token.expiresAtMs ?? ENDED_MS
	};
}
/** A detail of an audit entry as written by `appendAudit`; other shapes as JSON text. */
function detailOf(value) {
	return value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : JSON.stringify(value);
}
/** Users, logins, tokens and audit in the catalogue. */
var CatalogueAccessRecords = class {
	#catalogue;
	constructor(catalogue) {
		this.#catalogue = catalogue;
	}
	countUsers() {
		return this.#catalogue.users.list().length;
	}
	findUser(name) {
		const record = this.#catalogue.users.get(name);
		return record === null ? null : userOf(record);
	}
	putUser(user) {
		const { users } = this.#catalogue;
		const fields = {
			passwordHash: user.passwordHash,
			role: user.role,
			rights: storedRights(user.rights),
			loginBy: user.loginBy,
			rightsChangedAtMs: user.rightsChangedMs,
			forcedExpression: user.forcedExpression.trim() === "" ? null : user.forcedExpression,
			hiddenFields: user.hiddenFields,
			timeLimitHours: user.maxAgeHours,
			enabled: user.enabled
		};
		this.#catalogue.transaction(() => {
			if (!users.add({
				name: user.name,
				...fields
			})) users.update(user.name, fields);
		});
	}
	listUsers() {
		return this.#catalogue.users.list().map(userOf);
	}
	putLogin(login) {
		this.#catalogue.logins.add({
			hash: bytes(login.hash),
			user: login.user,
			address: login.address,
			expiresAtMs: login.expiresMs
		});
		this.#catalogue.users.update(login.user, { lastLoginAtMs: login.createdMs });
	}
	findLogin(hash) {
		const found = this.#catalogue.logins.find(bytes(hash));
		return found === null ? null : {
			hash,
			user: found.user,
			address: found.address,
			createdMs: found.createdAtMs,
			expiresMs: found.expiresAtMs
		};
	}
	removeLogin(hash) {
		this.#catalogue.logins.remove(bytes(hash));
	}
	removeCredentials(user) {
		this.#catalogue.transaction(() => {
			this.#catalogue.logins.removeOfUser(user);
			for (const token of this.#catalogue.tokens.ofUser(user)) this.#catalogue.tokens.remove(token.id);
		});
	}
	removeExpired() {
		this.#catalogue.logins.removeExpired();
	}
	putToken(token) {
		this.#catalogue.tokens.add({
			id: token.hash.slice(0, 16),
			user: token.user,
			name: token.name,
			hash: bytes(token.hash),
			scopes: token.scopes,
			expiresAtMs: token.expiresMs
		});
	}
	findToken(hash) {
		const found = this.#catalogue.tokens.find(bytes(hash));
		return found === null ? null : tokenOf(found);
	}
	listTokens(user) {
		return this.#catalogue.tokens.ofUser(user).map(tokenOf);
	}
	removeToken(user, name) {
		const found = this.#catalogue.tokens.ofUser(user).find((token) => token.name === name);
		return found !== void 0 && this.#catalogue.tokens.remove(found.id);
	}
	appendAudit(entries) {
		this.#catalogue.audit.append(entries);
	}
	listAudit(limit) {
		return this.searchAudit({}, limit);
	}
	searchAudit(filter, limit) {
		return this.#catalogue.audit.search(filter, limit).map(({ details, method, ...entry }) => ({
			...entry,
			method: METHODS.find((known) => known === method) ?? null,
			details: Object.fromEntries(Object.entries(details).map(([key, value]) => [key, detailOf(value)]))
		}));
	}
};

// dist/access/limit-checks.js
/** Checks of a user's limits against a field catalogue. E-mail fields may be named before any dissector fills them. */
function limitChecks(fields, compile) {
	const above = /* @__PURE__ */ new Set(["email"]);
	for (const { path } of [...fields.declared, ...fields.derived]) {
		const parts = path.split(".");
		for (let depth = 1; depth <= parts.length; depth++) above.add(parts.slice(0, depth).join("."));
	}
	return {
		expression: (text) => {
			compile(text);
		},
		fieldPath: (name) => {
			const entry = fields.find(name);
			if (entry?.entry === "field") return entry.field.path;
			if (entry?.entry === "virtual") {
				const members = entry.virtual.members.map((member) => member.expression);
				throw new LookbackError("BAD_INPUT", `${name} stands for several fields; hide those that are meant: ${members.slice(0, 10).join(", ")}`, { suggestions: members });
			}
			if (above.has(name)) return name;
			const nearest = fields.nearest(name);
			const question = nearest.length === 0 ? "" : `; did you mean ${nearest.join(" or ")}?`;
			throw new LookbackError("BAD_INPUT", `there is no field or path ${JSON.stringify(name.slice(0, 60))}${question}`, { suggestions: nearest });
		}
	};
}

// dist/access/scope.js
const HOUR_MS$2 = 36e5;
/** Under this path are all fields of e-mails, which take a right of their own. */
const EMAIL = "email";
/** Most users whose forced expression is kept checked. */
const MAX_CACHED = 1e3;
/**
* What each user may see. A forced expression that no longer checks (a field went away) closes everything to its
* user: FORBIDDEN, never an unrestricted read.
*/
var ScopeOfUser = class {
	#check;
	#clock;
	#checked = /* @__PURE__ */ new Map();
	constructor(check, clock) {
		this.#check = check;
		this.#clock = clock;
	}
	/** The user's scope at this moment. */
	scopeOf(user) {
		return {
			user: user.name,
			forcedExpression: user.forcedExpression.trim() === "" ? null : this.#forced(user),
			hiddenFields: new Set(user.rights.emailSearch ? user.hiddenFields : [...user.hiddenFields, EMAIL]),
			oldestMs: user.maxAgeHours === null ? null : this.#clock.nowMs() - user.maxAgeHours * HOUR_MS$2
		};
	}
	#forced(user) {
		const now = this.#clock.nowMs();
		const known = this.#checked.get(user.forcedExpression);
		if (known !== void 0 && now - known.checkedAtMs < 1e3) return known.expression;
		let expression;
		try {
			expression = this.#check(user.forcedExpression);
		} catch (cause) {
			throw new LookbackError("FORBIDDEN", `the forced expression of user "${user.name}" does not check; an administrator must correct it`, {}, { cause });
		}
		if (this.#checked.size >= MAX_CACHED) this.#checked.clear();
		this.#checked.set(user.forcedExpression, {
			checkedAtMs: now,
			expression
		});
		return expression;
	}
};

// dist/access/user-administration.js
/** Most fields hidden from one user. */
const MAX_HIDDEN_FIELDS = 1e3;
/** Longest forced expression, in characters. */
const MAX_FORCED_EXPRESSION = 1e4;
/** Longest time limit, in hours: a hundred years. */
const MAX_AGE_HOURS = 876600;
/** What administrators do with users; the API and the command line are two faces of it. Everything is in the audit log. */
var UserAdministration = class {
	#access;
	#checks;
	constructor(records, access, checks) {
		this.records = records;
		this.#access = access;
		this.#checks = checks;
	}
	/** Every user, in order of name. */
	list() {
		return this.records.listUsers().toSorted((a, b) => a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1);
	}
	/** The user of a name, enabled or not, or null. */
	find(name) {
		return this.records.findUser(name);
	}
	/** The user of a name, enabled or not. NOT_FOUND. */
	get(name) {
		const user = this.find(name);
		if (user === null) throw new LookbackError("NOT_FOUND", `there is no user ${JSON.stringify(name.slice(0, 64))}`);
		return user;
	}
	/** Adds a user. Without a password one is made, unless the user logs in elsewhere. BAD_INPUT when the name is taken or a limit is wrong. */
	async add(user, by) {
		if (this.records.findUser(user.name) !== null) throw new LookbackError("BAD_INPUT", `there is a user "${user.name}" already; use set, password or enable`);
		const { loginBy = "password" } = user;
		if (loginBy !== "password" && user.password !== null) throw new LookbackError("BAD_INPUT", `"${user.name}" logs in by ${loginBy} and has no password here`);
		const madePassword = loginBy === "password" && user.password === null ? newSecret().slice(0, 24) : null;
		const made = await this.#access.putUser({
			...user,
			...this.#checked(user),
			password: madePassword ?? user.password
		});
		this.#audit(by, "user.add", {
			of: made.name,
			...facts(made)
		});
		return {
			user: made,
			madePassword
		};
	}
	/** Adds a user whom a trusted proxy or provider named. BAD_INPUT when the name is taken or cannot be a user's, or a limit is wrong. */
	addFromElsewhere(user, by) {
		if (this.records.findUser(user.name) !== null) throw new LookbackError("BAD_INPUT", `there is a user "${user.name}" already`);
		const made = this.#access.putUserWithoutPassword({
			...user,
			...this.#checked(user)
		});
		this.#audit(by, "user.add", {
			of: made.name,
			...facts(made)
		});
		return made;
	}
	/** Changes role, rights or limits; logins and tokens stay and have the new ones at once. BAD_INPUT, NOT_FOUND. */
	set(name, change, by) {
		const user = this.get(name);
		const { rights, ...rest } = this.#checked(change);
		const next = {
			...user,
			...rest,
			rights: {
				...user.rights,
				...rights
			}
		};
		this.#keepAnAdministrator(user, next);
		const changed = this.#access.replaceUser(next);
		this.#audit(by, "user.change", {
			of: changed.name,
			...facts(changed)
		});
		return changed;
	}
	/** Lets a user log in again, or ends all logins and tokens and lets the user log in no more. */
	setEnabled(name, enabled, by) {
		const user = this.get(name);
		const next = {
			...user,
			enabled
		};
		this.#keepAnAdministrator(user, next);
		const changed = this.#access.replaceUser(next);
		if (!enabled) this.#access.endCredentials(user.name);
		this.#audit(by, enabled ? "user.enable" : "user.disable", { of: user.name });
		return changed;
	}
	/** Gives a user a password, a made one when it is null, and ends all logins and tokens. */
	async setPassword(name, password, by) {
		const user = this.get(name);
		if (user.loginBy !== "password") throw new LookbackError("BAD_INPUT", `"${user.name}" logs in by ${user.loginBy} and has no password here`);
		const madePassword = password === null ? newSecret().slice(0, 24) : null;
		const changed = this.#access.replaceUser({
			...user,
			passwordHash: await hashPassword(madePassword ?? password ?? "")
		});
		this.#access.endCredentials(user.name);
		this.#audit(by, "user.password", { of: user.name });
		return {
			user: changed,
			madePassword
		};
	}
	/** Tokens of a user that have not ended. */
	tokens(name) {
		return this.#access.tokens(this.get(name).name);
	}
	/** Makes a token in a user's name; its secret is returned this once. */
	createToken(name, tokenName, lifeMs, scopes, by) {
		const user = this.get(name);
		return this.#access.createToken(user.name, tokenName, lifeMs, scopes, by);
	}
	/** Ends a token of a user. NOT_FOUND. */
	revokeToken(name, tokenName, by) {
		const user = this.get(name);
		this.#access.revokeToken(user.name, tokenName, by);
	}
	#audit({ name, address, method }, action, details) {
		this.#access.audit(name, action, details, {
			address,
			method
		});
	}
	#checked(change) {
		const { role, forcedExpression, hiddenFields, maxAgeHours } = change;
		if (role !== void 0 && !isRole(role)) throw new LookbackError("BAD_INPUT", `${JSON.stringify(role)} is no role: ${ROLES.join(", ")}`);
		if (forcedExpression !== void 0 && forcedExpression.trim() !== "") {
			if (forcedExpression.length > MAX_FORCED_EXPRESSION) throw new LookbackError("LIMIT_EXCEEDED", `a forced expression has at most ${MAX_FORCED_EXPRESSION} characters`, { limit: MAX_FORCED_EXPRESSION });
			this.#checks.expression(forcedExpression);
		}
		if (hiddenFields !== void 0 && hiddenFields.length > MAX_HIDDEN_FIELDS) throw new LookbackError("LIMIT_EXCEEDED", `at most ${MAX_HIDDEN_FIELDS} fields can be hidden`, { limit: MAX_HIDDEN_FIELDS });
		if (maxAgeHours !== void 0 && maxAgeHours !== null && !(Number.isSafeInteger(maxAgeHours) && maxAgeHours >= 1 && maxAgeHours <= MAX_AGE_HOURS)) throw new LookbackError("BAD_INPUT", `a time limit is a whole number of hours, 1 to ${MAX_AGE_HOURS}, not ${maxAgeHours}`);
		return hiddenFields === void 0 ? change : {
			...change,
			hiddenFields: [...new Set(hiddenFields.map((name) => this.#checks.fieldPath(name)))]
		};
	}
	/** Somebody must stay who can look after users. */
	#keepAnAdministrator(before, after) {
		const may = (user) => user.enabled && user.role === "administrator";
		if (!may(before) || may(after)) return;
		if (this.records.listUsers().some((user) => user.name !== before.name && may(user))) return;
		throw new LookbackError("BAD_INPUT", `"${before.name}" is the last administrator who may log in; make another one first`);
	}
};
/** A user's limits as an audit entry has them. */
function facts(user) {
	return {
		role: user.role,
		loginBy: user.loginBy,
		forcedExpression: user.forcedExpression.slice(0, 1e3),
		hiddenFields: user.hiddenFields.join(" ").slice(0, 1e3),
		maxAgeHours: user.maxAgeHours,
		rights: RIGHT_NAMES.map((name) => `${name}=${String(user.rights[name])}`).join(" ")
	};
}

// dist/export/download-link.js
/** Longest signature text that is looked at. */
const MAX_TEXT = 512;
/**
* Signs what a link allows with HMAC-SHA-256. Each part is preceded by its length, so that no two grants sign the same
* bytes. Returned as base64url.
*/
function signDownload(key, grant) {
	const mac = createHmac("sha256", key).update("lookback-download-1\0");
	for (const part of [
		grant.exportId,
		grant.user,
		String(grant.expiresMs)
	]) {
		const bytes = Buffer.from(part);
		const length = Buffer.alloc(4);
		length.writeUInt32BE(bytes.length);
		mac.update(length).update(bytes);
	}
	return mac.digest("base64url");
}
/** How far the clock may have been set back since a link was made, in milliseconds. */
const CLOCK_SKEW_MS = 3e5;
/**
* Throws LINK_INVALID unless `signature` is that of the grant and the grant still holds at `nowMs`. No link is made for longer
* than `longestMs`: one that is, was made by a clock that has been set back since. Takes the same time for any wrong one.
*/
function verifyDownload(key, grant, signature, nowMs, longestMs = Number.POSITIVE_INFINITY) {
	const expected = Buffer.from(signDownload(key, grant));
	const given = Buffer.from(signature.slice(0, MAX_TEXT));
	if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new LookbackError("LINK_INVALID", "this link was altered, or was made for another user or export");
	if (grant.expiresMs - nowMs > longestMs + 3e5) throw new LookbackError("LINK_INVALID", "this link was made at a time that has not come yet: the clock was set back; ask for a new one", { expiresMs: grant.expiresMs });
	if (nowMs >= grant.expiresMs) throw new LookbackError("LINK_INVALID", "this link has expired; ask for a new one", { expiredMs: grant.expiresMs });
}
/** Path and query of a download: `/api/exports/<id>/download?expires=<ms>&user=<name>&signature=<base64url>`. */
function downloadPath(key, grant) {
	const query = new URLSearchParams({
		expires: String(grant.expiresMs),
		user: grant.user,
		signature: signDownload(key, grant)
	});
	return `/api/exports/${encodeURIComponent(grant.exportId)}/download?${query}`;
}

// dist/export/table-columns.js
/** The name of a field's column: its expression, or `db:<path>` where it has none. */
function columnName(field) {
	return field.expression === "" ? `db:${field.path}` : field.expression;
}
/** The fields beside the id, which NDJSON and Parquet have as a column of their own in any case. */
function besideId(fields) {
	return fields.filter(({ path }) => path !== "_id");
}

// dist/export/parquet-table.js
/** Rows of a row group: what is held before it is written. */
const GROUP_ROWS = 1e4;
/** Bytes since the last `take`, while offsets count from the start of the file. */
var Pieces = class extends ByteWriter {
	take() {
		const piece = Buffer.from(this.getBytes());
		this.index = 0;
		return piece;
	}
};
/**
* Parquet with a row for each session: `id`, then the fields. Times are timestamps in milliseconds, fields with several
* values are lists, objects are JSON. Row groups have the same rows whatever the batches.
*/
var ParquetTable = class {
	#fields;
	#bytes = new Pieces(1 << 20);
	#writer;
	#held = [];
	constructor(fields) {
		this.#fields = besideId(fields);
		this.#writer = new ParquetWriter({
			writer: this.#bytes,
			schema: schemaOf(this.#fields),
			createdBy: "Lookback"
		});
	}
	head() {
		return this.#bytes.take();
	}
	rows(batch) {
		const pieces = [];
		for (const row of batch) {
			this.#held.push(row);
			if (this.#held.length === GROUP_ROWS) pieces.push(this.#group());
		}
		return Buffer.concat(pieces);
	}
	end() {
		const last = this.#held.length > 0 ? this.#group() : Buffer.alloc(0);
		this.#writer.finish();
		return Buffer.concat([last, this.#bytes.take()]);
	}
	#group() {
		const rows = this.#held;
		this.#held = [];
		const columns = this.#fields.map((field) => ({
			name: columnName(field),
			offsetIndex: false,
			data: rows.map((row) => columnValue(row.values.get(field.path) ?? null, field))
		}));
		this.#writer.write({
			columnData: [{
				name: "id",
				offsetIndex: false,
				data: rows.map((row) => row.id)
			}, ...columns],
			rowGroupSize: GROUP_ROWS
		});
		return this.#bytes.take();
	}
};
function schemaOf(fields) {
	return [
		{
			name: "sessions",
			num_children: fields.length + 1
		},
		{
			name: "id",
			type: "BYTE_ARRAY",
			converted_type: "UTF8",
			repetition_type: "REQUIRED"
		},
		...fields.flatMap((field) => {
			const name = columnName(field);
			if (!isList(field)) return [{
				name,
				...typeOf(field),
				repetition_type: "OPTIONAL"
			}];
			return [
				{
					name,
					converted_type: "LIST",
					num_children: 1,
					repetition_type: "OPTIONAL"
				},
				{
					name: "list",
					num_children: 1,
					repetition_type: "REPEATED"
				},
				{
					name: "element",
					...typeOf(field),
					repetition_type: "OPTIONAL"
				}
			];
		})
	];
}
/** Whether a session may have several values; a member of an object list has one for each object. */
function isList(field) {
	if (field.shape === "objects") return false;
	return field.object !== "" || field.shape !== "one" && field.countOf === null;
}
function typeOf(field) {
	if (field.shape === "objects") return {
		type: "BYTE_ARRAY",
		converted_type: "JSON"
	};
	switch (field.kind) {
		case "integer": return { type: "INT64" };
		case "seconds": return {
			type: "INT64",
			converted_type: "TIMESTAMP_MILLIS"
		};
		case "float": return { type: "DOUBLE" };
		case "boolean": return { type: "BOOLEAN" };
		default: return {
			type: "BYTE_ARRAY",
			converted_type: "UTF8"
		};
	}
}
function columnValue(value, field) {
	if (value === null) return null;
	if (!isList(field)) return scalar(value, field);
	return (Array.isArray(value) ? value : [value]).map((item) => item === null ? null : scalar(item, field));
}
function scalar(value, field) {
	if (field.shape === "objects") return value;
	switch (field.kind) {
		case "integer": return typeof value === "number" ? BigInt(Math.trunc(value)) : null;
		case "seconds": return typeof value === "number" ? new Date(value) : null;
		case "float": return typeof value === "number" ? value : null;
		case "boolean": return typeof value === "boolean" ? value : null;
		default: return typeof value === "string" ? value : JSON.stringify(value);
	}
}

// dist/export/table-writers.js
/** The writer of a format; columns are named as in search expressions, in the given order. */
function tableWriter(format, fields) {
	switch (format) {
		case "csv": return new CsvTable(fields);
		case "ndjson": return new NdjsonTable(fields);
		case "parquet": return new ParquetTable(fields);
	}
}
const NOTHING = Buffer.alloc(0);
/** First characters by which a spreadsheet takes text for a formula. */
const FORMULA = /^[=+\-@\t\r]/;
/**
* RFC 4180 with CRLF and a header line. Times are ISO 8601 in UTC; several values of a field are separated by ", ". Text
* that a spreadsheet would take for a formula gets an apostrophe before it: the traffic's authors write these cells.
*/
var CsvTable = class {
	#fields;
	constructor(fields) {
		this.#fields = fields;
	}
	head() {
		return Buffer.from(`${this.#fields.map((field) => quoted(columnName(field))).join(",")}\r\n`);
	}
	rows(batch) {
		return Buffer.from(batch.map((row) => `${this.#fields.map((field) => csvCell(row.values.get(field.path) ?? null, field)).join(",")}\r\n`).join(""));
	}
	end() {
		return NOTHING;
	}
};
function csvCell(value, field) {
	if (typeof value === "number" || typeof value === "boolean") return cellText(value, field);
	const text = cellText(value, field);
	return quoted(FORMULA.test(text) ? `'${text}` : text);
}
function quoted(text) {
	return /[",\r\n]/.test(text) ? `"${text.replaceAll("\"", "\"\"")}"` : text;
}
function cellText(value, field) {
	if (value === null) return "";
	if (Array.isArray(value)) return value.map((item) => cellText(item, field)).join(", ");
	if (field.kind === "seconds" && typeof value === "number") return new Date(value).toISOString();
	return typeof value === "object" ? JSON.stringify(value) : String(value);
}
/** One JSON object a line: the session's id and the fields by name; times are milliseconds since 1970, absent values null. */
var NdjsonTable = class {
	#fields;
	constructor(fields) {
		this.#fields = besideId(fields);
	}
	head() {
		return NOTHING;
	}
	rows(batch) {
		return Buffer.from(batch.map((row) => `${JSON.stringify(Object.fromEntries([["id", row.id], ...this.#fields.map((field) => [columnName(field), row.values.get(field.path) ?? null])]))}\n`).join(""));
	}
	end() {
		return NOTHING;
	}
};

// dist/export/estimate.js
/** Sessions of which a table is made to learn how long a row is. */
const SAMPLED_ROWS = 1e3;
/** Counts what an export would hold, from the index alone: no packet file is opened. */
async function estimateExport(parts, request, context) {
	const maxBytes = Math.min(parts.maxBytes, request.maxBytes ?? Number.POSITIVE_INFINITY);
	const found = isCapture(request.format) ? await ofCapture(parts, request, context) : await ofTable(parts, request, context);
	return {
		...found,
		maxBytes,
		tooLarge: found.bytes > maxBytes
	};
}
async function ofCapture(parts, request, context) {
	const found = {
		sessions: 0,
		packets: 0,
		bytes: 24,
		missingPackets: 0,
		incompleteSessions: 0
	};
	const there = /* @__PURE__ */ new Map();
	const isThere = (fileId) => {
		let known = there.get(fileId);
		if (known === void 0) there.set(fileId, known = "file" in parts.lookup(fileId));
		return known;
	};
	let missing = 0;
	const see = (fileId, _offset, length) => {
		if (isThere(fileId)) found.bytes += length;
		else missing += 1;
	};
	for await (const sessions of parts.store.streamPositions(request, context)) for (const tell of sessions) {
		missing = 0;
		const packets = tell(see);
		found.sessions += 1;
		found.packets += packets - missing;
		found.missingPackets += missing;
		if (missing > 0 || packets === 0) found.incompleteSessions += 1;
	}
	return found;
}
async function ofTable(parts, request, context) {
	const { format, fields } = request;
	if (isCapture(format)) throw new LookbackError("INTERNAL", "a capture is no table");
	const writer = tableWriter(format, fields);
	let sampled = 0;
	let measured = 0;
	let rows = 0;
	const head = writer.head().length;
	for await (const batch of parts.store.streamRows({
		...request,
		fields
	}, context)) {
		if (measured < SAMPLED_ROWS) {
			sampled += writer.rows(batch).length;
			measured += batch.length;
		}
		rows += batch.length;
		if (!request.wholeConnections && rows >= SAMPLED_ROWS) break;
	}
	sampled += writer.end().length;
	const sessions = request.wholeConnections ? rows : await parts.store.count(request, context);
	return {
		sessions,
		packets: 0,
		bytes: head + (measured === 0 ? sampled : Math.ceil(sampled / measured * sessions)),
		missingPackets: 0,
		incompleteSessions: 0
	};
}

// dist/export/hash-thread.js
/** What the thread runs: pieces in, each answered when it is hashed; an empty one ends it with the digest in hex. */
const PROGRAM = `
const { parentPort } = require("node:worker_threads");
const hash = require("node:crypto").createHash("sha256");
parentPort.on("message", (piece) => {
  if (piece === null) {
    parentPort.postMessage(hash.digest("hex"));
    parentPort.close();
    return;
  }
  hash.update(piece);
  parentPort.postMessage(null);
});
`;
/** MiB that the thread's heap may have: the pieces are not in it. */
const HEAP = {
	maxOldGenerationSizeMb: 16,
	maxYoungGenerationSizeMb: 2
};
/**
* SHA-256 in a thread of its own, for what is too long to be hashed beside the merging of packets. Pieces lie in shared memory
* and are not copied. One piece at a time.
*/
var HashThread = class {
	#worker = new Worker(PROGRAM, {
		eval: true,
		resourceLimits: HEAP
	});
	constructor() {
		this.#worker.on("error", () => {});
		this.#worker.unref();
	}
	/** Hashes a piece of shared memory, which must not change until the promise resolves. */
	async update(piece) {
		await this.#answer(piece);
	}
	/** The digest in hex; the thread ends. */
	async digest() {
		return String(await this.#answer(null));
	}
	/** Ends the thread, whatever it does. */
	async close() {
		await this.#worker.terminate();
	}
	async #answer(piece) {
		const answered = once(this.#worker, "message");
		this.#worker.ref();
		this.#worker.postMessage(piece);
		try {
			const [answer] = await answered;
			return answer;
		} finally {
			this.#worker.unref();
		}
	}
};

// dist/export/incomplete-sessions.js
/** Most sessions listed one by one. */
const LISTED$1 = 1e4;
/** The sessions that packets are missing of, found by going through them once more; nothing is read when none are missing. */
async function incompleteSessions(store, request, context, missing) {
	if (missing.total === 0) return {
		listed: [],
		unlisted: 0
	};
	const listed = [];
	let unlisted = 0;
	for await (const sessions of store.streamPackets(request, context)) for (const { id, packets } of sessions) {
		const lost = packets.reduce((count, packet) => count + (missing.has(packet) ? 1 : 0), 0);
		if (lost === 0) continue;
		if (listed.length < LISTED$1) listed.push({
			id,
			packets: packets.length,
			missing: lost
		});
		else unlisted += 1;
	}
	return {
		listed: listed.sort((left, right) => left.id < right.id ? -1 : 1),
		unlisted
	};
}

// dist/export/output-buffer.js
/** Bytes gathered before they are handed on. */
const BUFFER_BYTES = 1 << 20;
/**
* Gathers what is written and hands it on in large pieces, while the next piece is gathered: two buffers of 1 MiB. A piece
* is the receiver's until its promise resolves.
*/
var OutputBuffer = class {
	#drain;
	#maxBytes;
	#current;
	#spare;
	#held;
	#draining;
	/** Writing more than `maxBytes` throws LIMIT_EXCEEDED. With `shared`, pieces lie in memory that other threads can be given. */
	constructor(drain, maxBytes = Number.POSITIVE_INFINITY, shared = false) {
		this.#held = 0;
		this.#draining = Promise.resolve();
		/** Bytes written so far. */
		this.bytes = 0;
		const allocate = () => shared ? Buffer.from(new SharedArrayBuffer(BUFFER_BYTES)) : Buffer.allocUnsafeSlow(BUFFER_BYTES);
		this.#current = allocate();
		this.#spare = allocate();
		this.#drain = drain;
		this.#maxBytes = maxBytes;
	}
	/** Whether `length` bytes can be put without a flush. */
	hasRoom(length) {
		return this.#held + length <= BUFFER_BYTES;
	}
	/** Most bytes that a single `put` may have. */
	get size() {
		return BUFFER_BYTES;
	}
	/** Copies bytes for which there is room. */
	put(source, from, to) {
		source.copy(this.#current, this.#held, from, to);
		this.#count(to - from);
	}
	/** Lets `write` fill `length` bytes for which there is room. */
	fill(length, write) {
		write(this.#current, this.#held);
		this.#count(length);
	}
	/** Writes bytes of any length. */
	async write(bytes) {
		for (let at = 0; at < bytes.length;) {
			if (!this.hasRoom(1)) await this.flush();
			const part = Math.min(bytes.length - at, BUFFER_BYTES - this.#held);
			this.put(bytes, at, at + part);
			at += part;
		}
	}
	/** Hands on what is held; resolves when there is room again. */
	async flush() {
		await this.#draining;
		if (this.#held === 0) return;
		const piece = this.#current.subarray(0, this.#held);
		[this.#current, this.#spare] = [this.#spare, this.#current];
		this.#held = 0;
		this.#draining = this.#drain(piece);
		this.#draining.catch(() => {});
	}
	/** Resolves when everything has been taken. */
	async finish() {
		await this.flush();
		await this.#draining;
	}
	#count(length) {
		this.#held += length;
		this.bytes += length;
		if (this.bytes > this.#maxBytes) throw tooLarge(this.#maxBytes, null);
	}
};
/** The error of an export that has, or would have, more bytes than it may. */
function tooLarge(maxBytes, needed) {
	const size = needed === null ? "is larger than" : `would have about ${needed} bytes; it may have`;
	return new LookbackError("LIMIT_EXCEEDED", `the export ${size} ${maxBytes} bytes; narrow the search or the time range, or raise maxBytes (the server's own limit is maxExportG)`, {
		limit: maxBytes,
		...needed === null ? {} : { needed }
	});
}

// dist/export/record-sorter.js
/** Records in one run in memory: small enough that sorting one does not hold up the event loop. */
const RUN_RECORDS = 16384;
/** Runs merged at once; more are first merged to fewer. Bounds open files and read buffers. */
const MERGE_RUNS = 64;
/** Records of a read buffer per run, and of a chunk handed out. */
const CHUNK_RECORDS = 2048;
/**
* Sorts any number of fixed-width records of numbers in bounded memory: one run plus one read buffer for each merged run;
* what does not fit goes to temporary files in `directory`. Records may be added in any order; the result does not
* depend on it, as long as equal keys mean equal records.
*/
var RecordSorter = class {
	#directory;
	#name;
	#shape;
	#limits;
	#buffer;
	#buffered = 0;
	#runs = [];
	#made = 0;
	constructor(directory, name, shape, limits = {
		runRecords: RUN_RECORDS,
		mergeRuns: MERGE_RUNS
	}) {
		this.#directory = directory;
		this.#name = name;
		this.#shape = shape;
		this.#limits = limits;
		this.#buffer = new Float64Array(limits.runRecords * shape.width);
	}
	/** Adds whole records, one after the other. */
	async add(records) {
		const { width } = this.#shape;
		const whole = Math.floor(records.length / width);
		for (let at = 0; at < whole;) {
			const fits = Math.min(whole - at, this.#limits.runRecords - this.#buffered);
			this.#buffer.set(records.subarray(at * width, (at + fits) * width), this.#buffered * width);
			this.#buffered += fits;
			at += fits;
			if (this.#buffered === this.#limits.runRecords) await this.#spill();
		}
	}
	/** All records in order, in chunks that are valid until the next one is asked for. Call once. */
	async *sorted() {
		if (this.#runs.length === 0) {
			yield* chunksOf(sortRun(this.#buffer.subarray(0, this.#buffered * this.#shape.width), this.#shape), this.#shape.width);
			return;
		}
		if (this.#buffered > 0) await this.#spill();
		while (this.#runs.length > this.#limits.mergeRuns) {
			const first = this.#runs.splice(0, this.#limits.mergeRuns);
			const target = this.#newRun();
			await writeRun(target, mergeRuns(first, this.#shape));
			for (const run of first) await unlink(run);
			this.#runs.push(target);
		}
		yield* mergeRuns(this.#runs, this.#shape);
	}
	async #spill() {
		const run = sortRun(this.#buffer.subarray(0, this.#buffered * this.#shape.width), this.#shape);
		await mkdir(this.#directory, { recursive: true });
		const target = this.#newRun();
		this.#runs.push(target);
		await writeRun(target, chunksOf(run, this.#shape.width));
		this.#buffered = 0;
	}
	#newRun() {
		this.#made += 1;
		return path.join(this.#directory, `${this.#name}-${this.#made}.run`);
	}
};
function compare(left, leftAt, right, rightAt, keys) {
	for (let key = 0; key < keys; key += 1) {
		const difference = (left[leftAt + key] ?? 0) - (right[rightAt + key] ?? 0);
		if (difference !== 0) return difference;
	}
	return 0;
}
/** Sorted copy, or the run itself where it is in order already, as positions of one file usually are. */
function sortRun(run, shape) {
	const { width, keys } = shape;
	const count = run.length / width;
	let inOrder = true;
	for (let at = 1; at < count && inOrder; at += 1) {
		const order = compare(run, (at - 1) * width, run, at * width, keys);
		inOrder = shape.unique ? order < 0 : order <= 0;
	}
	if (inOrder) return run;
	const order = new Uint32Array(count);
	for (let at = 0; at < count; at += 1) order[at] = at;
	order.sort((left, right) => compare(run, left * width, run, right * width, keys));
	const sorted = new Float64Array(run.length);
	let kept = 0;
	for (const from of order) {
		const record = run.subarray(from * width, (from + 1) * width);
		if (shape.unique && kept > 0 && compare(sorted, (kept - 1) * width, record, 0, keys) === 0) continue;
		sorted.set(record, kept * width);
		kept += 1;
	}
	return sorted.subarray(0, kept * width);
}
function* chunksOf(run, width) {
	const size = CHUNK_RECORDS * width;
	for (let at = 0; at < run.length; at += size) yield run.subarray(at, at + size);
}
async function writeRun(file, chunks) {
	const handle = await open(file, "wx", 384);
	try {
		for await (const chunk of chunks) await writeWhole(handle, Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
	} finally {
		await handle.close();
	}
}
/** Writes all of `bytes` at `position`, or where the handle stands; a short write goes on until the system says why. */
async function writeWhole(handle, bytes, position = null) {
	for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at, bytes.length - at, position === null ? null : position + at)).bytesWritten;
}
var RunCursor = class {
	#filled;
	#offset;
	constructor(handle, width) {
		this.handle = handle;
		this.width = width;
		this.at = 0;
		this.#filled = 0;
		this.#offset = 0;
		this.buffer = new Float64Array(CHUNK_RECORDS * width);
	}
	/** Makes the next record current; false at the end. */
	async advance() {
		this.at += this.width;
		if (this.at < this.#filled) return true;
		return this.refill();
	}
	async refill() {
		const bytes = Buffer.from(this.buffer.buffer);
		let filled = 0;
		while (filled < bytes.length) {
			const { bytesRead } = await this.handle.read(bytes, filled, bytes.length - filled, this.#offset + filled);
			if (bytesRead === 0) break;
			filled += bytesRead;
		}
		this.#offset += filled;
		this.#filled = Math.floor(filled / (8 * this.width)) * this.width;
		this.at = 0;
		return this.#filled > 0;
	}
	/** Whether the next `advance` stays in the buffer. */
	get hasBuffered() {
		return this.at + this.width < this.#filled;
	}
};
async function* mergeRuns(files, shape) {
	const { width, keys } = shape;
	const handles = [];
	try {
		const heap = [];
		const before = (left, right) => compare(left.buffer, left.at, right.buffer, right.at, keys) < 0;
		const sink = (from) => {
			for (let at = from;;) {
				let least = at;
				for (const child of [2 * at + 1, 2 * at + 2]) {
					const candidate = heap[child];
					const present = heap[least];
					if (candidate && present && before(candidate, present)) least = child;
				}
				const [top, below] = [heap[at], heap[least]];
				if (least === at || !top || !below) return;
				heap[at] = below;
				heap[least] = top;
				at = least;
			}
		};
		for (const file of files) {
			const handle = await open(file, "r");
			handles.push(handle);
			const cursor = new RunCursor(handle, width);
			if (await cursor.refill()) heap.push(cursor);
		}
		for (let at = heap.length >> 1; at >= 0; at -= 1) sink(at);
		const out = new Float64Array(CHUNK_RECORDS * width);
		const last = new Float64Array(width);
		let any = false;
		let filled = 0;
		for (let top = heap[0]; top; top = heap[0]) {
			if (!shape.unique || !any || compare(last, 0, top.buffer, top.at, keys) !== 0) {
				const record = top.buffer.subarray(top.at, top.at + width);
				out.set(record, filled);
				last.set(record);
				any = true;
				filled += width;
			}
			if (top.hasBuffered) top.at += width;
			else if (!await top.advance()) {
				const end = heap.pop();
				if (end && end !== top) heap[0] = end;
			}
			sink(0);
			if (filled === out.length) {
				yield out;
				filled = 0;
			}
		}
		if (filled > 0) yield out.subarray(0, filled);
	} finally {
		for (const handle of handles) await handle.close();
	}
}

// dist/export/stored-request.js
/** Deepest nesting that is read back; the parser's own limit is lower. */
const MAX_DEPTH = 1e3;
/** Plain JSON: a field by path and view, numbers without end as text. */
function encodeRequest(request) {
	const { expression, range, query, format, wholeConnections, maxBytes, fields } = request;
	return {
		version: 2,
		expression: encodeExpression(expression),
		range: { ...range },
		query,
		format,
		wholeConnections,
		maxBytes,
		fields: fields.map(fieldName)
	};
}
/** Reads `encodeRequest`'s form back. Throws BAD_INPUT when it is not that, or names a field that this build has not. */
function decodeRequest(stored, fields) {
	if (stored["version"] !== 2) throw damaged("is of another version");
	const range = object(stored["range"]);
	return {
		expression: decodeNode(stored["expression"], fields, 0),
		range: {
			startMs: range["startMs"] === null ? null : finite(range["startMs"]),
			endMs: range["endMs"] === null ? null : finite(range["endMs"]),
			bounding: oneOf(range["bounding"], [
				"first",
				"last",
				"both",
				"either"
			])
		},
		query: text(stored["query"]),
		format: oneOf(stored["format"], EXPORT_FORMATS),
		wholeConnections: flag(stored["wholeConnections"]),
		maxBytes: stored["maxBytes"] === null ? null : finite(stored["maxBytes"]),
		fields: list(stored["fields"]).map((field) => fieldOf(object(field), fields))
	};
}
function fieldName({ path, view }) {
	return {
		path,
		view
	};
}
/** A checked tree as plain JSON, for job rows and manifests. */
function encodeExpression(expression) {
	return encodeNode(expression);
}
function encodeNode(node) {
	switch (node.node) {
		case "and":
		case "or": return {
			node: node.node,
			items: node.items.map(encodeNode)
		};
		case "not": return {
			node: "not",
			item: encodeNode(node.item)
		};
		case "field": return {
			node: "field",
			...fieldName(node.field),
			test: encodeTest(node.test)
		};
		default: return { ...node };
	}
}
function encodeTest(test) {
	if (test.test !== "number") return { ...test };
	return {
		...test,
		ranges: test.ranges.map(({ low, high }) => ({
			low: endless(low),
			high: endless(high)
		}))
	};
}
function endless(value) {
	return Number.isFinite(value) ? value : String(value);
}
function decodeNode(value, fields, depth) {
	if (depth > MAX_DEPTH) throw damaged("nests too deep");
	const stored = object(value);
	const kind = stored["node"];
	switch (kind) {
		case "and":
		case "or": return {
			node: kind,
			items: list(stored["items"]).map((item) => decodeNode(item, fields, depth + 1))
		};
		case "not": return {
			node: kind,
			item: decodeNode(stored["item"], fields, depth + 1)
		};
		case "field": return {
			node: kind,
			field: fieldOf(stored, fields),
			test: decodeTest(object(stored["test"]))
		};
		case "file": return {
			node: kind,
			matches: list(stored["matches"]).map(textMatch),
			fileIds: stored["fileIds"] === null ? null : list(stored["fileIds"]).map(finite)
		};
		case "ids": return {
			node: kind,
			ids: list(stored["ids"]).map(text)
		};
		case "packetsAvailable": return {
			node: kind,
			value: flag(stored["value"])
		};
		case "everything": return { node: kind };
		default: throw damaged(`has no node ${String(kind)}`);
	}
}
function fieldOf(stored, fields) {
	const path = text(stored["path"]);
	const view = stored["view"];
	const field = view === null ? fields.byPath(path) : fields.derived.find((one) => one.path === path && one.view === view);
	if (!field) throw damaged(`names the field ${path}, which this version has not`);
	return field;
}
function decodeTest(stored) {
	const kind = stored["test"];
	const mode = () => oneOf(stored["mode"], ["any", "all"]);
	const op = () => oneOf(stored["op"], [
		"<",
		"<=",
		">",
		">="
	]);
	switch (kind) {
		case "exists": return { test: kind };
		case "text": return {
			test: kind,
			mode: mode(),
			matches: list(stored["matches"]).map(textMatch)
		};
		case "number": return {
			test: kind,
			mode: mode(),
			ranges: list(stored["ranges"]).map((range) => ({
				low: number(object(range)["low"]),
				high: number(object(range)["high"])
			}))
		};
		case "order": return {
			test: kind,
			op: op(),
			value: finite(stored["value"])
		};
		case "address": return {
			test: kind,
			mode: mode(),
			matches: list(stored["matches"]).map(addressMatch)
		};
		case "addressOrder": return {
			test: kind,
			op: op(),
			value: text(stored["value"])
		};
		case "boolean": return {
			test: kind,
			value: flag(stored["value"])
		};
		default: throw damaged(`has no test ${String(kind)}`);
	}
}
function textMatch(value) {
	const stored = object(value);
	const kind = stored["kind"];
	switch (kind) {
		case "exact": return {
			kind,
			value: text(stored["value"])
		};
		case "wildcard":
		case "regex": return {
			kind,
			pattern: text(stored["pattern"])
		};
		case "phrase": return {
			kind,
			words: list(stored["words"]).map(text)
		};
		default: throw damaged(`has no text match ${String(kind)}`);
	}
}
function addressMatch(value) {
	const stored = object(value);
	const orNull = (member, read) => member === null ? null : read(member);
	return {
		low: orNull(stored["low"], text),
		high: orNull(stored["high"], text),
		port: orNull(stored["port"], finite)
	};
}
function damaged(how) {
	return new LookbackError("BAD_INPUT", `the stored request of this export ${how}; ask for the export again`);
}
function object(value) {
	if (typeof value !== "object" || value === null || Array.isArray(value)) throw damaged("is not complete");
	return Object.fromEntries(Object.entries(value));
}
function list(value) {
	if (!Array.isArray(value)) throw damaged("is not complete");
	return value;
}
function text(value) {
	if (typeof value !== "string") throw damaged("is not complete");
	return value;
}
function flag(value) {
	if (typeof value !== "boolean") throw damaged("is not complete");
	return value;
}
function number(value) {
	if (value === "Infinity") return Number.POSITIVE_INFINITY;
	if (value === "-Infinity") return Number.NEGATIVE_INFINITY;
	return finite(value);
}
function finite(value) {
	if (typeof value !== "number" || !Number.isFinite(value)) throw damaged("is not complete");
	return value;
}
function oneOf(value, allowed) {
	const found = allowed.find((one) => one === value);
	if (found === void 0) throw damaged("is not complete");
	return found;
}

// dist/export/min-heap.js
/** A binary heap; `top` is the item before which no other is. */
var MinHeap = class {
	#items = [];
	#isBefore;
	constructor(isBefore) {
		this.#isBefore = isBefore;
	}
	get top() {
		return this.#items[0];
	}
	get size() {
		return this.#items.length;
	}
	/** An item that could be the next after the top, for a look ahead; undefined when there is none. */
	get second() {
		const [, left, right] = this.#items;
		if (left === void 0 || right === void 0) return left;
		return this.#isBefore(right, left) ? right : left;
	}
	push(item) {
		const items = this.#items;
		let at = items.push(item) - 1;
		while (at > 0) {
			const above = at - 1 >> 1;
			const parent = items[above];
			if (parent === void 0 || !this.#isBefore(item, parent)) return;
			items[at] = parent;
			items[above] = item;
			at = above;
		}
	}
	/** Takes the top out. */
	pop() {
		const last = this.#items.pop();
		if (last === void 0 || this.#items.length === 0) return;
		this.#items[0] = last;
		this.sink();
	}
	/** Restores the order after the top has changed. */
	sink() {
		const items = this.#items;
		const [item] = items;
		if (item === void 0) return;
		for (let at = 0;;) {
			const left = 2 * at + 1;
			let least = left;
			let child = items[left];
			const right = items[left + 1];
			if (child === void 0) return;
			if (right !== void 0 && this.#isBefore(right, child)) {
				least = left + 1;
				child = right;
			}
			if (!this.#isBefore(child, item)) return;
			items[at] = child;
			items[least] = item;
			at = least;
		}
	}
};

// dist/export/merge-files.js
/** Files that overlap in time and are read at once; each holds at least two batches of the smallest size. */
const MAX_ACTIVE = 256;
/** Bytes of a file's batch: the share of all that are read, within these bounds. */
const MOST_BATCH = 262144;
const LEAST_BATCH = 32768;
const ALL_BATCHES = 4 << 20;
const SECONDS_END = 2 ** 32;
/** Bytes of a batch of one more file. */
function batchBytes(active) {
	return Math.max(LEAST_BATCH, Math.min(MOST_BATCH, Math.floor(ALL_BATCHES / (active + 1))));
}
/** Files are not in order of time within themselves, or too many overlap: their packets have to be sorted. */
var NeedsSorting = class extends Error {
	constructor() {
		super(...arguments);
		this.name = "NeedsSorting";
	}
};
/**
* Writes the packets of files in order of time, ties by file and offset. Every file is read once, in its own order; only
* files whose times overlap are open at the same time. Runs of packets whose records are as the output's are copied as they
* are. Returns the number of packets. Throws NeedsSorting, with part of the output written, when the files do not allow it.
*/
async function mergeFiles(parts, out) {
	const pending = [...parts.files].sort((left, right) => left.seconds - right.seconds || left.nanoseconds - right.nanoseconds || left.file.fileId - right.file.fileId);
	const heap = new MinHeap(isBefore$1);
	const open = /* @__PURE__ */ new Set();
	let next = 0;
	let packets = 0;
	try {
		for (;;) {
			for (let file = pending[next]; file !== void 0 && (heap.top === void 0 || !isLater(file, heap.top)); file = pending[next]) {
				next += 1;
				if (open.size >= 256) throw new NeedsSorting("too many files overlap in time");
				const cursor = await FileCursor.open(parts, file, batchBytes(open.size));
				if (cursor === null) continue;
				open.add(cursor);
				if (await cursor.load()) heap.push(cursor);
				else await close(open, cursor);
			}
			const cursor = heap.top;
			if (cursor === void 0) return packets;
			const rival = heap.second;
			const newcomer = pending[next];
			const isFirst = () => (rival === void 0 || !isBefore$1(rival, cursor)) && (newcomer === void 0 || isLater(newcomer, cursor));
			let there = true;
			do {
				const need = recordLength(parts.format, cursor.captured);
				if (!out.hasRoom(need)) {
					await out.flush();
					parts.onProgress(packets);
				}
				if (need > out.size) {
					const record = Buffer.alloc(need);
					cursor.write(parts.format, record, 0);
					await out.write(record);
					packets += 1;
					there = cursor.step();
				} else if (cursor.isCopied) {
					packets += cursor.copyRun(out, isFirst);
					there = cursor.isThere;
				} else {
					out.fill(need, (into, at) => {
						cursor.write(parts.format, into, at);
					});
					packets += 1;
					there = cursor.step();
				}
				if (!there) there = await cursor.load();
			} while (there && isFirst());
			if (there) heap.sink();
			else {
				heap.pop();
				await close(open, cursor);
			}
		}
	} finally {
		for (const cursor of open) await cursor.end();
		parts.onProgress(packets);
	}
}
async function close(open, cursor) {
	open.delete(cursor);
	await cursor.end();
}
function isBefore$1(left, right) {
	return left.seconds < right.seconds || left.seconds === right.seconds && (left.nanoseconds < right.nanoseconds || left.nanoseconds === right.nanoseconds && left.fileId < right.fileId);
}
/** Whether a file begins after a packet, so that it need not be open yet. */
function isLater(file, cursor) {
	return file.seconds > cursor.seconds || file.seconds === cursor.seconds && (file.nanoseconds > cursor.nanoseconds || file.nanoseconds === cursor.nanoseconds && file.file.fileId > cursor.fileId);
}
/** Stands at one packet of a file. */
var FileCursor = class FileCursor {
	#path;
	#stream;
	#missing;
	#copies;
	#batch;
	#at;
	constructor(parts, file, stream) {
		this.#at = 0;
		this.seconds = Number.NEGATIVE_INFINITY;
		this.nanoseconds = 0;
		this.captured = 0;
		this.fileId = file.fileId;
		this.#path = file.path;
		this.#stream = stream;
		this.#missing = parts.missing;
		this.#batch = stream.records.batch;
		this.#copies = hasRecordsOf(parts.format, stream.layout);
	}
	/** Opens a file; null when it cannot be read, its packets being counted as missing. */
	static async open(parts, { file }, bytes) {
		const stream = await parts.reader.stream(file, () => parts.positions.positionsOf(file.fileId), bytes, parts.signal);
		if (typeof stream !== "string") return new FileCursor(parts, file, stream);
		const { count, first } = await countPositions(parts.positions, file.fileId);
		parts.missing.missFile(file.fileId, file.path, stream, count, first);
		return null;
	}
	/** Whether it stands at a packet of its batch. */
	get isThere() {
		return this.#at < this.#batch.count;
	}
	/** Whether the record at hand is, byte for byte, what the output has. */
	get isCopied() {
		return this.#copies && this.#batch.bytes.readUInt32LE(this.#batch.records[this.#at] ?? 0) === this.seconds;
	}
	write(format, into, at) {
		const { bytes, packets, originals, linkTypes } = this.#batch;
		const from = packets[this.#at] ?? 0;
		const facts = {
			seconds: this.seconds,
			nanoseconds: this.nanoseconds,
			originalLength: originals[this.#at] ?? 0,
			linkType: linkTypes[this.#at] ?? 0
		};
		copyRecord(format, facts, bytes, from, from + this.captured, into, at);
	}
	/** Copies this record and those after it that lie next to it, as long as there is room and `isFirst` holds. Stands after them then. */
	copyRun(out, isFirst) {
		const { bytes, records } = this.#batch;
		const from = records[this.#at] ?? 0;
		let end = from;
		let count = 0;
		do {
			end += 16 + this.captured;
			count += 1;
		} while (this.step() && records[this.#at] === end && out.hasRoom(end + 16 + this.captured - from) && this.isCopied && isFirst());
		out.put(bytes, from, end);
		return count;
	}
	/** To the next packet of the batch; false at its end. Throws NeedsSorting when it is earlier. */
	step() {
		this.#at += 1;
		if (!this.isThere) return false;
		this.#stand();
		return true;
	}
	/** To the first packet of the next batch; false at the end of the file. */
	async load() {
		while (await this.#stream.records.next()) {
			this.#batch = this.#stream.records.batch;
			for (const { offset, reason } of this.#batch.misses) this.#missing.miss(this.fileId, this.#path, reason, offset);
			this.#at = 0;
			if (this.#batch.count === 0) continue;
			this.#stand();
			return true;
		}
		return false;
	}
	end() {
		return this.#stream.end();
	}
	#stand() {
		const seconds = this.#batch.seconds[this.#at] ?? 0;
		const nanoseconds = this.#batch.nanoseconds[this.#at] ?? 0;
		if (seconds < this.seconds || seconds === this.seconds && nanoseconds < this.nanoseconds) throw new NeedsSorting("a file is not in order of time");
		if (seconds >= SECONDS_END) throw new NeedsSorting("a time is beyond what the file's header promises");
		this.seconds = seconds;
		this.nanoseconds = nanoseconds;
		this.captured = this.#batch.captured[this.#at] ?? 0;
	}
};
/** Whether records of a file with this layout are those of the output. */
function hasRecordsOf(format, layout) {
	return format.container === "pcap" && layout.format === "pcap" && !layout.bigEndian && layout.recordHeader === 16 && layout.nanosecond === format.nanosecond;
}
/** How many positions a file has, each counted once, and the first. */
async function countPositions(positions, fileId) {
	let count = 0;
	let first = 0;
	for await (const chunk of positions.positionsOf(fileId)) {
		if (count === 0) first = chunk.offsets[0] ?? 0;
		count += chunk.count;
	}
	return {
		count,
		first
	};
}

// dist/export/missing-packets.js
/** Most files and reasons listed one by one; packets beyond are counted. */
const LISTED = 1e3;
/** Most single positions that are remembered, so that their sessions can be named. */
const POSITIONS = 1e5;
/** Counts packets that could not be exported, lists them by file and reason, and knows which they were. */
var MissingPackets = class {
	#listed = /* @__PURE__ */ new Map();
	#absentFiles = /* @__PURE__ */ new Set();
	#offsets = /* @__PURE__ */ new Map();
	#remembered = 0;
	#total = 0;
	#unlisted = 0;
	/** One packet of a file that is there. */
	miss(fileId, path, reason, offset) {
		this.#count(fileId, path, reason, 1, offset);
		if (this.#remembered >= POSITIONS) return;
		const offsets = this.#offsets.get(fileId) ?? /* @__PURE__ */ new Set();
		this.#offsets.set(fileId, offsets);
		if (offsets.has(offset)) return;
		offsets.add(offset);
		this.#remembered += 1;
	}
	/** All packets of a file that is not there. */
	missFile(fileId, path, reason, packets, firstOffset) {
		this.#absentFiles.add(fileId);
		this.#count(fileId, path, reason, packets, firstOffset);
	}
	#count(fileId, path, reason, packets, offset) {
		this.#total += packets;
		const key = `${fileId} ${reason}`;
		const known = this.#listed.get(key);
		if (known) {
			known.packets += packets;
			known.firstOffset = Math.min(known.firstOffset, offset);
		} else if (this.#listed.size < LISTED) this.#listed.set(key, {
			fileId,
			path,
			reason,
			packets,
			firstOffset: offset
		});
		else this.#unlisted += packets;
	}
	get total() {
		return this.#total;
	}
	/** Packets missing from files beyond the listed ones. */
	get unlisted() {
		return this.#unlisted;
	}
	/** Whether a packet is among the missing. Of single ones in files that are there, the first 100,000 are known. */
	has({ fileId, offset }) {
		return this.#absentFiles.has(fileId) || this.#offsets.get(fileId)?.has(offset) === true;
	}
	list() {
		return [...this.#listed.values()].sort((left, right) => left.fileId - right.fileId || (left.reason < right.reason ? -1 : 1));
	}
};

// dist/export/position-sorter.js
/** Positions held in memory, 8 bytes each; beyond, they go to a run on disk. */
const RUN_POSITIONS = 1 << 19;
/** Positions of a chunk that is handed out. */
const CHUNK_POSITIONS = 4096;
/** Bytes that all read buffers of one file's runs have together. */
const MERGE_BYTES = 2 << 20;
/** Bits of a packed word that hold a record's length; the rest hold its offset. */
const LENGTH_BITS = 25;
const OFFSET_STEP = 128;
const LENGTH_MASK = 2 ** LENGTH_BITS - 1;
/** First offset that a position cannot have: 512 GiB. */
const OFFSET_END = 2 ** 39;
/** Which half of a 64-bit word comes first in memory. */
const [LOW, HIGH] = endianness() === "LE" ? [0, 1] : [1, 0];
/**
* Sorts packet positions by file and offset, each once, in bounded memory. A position is one 64-bit word, offset before
* length, so that the engine's own sort of numbers does the work; what does not fit goes to temporary files.
*/
var PositionSorter = class {
	#directory;
	#runPositions;
	#files;
	#stretches;
	#handles;
	#held;
	#unusable;
	constructor(directory, runPositions = RUN_POSITIONS) {
		this.#files = /* @__PURE__ */ new Map();
		this.#stretches = /* @__PURE__ */ new Map();
		this.#handles = [];
		this.#held = 0;
		this.#unusable = /* @__PURE__ */ new Map();
		/** Adds one position. */
		this.addOne = (fileId, offset, length) => {
			if (!(offset >= 0 && offset < OFFSET_END && length > 0 && length <= LENGTH_MASK)) {
				const known = this.#unusable.get(fileId) ?? {
					fileId,
					offset,
					packets: 0
				};
				this.#unusable.set(fileId, known);
				known.packets += 1;
				return;
			}
			let file = this.#files.get(fileId);
			if (file === void 0) {
				file = {
					words: /* @__PURE__ */ new Uint32Array(128),
					held: 0,
					positions: 0,
					bytes: 0,
					longest: 0,
					first: Number.POSITIVE_INFINITY,
					firstLength: 0
				};
				this.#files.set(fileId, file);
			}
			if (file.held * 2 === file.words.length) {
				const larger = new Uint32Array(file.words.length * 2);
				larger.set(file.words);
				file.words = larger;
			}
			const at = file.held * 2;
			file.words[at + HIGH] = Math.floor(offset / OFFSET_STEP);
			file.words[at + LOW] = offset % OFFSET_STEP * 2 ** LENGTH_BITS + length;
			file.held += 1;
			file.positions += 1;
			file.bytes += length;
			if (length > file.longest) file.longest = length;
			if (offset < file.first) {
				file.first = offset;
				file.firstLength = length;
			}
			this.#held += 1;
		};
		this.#directory = directory;
		this.#runPositions = runPositions;
	}
	/** Adds positions. Call `spill` whenever it is full, and `close` at the end, whatever happens. */
	add(refs) {
		for (const { fileId, offset, length } of refs) this.addOne(fileId, offset, length);
	}
	/** Whether as many positions are held as should be. */
	get isFull() {
		return this.#held >= this.#runPositions;
	}
	/** Positions that no record can be at, by file: how many, and one of them. */
	unusable() {
		return [...this.#unusable.values()];
	}
	/** Every file that has positions, by number. */
	files() {
		return [...this.#files].map(([fileId, { positions, bytes, longest, first, firstLength }]) => ({
			fileId,
			positions,
			bytes,
			longest,
			first: {
				fileId,
				offset: first,
				length: firstLength
			}
		})).sort((left, right) => left.fileId - right.fileId);
	}
	/** Positions of a file in ascending order. A chunk is valid until the next one is asked for; may be called again. */
	async *positionsOf(fileId) {
		const file = this.#files.get(fileId);
		if (file === void 0) return;
		const offsets = new Float64Array(CHUNK_POSITIONS);
		const lengths = new Uint32Array(CHUNK_POSITIONS);
		let count = 0;
		let last = -1;
		const put = (high, low) => {
			const offset = high * OFFSET_STEP + (low >>> LENGTH_BITS);
			if (offset === last) return;
			last = offset;
			offsets[count] = offset;
			lengths[count] = low & LENGTH_MASK;
			count += 1;
		};
		const words = sorted(file);
		const stretches = this.#stretches.get(fileId) ?? [];
		if (stretches.length === 0) for (let at = 0; at < words.length; at += 2) {
			put(words[at + HIGH] ?? 0, words[at + LOW] ?? 0);
			if (count < CHUNK_POSITIONS) continue;
			yield {
				offsets,
				lengths,
				count
			};
			count = 0;
		}
		else {
			const heap = new MinHeap(isBefore);
			const buffer = Math.max(64, Math.floor(MERGE_BYTES / 8 / stretches.length));
			const inMemory = new WordCursor(words, null, 0);
			if (inMemory.isThere) heap.push(inMemory);
			for (const stretch of stretches) {
				const cursor = new WordCursor(new Uint32Array(buffer * 2), stretch, buffer);
				if (await cursor.refill()) heap.push(cursor);
			}
			for (let top = heap.top; top !== void 0; top = heap.top) {
				put(top.high, top.low);
				if (top.step() || await top.refill()) heap.sink();
				else heap.pop();
				if (count < CHUNK_POSITIONS) continue;
				yield {
					offsets,
					lengths,
					count
				};
				count = 0;
			}
		}
		if (count > 0) yield {
			offsets,
			lengths,
			count
		};
	}
	/** Closes the runs; whoever made the directory removes it. */
	async close() {
		for (const handle of this.#handles.splice(0)) await handle.close();
	}
	/** Writes what is held to disk. */
	async spill() {
		await mkdir(this.#directory, {
			recursive: true,
			mode: 448
		});
		const handle = await open(path.join(this.#directory, `positions-${this.#handles.length}.run`), "wx+", 384);
		this.#handles.push(handle);
		let start = 0;
		for (const [fileId, file] of [...this.#files].sort(([left], [right]) => left - right)) {
			if (file.held === 0) continue;
			const words = sorted(file);
			await writeWhole(handle, Buffer.from(words.buffer, words.byteOffset, words.byteLength));
			const stretches = this.#stretches.get(fileId) ?? [];
			this.#stretches.set(fileId, [...stretches, {
				handle,
				start,
				count: file.held
			}]);
			start += file.held;
			file.held = 0;
			file.words = /* @__PURE__ */ new Uint32Array(128);
		}
		this.#held = 0;
	}
};
/** The words of a file in ascending order, sorted in place. */
function sorted(file) {
	const words = file.words.subarray(0, file.held * 2);
	new BigUint64Array(words.buffer, words.byteOffset, file.held).sort();
	return words;
}
function isBefore(left, right) {
	return left.high < right.high || left.high === right.high && left.low < right.low;
}
/** Reads words one after the other, from memory or from a stretch on disk. */
var WordCursor = class {
	#words;
	#stretch;
	#room;
	#at;
	#end;
	#read;
	constructor(words, stretch, room) {
		this.#at = 0;
		this.#read = 0;
		this.high = 0;
		this.low = 0;
		this.#words = words;
		this.#stretch = stretch;
		this.#room = room;
		this.#end = stretch === null ? words.length : 0;
		this.#take();
	}
	get isThere() {
		return this.#at < this.#end;
	}
	/** The next word, when it is at hand. */
	step() {
		this.#at += 2;
		return this.#take();
	}
	/** The next words of the stretch; false at its end. */
	async refill() {
		const stretch = this.#stretch;
		if (stretch === null || this.#read === stretch.count) return false;
		const count = Math.min(this.#room, stretch.count - this.#read);
		const bytes = Buffer.from(this.#words.buffer, 0, count * 8);
		for (let filled = 0; filled < bytes.length;) {
			const { bytesRead } = await stretch.handle.read(bytes, filled, bytes.length - filled, (stretch.start + this.#read) * 8 + filled);
			if (bytesRead === 0) throw new Error("a run of positions is shorter than it was written");
			filled += bytesRead;
		}
		this.#read += count;
		this.#at = 0;
		this.#end = count * 2;
		return this.#take();
	}
	#take() {
		if (this.#at >= this.#end) return false;
		this.high = this.#words[this.#at + HIGH] ?? 0;
		this.low = this.#words[this.#at + LOW] ?? 0;
		return true;
	}
};

// dist/export/sort-packets.js
/** Positions handled together, and bytes of packets held together (a single larger packet is held alone). */
const BATCH_POSITIONS = 2048;
const BATCH_BYTES$1 = 8 << 20;
/** Times: seconds, nanoseconds, file, offset, length; ties in time go by file, then offset. */
const TIMED = {
	width: 5,
	keys: 4,
	unique: false
};
/** Reads every record of the files once, in order of file and offset; what cannot be read is counted. */
async function readAll(parts, missing, use) {
	for (const file of parts.files) {
		const stream = await parts.reader.stream(file, () => parts.positions.positionsOf(file.fileId), batchBytes(0), parts.signal);
		use.file?.(file);
		if (typeof stream === "string") {
			const { count, first } = await countPositions(parts.positions, file.fileId);
			missing.missFile(file.fileId, file.path, stream, count, first);
			continue;
		}
		try {
			while (await stream.records.next()) {
				const { batch } = stream.records;
				for (const { offset, reason } of batch.misses) missing.miss(file.fileId, file.path, reason, offset);
				for (let at = 0; at < batch.count; at += 1) use.record(file.fileId, batch, at);
				await use.batchEnd?.();
			}
		} finally {
			await stream.end();
		}
	}
}
/** Reads every record to learn the format, and whether each file is in order of time. */
async function surveyFiles(parts) {
	const format = new FormatSurvey();
	const spans = /* @__PURE__ */ new Map();
	let inOrder = true;
	let packets = 0;
	let capturedBytes = 0;
	let last = null;
	await readAll(parts, new MissingPackets(), {
		file: () => {
			last = null;
		},
		record: (fileId, batch, at) => {
			const here = [batch.seconds[at] ?? 0, batch.nanoseconds[at] ?? 0];
			const captured = batch.captured[at] ?? 0;
			format.count(batch.linkTypes[at] ?? 0, batch.fine[at] === 1, captured, here[0]);
			packets += 1;
			capturedBytes += captured;
			if (last !== null && isEarlier(here, last)) inOrder = false;
			last = here;
			const span = spans.get(fileId);
			if (span === void 0) spans.set(fileId, {
				first: here,
				last: here
			});
			else span.last = here;
		}
	});
	const files = parts.files.map((file) => {
		const [seconds, nanoseconds] = spans.get(file.fileId)?.first ?? [Number.NEGATIVE_INFINITY, 0];
		return {
			file,
			seconds,
			nanoseconds
		};
	});
	return {
		format,
		packets,
		capturedBytes,
		mergeable: inOrder && mostAtOnce([...spans.values()]) < 256 ? files : null
	};
}
function isEarlier(left, right) {
	return left[0] < right[0] || left[0] === right[0] && left[1] < right[1];
}
/** Most spans that hold one moment. */
function mostAtOnce(spans) {
	const order = (left, right) => left[0] - right[0] || left[1] - right[1];
	const starts = spans.map(({ first }) => first).sort(order);
	const ends = spans.map(({ last }) => last).sort(order);
	let most = 0;
	let ended = 0;
	starts.forEach((start, begun) => {
		for (let end = ends[ended]; end !== void 0 && isEarlier(end, start); end = ends[ended]) ended += 1;
		most = Math.max(most, begun + 1 - ended);
	});
	return most;
}
/**
* Writes the packets in order of time, ties by file and offset, whatever the order in their files: all positions are sorted
* by time through temporary files, then packets are read in batches. Slower than a merge, with the same output. Returns the
* number of packets.
*/
async function writeSorted(parts, format, missing, out, onProgress) {
	const sorter = new RecordSorter(parts.work, "time", TIMED, parts.sorter);
	let timed = [];
	await readAll(parts, missing, {
		record: (fileId, batch, at) => {
			timed.push(batch.seconds[at] ?? 0, batch.nanoseconds[at] ?? 0, fileId, batch.offsets[at] ?? 0, batch.lengths[at] ?? 0);
		},
		batchEnd: async () => {
			await sorter.add(Float64Array.from(timed));
			timed = [];
		}
	});
	return writeInOrder(parts, sorter, format, missing, out, onProgress);
}
async function writeInOrder(parts, sorter, format, missing, out, onProgress) {
	const files = new Map(parts.files.map((file) => [file.fileId, file]));
	let packets = 0;
	let batch = [];
	let held = 0;
	const flush = async () => {
		if (parts.signal.aborted) throw new LookbackError("QUERY_CANCELLED", "the export was cancelled");
		for (const one of await readByFile(parts, files, batch, missing)) {
			if (!one?.found) continue;
			const need = recordLength(format, one.bytes.length);
			const record = Buffer.allocUnsafe(need);
			writeRecord(format, one.head, one.bytes, record, 0);
			await out.write(record);
			packets += 1;
		}
		onProgress(packets);
		batch = [];
		held = 0;
	};
	for await (const chunk of sorter.sorted()) for (let at = 0; at < chunk.length; at += TIMED.width) {
		const ref = {
			fileId: chunk[at + 2] ?? 0,
			offset: chunk[at + 3] ?? 0,
			length: chunk[at + 4] ?? 0
		};
		if (batch.length >= BATCH_POSITIONS || batch.length > 0 && held + ref.length > BATCH_BYTES$1) await flush();
		batch.push(ref);
		held += ref.length;
	}
	await flush();
	return packets;
}
/** Packets of a batch in its order, each file read in order of offset. */
async function readByFile(parts, files, batch, missing) {
	const order = batch.map((_, index) => index).sort((left, right) => {
		const [one, other] = [batch[left], batch[right]];
		return one && other ? one.fileId - other.fileId || one.offset - other.offset : 0;
	});
	const answers = [];
	for (let at = 0; at < order.length;) {
		const fileId = batch[order[at] ?? 0]?.fileId ?? 0;
		let end = at + 1;
		while (end < order.length && batch[order[end] ?? 0]?.fileId === fileId) end += 1;
		const indexes = order.slice(at, end);
		const refs = indexes.flatMap((index) => batch[index] ?? []);
		const file = files.get(fileId);
		(file === void 0 ? [] : await parts.reader.packets(file, refs, parts.signal)).forEach((one, place) => {
			if (!one.found) missing.miss(fileId, file?.path ?? null, one.reason, refs[place]?.offset ?? 0);
			answers[indexes[place] ?? 0] = one;
		});
		at = end;
	}
	return answers;
}

// dist/export/write-capture.js
/** Bytes of the file header, and of each packet's record beyond its own, that are allowed for before the format is known. */
const HEADER_BYTES = 24;
/**
* Writes the packets of sessions as a capture, each once, in order of time (ties by file, then offset). The same sessions
* and packet files give the same bytes. Memory is bounded whatever the number of packets.
*
* First the positions, sorted by file and offset. Then one pass over the files, merged by time; only where a file is not in
* order of time itself, or is pcapng and tells link types packet by packet, there are more.
*
* Throws QUERY_CANCELLED, LIMIT_EXCEEDED and the errors of the store and of the target.
*/
async function writeCapture(parts, task, target, progress) {
	const positions = new PositionSorter(task.work, parts.sorter?.runPositions);
	try {
		const counts = await gather(parts, task, positions, progress);
		const extents = positions.files();
		progress.totalPackets = extents.reduce((sum, extent) => sum + extent.positions, 0);
		return await writeFiles(parts, task, target, progress, positions, extents, counts);
	} finally {
		await positions.close();
	}
}
async function gather(parts, task, positions, progress) {
	let sessionsWithoutPackets = 0;
	for await (const sessions of parts.store.streamPositions(task.request, task.context)) {
		stopIfCancelled(task);
		for (const tell of sessions) {
			progress.sessions += 1;
			if (tell(positions.addOne) === 0) sessionsWithoutPackets += 1;
			if (positions.isFull) await positions.spill();
		}
	}
	return {
		sessions: progress.sessions,
		sessionsWithoutPackets
	};
}
async function writeFiles(parts, task, target, progress, positions, extents, counts) {
	const { signal } = task.context;
	const files = [];
	const absent = [];
	for (const extent of extents) {
		const found = parts.lookup(extent.fileId);
		if ("file" in found) files.push(found.file);
		else absent.push((missing) => {
			missing.missFile(extent.fileId, found.path, found.absent, extent.positions, extent.first.offset);
		});
	}
	const present = new Set(files.map(({ fileId }) => fileId));
	const there = extents.filter(({ fileId }) => present.has(fileId));
	const sorting = {
		reader: parts.reader,
		positions,
		files,
		work: task.work,
		signal,
		...parts.sorter === void 0 ? {} : { sorter: parts.sorter }
	};
	const write = async (format, body) => {
		const missing = new MissingPackets();
		for (const note of absent) note(missing);
		for (const { fileId, offset, packets } of positions.unusable()) missing.missFile(fileId, null, "not-a-record", packets, offset);
		const out = await target.open(format);
		await out.write(fileHeader(format));
		const packets = await body(missing, out);
		await out.finish();
		progress.bytes = out.bytes;
		return {
			...counts,
			packets,
			bytes: out.bytes,
			format,
			missing,
			sources: extents.map((extent) => ({
				fileId: extent.fileId,
				packets: extent.positions,
				bytes: extent.bytes
			}))
		};
	};
	const merge = (format, merged) => write(format, (missing, out) => mergeFiles({
		reader: parts.reader,
		positions,
		files: merged,
		format,
		missing,
		signal,
		onProgress: (packets) => {
			progress.packets = packets;
			progress.bytes = out.bytes;
		}
	}, out));
	const plain = target.canRestart ? await plainFiles(parts, files, there) : null;
	if (plain !== null) {
		const format = plain.survey.decide(task.container);
		const overhead = format.container === "pcap" ? 0 : 19;
		await expectBytes(task, target, HEADER_BYTES + there.reduce((sum, { positions: count, bytes }) => sum + bytes + count * overhead, 0));
		try {
			return await merge(format, plain.files);
		} catch (error) {
			if (!(error instanceof NeedsSorting)) throw error;
		}
	}
	const survey = await surveyFiles(sorting);
	const format = survey.format.decide(task.container);
	await expectBytes(task, target, HEADER_BYTES + survey.capturedBytes + survey.packets * (format.container === "pcap" ? 16 : 35));
	if (survey.mergeable !== null) return merge(format, survey.mergeable);
	return write(format, (missing, out) => writeSorted(sorting, format, missing, out, (packets) => {
		progress.packets = packets;
		progress.bytes = out.bytes;
	}));
}
async function expectBytes(task, target, bytes) {
	if (bytes > task.maxBytes) throw tooLarge(task.maxBytes, bytes);
	await target.expect?.(bytes);
}
/** The format that the headers of the files promise, and the time of each first packet; null when a file is pcapng. */
async function plainFiles(parts, files, extents) {
	const survey = new FormatSurvey();
	const merged = [];
	const byId = new Map(extents.map((extent) => [extent.fileId, extent]));
	for (const file of files) {
		const extent = byId.get(file.fileId);
		const layout = await parts.reader.layout(file);
		if (typeof layout !== "string" && layout.format === "pcapng") return null;
		if (extent === void 0 || typeof layout === "string") {
			merged.push({
				file,
				seconds: Number.NEGATIVE_INFINITY,
				nanoseconds: 0
			});
			continue;
		}
		survey.seeFile(layout, extent.longest);
		const [first] = await parts.reader.heads(file, [extent.first]);
		merged.push(first?.found === true ? {
			file,
			seconds: first.head.seconds,
			nanoseconds: first.head.nanoseconds
		} : {
			file,
			seconds: Number.NEGATIVE_INFINITY,
			nanoseconds: 0
		});
	}
	return {
		survey,
		files: merged
	};
}
function stopIfCancelled(task) {
	if (task.context.signal.aborted) throw new LookbackError("QUERY_CANCELLED", "the export was cancelled");
}

// dist/export/write-table.js
/**
* Writes sessions as a table, in order of first packet. The same sessions give the same bytes. Holds one batch of rows (a
* row group in Parquet). Returns the number of sessions.
*/
async function writeTable(store, task, out, progress) {
	const writer = tableWriter(task.format, task.fields);
	await out.write(writer.head());
	for await (const rows of store.streamRows({
		...task.request,
		fields: task.fields
	}, task.context)) {
		if (task.context.signal.aborted) throw new LookbackError("QUERY_CANCELLED", "the export was cancelled");
		await out.write(writer.rows(rows));
		progress.sessions += rows.length;
		progress.bytes = out.bytes;
	}
	await out.write(writer.end());
	await out.finish();
	progress.bytes = out.bytes;
	return progress.sessions;
}

// dist/export/run-export.js
/** Most packet files listed in a manifest. */
const SOURCES_LISTED = 1e4;
/** Bytes from which a file is hashed in a thread of its own, whose start would cost a smaller one more than it saves. */
const THREAD_FROM_BYTES = 64 << 20;
/** No progress yet. */
function noProgress() {
	return {
		sessions: 0,
		packets: 0,
		totalPackets: 0,
		bytes: 0
	};
}
/**
* Writes an export to `<name>.<format>` and its signed manifest to `<name>.<format>.manifest.json`. The same sessions and
* packet files give the same bytes; memory is bounded whatever their number. Where the device fills up meanwhile, retention is
* asked for room once, and the export begins anew.
*
* Throws DISK_FULL, LIMIT_EXCEEDED, QUERY_CANCELLED and the store's errors; no file is left behind then.
*/
async function runExport(parts, task, progress) {
	try {
		return await attempt(parts, task, progress);
	} catch (error) {
		if (!metFullDevice(error) || task.context.signal.aborted || !(await parts.makeRoom?.(task.directory) ?? false)) throw error;
		Object.assign(progress, noProgress());
		return attempt(parts, task, progress);
	}
}
/** Whether a write met a full device. That there is too little room to begin with asks nobody to delete packets for a copy of them. */
function metFullDevice(error) {
	return error instanceof LookbackError && error.code === "DISK_FULL" && error.details["neededBytes"] === void 0;
}
async function attempt(parts, task, progress) {
	const work = path.join(task.directory, `${task.name}.work`);
	await discardExport(task.directory, task.name);
	try {
		if (task.context.signal.aborted) throw new LookbackError("QUERY_CANCELLED", "the export was cancelled");
		await mkdir(work, {
			recursive: true,
			mode: 448
		});
		const part = path.join(work, "export.part");
		const handle = await open(part, "wx", 384);
		const file = new HashedFile(handle);
		let done;
		try {
			done = isCapture(task.request.format) ? await capture(parts, task, work, file, progress) : await table(parts, task, file, progress);
			await handle.sync();
		} finally {
			await file.close();
			await handle.close();
		}
		const fileName = `${task.name}.${done.extension}`;
		await writeManifest(parts, task, done, fileName);
		await rename(part, path.join(task.directory, fileName));
		await rm(work, {
			recursive: true,
			force: true
		});
		await syncDirectory(task.directory);
		const { sessions, packets, bytes, sha256 } = done;
		return {
			fileName,
			sessions,
			packets,
			bytes,
			sha256,
			missingPackets: done.missing.packets,
			capture: done.capture
		};
	} catch (error) {
		await discardExport(task.directory, task.name);
		const code = systemErrorCode(error);
		if (code === "ENOSPC" || code === "EDQUOT") throw new LookbackError("DISK_FULL", `no room left for the export in ${task.directory}; free some space and ask for it again (retryExport)`, { directory: task.directory }, { cause: error });
		throw error;
	}
}
/** The manifest of an export's file. */
function manifestName(fileName) {
	return `${fileName}.manifest.json`;
}
/** Removes whatever there is of an export: its file, its manifest, its temporary files. */
async function discardExport(directory, name) {
	for (const format of EXPORT_FORMATS) {
		await rm(path.join(directory, `${name}.${format}`), { force: true });
		await rm(path.join(directory, manifestName(`${name}.${format}`)), { force: true });
	}
	await rm(path.join(directory, `${name}.work`), {
		recursive: true,
		force: true
	});
}
function limitOf(parts, task) {
	return Math.min(parts.maxBytes, task.request.maxBytes ?? Number.POSITIVE_INFINITY);
}
async function capture(parts, task, work, file, progress) {
	const { request, context } = task;
	const maxBytes = limitOf(parts, task);
	let expected = 0;
	const result = await writeCapture(parts, {
		request,
		context,
		container: request.format === "pcapng" ? "pcapng" : "auto",
		maxBytes,
		work
	}, {
		canRestart: true,
		expect: (bytes) => {
			expected = bytes;
			return checkRoom(parts.probe, task.directory, bytes);
		},
		open: () => file.restart(maxBytes, expected)
	}, progress);
	const incomplete = await incompleteSessions(parts.store, request, context, result.missing);
	return {
		extension: result.format.container,
		sessions: result.sessions,
		packets: result.packets,
		bytes: result.bytes,
		sha256: await file.digest(),
		capture: result.format,
		sources: result.sources,
		missing: {
			packets: result.missing.total,
			files: result.missing.list(),
			packetsUnlisted: result.missing.unlisted,
			sessions: incomplete.listed,
			sessionsUnlisted: incomplete.unlisted,
			sessionsWithoutPackets: result.sessionsWithoutPackets
		}
	};
}
async function table(parts, task, file, progress) {
	const { request, context } = task;
	if (isCapture(request.format)) throw new LookbackError("INTERNAL", "a capture is no table");
	const out = await file.restart(limitOf(parts, task));
	const sessions = await writeTable(parts.store, {
		request,
		context,
		format: request.format,
		fields: request.fields
	}, out, progress);
	return {
		extension: request.format,
		sessions,
		packets: 0,
		bytes: out.bytes,
		sha256: await file.digest(),
		capture: null,
		sources: [],
		missing: {
			packets: 0,
			files: [],
			packetsUnlisted: 0,
			sessions: [],
			sessionsUnlisted: 0,
			sessionsWithoutPackets: 0
		}
	};
}
/** An early answer where the device cannot hold the file; the write itself still meets a device that fills up meanwhile. */
async function checkRoom(probe, directory, neededBytes) {
	const { freeBytes } = await probe(directory);
	if (freeBytes < neededBytes) throw new LookbackError("DISK_FULL", `the export needs about ${neededBytes} bytes; ${directory} has ${freeBytes} free; free some and ask for it again (retryExport)`, {
		directory,
		neededBytes,
		freeBytes
	});
}
const iso = (ms) => new Date(ms).toISOString();
const isoOrNull = (ms) => ms === null ? null : iso(ms);
async function writeManifest(parts, task, done, fileName) {
	const { request, context: { scope } } = task;
	const facts = {
		file: {
			name: task.fileName ?? fileName,
			format: done.extension,
			bytes: done.bytes,
			sha256: done.sha256
		},
		request: {
			query: request.query,
			expression: encodeExpression(request.expression),
			range: {
				start: isoOrNull(request.range.startMs),
				end: isoOrNull(request.range.endMs),
				bounding: request.range.bounding
			},
			packets: request.wholeConnections ? "WHOLE_CONNECTION" : "MATCHING_PART",
			format: request.format,
			maxBytes: request.maxBytes,
			fields: request.fields.map(columnName),
			user: scope.user,
			at: iso(task.requestedMs)
		},
		narrowed: scope.forcedExpression !== null || scope.oldestMs !== null || scope.hiddenFields.size > 0,
		asOf: iso(task.asOfMs),
		completeUntil: isoOrNull(task.completeUntilMs),
		sessions: done.sessions,
		packets: done.packets,
		capture: done.capture === null ? null : {
			container: done.capture.container,
			linkTypes: done.capture.linkTypes,
			timestampResolution: done.capture.nanosecond ? "nanosecond" : "microsecond",
			note: request.format === "pcap" && done.capture.container === "pcapng" ? noteOf(done.capture) : null
		},
		sources: done.sources.slice(0, SOURCES_LISTED).map((source) => ({
			...parts.describeFile(source.fileId) ?? {
				node: null,
				name: null,
				stream: null,
				fileBytes: null
			},
			...source
		})),
		sourcesUnlisted: Math.max(0, done.sources.length - SOURCES_LISTED),
		missing: done.missing,
		software: {
			name: "Lookback",
			version: parts.version
		}
	};
	const handle = await open(path.join(task.directory, manifestName(fileName)), "w", 384);
	try {
		await handle.writeFile(signManifest(facts, parts.signingKey));
		await handle.sync();
	} finally {
		await handle.close();
	}
}
/** Why classic pcap was asked for and pcapng came. */
function noteOf(format) {
	if (format.linkTypes.length > 1) return `classic pcap holds one link type; the packets have ${format.linkTypes.length}, so this is pcapng`;
	return "classic pcap holds times from 1970 to 2106; the packets have others, so this is pcapng";
}
/** A file whose content is hashed as it is written; it can be begun anew. */
var HashedFile = class {
	#handle;
	#hash = createHash("sha256");
	constructor(handle) {
		this.#handle = handle;
	}
	/** Empties the file and gives an output into it. A large one is hashed in a thread of its own. */
	async restart(maxBytes, expectedBytes = 0) {
		await this.close();
		await this.#handle.truncate(0);
		const hash = expectedBytes >= THREAD_FROM_BYTES ? new HashThread() : createHash("sha256");
		this.#hash = hash;
		let at = 0;
		return new OutputBuffer(async (bytes) => {
			const written = writeWhole(this.#handle, bytes, at);
			at += bytes.length;
			for (const outcome of await Promise.allSettled([hash.update(bytes), written])) if (outcome.status === "rejected") throw outcome.reason;
		}, maxBytes, hash instanceof HashThread);
	}
	/** The SHA-256 of what was written, in hex. */
	async digest() {
		return this.#hash instanceof HashThread ? this.#hash.digest() : this.#hash.digest("hex");
	}
	/** Ends the thread, if there is one. */
	async close() {
		if (this.#hash instanceof HashThread) await this.#hash.close();
	}
};

// dist/export/stream-export.js
/** Streams at once, of all users and of one. */
const MAX_STREAMS = 16;
const MAX_STREAMS_PER_USER = 4;
/** Exports that are sent as they are made: no job, no file, no manifest. */
var ExportStreams = class {
	#parts;
	#directory;
	#running = /* @__PURE__ */ new Map();
	#all = 0;
	/** `directory` takes temporary files. */
	constructor(parts, directory) {
		this.#parts = parts;
		this.#directory = directory;
	}
	/**
	* Sends an export: the same bytes as a job's file. Throws RATE_LIMITED when too many run, LIMIT_EXCEEDED before the first
	* byte where the size is known by then, QUERY_CANCELLED when the signal fires.
	*/
	async send(request, context, target) {
		const { user } = context.scope;
		const own = this.#running.get(user) ?? 0;
		if (own >= MAX_STREAMS_PER_USER || this.#all >= MAX_STREAMS) {
			const limit = own >= MAX_STREAMS_PER_USER ? MAX_STREAMS_PER_USER : MAX_STREAMS;
			throw new LookbackError("RATE_LIMITED", `${limit} exports are being streamed${limit === MAX_STREAMS ? "" : " to you"} already; wait for one to end, or make a job with createExport`, {
				limit,
				retryAfterSeconds: 5
			});
		}
		this.#running.set(user, own + 1);
		this.#all += 1;
		const work = path.join(this.#directory, `${randomUUID()}.work`);
		try {
			return await this.#send(request, context, target, work);
		} finally {
			this.#all -= 1;
			const left = (this.#running.get(user) ?? 1) - 1;
			if (left === 0) this.#running.delete(user);
			else this.#running.set(user, left);
			await rm(work, {
				recursive: true,
				force: true
			});
		}
	}
	async #send(request, context, target, work) {
		const progress = noProgress();
		const maxBytes = Math.min(this.#parts.maxBytes, request.maxBytes ?? Number.POSITIVE_INFINITY);
		const begin = (format) => {
			target.begin({
				format,
				contentType: contentTypeOf(format)
			});
			return new OutputBuffer((bytes) => target.write(bytes), maxBytes);
		};
		if (!isCapture(request.format)) {
			const out = begin(request.format);
			return {
				sessions: await writeTable(this.#parts.store, {
					request,
					context,
					format: request.format,
					fields: request.fields
				}, out, progress),
				packets: 0,
				bytes: out.bytes,
				missingPackets: 0
			};
		}
		const result = await writeCapture(this.#parts, {
			request,
			context,
			container: request.format === "pcapng" ? "pcapng" : "auto",
			maxBytes,
			work
		}, {
			canRestart: false,
			open: ({ container }) => Promise.resolve(begin(container))
		}, progress);
		return {
			sessions: result.sessions,
			packets: result.packets,
			bytes: result.bytes,
			missingPackets: result.missing.total
		};
	}
};

// dist/export/export-service.js
const HOUR_MS$1 = 36e5;
const DEFAULT_LIMITS = {
	openPerUser: 100,
	timeoutMs: 24 * HOUR_MS$1,
	keepMs: 24 * HOUR_MS$1,
	keepRowMs: 2160 * HOUR_MS$1,
	linkMs: HOUR_MS$1
};
const EXPORT_FILE = /^([0-9a-f-]{36})\.((pcap|pcapng|csv|ndjson|parquet)(\.manifest\.json)?|work)$/;
/** How often the progress of a running export is told, in milliseconds. */
const TELL_MS = 500;
/**
* Jobs that write exports, one at a time, in order. A job is a row first: one that a crash or a stop leaves unfinished is
* run again from the start, with the rights its owner has then.
*/
var ExportService = class {
	#parts;
	#limits;
	#running = null;
	#work = Promise.resolve();
	#stopping = false;
	#changes = new ChangeFeed();
	#streams;
	constructor(parts) {
		this.#parts = parts;
		this.#limits = {
			...DEFAULT_LIMITS,
			...parts.limits
		};
		this.#streams = new ExportStreams(parts, parts.directory);
	}
	/** Takes up what an ended process left: unfinished jobs run again, files of no job go. */
	async start() {
		const { jobs, directory } = this.#parts;
		await mkdir(directory, {
			recursive: true,
			mode: 448
		});
		for (const job of jobs.inState("running")) jobs.move(job.id, "queued");
		for (const name of await readdir(directory)) {
			const id = EXPORT_FILE.exec(name)?.[1];
			if (id !== void 0 && jobs.get(id)?.state !== "done") await discardExport(directory, id);
		}
		this.#wake();
	}
	/** Stops the job that runs, to be run again at the next start. */
	async stop() {
		this.#stopping = true;
		this.#running?.abort.abort();
		this.#changes.close();
		await this.#work;
	}
	/** Resolves once no job is queued or running. */
	async idle() {
		await this.#work;
	}
	/**
	* Queues an export for the scope's user. Asked again with the same `key` within a day it is the same export. Throws
	* LIMIT_EXCEEDED when the user has too many unfinished ones.
	*/
	create(request, scope, key = null) {
		const { jobs, clock } = this.#parts;
		if (this.#stopping) return Promise.reject(new LookbackError("SHUTTING_DOWN", "the service is stopping"));
		const keyed = key === null ? null : keyedId(scope.user, key);
		const before = keyed === null ? null : jobs.get(keyed);
		if (before !== null && before.owner === scope.user && clock.nowMs() - before.createdAtMs < KEYED_MS) return Promise.resolve(this.#viewOf(before));
		const full = this.#tooMany(scope.user);
		if (full !== null) return Promise.reject(full);
		const id = keyed === null || before !== null ? randomUUID() : keyed;
		jobs.add({
			id,
			owner: scope.user,
			request: encodeRequest(request),
			expiresAtMs: null
		});
		this.#tell(id);
		this.#wake();
		return Promise.resolve(this.#viewOf(this.#job(id, scope.user)));
	}
	#tooMany(user) {
		const { jobs } = this.#parts;
		const open = [...jobs.inState("queued"), ...jobs.inState("running")].filter((job) => job.owner === user).length;
		if (open < this.#limits.openPerUser) return null;
		return new LookbackError("LIMIT_EXCEEDED", `${open} exports are not finished yet; the limit is ${this.#limits.openPerUser}`, { limit: this.#limits.openPerUser });
	}
	/** What an export would hold. */
	async estimate(request, context) {
		await this.#parts.awaitLatestRows(latestOf(request), context.signal);
		return estimateExport(this.#parts, request, context);
	}
	/** Sends an export as it is made, see `ExportStreams`. */
	async send(request, context, target) {
		await this.#parts.awaitLatestRows(latestOf(request), context.signal);
		return this.#streams.send(request, {
			...context,
			timeoutMs: this.#limits.timeoutMs
		}, target);
	}
	/** Every change of every user's exports from now on, until the signal. */
	events(signal) {
		return this.#changes.subscribe(signal);
	}
	/** The user's export, or null. */
	get(id, user) {
		const job = this.#parts.jobs.get(id);
		return job === null || job.owner !== user ? null : this.#viewOf(job);
	}
	/** The user's exports, newest first. */
	list(user, limit) {
		return this.#parts.jobs.list(user, limit).map((job) => this.#viewOf(job));
	}
	/** Ends the user's export if it is not finished; one that runs leaves no file. Null when there is none. */
	cancel(id, user) {
		const job = this.#parts.jobs.get(id);
		if (job === null || job.owner !== user) return null;
		if (job.state === "queued" || job.state === "running") {
			this.#parts.jobs.move(id, "cancelled", { expiresAtMs: this.#parts.clock.nowMs() + this.#limits.keepMs });
			if (this.#running?.id === id) this.#running.abort.abort();
			this.#tell(id);
		}
		return this.get(id, user);
	}
	/** Makes an export that failed, was cancelled or expired again. Null when there is none; BAD_INPUT when its file is there. */
	retry(id, user) {
		const { jobs } = this.#parts;
		const job = jobs.get(id);
		if (job === null || job.owner !== user) return null;
		if (job.state === "done") throw new LookbackError("BAD_INPUT", `export ${id} is done; there is nothing to make again`, { id });
		if (!isFinished(job.state)) return this.#viewOf(job);
		const full = this.#tooMany(user);
		if (full !== null) throw full;
		jobs.move(id, "queued", {
			fileName: null,
			sessions: 0,
			packets: 0,
			bytes: 0,
			missingPackets: 0,
			sha256: null,
			errorCode: null,
			errorMessage: null,
			expiresAtMs: null
		});
		this.#tell(id);
		this.#wake();
		return this.get(id, user);
	}
	/** Deletes the user's export with its file; one that runs is ended. Returns whether there was one. */
	async delete(id, user) {
		const { jobs, directory } = this.#parts;
		if (this.cancel(id, user) === null) return false;
		jobs.remove(id);
		await discardExport(directory, id);
		return true;
	}
	/** Path and query of a signed link to the user's finished export. Throws NOT_FOUND unless it is there. */
	link(id, user) {
		const job = this.#finished(id, user);
		const { clock, key } = this.#parts;
		return downloadPath(key, {
			exportId: id,
			user,
			expiresMs: Math.min(clock.nowMs() + this.#limits.linkMs, job.expiresAtMs ?? Number.POSITIVE_INFINITY)
		});
	}
	/** As `link`, to the export's manifest. */
	manifestLink(id, user) {
		return this.link(id, user).replace("/download?", "/manifest?");
	}
	/** The file that a link leads to. Throws LINK_INVALID for a link that does not hold, NOT_FOUND when the file is gone. */
	openLink(grant, signature) {
		try {
			verifyDownload(this.#parts.key, grant, signature, this.#parts.clock.nowMs(), this.#limits.linkMs);
		} catch (error) {
			return Promise.reject(error);
		}
		return this.open(grant.exportId, grant.user);
	}
	/** The key that verifies manifests. */
	get publicKey() {
		return this.#parts.signingKey;
	}
	/** The user's finished file. Throws NOT_FOUND unless it is there. */
	async open(id, user) {
		const job = this.#finished(id, user);
		const fileName = job.fileName ?? "";
		const file = path.join(this.#parts.directory, fileName);
		try {
			await access(file);
		} catch (error) {
			throw new LookbackError("NOT_FOUND", `the file of export ${id} is not there any more`, { id }, { cause: error });
		}
		const format = formatOf(fileName.slice(fileName.lastIndexOf(".") + 1));
		const contentType = format === null ? "application/octet-stream" : contentTypeOf(format);
		return {
			id,
			user,
			path: file,
			manifestPath: manifestName(file),
			fileName,
			bytes: job.bytes,
			sha256: job.sha256 ?? "",
			contentType,
			createdMs: job.createdAtMs
		};
	}
	/** Exports of anybody whose time is over and whose file the next `expire` removes. */
	due() {
		return this.#parts.jobs.due(this.#parts.clock.nowMs()).map((job) => this.#viewOf(job));
	}
	/** Removes files whose time is over, and rows whose time is over long since. Returns how many files went. */
	async expire() {
		const { jobs, clock, directory } = this.#parts;
		const now = clock.nowMs();
		const due = jobs.due(now);
		for (const job of due) {
			jobs.move(job.id, "expired");
			await discardExport(directory, job.id);
		}
		for (const job of jobs.inState("expired")) {
			if ((job.expiresAtMs ?? job.createdAtMs) + this.#limits.keepRowMs > now) continue;
			await discardExport(directory, job.id);
			jobs.remove(job.id);
		}
		return due.length;
	}
	#wake() {
		this.#work = this.#work.then(async () => {
			for (let next = this.#next(); next; next = this.#next()) if (!await this.#run(next)) return;
		});
	}
	#next() {
		return this.#stopping ? null : this.#parts.jobs.inState("queued")[0] ?? null;
	}
	/** Whether the catalogue took the job's outcome; where it did not, the next job would fare no better. */
	async #run(job) {
		const { jobs, logger, clock } = this.#parts;
		const running = {
			id: job.id,
			abort: new AbortController(),
			progress: noProgress()
		};
		this.#running = running;
		const telling = setInterval(() => {
			if (this.#changes.isRead) this.#tell(job.id);
		}, TELL_MS);
		try {
			jobs.move(job.id, "running");
			this.#tell(job.id);
			const request = decodeRequest(job.request, this.#parts.fields);
			await this.#parts.awaitLatestRows(latestOf(request), running.abort.signal);
			const result = await runExport(this.#parts, {
				request,
				context: {
					scope: this.#parts.scopeOf(job.owner),
					signal: running.abort.signal,
					timeoutMs: this.#limits.timeoutMs
				},
				directory: this.#parts.directory,
				name: job.id,
				requestedMs: job.createdAtMs,
				asOfMs: clock.nowMs(),
				completeUntilMs: this.#parts.completeUntilMs()
			}, running.progress);
			if (running.abort.signal.aborted) throw new LookbackError("QUERY_CANCELLED", "the export was cancelled");
			const { fileName, sessions, packets, bytes, missingPackets, sha256 } = result;
			jobs.move(job.id, "done", {
				fileName,
				sessions,
				packets,
				bytes,
				missingPackets,
				sha256,
				expiresAtMs: clock.nowMs() + this.#limits.keepMs
			});
			logger.info({
				export: job.id,
				user: job.owner,
				sessions,
				packets,
				bytes,
				missingPackets
			}, "export written");
			this.#running = null;
			this.#tell(job.id);
			this.#parts.events.raise({
				kind: "export-ready",
				subject: job.id,
				user: job.owner,
				sessions,
				packets,
				bytes
			});
			return true;
		} catch (error) {
			return await this.#failed(job, running.abort.signal.aborted, error);
		} finally {
			clearInterval(telling);
			this.#running = null;
		}
	}
	async #failed(job, aborted, error) {
		const { jobs, logger, clock, directory } = this.#parts;
		try {
			await discardExport(directory, job.id);
			if (aborted) return true;
			const [code, message] = error instanceof LookbackError ? [error.code, error.message] : ["INTERNAL", "the export failed; the service's log says why"];
			jobs.move(job.id, "failed", {
				errorCode: code,
				errorMessage: message,
				expiresAtMs: clock.nowMs() + this.#limits.keepMs
			});
			logger.warn({
				export: job.id,
				user: job.owner,
				code,
				error
			}, "export failed");
			this.#running = null;
			this.#tell(job.id);
			return true;
		} catch (secondary) {
			logger.error({
				export: job.id,
				error: secondary
			}, "the state of an export could not be written");
			return false;
		}
	}
	#job(id, user) {
		const job = this.#parts.jobs.get(id);
		if (job === null || job.owner !== user) throw new LookbackError("NOT_FOUND", `no export ${id.slice(0, 64)}`, { id: id.slice(0, 64) });
		return job;
	}
	#finished(id, user) {
		const job = this.#job(id, user);
		const over = job.expiresAtMs !== null && job.expiresAtMs <= this.#parts.clock.nowMs();
		if (job.state !== "done" || job.fileName === null || over) throw new LookbackError("NOT_FOUND", `export ${id} has no file: it is ${over && job.state === "done" ? "expired" : job.state}`, {
			id,
			state: job.state
		});
		return job;
	}
	#viewOf(job) {
		return viewOf$1(job, this.#running?.id === job.id && job.state === "running" ? this.#running.progress : null);
	}
	#tell(id) {
		const job = this.#parts.jobs.get(id);
		if (job !== null) this.#changes.publish(this.#viewOf(job));
	}
};
/** How long an export is found again by the key of its request, in milliseconds. */
const KEYED_MS = 24 * HOUR_MS$1;
/** The id of an export that was asked for under a key of its user: a UUID of version 8 (RFC 9562) of their hash. */
function keyedId(user, key) {
	const hex = createHash("sha256").update(`lookback export\0${user.length}\0${user}\0${key}`).digest("hex");
	const variant = (Number.parseInt(hex.slice(16, 17), 16) & 3 | 8).toString(16);
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

// dist/export/packet-files.js
/** Looks file numbers up in the catalogue. */
function catalogueLookup(files) {
	return (fileId) => {
		const row = files.get(fileId);
		if (row === null) return {
			absent: "file-unknown",
			path: null
		};
		if (row.state === "gone") return {
			absent: "file-gone",
			path: row.path
		};
		return { file: {
			fileId,
			path: row.path,
			own: row.storage === "own"
		} };
	};
}

// dist/export/packet-heads.js
/** Most bytes of packets held at once to find directions. */
const BATCH_BYTES = 4 << 20;
/** Link type, original length and captured length of a packet, as the core takes them. */
const PACKET_HEADER = 12;
/** What the core says of a packet's sender. */
const FROM_SOURCE = 1;
const FROM_DESTINATION = 2;
/** Gives the packets of a session to the core, which says who sent each. */
var Senders = class {
	#finder;
	/** Places in the answer of the packets given. */
	#places = [];
	constructor(finder) {
		this.#finder = finder;
	}
	/** Takes packets that were read; `at` is the place of the first. */
	take(packets, at) {
		const parts = [];
		packets.forEach((packet, index) => {
			if (!packet.found) return;
			const header = Buffer.alloc(PACKET_HEADER);
			header.writeUInt32LE(packet.head.linkType, 0);
			header.writeUInt32LE(packet.head.originalLength, 4);
			header.writeUInt32LE(packet.bytes.length, 8);
			parts.push(header, packet.bytes);
			this.#places.push(at + index);
		});
		this.#finder.push(Buffer.concat(parts));
	}
	/** Whether each packet is from the source, by place; places that are not there are not known. */
	fromSource() {
		const known = /* @__PURE__ */ new Map();
		this.#finder.senders().forEach((sender, index) => {
			const place = this.#places[index];
			if (place !== void 0 && (sender === FROM_SOURCE || sender === FROM_DESTINATION)) known.set(place, sender === FROM_SOURCE);
		});
		return known;
	}
};
/** End of the run of refs from `at` that lie in one file and together hold no more than `BATCH_BYTES`, one at least. */
function batchEnd(refs, at) {
	let bytes = refs[at]?.length ?? 0;
	let end = at + 1;
	for (; refs[end]?.fileId === refs[at]?.fileId && end < refs.length; end += 1) {
		bytes += refs[end]?.length ?? 0;
		if (bytes > BATCH_BYTES) break;
	}
	return end;
}
/** Describes packets from their record headers, and who sent each from the packet itself. */
var PacketHeads = class {
	#reader;
	#lookup;
	#native;
	constructor(reader, lookup, native) {
		this.#reader = reader;
		this.#lookup = lookup;
		this.#native = native;
	}
	/**
	* One description for each position, in their order. The caller bounds their number. `ends` are the ends of the
	* session whose packets they are; without them no packet has a direction, and none is read beyond its header.
	*/
	async describe(refs, ends, signal) {
		const described = [];
		const senders = ends === null ? null : new Senders(this.#native.directionFinder(ends));
		for (let at = 0; at < refs.length;) {
			const end = batchEnd(refs, at);
			const batch = refs.slice(at, end);
			const found = this.#lookup(batch[0]?.fileId ?? 0);
			const read = "file" in found ? await (senders === null ? this.#reader.heads(found.file, batch, signal) : this.#reader.packets(found.file, batch, signal)) : [];
			senders?.take(read, at);
			batch.forEach(({ fileId, offset }, index) => {
				const one = read[index];
				if (one?.found) {
					const { seconds, nanoseconds, originalLength, capturedLength } = one.head;
					const timeMs = seconds * 1e3 + Math.floor(nanoseconds / 1e6);
					described.push({
						fileId,
						offset,
						timeMs,
						nanos: nanoseconds % 1e6,
						originalLength,
						capturedLength,
						fromSource: null,
						missing: null
					});
				} else {
					const missing = one ? one.reason : "absent" in found ? found.absent : "file-unreadable";
					described.push({
						fileId,
						offset,
						timeMs: null,
						nanos: 0,
						originalLength: null,
						capturedLength: null,
						fromSource: null,
						missing
					});
				}
			});
			at = end;
		}
		const known = senders?.fromSource();
		return known === void 0 ? described : described.map((packet, at) => ({
			...packet,
			fromSource: known.get(at) ?? null
		}));
	}
};

// dist/graphql/cost-budget.js
const MINUTE_MS$1 = 6e4;
/** Credentials that are remembered; beyond, those that have spent longest ago are forgotten, and begin anew. */
const MOST_ACCOUNTS = 1e4;
/**
* What operations may cost in a minute, for each token and login apart: a bucket that holds a minute's units and fills
* evenly. Forgotten at a restart.
*/
var CostBudgets = class {
	#clock;
	#limit;
	/** In order of last use. */
	#accounts = /* @__PURE__ */ new Map();
	/** `limit` is asked each time, in units a minute; 0 bounds nothing. */
	constructor(clock, limit) {
		this.#clock = clock;
		this.#limit = limit;
	}
	/** Takes `cost` units of a credential. Null when nothing is bounded. Throws RATE_LIMITED, with the wait, when they are not there. */
	spend(credential, cost) {
		const limit = this.#limit();
		if (limit === 0) return null;
		const now = this.#clock.nowMs();
		const account = this.#accounts.get(credential);
		const filled = account === void 0 ? limit : Math.min(limit, account.left + limit * Math.max(0, now - account.atMs) / MINUTE_MS$1);
		const needed = Math.min(cost, limit);
		if (filled < needed) {
			const retryAfterSeconds = Math.max(1, Math.ceil((needed - filled) * 60 / limit));
			throw new LookbackError("RATE_LIMITED", `this operation costs ${cost} units, and ${Math.floor(filled)} of ${limit} a minute are left; try again in ${retryAfterSeconds} s`, {
				limit,
				remaining: Math.floor(filled),
				cost,
				retryAfterSeconds
			});
		}
		const left = filled - needed;
		this.#accounts.delete(credential);
		this.#accounts.set(credential, {
			left,
			atMs: now
		});
		for (const oldest of this.#accounts.keys()) {
			if (this.#accounts.size <= MOST_ACCOUNTS) break;
			this.#accounts.delete(oldest);
		}
		return {
			limit,
			remaining: Math.floor(left),
			resetSeconds: Math.ceil((limit - left) * 60 / limit)
		};
	}
};

// dist/retention/forecast.js
/** Complete days whose average is taken for the days to come, and days ahead that a back-test looks at. */
const WINDOW_DAYS = 7;
/** Days back from which a back-test begins. */
const BACKTEST_DAYS = 28;
/** Bytes of a record's header in a packet file. */
const RECORD_HEADER = 16;
/** A file that seems to span more has a packet with a wrong clock. */
const LONGEST_FILE_MS = 60 * DAY_MS$2;
/**
* How long packets and sessions will be kept if the days to come are like the last complete ones (at most seven). Pure. The
* arithmetic: what packets may take (what they take now and the room beyond `freeSpaceG`, less what the index still grows
* on the same device), divided by bytes a day.
*/
function forecast(facts) {
	const { nowMs } = facts;
	const index = indexForecast(facts);
	const daily = bytesByDay(facts.written, nowMs);
	const { perDay: bytesPerDay, days: averagedDays } = rateOf(daily, daily.length, facts);
	const indexBytes = facts.days.reduce((sum, { bytes }) => sum + bytes, 0);
	const growth = facts.indexOnDevice && index.bytesThen !== null ? Math.max(0, index.bytesThen - indexBytes) : 0;
	const inRoom = Math.max(0, facts.packetBytes + facts.roomBytes - growth);
	const capacityBytes = Math.min(inRoom, facts.maxBytes ?? Number.POSITIVE_INFINITY);
	const eaten = facts.indexOnDevice && index.bytesThen === null ? index.bytesPerDay : 0;
	const byBytes = bytesPerDay > 0 ? capacityBytes / (bytesPerDay + (capacityBytes === inRoom ? eaten : 0)) : null;
	const byAge = facts.maxAgeMs === null ? null : facts.maxAgeMs / DAY_MS$2;
	const days = byBytes === null ? null : Math.min(byBytes, byAge ?? Number.POSITIVE_INFINITY);
	const boundBy = days === null ? null : byAge !== null && days === byAge ? "age" : capacityBytes < inRoom ? "total-size" : "room";
	const left = Math.max(0, capacityBytes - facts.packetBytes);
	return {
		madeMs: nowMs,
		packets: {
			daysNow: facts.oldestMs === null ? null : Math.max(0, (nowMs - facts.oldestMs) / DAY_MS$2),
			bytesPerDay,
			averagedDays,
			capacityBytes,
			days,
			boundBy,
			fullMs: bytesPerDay <= 0 || boundBy === "age" ? null : Math.round(nowMs + left / (bytesPerDay + eaten) * DAY_MS$2),
			backtest: backtest(daily)
		},
		sessions: index
	};
}
/** What it would change to keep only the first packets of some sessions: `some` what these have, `all` what all sessions of the same days have. */
function whatIf(made, some, all) {
	const bytesOf = (bytes, packets) => bytes + RECORD_HEADER * packets;
	const total = bytesOf(all.bytes, all.packets);
	const saved = bytesOf(some.bytes, some.packets) - bytesOf(some.keptBytes, some.keptPackets);
	const share = total === 0 ? 0 : Math.min(1, Math.max(0, saved / total));
	const { bytesPerDay, days, capacityBytes, boundBy } = made.packets;
	const rate = bytesPerDay * (1 - share);
	const then = days === null || boundBy === "age" ? days : rate > 0 ? Math.min(capacityBytes / rate, Number.MAX_SAFE_INTEGER) : null;
	return {
		savedBytesPerDay: bytesPerDay * share,
		savedPercent: share * 100,
		days: then,
		gainedDays: then === null || days === null ? null : then - days
	};
}
/**
* Bytes written on each UTC day from the first that anything was written on to yesterday. Captured packets are written as
* they come, so a file counts on the days it spans; a copy of an import is written when it is made.
*/
function bytesByDay(written, nowMs) {
	const today = Math.floor(nowMs / DAY_MS$2);
	const byDay = /* @__PURE__ */ new Map();
	for (const file of written) {
		const [from, to] = writtenBetween(file);
		const [first, last] = [Math.floor(from / DAY_MS$2), Math.floor(to / DAY_MS$2)];
		for (let day = first; day <= last; day += 1) {
			const share = to === from ? 1 : (Math.min(to, (day + 1) * DAY_MS$2) - Math.max(from, day * DAY_MS$2)) / (to - from);
			byDay.set(day, (byDay.get(day) ?? 0) + file.bytes * share);
		}
	}
	const begin = Math.min(...byDay.keys());
	if (begin >= today) return [];
	const length = Math.min(today - begin, 56);
	return Array.from({ length }, (_, at) => byDay.get(today - length + at) ?? 0);
}
function writtenBetween({ firstMs, lastMs, importedAtMs }) {
	return firstMs !== null && lastMs !== null && firstMs <= importedAtMs && importedAtMs - firstMs < 864e5 / 24 && lastMs >= firstMs ? [firstMs, Math.min(lastMs, firstMs + LONGEST_FILE_MS)] : [importedAtMs, importedAtMs];
}
/** Average of the days before `end` (at most a week of them). Without a complete day: of what there is of today, taken as a day. */
function rateOf(daily, end, facts) {
	const window = daily.slice(Math.max(0, end - WINDOW_DAYS), end);
	if (window.length > 0) return {
		perDay: window.reduce((sum, bytes) => sum + bytes, 0) / window.length,
		days: window.length
	};
	if (facts === null || facts.written.length === 0) return {
		perDay: 0,
		days: 0
	};
	const since = facts.written.reduce((least, file) => Math.min(least, writtenBetween(file)[0]), facts.nowMs);
	return {
		perDay: facts.written.reduce((sum, file) => sum + file.bytes, 0) * DAY_MS$2 / Math.max(facts.nowMs - since, DAY_MS$2 / 24),
		days: 0
	};
}
/** Makes the forecast of each day of the last weeks from the days before it, and compares it with the days that followed. */
function backtest(daily) {
	const errors = [];
	for (let day = Math.max(1, daily.length - BACKTEST_DAYS); day < daily.length; day += 1) {
		const { perDay } = rateOf(daily, day, null);
		const after = daily.slice(day, day + WINDOW_DAYS);
		const came = after.reduce((sum, bytes) => sum + bytes, 0) / after.length;
		if (came > 0) errors.push(Math.abs(perDay - came) / came * 100);
	}
	if (errors.length === 0) return null;
	return {
		samples: errors.length,
		meanErrorPercent: errors.reduce((sum, error) => sum + error, 0) / errors.length,
		worstErrorPercent: Math.max(...errors)
	};
}
function indexForecast({ days, nowMs, expireDays, indexMaxBytes }) {
	const today = Math.floor(nowMs / DAY_MS$2);
	const known = days.flatMap(({ day, bytes, rows }) => {
		const start = Date.parse(`${day}T00:00:00Z`);
		return Number.isNaN(start) ? [] : [{
			number: Math.floor(start / DAY_MS$2),
			bytes,
			rows
		}];
	}).sort((left, right) => left.number - right.number);
	const [oldest] = known;
	const complete = known.filter(({ number }) => number < today && number >= today - WINDOW_DAYS);
	const span = complete.length === 0 ? 0 : today - (complete[0]?.number ?? today);
	const fallback = known.filter(({ number }) => number === today);
	const [part, length] = complete.length > 0 ? [complete, span] : [fallback, Math.max(nowMs % DAY_MS$2 / DAY_MS$2, 1 / 24)];
	const perDay = (of) => part.reduce((sum, one) => sum + of(one), 0) / length;
	const bytesPerDay = part.length === 0 ? 0 : perDay(({ bytes }) => bytes);
	const bySize = indexMaxBytes === null || bytesPerDay <= 0 ? null : indexMaxBytes / bytesPerDay;
	const byAge = expireDays === null ? null : expireDays + 1;
	const kept = Math.min(bySize ?? Number.POSITIVE_INFINITY, byAge ?? Number.POSITIVE_INFINITY);
	return {
		daysNow: oldest === void 0 ? null : Math.max(0, today - oldest.number + 1),
		bytesPerDay,
		rowsPerDay: part.length === 0 ? 0 : perDay(({ rows }) => rows),
		averagedDays: span,
		days: Number.isFinite(kept) ? kept : null,
		bytesThen: Number.isFinite(kept) ? kept * bytesPerDay : null
	};
}

// dist/retention/forecast-service.js
/** How far back files are looked at: two months show a rate, and how well it would have told what came. */
const HISTORY_MS = 57 * DAY_MS$2;
/** Sessions of these days tell what keeping fewer packets would save. */
const WHAT_IF_MS = 7 * DAY_MS$2;
/** How long packets and sessions will be kept. */
var ForecastService = class {
	#parts;
	constructor(parts) {
		this.#parts = parts;
	}
	async forecast() {
		return forecast(await this.#facts());
	}
	/** What a bound on packets would change, by the sessions of the last seven days (of all time, when there are none). */
	async whatIf(made, request, context) {
		const { store } = this.#parts;
		const recent = {
			startMs: made.madeMs - WHAT_IF_MS,
			endMs: null,
			bounding: "last"
		};
		const budget = (range, expression) => store.byteBudget({
			expression,
			range,
			firstPackets: request.firstPackets
		}, context);
		const everything = { node: "everything" };
		let range = recent;
		let all = await budget(range, everything);
		if (all.sessions === 0) {
			range = ALL_TIME;
			all = await budget(range, everything);
		}
		return whatIf(made, await budget(range, request.expression), all);
	}
	/** Tells when packets or sessions will be kept for fewer days than wanted, and when that is over. */
	async watch() {
		const { warnDays, events } = this.#parts;
		const made = await this.forecast();
		const days = {
			packets: made.packets.days,
			sessions: made.sessions.days
		};
		for (const [subject, value] of Object.entries(days)) if (warnDays !== null && value !== null && value < warnDays) events.raise({
			kind: "forecast-low",
			subject,
			days: value,
			thresholdDays: warnDays
		});
		else events.clear("forecast-low", subject);
		return made;
	}
	async #facts() {
		const { catalogue, store, clock, probe, indexDirectory, rules } = this.#parts;
		const nowMs = clock.nowMs();
		const { devices } = await gatherDevices(this.#parts);
		const index = await measureSpace([indexDirectory], probe);
		const held = catalogue.holds.packetsByFile();
		let [packetBytes, oldestMs] = [0, null];
		for (const file of catalogue.files.retained()) {
			if (file.storage !== "own") continue;
			const free = Math.max(0, file.bytes - (held.get(file.id)?.bytes ?? 0));
			packetBytes += free;
			if (!isKeptCopy(file) && file.firstMs !== null && (oldestMs === null || file.firstMs < oldestMs)) oldestMs = file.firstMs;
		}
		return {
			nowMs,
			written: catalogue.files.writtenSince(nowMs - HISTORY_MS).filter((file) => !isKeptCopy(file)),
			oldestMs,
			packetBytes,
			roomBytes: devices.reduce((sum, device) => sum + device.freeBytes - deviceTarget(device, rules.packets), 0),
			maxAgeMs: rules.packets.maxAgeMs,
			maxBytes: rules.packets.maxBytes,
			indexOnDevice: index.devices.some((one) => devices.some(({ device }) => device === one.device)),
			days: await store.partitions(),
			expireDays: rules.sessions.expireDays,
			indexMaxBytes: rules.sessions.maxBytes
		};
	}
};

// dist/retention/hold-service.js
/** Sessions of one hold at most: that many lines of the catalogue, and that many rows that outlive their days. */
const MOST_HELD = 1e6;
/** Longest reason, in characters. */
const LONGEST_REASON = 1e3;
/**
* Holds on sessions. A hold covers the sessions that its search finds when it is made, as whoever makes it sees them: their
* rows outlive their day, and their packets the files that they are in. Sessions that come later are not held.
*/
var HoldService = class {
	#parts;
	constructor(parts) {
		this.#parts = parts;
	}
	/**
	* Holds the sessions that match. In force once all of them are noted: what fails or is killed before holds nothing.
	*
	* @throws LookbackError BAD_INPUT for no reason or a time that is past, NOT_FOUND when nothing matches, LIMIT_EXCEEDED.
	*/
	async create(request, context) {
		const { catalogue: { holds }, store, clock } = this.#parts;
		const { filter, description, untilMs, user } = request;
		const reason = request.reason.trim();
		if (reason === "" || reason.length > 1e3) throw new LookbackError("BAD_INPUT", `a hold needs a reason of 1 to ${LONGEST_REASON} characters: it is what people read who want to delete`);
		if (untilMs !== null && untilMs <= clock.nowMs()) throw new LookbackError("BAD_INPUT", `until ${new Date(untilMs).toISOString()} is past; name a later time, or none to hold until somebody releases it`);
		const id = holds.add({
			subject: "session",
			subjectId: description,
			reason,
			createdBy: user,
			untilMs: 0
		});
		let sessions = 0;
		try {
			for await (const batch of store.streamPackets(filter, context)) {
				sessions += batch.length;
				if (sessions > 1e6) throw new LookbackError("LIMIT_EXCEEDED", `more than ${MOST_HELD} sessions match; hold fewer, or keep whole days longer (expireDays, freeSpaceG)`, { limit: MOST_HELD });
				holds.addSessions(id, batch.map(heldSession));
			}
			if (sessions === 0) throw new LookbackError("NOT_FOUND", "no session matches, so there is nothing to hold");
			holds.enforce(id, untilMs);
		} catch (error) {
			holds.remove(id);
			throw error;
		}
		const made = holds.get(id);
		if (made === null) throw new LookbackError("INTERNAL", `hold ${id} vanished`);
		return made;
	}
	/** Ends a hold. Returns it, or null when there is none that is in force. Throws BAD_INPUT for the hold of a class. */
	release(id) {
		const { holds, retentionClasses } = this.#parts.catalogue;
		const owner = retentionClasses.ofHold(id);
		if (owner !== null) throw new LookbackError("BAD_INPUT", `hold ${id} is that of class ${owner.name}; remove the class, or change its days and bytes`, { class: owner.name });
		const before = holds.get(id);
		return holds.release(id) && before !== null ? {
			...before,
			releasedAtMs: this.#parts.clock.nowMs()
		} : null;
	}
	/** Holds, newest first: those in force, or all. */
	list(limit, before, withEnded) {
		return this.#parts.catalogue.holds.list(limit, before, withEnded);
	}
};

// dist/scheduler/cron-schedule.js
const FIELDS = [
	{
		name: "minute",
		least: 0,
		most: 59
	},
	{
		name: "hour",
		least: 0,
		most: 23
	},
	{
		name: "day of month",
		least: 1,
		most: 31
	},
	{
		name: "month",
		least: 1,
		most: 12
	},
	{
		name: "day of week",
		least: 0,
		most: 7
	}
];
const MINUTE_MS = 6e4;
/** Days that are looked back or ahead: a leap day may be eight years away. */
const MOST_DAYS = 2930;
/** Reads `minute hour day month weekday`: `*`, numbers, ranges, lists and steps. Throws CONFIG_INVALID naming the field. */
function parseCron(expression) {
	const fields = expression.trim().split(/\s+/);
	if (fields.length !== FIELDS.length) throw new LookbackError("CONFIG_INVALID", `schedule "${expression.slice(0, 80)}": five fields are needed: minute, hour, day, month, weekday`, { expression: expression.slice(0, 80) });
	const [minutes, hours, daysOfMonth, months, weekdays] = FIELDS.map(({ name, least, most }, index) => parseField(fields[index] ?? "", name, least, most));
	if (!minutes || !hours || !daysOfMonth || !months || !weekdays) throw new LookbackError("INTERNAL", "five fields give five sets");
	return {
		expression,
		minutes,
		hours,
		daysOfMonth,
		months,
		daysOfWeek: new Set([...weekdays].map((day) => day % 7)),
		eitherDay: fields[2] !== "*" && fields[4] !== "*",
		everyHour: hours.size === 24
	};
}
function parseField(text, name, least, most) {
	const values = /* @__PURE__ */ new Set();
	for (const part of text.split(",")) {
		const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
		const step = match?.[3] === void 0 ? 1 : Number(match[3]);
		const from = match?.[1] === void 0 ? least : Number(match[1]);
		const to = match?.[2] !== void 0 ? Number(match[2]) : match?.[1] === void 0 || match[3] !== void 0 ? most : from;
		if (!match || step < 1 || from < least || to > most || from > to) throw new LookbackError("CONFIG_INVALID", `schedule: ${name} "${part.slice(0, 40)}": allowed are *, ${least} to ${most}, ranges, lists and steps`, {
			field: name,
			value: part.slice(0, 40)
		});
		for (let value = from; value <= to; value += step) values.add(value);
	}
	return values;
}
/** `local` as the host's zone; other names are checked. Throws CONFIG_INVALID for a zone that does not exist. */
function zoneName(timeZone) {
	const zone = timeZone === "local" ? Intl.DateTimeFormat().resolvedOptions().timeZone : timeZone;
	if (!IANAZone.isValidZone(zone)) throw new LookbackError("CONFIG_INVALID", `time zone "${timeZone.slice(0, 80)}" does not exist`, { timeZone: timeZone.slice(0, 80) });
	return zone;
}
/**
* The latest time at or before `nowMs` that the schedule names in the zone, or null when there is none in eight years.
* Wall-clock times that a change of time skips count at the first moment after the gap; of those that it repeats the first
* counts. A schedule of every hour follows the running clock instead.
*/
function lastOccurrence(schedule, timeZone, nowMs) {
	const now = DateTime.fromMillis(Math.floor(nowMs / MINUTE_MS) * MINUTE_MS, { zone: timeZone });
	if (!now.isValid) return null;
	return schedule.everyHour ? lastByClock(schedule, now) : lastByCalendar(schedule, now);
}
function lastByClock(schedule, now) {
	let day = now;
	for (let back = 0; back < MOST_DAYS; back += 1) {
		if (dayMatches(schedule, day)) {
			const start = day.startOf("day").toMillis();
			for (let at = day.toMillis(); at >= start; at -= MINUTE_MS) if (schedule.minutes.has(DateTime.fromMillis(at, { zone: day.zone }).minute)) return at;
		}
		day = day.startOf("day").minus({ minutes: 1 });
	}
	return null;
}
function lastByCalendar(schedule, now) {
	let day = now.startOf("day");
	for (let back = 0; back < MOST_DAYS; back += 1) {
		if (dayMatches(schedule, day)) {
			const moments = momentsOf(schedule, day).filter((at) => at <= now.toMillis());
			if (moments.length > 0) return Math.max(...moments);
		}
		day = day.minus({ days: 1 }).startOf("day");
	}
	return null;
}
/** The earliest time after `nowMs` that the schedule names in the zone, by the same rules, or null when there is none in eight years. */
function nextOccurrence(schedule, timeZone, nowMs) {
	const now = DateTime.fromMillis(nowMs, { zone: timeZone });
	if (!now.isValid) return null;
	let day = now.startOf("day");
	for (let ahead = 0; ahead < MOST_DAYS; ahead += 1) {
		const tomorrow = day.plus({ days: 1 }).startOf("day");
		if (dayMatches(schedule, day)) {
			const next = schedule.everyHour ? nextByClock(schedule, day, tomorrow, nowMs) : momentsOf(schedule, day).filter((at) => at > nowMs).sort((a, b) => a - b)[0];
			if (next !== void 0) return next;
		}
		day = tomorrow;
	}
	return null;
}
function nextByClock(schedule, day, tomorrow, nowMs) {
	const first = Math.max(day.toMillis(), Math.floor(nowMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS);
	for (let at = first; at < tomorrow.toMillis(); at += MINUTE_MS) if (schedule.minutes.has(DateTime.fromMillis(at, { zone: day.zone }).minute)) return at;
}
/** The schedule's times of one day. `set` moves a skipped time behind the gap and takes the first of two. */
function momentsOf(schedule, day) {
	return [...schedule.hours].flatMap((hour) => [...schedule.minutes].map((minute) => firstOfTwo(day.set({
		hour,
		minute
	}))));
}
function firstOfTwo(moment) {
	return Math.min(...moment.getPossibleOffsets().map((one) => one.toMillis()), moment.toMillis());
}
function dayMatches(schedule, day) {
	if (!schedule.months.has(day.month)) return false;
	const [ofMonth, ofWeek] = [schedule.daysOfMonth.has(day.day), schedule.daysOfWeek.has(day.weekday % 7)];
	return schedule.eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek;
}

// dist/scheduler/due.js
/** Ticks come once a minute: what is answered within two was not missed. */
const MISSED_AFTER_MS = 12e4;
/** How far ahead of the clock a history may be. */
const FUTURE_MS = 12e4;
/** Wait before the first retry, doubled with every failure up to the longest. */
const FIRST_RETRY_MS = 6e4;
const LONGEST_RETRY_MS = 36e5;
/** How long after its `failures`th failure in a row a task is tried again: 1, 2, 4, … minutes, at most an hour. */
function retryDelayMs(failures) {
	return Math.min(FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 30), LONGEST_RETRY_MS);
}
/** When a task that failed is tried again, whatever its schedule; null while it has not. */
function retryAtMs({ failures = 0, lastFinishedMs = null }) {
	return failures > 0 && lastFinishedMs !== null ? lastFinishedMs + retryDelayMs(failures) : null;
}
/**
* Whether a task is due at `nowMs`: its latest scheduled time has not been answered, or its run failed and the wait is
* over. However many times passed, one run answers them. A task that never ran is due at once. A history from the future
* is not believed: after a clock was set back, tasks go on by the clock there is. Pure.
*/
function dueAt(schedule, timeZone, history, nowMs) {
	if (history.running) return null;
	const latest = lastOccurrence(schedule, timeZone, nowMs);
	const { lastDueMs } = history;
	if (lastDueMs === null || lastDueMs > nowMs + FUTURE_MS) return {
		dueMs: latest ?? nowMs,
		cause: "schedule"
	};
	if (latest !== null && latest > lastDueMs) return {
		dueMs: latest,
		cause: nowMs - latest >= MISSED_AFTER_MS ? "missed" : "schedule"
	};
	const retry = retryAtMs(history);
	if (retry === null) return null;
	return nowMs >= retry || retry > nowMs + LONGEST_RETRY_MS + FUTURE_MS ? {
		dueMs: lastDueMs,
		cause: "retry"
	} : null;
}

// dist/scheduler/ticker.js
/** node-cron. It does not keep the process alive. */
const nodeCronTicker = (expression, timeZone, tick) => {
	const task = cron.schedule(expression, () => tick(), {
		timezone: timeZone,
		unref: true,
		suppressMissedWarning: true
	});
	return async () => {
		await task.destroy();
	};
};

// dist/scheduler/scheduler.js
/** Interruptions in a row that are made up for at once; what ends the process more often waits like a failure. */
const FREE_INTERRUPTIONS = 2;
/**
* Runs tasks when they are due. It ticks at each task's times and every minute besides, so that a tick which is lost (a
* suspended host, a clock that jumped) is made up for. Tasks run beside each other, never beside themselves.
*/
var Scheduler = class {
	#parts;
	#tasks = /* @__PURE__ */ new Map();
	#stopTicks = [];
	#abort = new AbortController();
	#listener = () => {};
	constructor(parts) {
		this.#parts = parts;
	}
	/** Adds a task; before `start`. Throws CONFIG_INVALID for a schedule or zone that is none, BAD_INPUT for a name that is taken. */
	register(task) {
		if (this.#tasks.has(task.name) || !/^[a-z0-9-]{1,64}$/.test(task.name)) throw new LookbackError("BAD_INPUT", `task name "${task.name}" is taken or not allowed`, { name: task.name });
		this.#tasks.set(task.name, {
			task,
			schedule: parseCron(task.cron),
			zone: zoneName(task.timeZone),
			running: null
		});
	}
	/** Tells `listener` of every run that ends from now on. */
	observe(listener) {
		this.#listener = listener;
	}
	/** Notes runs that an ended process left open, runs what is due or was missed, and starts ticking. */
	start() {
		this.#abort = new AbortController();
		const interrupted = this.#parts.runs.interruptOpen();
		if (interrupted > 0) this.#parts.logger.warn({ interrupted }, "tasks were interrupted when the service last ended");
		this.tick();
		const ticker = this.#parts.ticker ?? nodeCronTicker;
		const times = /* @__PURE__ */ new Map([["* * * * * UTC", {
			expression: "* * * * *",
			zone: "UTC"
		}]]);
		for (const { task, zone } of this.#tasks.values()) times.set(`${task.cron} ${zone}`, {
			expression: task.cron,
			zone
		});
		for (const { expression, zone } of times.values()) this.#stopTicks.push(ticker(expression, zone, () => this.tick()));
	}
	/** Runs every task that is due now and not paused. Returns their names. */
	tick() {
		const started = [];
		for (const registered of this.#tasks.values()) {
			const { name } = registered.task;
			if (this.#abort.signal.aborted || registered.running !== null) continue;
			try {
				if (this.#parts.runs.paused(name) !== null) continue;
				const due = dueAt(registered.schedule, registered.zone, this.#historyOf(registered), this.#parts.clock.nowMs());
				if (due === null) continue;
				this.#begin(registered, due.dueMs, due.cause, null);
				started.push(name);
			} catch (error) {
				this.#parts.logger.error({
					task: name,
					error
				}, "a task could not be looked up or begun");
			}
		}
		return started;
	}
	/** Starts a task now, whatever its schedule, paused or not. Throws NOT_FOUND for an unknown name, LIMIT_EXCEEDED while it runs, SHUTTING_DOWN. */
	runNow(name, requestedBy = null) {
		const registered = this.#find(name);
		if (this.#abort.signal.aborted) throw new LookbackError("SHUTTING_DOWN", "the service is stopping");
		if (registered.running !== null) throw new LookbackError("LIMIT_EXCEEDED", `task ${name} is running; a task never runs beside itself`, { name });
		return this.#begin(registered, this.#parts.clock.nowMs(), "manual", requestedBy);
	}
	/** What a run of a task would do now. Throws NOT_FOUND for an unknown name, UNAVAILABLE when the task cannot tell. */
	async dryRun(name, signal) {
		const { task } = this.#find(name);
		if (task.dryRun === void 0) throw new LookbackError("UNAVAILABLE", `task ${name} cannot say beforehand what it would do`, { name });
		return task.dryRun(signal);
	}
	/** Stops a task from running by the clock, also after a restart. Throws NOT_FOUND for an unknown name. */
	pause(name, by) {
		const registered = this.#find(name);
		this.#parts.runs.pause(name, by);
		this.#parts.logger.info({
			task: name,
			by
		}, "task paused");
		return this.#statusOf(registered);
	}
	/** Lets a task run by the clock again; what it missed is made up for once. Throws NOT_FOUND for an unknown name. */
	resume(name, by) {
		const registered = this.#find(name);
		this.#parts.runs.resume(name);
		this.#parts.logger.info({
			task: name,
			by
		}, "task resumed");
		return this.#statusOf(registered);
	}
	/** The tasks, as they stand. */
	status() {
		return [...this.#tasks.values()].map((registered) => this.#statusOf(registered));
	}
	/** One task, or null. */
	task(name) {
		const registered = this.#tasks.get(name);
		return registered === void 0 ? null : this.#statusOf(registered);
	}
	/** Runs of a task, newest first; those with an id below `before` when it is given. */
	history(name, limit, before = null) {
		return this.#parts.runs.list(name, limit, before);
	}
	/** Resolves when nothing runs. */
	async idle() {
		await Promise.all([...this.#tasks.values()].map(async (registered) => registered.running));
	}
	/** Stops ticking, asks running tasks to stop, and waits for them. */
	async stop() {
		this.#abort.abort();
		for (const stopTick of this.#stopTicks.splice(0)) await stopTick();
		await this.idle();
	}
	#find(name) {
		const registered = this.#tasks.get(name);
		if (registered !== void 0) return registered;
		const known = [...this.#tasks.keys()];
		const [near = null] = nearestNames(name, known, 1);
		throw new LookbackError("NOT_FOUND", `no task ${JSON.stringify(name.slice(0, 64))}${near === null ? `; there are ${known.join(", ")}` : `; did you mean ${near}?`}`, { known });
	}
	#historyOf(registered) {
		const { runs } = this.#parts;
		const { name } = registered.task;
		const last = runs.last(name);
		const interrupted = last?.outcome === "interrupted" ? runs.since(name, "interrupted") : 0;
		const again = last?.outcome === "interrupted" && interrupted <= FREE_INTERRUPTIONS;
		return {
			lastDueMs: last === null ? null : again ? last.dueAtMs - 1 : last.dueAtMs,
			running: registered.running !== null,
			failures: last === null || last.outcome === "ok" ? 0 : runs.since(name, "failed") + Math.max(0, interrupted - FREE_INTERRUPTIONS),
			lastFinishedMs: last?.finishedAtMs ?? null
		};
	}
	#statusOf(registered) {
		const { task, schedule, zone, running } = registered;
		const { runs, clock } = this.#parts;
		const now = clock.nowMs();
		const paused = runs.paused(task.name);
		const scheduled = nextOccurrence(schedule, zone, now);
		const history = this.#historyOf(registered);
		const retry = running === null ? retryAtMs(history) : null;
		const nextIsRetry = paused === null && retry !== null && (scheduled === null || retry < scheduled);
		return {
			name: task.name,
			description: task.description,
			cron: task.cron,
			timeZone: zone,
			running: running !== null,
			paused,
			nextMs: paused !== null ? null : nextIsRetry && retry !== null ? Math.max(retry, now) : scheduled,
			nextIsRetry,
			last: runs.last(task.name),
			lastOk: runs.lastOk(task.name),
			failures: history.failures ?? 0,
			canDryRun: task.dryRun !== void 0
		};
	}
	#begin(registered, dueMs, cause, requestedBy) {
		const { runs } = this.#parts;
		const { name } = registered.task;
		const id = runs.start(name, dueMs, cause, requestedBy);
		const run = runs.get(id);
		if (run === null) throw new LookbackError("INTERNAL", `the run of ${name} that was noted is not there`);
		const ended = this.#run(registered.task, id).finally(() => {
			registered.running = null;
		});
		registered.running = ended;
		return {
			run,
			ended
		};
	}
	async #run(task, id) {
		const { logger } = this.#parts;
		const started = process.hrtime.bigint();
		const seconds = () => Number(process.hrtime.bigint() - started) / 1e9;
		try {
			const details = await task.run(this.#abort.signal);
			this.#finish(task.name, id, "ok", details, seconds());
			logger.debug({
				task: task.name,
				seconds: seconds(),
				...details
			}, "task done");
		} catch (error) {
			const reason = error instanceof Error ? error.message : String(error);
			const code = error instanceof LookbackError ? error.code : "INTERNAL";
			this.#finish(task.name, id, "failed", {
				code,
				reason: reason.slice(0, 1e3)
			}, seconds());
			if (!this.#abort.signal.aborted) logger.error({
				task: task.name,
				error
			}, "task failed");
		}
	}
	#finish(name, id, outcome, details, seconds) {
		const { runs, logger } = this.#parts;
		const shown = this.#abort.signal.aborted ? "interrupted" : outcome;
		try {
			this.#listener(name, shown, seconds);
			runs.finish(id, shown, details);
		} catch (error) {
			logger.error({
				task: name,
				error
			}, "the history of a task could not be written");
		}
	}
};

// dist/scheduler/tasks.js
/** Most names of files, days or exports that a dry run lists; the count beside them is of all. */
const MOST_LISTED = 100;
/** Merges as a dry run tells them. */
function mergesOf(merges) {
	return {
		merges: merges.length,
		segments: merges.reduce((sum, { segments }) => sum + segments, 0),
		rows: merges.reduce((sum, { rows }) => sum + rows, 0),
		bytes: merges.reduce((sum, { bytes }) => sum + bytes, 0),
		would: merges.slice(0, MOST_LISTED).map(({ day, segments, reason }) => `merge ${segments} segments of ${day} (${reason})`)
	};
}
/** Days that are over and have more than one segment, in order. */
async function daysToMerge({ store, clock }) {
	const today = new Date(clock.nowMs()).toISOString().slice(0, 10);
	return (await store.partitions()).filter(({ day, segments }) => segments > 1 && day < today).map(({ day }) => day);
}
/** The task of a cluster: indices of an age get the nodes and copies that are wanted for it. */
function placementTask(store) {
	return {
		name: "placement",
		description: "Moves older indices of the cluster to other nodes, and sets their number of copies.",
		cron: "1 5 * * *",
		timeZone: "local",
		run: async (signal) => ({ changed: await store.place(signal) }),
		dryRun: async () => {
			const items = await store.planPlacement();
			return {
				indices: items.length,
				bytes: items.reduce((sum, { bytes }) => sum + bytes, 0),
				would: items.slice(0, MOST_LISTED).map(({ index, reason, settings }) => `set ${Object.entries(settings).map(([name, value]) => `${name}=${value}`).join(", ")} of ${index} (${reason})`)
			};
		}
	};
}
/** The tasks of the service. A module that needs another adds it to this list, or registers it where `app` is put together. */
function serviceTasks({ retention, store, exports, clock }) {
	return [
		{
			name: "packet-retention",
			description: "Deletes the oldest of our packet files when a device has less free than freeSpaceG.",
			cron: "* * * * *",
			timeZone: "UTC",
			run: async (signal) => {
				const run = await retention.enforcePackets(signal);
				return {
					deleted: run.deleted,
					deletedBytes: run.deletedBytes,
					shortfallBytes: run.shortfallBytes,
					stuck: run.stuckTombstones,
					failed: run.outcomes.filter((one) => one.outcome === "failed").map((one) => one.path),
					unmeasured: run.unmeasured.map((one) => one.directory)
				};
			},
			dryRun: async () => {
				const { devices } = await retention.packetPlan();
				const going = devices.flatMap((device) => device.items.filter((item) => item.action === "delete"));
				return {
					files: going.length,
					bytes: going.reduce((sum, item) => sum + item.bytes, 0),
					shortfallBytes: devices.reduce((sum, device) => sum + device.shortfallBytes, 0),
					would: going.slice(0, MOST_LISTED).map((item) => `delete ${item.path} (${item.reason})`)
				};
			}
		},
		{
			name: "session-expiry",
			description: "Removes days of sessions older than expireDays.",
			cron: "1 4 * * *",
			timeZone: "local",
			run: async (signal) => {
				const { expired, failed } = await retention.expireSessions(signal);
				return {
					expired,
					failed: failed.map((one) => `${one.day}: ${one.reason}`)
				};
			},
			dryRun: async () => {
				const going = (await retention.sessionPlan()).items.filter((item) => item.action === "expire");
				return {
					days: going.length,
					rows: going.reduce((sum, item) => sum + item.rows, 0),
					bytes: going.reduce((sum, item) => sum + item.bytes, 0),
					would: going.slice(0, MOST_LISTED).map((item) => `expire ${item.day} (${item.reason})`)
				};
			}
		},
		{
			name: "compaction",
			description: "Merges small segments of sessions.",
			cron: "*/5 * * * *",
			timeZone: "UTC",
			run: async (signal) => ({ replaced: await store.optimise(null, signal) }),
			dryRun: async () => mergesOf(await store.planMerges(null))
		},
		{
			name: "daily-compaction",
			description: "Merges each day of sessions that is over as far as it goes.",
			cron: "31 4 * * *",
			timeZone: "local",
			run: async (signal) => {
				let replaced = 0;
				for (const day of await daysToMerge({
					store,
					clock
				})) {
					if (signal.aborted) break;
					replaced += await store.optimise(day, signal);
				}
				return { replaced };
			},
			dryRun: async () => {
				const merges = [];
				for (const day of await daysToMerge({
					store,
					clock
				})) merges.push(...await store.planMerges(day));
				return mergesOf(merges);
			}
		},
		{
			name: "export-expiry",
			description: "Removes exported files whose time is over.",
			cron: "*/10 * * * *",
			timeZone: "UTC",
			run: async () => ({ expired: await exports.expire() }),
			dryRun: async () => {
				const due = exports.due();
				return {
					exports: due.length,
					bytes: due.reduce((sum, one) => sum + one.bytes, 0),
					would: due.slice(0, MOST_LISTED).map((one) => `remove the file of export ${one.id}`)
				};
			}
		}
	];
}

// dist/app/audited-exports.js
/**
* Notes every export that is made in the audit log of whom it belongs to, with what it holds and how long it took; the entry of its
* beginning says who asked for what, and from where. Events go on as they are.
*/
function auditedExports(events, jobs, access, clock) {
	return {
		raise: (event) => {
			if (event.kind === "export-ready") {
				const job = jobs.get(event.subject);
				const query = job?.request.query;
				access.audit(event.user, "export.finish", {
					export: event.subject,
					query: typeof query === "string" ? query : "",
					sessions: event.sessions,
					packets: event.packets,
					bytes: event.bytes,
					missingPackets: job?.missingPackets ?? 0
				}, { durationMs: job?.startedAtMs === null || job === null ? null : clock.nowMs() - job.startedAtMs });
			}
			events.raise(event);
		},
		clear: (kind, subject) => {
			events.clear(kind, subject);
		},
		lasting: (kind) => events.lasting(kind)
	};
}

// dist/app/capture-files.js
/** The packet files of the catalogue as the API shows them; rows of imports that are not finished are left out. */
function captureFiles(files) {
	return {
		list(limit, before) {
			return files.list().filter((file) => isVisible(file) && (before === null || file.id < before)).slice(-limit).reverse().map(viewOf);
		},
		find(id) {
			const file = files.get(id);
			return file === null || !isVisible(file) ? null : viewOf(file);
		}
	};
}
function isVisible(file) {
	return file.stream !== "";
}
function viewOf(file) {
	return {
		id: file.id,
		node: file.node,
		name: file.displayName,
		storage: file.storage,
		state: file.state,
		format: file.format === "pcapng" ? "pcapng" : "pcap",
		bytes: file.bytes,
		packets: file.packets,
		firstMs: file.firstMs,
		lastMs: file.lastMs,
		importedMs: file.importedAtMs,
		locked: file.locked
	};
}

// dist/app/capture-statistics.js
/** What the live capture of a node counted, by interface, as the capture process left it in the catalogue at its last flush. */
function captureStatistics(catalogue, node) {
	return {
		sources() {
			const found = loadStatistics(catalogue.settings, node);
			if (found === null) return [];
			const { startedMs, timestampSource } = found;
			return interfaceAccounts(found.sources, found.interface).map((account) => {
				const sources = found.sources.filter((source) => source.interface === account.name || source.interface === "");
				return {
					...account,
					node,
					startedMs,
					timestampSource,
					readers: sources.length,
					packets: account.stored,
					bytes: sources.reduce((total, { bytes }) => total + bytes, 0),
					droppedByUs: account.lostToQueue + account.lostToDisk
				};
			});
		},
		sessions() {
			const found = loadStatistics(catalogue.settings, node);
			if (found === null) return null;
			return sessionAccount(found.counters, found.openSessions);
		},
		counters: () => loadStatistics(catalogue.settings, node)?.counters ?? {}
	};
}

// dist/app/export-parts.js
/** What exports of a data directory are made with; its signing key is made at first use. */
function exportParts(directory, live, files, store, reader) {
	let key = null;
	return {
		store,
		reader,
		lookup: catalogueLookup(files),
		probe: diskSpaceProbe,
		get signingKey() {
			return key ??= openSigningKey(directory);
		},
		get maxBytes() {
			return Math.floor(live.values.maxExportG * 2 ** 30);
		},
		version: lookbackVersion(),
		describeFile: (fileId) => {
			const file = files.get(fileId);
			return file === null ? null : {
				node: file.node,
				name: file.displayName,
				stream: file.stream,
				fileBytes: file.bytes
			};
		}
	};
}

// dist/app/latest-rows.js
/** A packet is found this long after it came, in milliseconds; younger ones are not waited for. */
const FOUND_MS = 1e3;
/** Longest wait for a capture to write rows, in milliseconds; one that is this late has other troubles, and `completeUntil` tells of it. */
const LONGEST_WAIT_MS = 2500;
const LOOK_MS = 20;
/** A capture tells where it is every 15 seconds at least; one that did not will not answer either. */
const SILENT_MS$1 = 2e4;
/**
* Makes what comes next find every packet of a running capture that is older than a second and before `endMs` (null: of any time),
* also of sessions that are open and have no row yet. Asks and waits only where there may be such packets; gives up after 2.5
* seconds. Throws QUERY_CANCELLED when the signal fires.
*/
async function awaitLatestRows({ catalogue, clock, pause = pauseFor }, endMs, signal) {
	const startMs = clock.nowMs();
	const untilMs = catalogue.marks.completeUntilMs();
	if (untilMs === null || untilMs >= Math.min(endMs ?? startMs, startMs) - FOUND_MS || !catalogue.marks.liveSince(startMs - SILENT_MS$1)) return;
	const wish = wantRows(catalogue.settings);
	while (rowsWritten(catalogue.settings) < wish) {
		if (signal?.aborted === true) throw new LookbackError("QUERY_CANCELLED", "the request was cancelled while it waited for the rows of the latest packets");
		const waitedMs = clock.nowMs() - startMs;
		if (waitedMs < 0 || waitedMs >= LONGEST_WAIT_MS) return;
		await pause(LOOK_MS);
	}
}
function pauseFor(milliseconds) {
	return new Promise((resolve) => {
		setTimeout(resolve, milliseconds);
	});
}

// dist/app/leading.js
/** Tasks that change what all servers of a cluster share. */
const SHARED = /* @__PURE__ */ new Set([
	"session-expiry",
	"compaction",
	"daily-compaction",
	"placement"
]);
/** The task as it runs where several servers share a cluster: the leader runs it, the others skip their turn. */
function onlyLeading(task, leadership) {
	if (!SHARED.has(task.name)) return task;
	return {
		...task,
		run: async (signal) => {
			const leader = await leadership.leads(signal);
			return leader === null ? task.run(signal) : { skipped: `${leader} runs the tasks of this cluster` };
		}
	};
}

// dist/app/completeness.js
/** A capture tells where it is every 15 seconds at least; one that has been silent for longer than this has ended. */
const SILENT_MS = 6e4;
/**
* How far answers are complete, from what the catalogue holds.
*
* - While packets are captured, or were when the capture died: the earliest mark of a stream. Every packet before it is in
*   a row.
* - While rows wait for a cluster: no later than the first packet of what waits.
* - While an import is queued or runs: null, for it may bring sessions of any time.
* - Otherwise the moment asked for: there is nothing that is not in a row.
*/
function completeness(indexStore, catalogue) {
	return {
		completeUntilMs(asOfMs) {
			if (catalogue.jobs.unfinished() > 0) return null;
			const markedMs = catalogue.marks.completeUntilMs();
			const waitingFromMs = indexStore === "elasticsearch" ? catalogue.shipments.waiting().firstMs : null;
			return Math.min(asOfMs, markedMs ?? asOfMs, waitingFromMs ?? asOfMs);
		},
		lostIn: ({ startMs, endMs }) => catalogue.captureLedger.lostIn(startMs, endMs),
		capturing: (asOfMs) => catalogue.marks.liveSince(asOfMs - SILENT_MS)
	};
}

// dist/watching/statistics-rollup.js
const HOUR_MS = 36e5;
/** How long an hour is kept. */
const KEPT_MS = 9600 * HOUR_MS;
/** Interfaces and devices that a look is about; more are left out. */
const MOST_SUBJECTS = 200;
const KEY = "statistics.lastLook";
/**
* Rolls counters and measurements up into rows per hour, which are kept for 400 days. What was counted since the last look
* belongs to the hour of this look, so the edges of hours are as sharp as looks are frequent. A capture that started anew
* begins at zero; what it counted between its last flush and its end is lost to the statistics, not to the capture.
*/
var StatisticsRollup = class {
	#parts;
	constructor(parts) {
		this.#parts = parts;
	}
	/** What a look now would roll up. Changes nothing. */
	async plan() {
		const { hours, clock } = this.#parts;
		const { devices } = await this.#parts.measure();
		const now = clock.nowMs();
		return {
			hour: (/* @__PURE__ */ new Date(now - now % HOUR_MS)).toISOString(),
			interfaces: Math.min(MOST_SUBJECTS, this.#parts.interfaces().length),
			devices: devices.length,
			expired: hours.countBefore(now - KEPT_MS)
		};
	}
	/** One look. */
	async run() {
		const { hours, runs, settings, transaction, clock } = this.#parts;
		const measured = await this.#parts.measure();
		const interfaces = this.#parts.interfaces().slice(0, MOST_SUBJECTS);
		const now = clock.nowMs();
		const hourMs = now - now % HOUR_MS;
		let expired = 0;
		transaction(() => {
			const last = lastLook(settings.get(KEY));
			const put = (subject, measure, value, join) => {
				if (Number.isFinite(value) && (join !== "add" || value !== 0)) hours.put({
					hourMs,
					subject,
					measure,
					value
				}, join);
			};
			const counts = {};
			for (const one of interfaces) {
				const subject = `interface:${one.node}/${one.name}`;
				const counted = {
					startedMs: one.startedMs,
					packets: one.packets,
					bytes: one.bytes,
					droppedByUs: one.droppedByUs,
					...one.droppedByKernel === null ? {} : { droppedByKernel: one.droppedByKernel }
				};
				const before = last?.interfaces[subject];
				const same = before?.["startedMs"] === one.startedMs;
				for (const [measure, value] of Object.entries(counted)) if (measure !== "startedMs") put(subject, measure, Math.max(0, value - (same ? before[measure] ?? 0 : 0)), "add");
				counts[subject] = counted;
			}
			for (const { directory, freeBytes, totalBytes } of measured.devices.slice(0, MOST_SUBJECTS)) {
				put(`device:${directory}`, "freeBytes", freeBytes, "replace");
				put(`device:${directory}`, "leastFreeBytes", freeBytes, "least");
				put(`device:${directory}`, "totalBytes", totalBytes, "replace");
			}
			for (const { storage, files, bytes } of measured.packets) {
				put(`packets:${storage}`, "files", files, "replace");
				put(`packets:${storage}`, "bytes", bytes, "replace");
			}
			put("index", "rows", measured.index.rows, "replace");
			put("index", "bytes", measured.index.bytes, "replace");
			for (const ended of last === null || last.atMs > now ? [] : runs.endedBetween(last.atMs, now)) {
				put(`task:${ended.task}`, "runs", ended.runs, "add");
				put(`task:${ended.task}`, "failed", ended.failed, "add");
				put(`task:${ended.task}`, "seconds", ended.milliseconds / 1e3, "add");
			}
			settings.set(KEY, JSON.stringify({
				atMs: now,
				interfaces: counts
			}));
			expired = hours.expire(now - KEPT_MS);
		});
		return {
			interfaces: interfaces.length,
			devices: measured.devices.length,
			expired
		};
	}
};
/** What the last look left; a shape of another version counts as none. */
function lastLook(stored) {
	if (stored === null) return null;
	const parsed = JSON.parse(stored);
	if (typeof parsed !== "object" || parsed === null || !("atMs" in parsed && "interfaces" in parsed)) return null;
	const { atMs, interfaces } = parsed;
	if (typeof atMs !== "number" || typeof interfaces !== "object" || interfaces === null) return null;
	const known = {};
	for (const [subject, counts] of Object.entries(interfaces)) if (typeof counts === "object" && counts !== null) known[subject] = Object.fromEntries(Object.entries(counts).filter((entry) => typeof entry[1] === "number"));
	return {
		atMs,
		interfaces: known
	};
}

// dist/app/statistics.js
const DAY_MS = 864e5;
/** Seconds of a capture in which nothing was lost are kept one by one for this long; the hours have their sums. */
const QUIET_SPANS_KEPT_MS = 7 * DAY_MS;
/** Those with a loss: as long as hours are kept. */
const SPANS_KEPT_MS = 400 * DAY_MS;
/** The task that rolls statistics up into hours. */
function statisticsTask({ config, catalogue, store, directories }) {
	const rollup = new StatisticsRollup({
		hours: catalogue.hourlyStatistics,
		runs: catalogue.taskRuns,
		settings: catalogue.settings,
		clock: systemClock,
		transaction: (body) => {
			catalogue.transaction(body);
		},
		interfaces: () => captureStatistics(catalogue, config.node).sources(),
		measure: async () => {
			const { devices } = await measureSpace([...config.storageOf(config.node).directories, directories.data], diskSpaceProbe);
			const partitions = await store.partitions();
			return {
				devices: devices.flatMap(({ directories: [directory = ""], freeBytes, totalBytes }) => ({
					directory,
					freeBytes,
					totalBytes
				})),
				packets: catalogue.files.totals(),
				index: {
					rows: partitions.reduce((sum, { rows }) => sum + rows, 0),
					bytes: partitions.reduce((sum, { bytes }) => sum + bytes, 0)
				}
			};
		}
	});
	return {
		name: "statistics",
		description: "Rolls counters and measurements up into hours, which are kept for 400 days.",
		cron: "*/5 * * * *",
		timeZone: "UTC",
		run: async () => {
			const spans = catalogue.captureLedger.expire(systemClock.nowMs() - QUIET_SPANS_KEPT_MS, systemClock.nowMs() - SPANS_KEPT_MS);
			return {
				...await rollup.run(),
				spans
			};
		},
		dryRun: () => rollup.plan()
	};
}

// dist/app/upkeep-tasks.js
/** Tasks of retention beside those that delete packets and sessions. */
function upkeepTasks(core, retention, reader, events) {
	const forecasts = (told) => new ForecastService(forecastParts(core, reader, told));
	return [{
		name: "audit-expiry",
		description: "Removes entries of the audit log that are older than auditDays.",
		cron: "41 4 * * *",
		timeZone: "local",
		run: async () => ({ expired: await retention.expireAudit() }),
		dryRun: () => Promise.resolve({ entries: retention.auditPlan().entries })
	}, {
		name: "forecast",
		description: "Tells operators when packets or sessions will be kept for fewer days than forecastWarnDays.",
		cron: "17 * * * *",
		timeZone: "UTC",
		run: async () => detailsOf(await forecasts(events).watch()),
		dryRun: async () => detailsOf(await forecasts(noRetentionEvents).forecast())
	}];
}
function detailsOf({ packets, sessions }) {
	const rounded = (days) => days === null ? null : Math.round(days * 10) / 10;
	return {
		packetDays: rounded(packets.days),
		sessionDays: rounded(sessions.days),
		bytesPerDay: Math.round(packets.bytesPerDay),
		errorPercent: rounded(packets.backtest?.meanErrorPercent ?? null)
	};
}

// dist/app/service.js
/** The API over catalogue and store without a role: it answers beside whatever process serves, and changes nothing. */
function openReadingService(core, lifecycle) {
	const readers = openReaders(core, lifecycle);
	const retention = new RetentionService(Object.assign(retentionParts(core, readers.reader), { events: noRetentionEvents }));
	const exports = new ExportService(exportServiceParts(core, readers, noRetentionEvents));
	const scheduler = schedulerOf(core, {
		retention,
		store: core.store,
		exports,
		clock: systemClock
	}, upkeepTasks(core, retention, readers.reader, noRetentionEvents));
	return Object.assign(readers.services, { tasks: lookedAt(scheduler) });
}
/** Tasks that can be looked at, where nothing may be changed. */
function lookedAt(scheduler) {
	const refuse = () => {
		throw new LookbackError("UNAVAILABLE", "nothing here may run or change a task; ask the process that serves");
	};
	return {
		status: () => scheduler.status(),
		task: (name) => scheduler.task(name),
		history: (name, limit, before) => scheduler.history(name, limit, before),
		dryRun: (name, signal) => scheduler.dryRun(name, signal),
		runNow: refuse,
		pause: refuse,
		resume: refuse
	};
}
/** Every task of the service; whoever serves starts them. */
function schedulerOf(core, parts, upkeep, leadership = null) {
	const scheduler = new Scheduler({
		runs: core.catalogue.taskRuns,
		clock: systemClock,
		logger: core.logger.child({ area: "tasks" })
	});
	const { timeZone } = core.config.values;
	for (const task of [
		...serviceTasks(parts),
		...core.cluster === null ? [] : [placementTask(core.store)],
		statisticsTask(core),
		...upkeep
	].map((one) => one.timeZone === "local" ? {
		...one,
		timeZone
	} : one)) scheduler.register(leadership === null ? task : onlyLeading(task, leadership));
	return scheduler;
}
function exportServiceParts({ config, live, catalogue, store, fields, directories, logger }, { services, access, reader }, events) {
	return Object.assign(exportParts(directories.data, live, catalogue.files, store, reader), {
		limits: { keepMs: Math.round(config.values.exportHours * 36e5) },
		jobs: catalogue.exports,
		fields,
		key: catalogue.settings.secret("download"),
		directory: directories.exports,
		completeUntilMs: () => completeness(live.values.indexStore, catalogue).completeUntilMs(systemClock.nowMs()),
		awaitLatestRows: (endMs, signal) => awaitLatestRows({
			catalogue,
			clock: systemClock
		}, endMs, signal),
		events,
		clock: systemClock,
		logger: logger.child({ area: "exports" }),
		scopeOf: (name) => {
			const user = access.user(name);
			access.require(user, "export");
			return services.scopes.scopeOf(user);
		}
	});
}
function openReaders(core, lifecycle) {
	const { config, live, catalogue, presence, store, fields, logger } = core;
	const timeZone = config.values.timeZone === "local" ? Intl.DateTimeFormat().resolvedOptions().timeZone : config.values.timeZone;
	const records = new CatalogueAccessRecords(catalogue);
	const access = new AccessService(records, systemClock, (error) => {
		logger.error({ error: error instanceof Error ? error.message : String(error) }, "the audit log cannot be written; its entries wait");
	});
	lifecycle.add("audit log", access.log, (log) => {
		log.flush();
	});
	const lookup = fileLookup(catalogue.files);
	const compile = (text) => resolveFiles(check(parse(text), fields, {
		nowMs: systemClock.nowMs(),
		timeZone
	}), lookup);
	const scopes = new ScopeOfUser(compile, systemClock);
	const reader = lifecycle.add("packet reader", new PacketReader(), (opened) => opened.close());
	return {
		services: {
			clock: systemClock,
			logger: logger.child({ area: "http" }),
			fields,
			store,
			access,
			scopes,
			users: new UserAdministration(records, access, limitChecks(fields, compile)),
			fileLookup: lookup,
			completeness: completeness(config.values.indexStore, catalogue),
			idempotency: new Idempotency(catalogue.idempotencyKeys, systemClock),
			imports: null,
			exports: null,
			captureFiles: captureFiles(catalogue.files),
			captureStatistics: captureStatistics(catalogue, config.node),
			shipping: shippingOf(config, catalogue),
			budgets: new CostBudgets(systemClock, () => live.values.apiCostPerMinute),
			tasks: null,
			retention: { plan: () => new RetentionService({
				...retentionParts(core, reader),
				events: noRetentionEvents
			}).plan() },
			forecasts: lazyForecasts(core, reader),
			retentionClasses: classService(core),
			holds: new HoldService({
				catalogue,
				store,
				clock: systemClock
			}),
			retentionEvents: null,
			arrivals: new Arrivals(store),
			statisticsHistory: catalogue.hourlyStatistics,
			packetHeads: new PacketHeads(reader, catalogueLookup(catalogue.files), { directionFinder: (ends) => loadNativeCore().directionFinder(ends) }),
			hasPackets: (fileId) => {
				const file = catalogue.files.get(fileId);
				return file !== null && file.state !== "gone" && presence.isThere(file.path);
			},
			signingKey: catalogue.settings.secret("cursor"),
			timeZone,
			get queryTimeoutMs() {
				return live.values.queryTimeoutSeconds * 1e3;
			},
			workingDirectory: process.cwd()
		},
		access,
		reader
	};
}
/** Forecasts that are made ready when they are asked for, as plans are. */
function lazyForecasts(core, reader) {
	const service = () => new ForecastService(forecastParts(core, reader, noRetentionEvents));
	return {
		forecast: () => service().forecast(),
		whatIf: (...given) => service().whatIf(...given)
	};
}
/**
* The whole service on a core that holds the role `serve`: finishes what an ended process left, takes up its imports and
* exports. `beforeExports` runs when imports can be made.
*/
async function openService(core, lifecycle, beforeExports = async () => {}) {
	const { store } = core;
	const readers = openReaders(core, lifecycle);
	const { services, access, reader } = readers;
	const { watch } = startWatching(core, lifecycle);
	const retention = new RetentionService(Object.assign(retentionParts(core, reader), { events: watch }));
	await retention.recover();
	const room = await keepRoom(core, lifecycle, retention);
	const makeRoom = (directory) => room.make(directory);
	const exports = new ExportService(Object.assign(exportServiceParts(core, readers, auditedExports(watch, core.catalogue.exports, access, systemClock)), { makeRoom }));
	core.logger.info({ key: exports.publicKey.keyId }, "manifests of exports are signed with this key");
	const imports = importsOn(core, makeRoom);
	await imports.start();
	lifecycle.add("imports", imports, (started) => started.stop());
	await beforeExports(imports);
	await exports.start();
	lifecycle.add("exports", exports, (started) => started.stop());
	const leadership = core.cluster?.leadership() ?? null;
	leadership?.start();
	if (leadership !== null) lifecycle.add("leadership of the cluster's tasks", leadership, (started) => started.stop());
	const scheduler = schedulerOf(core, {
		retention,
		store,
		exports,
		clock: systemClock
	}, upkeepTasks(core, retention, reader, watch), leadership);
	return {
		makeRoom: () => room.makeWhereFull(),
		services: Object.assign(services, {
			imports,
			exports,
			retention,
			tasks: scheduler,
			retentionEvents: watch
		}),
		access,
		imports,
		exports,
		scheduler,
		watch,
		retention
	};
}

export { LOCAL_OWNER as i, openService as n, PASSWORD_LENGTH as r, openReadingService as t };