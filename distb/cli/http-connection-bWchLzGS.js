import { n as announced } from "./local-endpoint-DGyMQ499.js";
import { i as systemErrorCode, n as LookbackError, t as ERROR_CODES } from "./errors-iXTvzgJ7.js";
import { t as isFinished } from "./import-job-nrdktVQX.js";
import path from "node:path";
import { tmpdir } from "node:os";
import { createWriteStream, readFileSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { Agent, request } from "node:http";
import { Agent as Agent$1, request as request$1 } from "node:https";

// dist/cli/answer.js
/**
* A part of an answer of the API, read by shape: the service may be of another version than this command, so nothing of an
* answer is taken on trust. A part that is not what it must be throws UNAVAILABLE, which names it.
*/
var Answer = class Answer {
	#path;
	constructor(value, path = "data") {
		this.value = value;
		this.#path = path;
	}
	/** A member of an object. */
	at(name) {
		if (typeof this.value !== "object" || this.value === null || !Object.hasOwn(this.value, name)) throw this.#not(`member ${name}`);
		return new Answer(Reflect.get(this.value, name), `${this.#path}.${name}`);
	}
	/** Whether it is null. */
	get isNull() {
		return this.value === null;
	}
	/** Itself, or null where it is null. */
	orNull() {
		return this.isNull ? null : this;
	}
	list() {
		if (!Array.isArray(this.value)) throw this.#not("list");
		return this.value.map((item, at) => new Answer(item, `${this.#path}[${at}]`));
	}
	text() {
		if (typeof this.value === "string") return this.value;
		throw this.#not("text");
	}
	/** A number; one beyond 2^53 comes as decimal text and loses its last digits here. */
	number() {
		const { value } = this;
		if (typeof value === "number") return value;
		if (typeof value === "string" && /^-?\d{1,20}$/.test(value)) return Number(value);
		throw this.#not("number");
	}
	flag() {
		if (typeof this.value === "boolean") return this.value;
		throw this.#not("boolean");
	}
	/** A point in time in milliseconds since 1970. */
	time() {
		const { value } = this;
		const time = typeof value === "number" ? value : typeof value === "string" ? Date.parse(value) : NaN;
		if (Number.isNaN(time)) throw this.#not("time");
		return time;
	}
	#not(what) {
		return new LookbackError("UNAVAILABLE", `the service's answer has no ${what} at ${this.#path}: it is of another version than this command; update the older one`);
	}
};

