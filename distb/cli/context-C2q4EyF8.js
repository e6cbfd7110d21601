import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as isHiddenField } from "./hidden-fields-1LxAzJdz.js";
import { n as check, r as parse, t as resolveFiles } from "./resolve-files-BH_TWUKY.js";
import { t as EXPORT_FORMATS } from "./export-request-Bx6ximDr.js";
import { createHash } from "node:crypto";
import { setMaxListeners } from "node:events";

// dist/access/user.js
/** Whether a user sees a part of the sessions only: what tells of the store as a whole is then refused. */
function seesPart({ forcedExpression, maxAgeHours }) {
	return forcedExpression.trim() !== "" || maxAgeHours !== null;
}

// dist/export/export-view.js
/** Whether nothing more happens to an export, expiry aside. */
function isFinished(state) {
	return state !== "queued" && state !== "running";
}
/** A row as its owner sees it; `live` is the progress while it runs. */
function viewOf(job, live) {
	const { query, format, wholeConnections } = job.request;
	const now = live ?? job;
	return {
		id: job.id,
		user: job.owner,
		state: job.state,
		query: typeof query === "string" ? query : "",
		format: formatOf(format) ?? "pcap",
		wholeConnections: wholeConnections === true,
		createdMs: job.createdAtMs,
		startedMs: job.startedAtMs,
		finishedMs: job.finishedAtMs,
		expiresMs: job.expiresAtMs,
		progress: job.state === "done" || job.state === "expired" ? 1 : live === null || live.totalPackets === 0 ? null : Math.min(1, live.packets / live.totalPackets),
		sessions: now.sessions,
		packets: now.packets,
		bytes: now.bytes,
		missingPackets: job.missingPackets,
		fileFormat: job.fileName === null ? null : formatOf(job.fileName.slice(job.fileName.lastIndexOf(".") + 1)),
		sha256: job.sha256,
		error: job.errorCode === null ? null : {
			code: job.errorCode,
			message: job.errorMessage ?? ""
		}
	};
}
/** The format of a name, or null. */
function formatOf(name) {
	return EXPORT_FORMATS.find((one) => one === name) ?? null;
}

