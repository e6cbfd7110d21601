import { createHmac } from "node:crypto";

// dist/watching/event-readers.js
/** Events a reader may be behind; of one that is slower the oldest go. */
const MOST_PENDING = 1e3;
/** Hands events to any number of readers. */
var EventReaders = class {
	#readers = /* @__PURE__ */ new Set();
	publish(event) {
		for (const reader of this.#readers) reader.push(event);
	}
	/** Events from now on that `wanted` lets through, until the signal. */
	subscribe(signal, wanted) {
		const reader = new Reader(wanted, () => {
			this.#readers.delete(reader);
		});
		this.#readers.add(reader);
		if (signal?.aborted === true) reader.end();
		else signal?.addEventListener("abort", () => {
			reader.end();
		}, { once: true });
		return reader;
	}
	/** Readers there are. */
	get size() {
		return this.#readers.size;
	}
	/** Ends every reader. */
	close() {
		for (const reader of this.#readers) reader.end();
	}
};
var Reader = class {
	#pending = [];
	#wanted;
	#onEnd;
	#wake = null;
	#ended = false;
	constructor(wanted, onEnd) {
		this.#wanted = wanted;
		this.#onEnd = onEnd;
	}
	push(event) {
		if (!this.#wanted(event)) return;
		this.#pending.push(event);
		if (this.#pending.length > MOST_PENDING) this.#pending.shift();
		this.#wake?.();
	}
	end() {
		this.#ended = true;
		this.#onEnd();
		this.#wake?.();
	}
	async next() {
		for (;;) {
			const value = this.#pending.shift();
			if (value !== void 0) return {
				done: false,
				value
			};
			if (this.#ended) return {
				done: true,
				value: void 0
			};
			await new Promise((resolve) => {
				this.#wake = resolve;
			});
			this.#wake = null;
		}
	}
	return() {
		this.#pending.length = 0;
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

// dist/watching/event-words.js
const UNITS = [
	"bytes",
	"KiB",
	"MiB",
	"GiB",
	"TiB",
	"PiB"
];
function size(bytes) {
	const unit = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
	return `${unit === 0 ? bytes : (bytes / 2 ** (10 * unit)).toFixed(1)} ${UNITS[unit] ?? ""}`;
}
/** An event as one sentence for people. */
function describeEvent({ kind, subject, phase, user, facts }) {
	const fact = (name) => facts[name] ?? 0;
	const still = phase === "lasts" ? " still" : "";
	switch (kind) {
		case "target-unreachable": return phase === "ended" ? `${subject} has as much free space again as it should have` : `${subject} is${still} ${size(fact("shortfallBytes"))} short of the free space it should have (${size(fact("freeBytes"))} of ${size(fact("targetBytes"))}), and nothing more may be deleted there`;
		case "forecast-low": return phase === "ended" ? `${subject} will be kept long enough again` : `${subject} will${still} be kept for ${fact("days").toFixed(1)} days only; ${fact("thresholdDays")} are wanted`;
		case "hold-blocks": return phase === "ended" ? `hold ${subject} keeps nothing from being deleted any more` : `hold ${subject}${still} keeps ${fact("items")} things (${size(fact("bytes"))}) that would be deleted now`;
		case "export-ready": return `export ${subject} of ${user ?? "somebody"} is ready: ${fact("sessions")} sessions, ${fact("packets")} packets, ${size(fact("bytes"))}`;
	}
}

// dist/watching/watched-event.js
/** Every kind of event. */
const EVENT_KINDS = [
	"target-unreachable",
	"forecast-low",
	"hold-blocks",
	"export-ready"
];
/** Whether a stored text is a kind of this version. */
function isEventKind(text) {
	return EVENT_KINDS.includes(text);
}

// dist/watching/retention-watch.js
/** How often a condition that lasts is told again. */
const REMIND_MS = 864e5;
/** Events that are read at a time. */
const PAGE = 500;
/** The port `RetentionEvents`, and what is told: to subscriptions, to webhooks, and to whoever asks later. */
var RetentionWatch = class {
	#parts;
	#readers = new EventReaders();
	/** Conditions that last, so that a full catalogue does not make one begin every minute. */
	#open = /* @__PURE__ */ new Map();
	constructor(parts) {
		this.#parts = parts;
		for (const stored of parts.log.openConditions()) {
			const known = conditionOf(stored);
			if (known !== null) this.#open.set(keyOf(known.kind, known.subject), {
				event: known,
				atMs: stored.atMs
			});
		}
	}
	raise(event) {
		if (event.kind === "export-ready") {
			this.#tell(event, "occurred");
			return;
		}
		const key = keyOf(event.kind, event.subject);
		const told = this.#open.get(key);
		const now = this.#parts.clock.nowMs();
		const silent = told !== void 0 && now - told.atMs < REMIND_MS && told.atMs <= now;
		this.#open.set(key, {
			event,
			atMs: silent ? told.atMs : now
		});
		if (!silent) this.#tell(event, told === void 0 ? "began" : "lasts");
	}
	clear(kind, subject) {
		const told = this.#open.get(keyOf(kind, subject));
		if (told === void 0) return;
		this.#open.delete(keyOf(kind, subject));
		this.#tell(told.event, "ended");
	}
	lasting(kind) {
		return this.conditions().filter((one) => one.kind === kind).map(({ subject }) => subject);
	}
	/** Conditions that last at this moment, with their newest numbers. */
	conditions() {
		return [...this.#open.values()].map(({ event }) => event);
	}
	/** Events from now on that `wanted` lets through, until the signal. */
	events(signal, wanted) {
		return this.#readers.subscribe(signal, wanted);
	}
	/** At most `limit` events that were and that `wanted` lets through, newest first; those with an id below `before` when it is given. */
	list(limit, before, wanted) {
		const found = [];
		for (let page = this.#parts.log.list(PAGE, before); page.length > 0 && found.length < limit; page = this.#parts.log.list(PAGE, page.at(-1)?.id ?? 0)) for (const stored of page) {
			const event = watched(stored);
			if (event !== null && wanted(event) && found.length < limit) found.push(event);
		}
		return found;
	}
	/** How an event was delivered to webhooks. */
	deliveries(event) {
		return this.#parts.log.deliveries(event);
	}
	/** Ends every subscription. */
	stop() {
		this.#readers.close();
	}
	#tell(event, phase) {
		const { log, clock, logger, urls, deliver } = this.#parts;
		const { kind, subject, ...facts } = event;
		let told;
		try {
			told = watchedOf(log.add({
				kind,
				subject,
				phase,
				facts
			}, urls), kind);
		} catch (error) {
			logger.error({
				kind,
				subject,
				phase,
				error
			}, "an event could not be kept");
			told = watchedOf({
				id: null,
				atMs: clock.nowMs(),
				kind,
				subject,
				phase,
				facts
			}, kind);
		}
		logger[phase === "began" || phase === "lasts" ? "warn" : "info"]({
			event: told.id,
			kind,
			subject,
			phase
		}, told.message);
		this.#readers.publish(told);
		deliver(told);
	}
};
/** A stored event as it is told, or null for a kind of another version. */
function watched(stored) {
	return isEventKind(stored.kind) ? watchedOf(stored, stored.kind) : null;
}
function watchedOf(stored, kind) {
	const { id, atMs, subject, phase, facts } = stored;
	const user = facts["user"];
	const numbers = Object.fromEntries(Object.entries(facts).flatMap(([name, value]) => typeof value === "number" ? [[name, value]] : []));
	const event = {
		id,
		atMs,
		kind,
		subject,
		phase,
		user: typeof user === "string" ? user : null,
		facts: numbers
	};
	return {
		...event,
		message: describeEvent(event)
	};
}
/** A stored condition as it was raised, or null when it is of another version. */
function conditionOf({ kind, subject, facts }) {
	const number = (name) => {
		const value = facts[name];
		return typeof value === "number" ? value : 0;
	};
	switch (kind) {
		case "target-unreachable": return {
			kind,
			subject,
			targetBytes: number("targetBytes"),
			freeBytes: number("freeBytes"),
			shortfallBytes: number("shortfallBytes")
		};
		case "forecast-low": return {
			kind,
			subject,
			days: number("days"),
			thresholdDays: number("thresholdDays")
		};
		case "hold-blocks": return {
			kind,
			subject,
			items: number("items"),
			bytes: number("bytes")
		};
		default: return null;
	}
}
function keyOf(kind, subject) {
	return `${kind} ${subject}`;
}

// dist/watching/webhooks.js
/** Longest wait for an answer, in milliseconds. */
const TIMEOUT_MS = 1e4;
/** Attempts of one delivery: with the waits between them about three hours. */
const MOST_ATTEMPTS = 9;
/** Wait after the first failure, doubled with each up to the longest. */
const FIRST_WAIT_MS = 6e4;
const LONGEST_WAIT_MS = 36e5;
/** Deliveries of one look; the rest are for the next. */
const MOST_AT_ONCE = 100;
/** Longest error that is kept of an attempt. */
const LONGEST_ERROR = 300;
/** The signature of a body: HMAC-SHA-256 over the time, a dot and the body, in hex. */
function signatureOf(secret, timestamp, body) {
	return createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
}
/**
* Sends events to URLs, signed. What is not answered with 2xx in ten seconds is tried again after 1, 2, 4, … minutes, at
* most an hour, nine times in all; every attempt is noted in the catalogue. Receivers see an event at least once.
*/
var Webhooks = class {
	#parts;
	#abort = new AbortController();
	#work = Promise.resolve();
	#queued = false;
	constructor(parts) {
		this.#parts = parts;
		if (parts.log.dropOthers(parts.urls) > 0) parts.logger.info({}, "deliveries to URLs that are not configured any more were given up");
	}
	/** Looks for deliveries that are due; returns at once. Call it for every event, and now and then for retries. */
	wake() {
		if (this.#queued || this.#abort.signal.aborted || this.#parts.urls.length === 0) return;
		this.#queued = true;
		this.#work = this.#work.then(async () => {
			this.#queued = false;
			await this.#deliverDue();
		}).catch((error) => {
			this.#parts.logger.error({ error }, "webhooks could not be told");
		});
	}
	/** Tells every URL an event that the catalogue does not hold, once. */
	sendUnkept(event) {
		this.#work = this.#work.then(async () => {
			await Promise.all(this.#parts.urls.map(async (url) => {
				const { delivered, error } = await this.#send(url, event, 1);
				if (!delivered) this.#parts.logger.warn({
					url: shownUrl(url),
					kind: event.kind,
					error
				}, "a webhook was not told, and is not told again");
			}));
		});
	}
	/** Resolves when everything that was due is done. */
	async idle() {
		await this.#work;
	}
	/** Ends attempts that run; they are made again at the next start. */
	async stop() {
		this.#abort.abort();
		await this.#work;
	}
	async #deliverDue() {
		const { log, clock } = this.#parts;
		const due = log.dueDeliveries(clock.nowMs(), MOST_AT_ONCE);
		const byUrl = /* @__PURE__ */ new Map();
		for (const delivery of due) byUrl.set(delivery.url, [...byUrl.get(delivery.url) ?? [], delivery]);
		await Promise.all([...byUrl.values()].map(async (deliveries) => {
			for (const delivery of deliveries) if (!this.#abort.signal.aborted) await this.#deliver(delivery);
		}));
	}
	async #deliver(delivery) {
		const { log, clock, logger } = this.#parts;
		const { event: id, url } = delivery;
		const stored = log.get(id);
		const event = stored === null ? null : watched(stored);
		if (event === null) {
			log.attempted({
				event: id,
				url,
				state: "given-up",
				nextAttemptMs: null,
				status: null,
				error: "the event is of another version"
			});
			return;
		}
		const number = delivery.attempts + 1;
		const { delivered, status, error } = await this.#send(url, event, number);
		if (this.#abort.signal.aborted && !delivered) return;
		const over = !delivered && number >= MOST_ATTEMPTS;
		const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (number - 1), LONGEST_WAIT_MS);
		log.attempted({
			event: id,
			url,
			state: delivered ? "delivered" : over ? "given-up" : "waiting",
			nextAttemptMs: delivered || over ? null : clock.nowMs() + waitMs,
			status,
			error
		});
		if (!delivered) logger.warn({
			event: id,
			url: shownUrl(url),
			attempt: number,
			status,
			error
		}, over ? "a webhook was not told; given up" : "a webhook was not told yet");
	}
	async #send(url, event, attempt) {
		const { secret, node, clock, fetch = globalThis.fetch, timeoutMs = TIMEOUT_MS } = this.#parts;
		const body = JSON.stringify({
			id: event.id,
			kind: event.kind,
			phase: event.phase,
			subject: event.subject,
			at: new Date(event.atMs).toISOString(),
			node,
			user: event.user,
			message: event.message,
			...event.facts
		});
		const timestamp = String(Math.floor(clock.nowMs() / 1e3));
		const headers = {
			"content-type": "application/json",
			"user-agent": "Lookback",
			"x-lookback-event": event.kind,
			"x-lookback-attempt": String(attempt),
			"x-lookback-timestamp": timestamp
		};
		if (event.id !== null) headers["x-lookback-delivery"] = String(event.id);
		if (secret !== null) headers["x-lookback-signature"] = `sha256=${signatureOf(secret, timestamp, body)}`;
		try {
			const response = await fetch(url, {
				method: "POST",
				headers,
				body,
				redirect: "manual",
				signal: AbortSignal.any([this.#abort.signal, AbortSignal.timeout(timeoutMs)])
			});
			await response.body?.cancel();
			return {
				delivered: response.ok,
				status: response.status,
				error: response.ok ? null : `answered ${response.status}`
			};
		} catch (error) {
			return {
				delivered: false,
				status: null,
				error: reasonOf(error, timeoutMs)
			};
		}
	}
};
/** Why there was no answer. `fetch` hides the reason in its cause. */
function reasonOf(error, timeoutMs) {
	if (error instanceof Error && error.name === "TimeoutError") return `no answer in ${timeoutMs / 1e3} s`;
	const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
	return (cause instanceof Error ? cause.message || cause.name : String(cause)).slice(0, LONGEST_ERROR);
}
/** A URL as it may be shown: host and start of the path; the rest often holds a secret. */
function shownUrl(url) {
	const { origin, pathname, search } = new URL(url);
	const [, first = "", ...more] = pathname.split("/");
	return `${origin}/${first}${more.length > 0 ? "/…" : ""}${search === "" ? "" : "?…"}`;
}

export { describeEvent as a, EVENT_KINDS as i, shownUrl as n, RetentionWatch as r, Webhooks as t };