// dist/cli/served-imports.js
/** Milliseconds between two looks at jobs that a service runs. */
const LOOK_MS = 250;
/** Paths of one request, and jobs of one look. */
const PATHS_AT_ONCE = 100;
const JOBS_AT_ONCE = 25;
const STATES = {
	QUEUED: "queued",
	RUNNING: "running",
	DONE: "done",
	FAILED: "failed",
	ALREADY_IMPORTED: "already"
};
const JOB = "fragment Job on ImportJob { id path state submitted started finished packets bytes totalBytes sessions error { code message } warnings { name count firstOffset } }";
const SUBMIT = `${JOB} mutation ($paths: [String!]!, $copy: Boolean!, $node: String) { importCapture(paths: $paths, copy: $copy, node: $node) { jobs { ...Job } refused { path error { code message } } } }`;
/** Imports through a service: on this machine by absolute paths, elsewhere by paths of its own file system. */
var ServedImports = class {
	#connection;
	#signal;
	/** Where standard input was written down for the service, until its import is finished. */
	#spooled = null;
	constructor(connection, signal) {
		this.#connection = connection;
		this.#signal = signal;
	}
	async submit(paths, { copy, workingDirectory, node = null }) {
		const here = this.#connection.kind === "served";
		const named = paths.filter((given) => given !== "-").map((given) => here ? path.resolve(workingDirectory, given) : given);
		const jobs = [];
		const failed = [];
		const send = async (some, copied) => {
			const answer = (await this.#connection.ask(SUBMIT, {
				paths: some,
				copy: copied,
				node
			})).at("importCapture");
			jobs.push(...answer.at("jobs").list().map(jobOf));
			for (const refused of answer.at("refused").list()) failed.push({
				path: refused.at("path").text(),
				error: new LookbackError("CAPTURE_UNREADABLE", refused.at("error").at("message").text())
			});
		};
		for (let at = 0; at < named.length; at += PATHS_AT_ONCE) await send(named.slice(at, at + PATHS_AT_ONCE), copy);
		if (paths.includes("-")) await send([await this.#spool()], true);
		return {
			jobs,
			failed
		};
	}
	async finished(ids, onChange = () => {}) {
		const seen = /* @__PURE__ */ new Map();
		try {
			for (;;) {
				const open = ids.filter((id) => !isFinished(seen.get(id)?.state ?? "queued"));
				for (let at = 0; at < open.length; at += JOBS_AT_ONCE) for (const job of await this.#jobs(open.slice(at, at + JOBS_AT_ONCE))) {
					const before = seen.get(job.id);
					if (before?.state !== job.state || before.bytes !== job.bytes) onChange(job);
					seen.set(job.id, job);
				}
				if (ids.every((id) => isFinished(seen.get(id)?.state ?? "failed"))) return ids.flatMap((id) => seen.get(id) ?? []);
				await pause(LOOK_MS, this.#signal);
			}
		} finally {
			if (this.#spooled !== null) await rm(this.#spooled, {
				recursive: true,
				force: true
			});
		}
	}
	async #jobs(ids) {
		const operation = `${JOB} query (${ids.map((_, at) => `$i${at}: ID!`).join(", ")}) { ${ids.map((_, at) => `j${at}: importJob(id: $i${at}) { ...Job }`).join(" ")} }`;
		const answer = await this.#connection.ask(operation, Object.fromEntries(ids.map((id, at) => [`i${at}`, id])));
		return ids.flatMap((_, at) => {
			const job = answer.at(`j${at}`).orNull();
			return job === null ? [] : [jobOf(job)];
		});
	}
	/** The service cannot read this process's standard input: it is written to a file first. */
	async #spool() {
		if (this.#connection.kind === "remote") throw new LookbackError("BAD_INPUT", "a remote service imports from its own file system and cannot read this standard input: copy the capture there and import that");
		this.#spooled = await mkdtemp(path.join(tmpdir(), "lookback-import-"));
		const file = path.join(this.#spooled, "standard-input.pcap");
		await pipeline(process.stdin, createWriteStream(file, {
			mode: 384,
			flags: "wx"
		}), { signal: this.#signal });
		return file;
	}
};
function pause(ms, signal) {
	return new Promise((resolve, reject) => {
		const stop = () => {
			clearTimeout(timer);
			reject(new LookbackError("QUERY_CANCELLED", "no longer waiting; the service goes on with the imports that it took"));
		};
		const timer = setTimeout(() => {
			signal.removeEventListener("abort", stop);
			resolve();
		}, ms);
		if (signal.aborted) stop();
		else signal.addEventListener("abort", stop, { once: true });
	});
}
function jobOf(answer) {
	const error = answer.at("error").orNull();
	const state = STATES[answer.at("state").text()];
	if (state === void 0) throw new LookbackError("UNAVAILABLE", `the service has imports in state ${answer.at("state").text()}, which this command does not know; update it`);
	return {
		id: answer.at("id").text(),
		path: answer.at("path").text(),
		state,
		packets: answer.at("packets").number(),
		bytes: answer.at("bytes").number(),
		totalBytes: answer.at("totalBytes").number(),
		sessions: answer.at("sessions").number(),
		errorCode: error?.at("code").text() ?? null,
		errorMessage: error?.at("message").text() ?? null,
		warnings: answer.at("warnings").list().map((warning) => ({
			name: warning.at("name").text(),
			count: warning.at("count").number(),
			firstOffset: warning.at("firstOffset").orNull()?.number() ?? null
		})),
		createdAtMs: answer.at("submitted").time(),
		startedAtMs: answer.at("started").orNull()?.time() ?? null,
		finishedAtMs: answer.at("finished").orNull()?.time() ?? null
	};
}

// dist/cli/http-connection.js
/** Largest answer that is read into memory, in bytes. */
const LARGEST_ANSWER = 256 * 2 ** 20;
/** Longest wait for the service of this machine to say that it is there, in milliseconds. */
const PROBE_MS = 5e3;
/** A service over HTTP, by bearer token. */
var HttpConnection = class HttpConnection {
	#base;
	#token;
	#signal;
	#agent;
	constructor(kind, base, token, trust, signal) {
		this.kind = kind;
		this.place = base.origin;
		this.#base = base;
		this.#token = token;
		this.#signal = signal;
		this.#agent = base.protocol === "https:" ? new Agent$1({
			keepAlive: true,
			...trust
		}) : new Agent({ keepAlive: true });
	}
	/** The service of a URL. BAD_INPUT for a URL that is none. */
	static remote({ url, token, caFile }, signal) {
		return new HttpConnection("remote", readUrl(url), token, caFile === null ? {} : { ca: readAuthority(caFile) }, signal);
	}
	/** The service that runs on a data directory, or null when none answers to the owner's token. */
	static async served(dataDirectory, signal) {
		const endpoint = announced(dataDirectory);
		if (endpoint === null) return null;
		const connection = new HttpConnection("served", readUrl(endpoint.url), endpoint.token, { rejectUnauthorized: false }, signal);
		try {
			await connection.#post("{ __typename }", {}, AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS)]));
			return connection;
		} catch (error) {
			await connection.close();
			signal.throwIfAborted();
			if (error instanceof LookbackError) return null;
			throw error;
		}
	}
	async ask(operation, variables = {}, signal = this.#signal) {
		return this.#post(operation, variables, signal);
	}
	async #post(operation, variables, signal) {
		const body = JSON.stringify({
			query: operation,
			variables
		});
		const response = await this.#send("/graphql", {
			method: "POST",
			headers: {
				"content-type": "application/json",
				accept: "application/json"
			}
		}, body, signal);
		return readAnswer(await readText(response, this.place), response.statusCode ?? 0, this.place);
	}
	async download(url, target) {
		const response = await this.#send(url, { method: "GET" }, null, this.#signal);
		if (response.statusCode !== 200) {
			readAnswer(await readText(response, this.place), response.statusCode ?? 0, this.place);
			throw new LookbackError("UNAVAILABLE", `${this.place}: the file cannot be had: HTTP status ${response.statusCode ?? 0}`);
		}
		const file = await open(target, "wx", 384);
		try {
			await pipeline(response, file.createWriteStream());
		} catch (error) {
			await rm(target, { force: true });
			throw unreachable(this.place, error);
		}
	}
	get imports() {
		return new ServedImports(this, this.#signal);
	}
	close() {
		this.#agent.destroy();
		return Promise.resolve();
	}
	#send(path, options, body, signal) {
		const target = new URL(path, this.#base);
		if (target.origin !== this.#base.origin) throw new LookbackError("UNAVAILABLE", `${this.place} names a file on ${target.origin}, which is another server`);
		const headers = {
			...options.headers,
			authorization: `Bearer ${this.#token}`,
			...body === null ? {} : { "content-length": Buffer.byteLength(body) }
		};
		const request$2 = target.protocol === "https:" ? request$1 : request;
		return new Promise((resolve, reject) => {
			const sent = request$2(target, {
				...options,
				headers,
				agent: this.#agent,
				signal
			}, resolve);
			sent.once("error", (error) => {
				reject(signal.aborted && this.#signal.aborted ? new LookbackError("QUERY_CANCELLED", "cancelled") : unreachable(this.place, error));
			});
			sent.end(body ?? void 0);
		});
	}
};
function readUrl(text) {
	const url = URL.canParse(text) ? new URL(text) : null;
	if (url === null || url.protocol !== "http:" && url.protocol !== "https:") throw new LookbackError("BAD_INPUT", `--url ${text.slice(0, 200)}: expected http://HOST:PORT or https://HOST:PORT`);
	return url;
}
function readAuthority(file) {
	try {
		return readFileSync(file, "utf8");
	} catch (error) {
		throw new LookbackError("BAD_INPUT", `--ca ${file}: cannot be read: ${error instanceof Error ? error.message : String(error)}`, {}, { cause: error });
	}
}
function unreachable(place, error) {
	const reason = systemErrorCode(error) ?? (error instanceof Error ? error.message : String(error));
	return new LookbackError("UNREACHABLE", `${place} cannot be reached: ${reason}`, {
		url: place,
		reason
	}, { cause: error });
}
async function readText(response, place) {
	const chunks = [];
	let size = 0;
	try {
		for await (const chunk of response) {
			if (!Buffer.isBuffer(chunk)) continue;
			size += chunk.length;
			if (size > LARGEST_ANSWER) throw new LookbackError("LIMIT_EXCEEDED", `the answer of ${place} has more than ${LARGEST_ANSWER} bytes; ask for less`, { limit: LARGEST_ANSWER });
			chunks.push(chunk);
		}
	} catch (error) {
		throw error instanceof LookbackError ? error : unreachable(place, error);
	}
	return Buffer.concat(chunks).toString("utf8");
}
/** The data of an answer, or its error: GraphQL's `errors`, or the server's `error`. */
function readAnswer(text, status, place) {
	let body;
	try {
		body = JSON.parse(text);
	} catch (cause) {
		throw new LookbackError("UNAVAILABLE", `${place} is no Lookback service: it answers with HTTP status ${status} and no JSON`, { status }, { cause });
	}
	const failure = failureOf(body);
	if (failure !== null) throw failure;
	if (typeof body !== "object" || body === null || !("data" in body)) throw new LookbackError("UNAVAILABLE", `${place} is no Lookback service: HTTP status ${status}`, { status });
	return new Answer(body.data);
}
/** The error of a decoded answer, with its code where this version knows it, or null. */
function failureOf(body) {
	if (typeof body !== "object" || body === null) return null;
	const [first] = "errors" in body && Array.isArray(body.errors) ? body.errors : "error" in body ? [body.error] : [];
	if (typeof first !== "object" || first === null || !("message" in first) || typeof first.message !== "string") return null;
	const extensions = "extensions" in first ? first.extensions : first;
	return errorOf(typeof extensions === "object" && extensions !== null && "code" in extensions ? extensions.code : null, first.message, detailsOf(extensions));
}
/** An error that a service told of; a code that this version does not know becomes INTERNAL. */
function errorOf(code, message, details = {}) {
	return new LookbackError(isCode(code) ? code : "INTERNAL", message, details);
}
function isCode(code) {
	return typeof code === "string" && Object.hasOwn(ERROR_CODES, code);
}
function detailsOf(extensions) {
	const details = typeof extensions === "object" && extensions !== null && "details" in extensions ? extensions.details : null;
	if (typeof details !== "object" || details === null) return {};
	const known = {};
	for (const [name, value] of Object.entries(details)) if (typeof value === "string" || typeof value === "number" || typeof value === "boolean" || value === null) known[name] = value;
	return known;
}

export { Answer as i, errorOf as n, failureOf as r, HttpConnection as t };