// dist/graphql/idempotency.js
/** How long a key is kept, in milliseconds. */
const KEY_KEPT_MS = 864e5;
/** Longest key. */
const MAX_KEY = 200;
/** Most keys of a user that are kept at a time. */
const MAX_KEYS_PER_USER = 1e4;
/** Longest answer that is kept, in characters of JSON. */
const MAX_ANSWER = 65536;
const KEY = /^[\x21-\x7e]+$/;
/**
* Runs each change once under a key of the client's own: asked again within a day, the same request gets the answer of
* the first time, another request is refused. A change that failed was not made and leaves nothing behind: asking again
* tries again. Requests with one key that come at the same time run one after the other.
*/
var Idempotency = class {
	#records;
	#clock;
	#running = /* @__PURE__ */ new Map();
	constructor(records, clock) {
		this.#records = records;
		this.#clock = clock;
	}
	/** `change()` or the answer that it had. BAD_INPUT for a key that is none, IDEMPOTENCY_CONFLICT, OUTCOME_UNKNOWN, ALREADY_DONE, LIMIT_EXCEEDED. */
	async run(asked, change) {
		const { user, key } = asked;
		if (key.length > 200 || !KEY.test(key)) throw new LookbackError("BAD_INPUT", `idempotencyKey is 1 to ${200} printable ASCII characters without spaces`, { argument: "idempotencyKey" });
		const place = JSON.stringify([user.toLowerCase(), key]);
		for (let before = this.#running.get(place); before !== void 0; before = this.#running.get(place)) await before.catch(() => void 0);
		const running = this.#once(asked, change);
		this.#running.set(place, running);
		try {
			return await running;
		} finally {
			this.#running.delete(place);
		}
	}
	async #once({ user, key, name, args, rules }, change) {
		const request = createHash("sha256").update(JSON.stringify([name, rules.confidential === true ? null : args])).digest();
		const known = this.#records.find(user, key);
		if (known !== null) {
			if (!request.equals(known.request)) throw new LookbackError("IDEMPOTENCY_CONFLICT", `the idempotency key ${JSON.stringify(key)} was used for another request in the last 24 hours; take a new one`, { argument: "idempotencyKey" });
			if (known.doneAtMs !== null) return keptAnswer(known, known.doneAtMs);
			if (rules.repeatable !== true) throw new LookbackError("OUTCOME_UNKNOWN", `the service stopped while ${name} ran under the idempotency key ${JSON.stringify(key)}; look whether it was done, and if not, ask again with a new key`, { argument: "idempotencyKey" });
		} else if (this.#records.count(user) >= MAX_KEYS_PER_USER) throw new LookbackError("LIMIT_EXCEEDED", `${MAX_KEYS_PER_USER} idempotency keys of ${user} are kept; each is for 24 hours`, { limit: MAX_KEYS_PER_USER });
		this.#records.begin(user, key, request, this.#clock.nowMs() + KEY_KEPT_MS);
		let answer;
		try {
			answer = await change();
		} catch (error) {
			this.#records.remove(user, key);
			throw error;
		}
		const text = rules.confidential === true ? null : JSON.stringify(answer ?? null);
		this.#records.finish(user, key, text !== null && text.length <= MAX_ANSWER ? text : null);
		return answer;
	}
};
function keptAnswer({ answer }, doneAtMs) {
	if (answer !== null) return JSON.parse(answer);
	throw new LookbackError("ALREADY_DONE", `this was done at ${new Date(doneAtMs).toISOString()}; its answer was not kept`, { doneMs: doneAtMs });
}

// dist/graphql/context.js
/** Number of no packet file; they are numbered from 1. */
const NO_FILE = 0;
/** What a resolver gets: who asks, what they may see, and the services. One per operation. */
var RequestContext = class {
	constructor(services, principal, signal, address = null) {
		/** Cost of the operation, set before it runs, and what its credential may spend after it. */
		this.cost = 0;
		this.budget = null;
		/** What the operation read, to be noted in the audit log when it ends; shared by the copies that Apollo makes. */
		this.reads = [];
		/** TypeScript-private: Apollo copies the context of each operation, and a copy has no `#` members. */
		this.knownScope = null;
		this.address = address;
		this.services = services;
		this.principal = principal;
		this.signal = signal;
		setMaxListeners(0, signal);
		this.asOfMs = services.clock.nowMs();
	}
	get user() {
		return this.principal.user;
	}
	/** Who asks, for services that write the audit log themselves. */
	get actor() {
		return {
			name: this.user.name,
			address: this.address,
			method: this.principal.method
		};
	}
	/** What the user may see; made on first use, as a broken forced expression must not hide `me`. */
	get scope() {
		this.knownScope ??= this.services.scopes.scopeOf(this.user);
		return this.knownScope;
	}
	/** What every store call takes. */
	get read() {
		return {
			scope: this.scope,
			signal: this.signal,
			timeoutMs: this.services.queryTimeoutMs
		};
	}
	/** Takes the operation's cost from what its credential may spend. Throws RATE_LIMITED. */
	spend(cost) {
		this.cost = cost;
		if (this.principal.method !== "local") this.budget = this.services.budgets.spend(this.principal.credentialHash === "" ? `user ${this.user.name}` : this.principal.credentialHash, cost);
	}
	/** `extensions` of the answer: the cost, and the budget where there is one. */
	get spent() {
		return this.budget === null ? { cost: this.cost } : {
			cost: this.cost,
			budget: this.budget
		};
	}
	/** Throws FORBIDDEN unless the user, with this credential, may. */
	require(permission) {
		this.services.access.require(this.user, permission, this.principal.scopes);
	}
	/** Whether a forced expression or a time limit narrows what the user reads. */
	get isNarrowed() {
		return seesPart(this.user);
	}
	/** Throws FORBIDDEN for a user who sees a part of the store only: `what` tells of all of it. */
	requireWholeStore(what) {
		this.services.access.requireWholeStore(this.user, what);
	}
	/** Appends to the audit log in the user's name, with where from and how long since the operation began. Durable at once. */
	audit(action, details) {
		this.services.access.log.append({
			...this.origin,
			action,
			details
		});
	}
	/** Notes that the operation reads; returns what adds the counts of the answer. A `durable` one is in the log before the answer is sent. */
	noteRead(name, action, details, durable = false) {
		const read = {
			name,
			action,
			details,
			durable,
			asked: /* @__PURE__ */ new Set(),
			counts: {}
		};
		this.reads.push(read);
		return (counts) => {
			read.counts = {
				...read.counts,
				...counts
			};
		};
	}
	/** Adds a part of what was asked to the read under a root field's name. */
	noteAsked(rootName, part) {
		this.reads.find(({ name }) => name === rootName)?.asked.add(part);
	}
	/** Adds a count of the answer to the read under a root field's name. */
	noteCount(rootName, counts) {
		const read = this.reads.find(({ name }) => name === rootName);
		if (read !== void 0) read.counts = {
			...read.counts,
			...counts
		};
	}
	/** Notes in the audit log that a field was refused. */
	noteRefusal(field, code) {
		this.services.access.log.note({
			...this.origin,
			action: "access.refused",
			outcome: code,
			details: { field }
		});
	}
	/** Writes what was noted of reads, once; `outcomeOf` says how the root field of an answer's name went: `ok` or a code. */
	finishReads(outcomeOf) {
		const { log } = this.services.access;
		const reads = this.reads.splice(0);
		for (const { name, action, details, asked, counts } of reads) log.note({
			...this.origin,
			action,
			outcome: outcomeOf(name),
			details: {
				...details,
				...asked.size === 0 ? {} : { asked: [...asked].join(" ") },
				...counts
			}
		});
		if (reads.some(({ durable }) => durable)) log.flush();
	}
	get origin() {
		return {
			user: this.user.name,
			address: this.address,
			method: this.principal.method,
			durationMs: this.services.clock.nowMs() - this.asOfMs
		};
	}
	/** Checks a search expression, as text or parsed, for this user. */
	compile(expression) {
		const parsed = typeof expression === "string" ? parse(expression) : expression;
		const checked = check(parsed, this.services.fields, {
			nowMs: this.asOfMs,
			timeZone: this.services.timeZone,
			hiddenFields: this.scope.hiddenFields
		});
		if (!this.isNarrowed && !this.user.rights.hideFiles) return resolveFiles(checked, this.services.fileLookup);
		return resolveFiles(checked, (matches) => {
			const found = this.services.fileLookup(matches);
			return found.length === 0 ? [NO_FILE] : found;
		});
	}
	/** The one field of a search name or `db:<path>`. BAD_INPUT with the nearest names, FORBIDDEN for a hidden one. */
	field(name) {
		const { fields } = this.services;
		const entry = fields.find(name);
		if (entry === null) {
			const nearest = fields.nearest(name);
			const question = nearest.length === 0 ? "" : `; did you mean ${nearest.join(" or ")}?`;
			throw new LookbackError("BAD_INPUT", `there is no field ${JSON.stringify(name.slice(0, 60))}${question}`, { suggestions: nearest });
		}
		if (entry.entry === "virtual") {
			const members = entry.virtual.members.map((member) => member.expression);
			throw new LookbackError("BAD_INPUT", `${name} stands for several fields; name one of ${members.slice(0, 10).join(", ")}`, { suggestions: members });
		}
		if (this.isHidden(entry.field)) throw new LookbackError("FORBIDDEN", `${this.user.name} may not see the field ${name}`);
		return entry.field;
	}
	/** Whether the user may not see a field: it, what it counts, or something above it is hidden. */
	isHidden(field) {
		return isHiddenField(field, this.scope.hiddenFields);
	}
};

export { viewOf as a, isFinished as i, Idempotency as n, seesPart as o, formatOf as r, RequestContext as t };