import { t as systemClock } from "./clock-COoNNce-.js";
import { i as systemErrorCode, n as LookbackError } from "./errors-iXTvzgJ7.js";
import { a as listOf, c as objectOf, i as isObject, l as textOf, o as numberOf, r as at, s as numberOrNull, t as ShipperStatus } from "./shipper-status-yFrbkpy6.js";
import { a as requireInterval, c as requirePage, d as requireTerms, f as tooManyBuckets, h as rowIdText, i as MAX_HISTOGRAM_BUCKETS, l as requirePercentiles, m as isRowId, n as isHidden, o as requireLinks, p as idTimeMs, r as addressBytes, s as requireNumbers, t as hiddenField, u as requireTags } from "./visibility-MjS21Kv7.js";
import { t as SERVICE_SCOPE } from "./access-scope-DH4u4-1s.js";
import { t as ALL_TIME } from "./time-range-D3zEJG_k.js";
import { t as packagedCatalogue } from "./field-catalogue-CiZSzdjB.js";
import { n as readNamedFile } from "./named-files-D7BTSTUE.js";
import path, { join } from "node:path";
import { Client, Transport, errors } from "@elastic/elasticsearch";
import { createHash, randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";

// dist/index-store/elasticsearch/cluster-errors.js
/** Types of errors by which a cluster says that an index takes no writes. */
const BLOCKED = "cluster_block_exception";
const TLS_CODES = /^(CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_)/;
function codeOf(error) {
	return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string" ? error.code : "";
}
/** Codes of an error and of what caused it. */
function codesOf(error) {
	const codes = [];
	let here = error;
	for (let depth = 0; depth < 5 && here instanceof Error; depth++) {
		codes.push(codeOf(here));
		if (here instanceof AggregateError) codes.push(...here.errors.map(codeOf));
		const next = "cause" in here ? here.cause : void 0;
		const meta = "meta" in here ? at(here.meta, "meta", "connection") : void 0;
		here = next ?? meta;
	}
	return codes.filter((code) => code !== "");
}
/** The innermost reason that an answer gives. */
function reasonOf(body) {
	const error = at(body, "error");
	if (typeof error === "string") return {
		type: "",
		reason: error
	};
	const [root] = listOf(at(error, "root_cause"));
	const [shard] = listOf(at(error, "failed_shards"));
	const inner = [
		at(error, "caused_by"),
		at(shard, "reason", "caused_by"),
		at(shard, "reason"),
		root,
		error
	].find((one) => textOf(at(one, "reason")) !== "");
	return {
		type: textOf(at(root, "type")) || textOf(at(error, "type")),
		reason: textOf(at(inner, "reason")) || textOf(at(error, "reason"))
	};
}
/**
* An error of the client as ours: what went wrong, with which cluster, and the way out. Of the client's own error only the
* message is kept: it holds the whole request.
*/
function clusterError(error, facts) {
	if (error instanceof LookbackError) return error;
	const made = (code, message, details = {}) => new LookbackError(code, message, {
		cluster: facts.cluster,
		request: facts.request,
		...details
	}, { cause: error instanceof Error ? error.message : error });
	if (error instanceof errors.RequestAbortedError) return made("QUERY_CANCELLED", "the query was cancelled");
	if (error instanceof errors.TimeoutError) return made("QUERY_TIMEOUT", `the cluster did not answer within ${facts.timeoutMs} ms; narrow the time range`, { limit: facts.timeoutMs });
	if (error instanceof errors.ResponseError) return answerError(error.statusCode ?? 0, error.body, made);
	if (error instanceof errors.ConnectionError || error instanceof errors.NoLivingConnectionsError) {
		const codes = codesOf(error);
		const tls = codes.find((code) => TLS_CODES.test(code));
		if (tls !== void 0 || /certificate|SSL|TLS/i.test(error.message)) return made("CLUSTER_TLS", `${facts.cluster} is not trusted (${tls ?? error.message}); name its authority in caTrustFile`, { reason: tls ?? error.message });
		const why = codes.at(-1) ?? error.message;
		return made("CLUSTER_UNREACHABLE", `${facts.cluster} does not answer (${why}); check the setting elasticsearch and that the cluster runs`, { reason: why });
	}
	return made("INTERNAL", error instanceof Error ? error.message : String(error));
}
function answerError(status, body, made) {
	const { type, reason } = reasonOf(body);
	const details = {
		status,
		type,
		reason
	};
	switch (status) {
		case 401: return made("CLUSTER_REFUSED", "the cluster knows no such user or key; check elasticsearchBasicAuth or elasticsearchAPIKey", details);
		case 403:
			if (type === BLOCKED) return readOnly(reason, made, details);
			return made("CLUSTER_REFUSED", `the cluster does not allow this: ${reason}; give the user or key the rights that docs/elasticsearch.md lists`, details);
		case 413: return made("LIMIT_EXCEEDED", "the request is larger than the cluster takes; lower dbBulkSize", details);
		case 429:
			if (type === BLOCKED) return readOnly(reason, made, details);
			if (type === "circuit_breaking_exception") return made("QUERY_MEMORY", `the query needs more memory than the cluster gives it: ${reason}; narrow the time range`, details);
			return made("CLUSTER_BUSY", `the cluster has too much to do: ${reason}; try again`, details);
		case 502:
		case 503:
		case 504: return made("CLUSTER_BUSY", `the cluster cannot answer now: ${reason || `status ${status}`}; see its health`, details);
	}
	if (type === "index_closed_exception") {
		const index = textOf(at(body, "error", "index"));
		return made("CLUSTER_BUSY", `the index ${index || reason} is closed; open it (POST /${index || "INDEX"}/_open)`, {
			...details,
			index
		});
	}
	if (/too_many_buckets/.test(type)) return made("LIMIT_EXCEEDED", "the answer has more buckets than the cluster allows; use a wider interval or fewer buckets", details);
	if (/too_complex_to_determinize|TooComplexToDeterminize|Determinizing/.test(`${type} ${reason}`)) return made("EXPRESSION_TOO_LARGE", "the regular expression is too complex for the cluster; simplify it", details);
	if (/mapper_parsing|strict_dynamic_mapping|document_parsing|illegal_argument/.test(type) && /mapp(er|ing)|field/.test(reason)) return made("INDEX_MAPPING", `the index does not take a value: ${reason}`, details);
	if (status === 404) return made("NOT_FOUND", `the cluster has no such thing: ${reason}`, details);
	return made("INTERNAL", `the cluster answered ${status}: ${reason || type}`, details);
}
function readOnly(reason, made, details) {
	return made("CLUSTER_READ_ONLY", `an index takes no writes: ${reason}; make room on the data nodes and take the block away (index.blocks.read_only_allow_delete: null)`, details);
}
/** Whether a try later may succeed: the cluster is away, busy, full, or its credentials are being changed. */
function mayPass(error) {
	if (!(error instanceof LookbackError)) return false;
	return [
		"CLUSTER_UNREACHABLE",
		"CLUSTER_BUSY",
		"CLUSTER_READ_ONLY",
		"CLUSTER_REFUSED",
		"CLUSTER_TLS",
		"CLUSTER_UNSUPPORTED",
		"QUERY_TIMEOUT",
		"QUERY_MEMORY"
	].includes(error.code);
}
/** Reads the failure of one item of a bulk answer. */
function itemFailure(item) {
	const error = at(item, "error");
	if (error === void 0) return null;
	const { type, reason } = reasonOf({ error: objectOf(error) });
	const cause = textOf(at(error, "caused_by", "reason"));
	return {
		status: Number(at(item, "status") ?? 0),
		type,
		reason: cause === "" || cause === reason ? textOf(at(error, "reason")) || reason : `${textOf(at(error, "reason"))}: ${cause}`
	};
}

// dist/index-store/elasticsearch/cluster.js
/** Oldest versions that are taken. */
const OLDEST = {
	elasticsearch: [7, 17],
	opensearch: [2, 11]
};
/** Milliseconds for requests that answer at once. */
const SHORT = {
	signal: null,
	timeoutMs: 3e4
};
/** Parameters by which a closed index is an error and not left out. */
const EVERY_INDEX = {
	ignore_unavailable: false,
	allow_no_indices: true,
	expand_wildcards: "open,closed"
};
/**
* Parameters of a search that answers for every index it names or fails: a missing shard and a closed index are errors, and only
* a pattern without any index is an empty answer.
*/
const WHOLE = {
	allow_partial_search_results: false,
	...EVERY_INDEX
};
/** Plain JSON both ways, and no check of the product by the client: Lookback looks itself, and takes OpenSearch too. */
var PlainTransport = class extends Transport {
	constructor(options) {
		const { productCheck: _unused, ...rest } = options;
		super({
			...rest,
			vendoredHeaders: {
				jsonContentType: "application/json",
				ndjsonContentType: "application/x-ndjson",
				accept: "application/json"
			}
		});
	}
};
/** A cluster over HTTP: every request has a timeout, can be cancelled, and fails with a coded error. */
var Cluster = class {
	#client;
	#product = null;
	constructor(options) {
		const urls = options.urls.map((text) => {
			if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw new LookbackError("CONFIG_INVALID", `elasticsearch=${text}: allowed: http:// or https:// and a host, several separated by ;`, {
				key: "elasticsearch",
				value: text
			});
			return new URL(text);
		});
		const [first] = urls;
		if (first === void 0) throw new LookbackError("CONFIG_INVALID", "elasticsearch= names no cluster", {
			key: "elasticsearch",
			value: ""
		});
		const written = first.username === "" ? null : {
			username: decodeURIComponent(first.username),
			password: decodeURIComponent(first.password)
		};
		for (const url of urls) url.username = url.password = "";
		this.shown = urls.map((url) => url.origin).join(" ");
		const auth = options.auth ?? written;
		const { authority, clientCertificate } = options;
		const tls = {
			...authority === null ? {} : { ca: authority },
			...clientCertificate === null ? {} : {
				cert: clientCertificate.certificate,
				key: clientCertificate.key,
				...clientCertificate.passphrase === null ? {} : { passphrase: clientCertificate.passphrase }
			}
		};
		const settings = {
			nodes: urls.map((url) => url.href),
			Transport: PlainTransport,
			compression: options.compress,
			maxRetries: 0,
			redaction: { type: "off" },
			...auth === null ? {} : { auth },
			...Object.keys(tls).length === 0 ? {} : { tls }
		};
		this.#client = new Client(settings);
	}
	/** What answers, asked once. Throws CLUSTER_UNREACHABLE, CLUSTER_TLS, CLUSTER_REFUSED, CLUSTER_UNSUPPORTED. */
	async product() {
		if (this.#product !== null) return this.#product;
		const answer = await this.request({
			method: "GET",
			path: "/"
		}, SHORT);
		const version = textOf(at(answer, "version", "number"));
		const name = at(answer, "version", "distribution") === "opensearch" ? "opensearch" : "elasticsearch";
		const known = name === "opensearch" || textOf(at(answer, "tagline")) === "You Know, for Search";
		const [major = 0, minor = 0] = version.split(".").map(Number);
		const [leastMajor, leastMinor] = OLDEST[name];
		if (!known || major < leastMajor || major === leastMajor && minor < leastMinor) {
			const what = known ? `${name} ${version}` : "something else";
			throw new LookbackError("CLUSTER_UNSUPPORTED", `at ${this.shown} answers ${what}; supported are Elasticsearch ${OLDEST.elasticsearch.join(".")} and OpenSearch ${OLDEST.opensearch.join(".")} or later`, {
				cluster: this.shown,
				found: what
			});
		}
		this.#product = {
			name,
			version,
			clusterName: textOf(at(answer, "cluster_name"))
		};
		return this.#product;
	}
	/** Sends a request and returns the answer. Throws what `clusterError` makes of failures. */
	async request(request, { signal, timeoutMs }) {
		const { method, path, query = {}, body, lines, ignore = [] } = request;
		if (signal?.aborted === true) throw new LookbackError("QUERY_CANCELLED", "the query was cancelled");
		try {
			const answer = await this.#client.transport.request({
				method,
				path,
				querystring: { ...query },
				...body === void 0 ? {} : { body },
				...lines === void 0 ? {} : { bulkBody: lines }
			}, {
				meta: true,
				requestTimeout: timeoutMs,
				ignore: [...ignore],
				...signal === null ? {} : { signal }
			});
			return answer.statusCode !== void 0 && ignore.includes(answer.statusCode) ? null : answer.body;
		} catch (error) {
			throw clusterError(error, {
				cluster: this.shown,
				request: `${method} ${path}`,
				timeoutMs
			});
		}
	}
	close() {
		return this.#client.close();
	}
};

// dist/index-store/elasticsearch/cluster-state.js
const SETTINGS = {
	settings: { index: {
		number_of_shards: "1",
		auto_expand_replicas: "0-1",
		hidden: true
	} },
	mappings: { dynamic: false }
};
/** What installations on one cluster tell each other: a small index of documents, each changed only when nobody else did meanwhile. */
var ClusterState = class {
	#cluster;
	constructor(cluster, prefix) {
		this.#cluster = cluster;
		this.index = `${prefix}lookback-state`;
	}
	async get(id, limits) {
		const answer = await this.#cluster.request({
			method: "GET",
			path: `/${this.index}/_doc/${id}`,
			ignore: [404]
		}, limits);
		const body = at(answer, "_source");
		return isObject(body) ? {
			body,
			sequence: numberOf(at(answer, "_seq_no")),
			term: numberOf(at(answer, "_primary_term"))
		} : null;
	}
	/** Writes a document: where none was (`before` null), or over the one that was read. Returns whether nobody was faster. */
	async put(id, body, before, limits) {
		if (before === null) await this.#make(limits);
		const condition = before === null ? { op_type: "create" } : {
			if_seq_no: before.sequence,
			if_primary_term: before.term
		};
		return await this.#cluster.request({
			method: "PUT",
			path: `/${this.index}/_doc/${id}`,
			query: condition,
			body,
			ignore: [409]
		}, limits) !== null;
	}
	async remove(id, limits) {
		await this.#cluster.request({
			method: "DELETE",
			path: `/${this.index}/_doc/${id}`,
			ignore: [404]
		}, limits);
	}
	/** Every document whose id begins so, in order of id. */
	async all(prefix, limits) {
		await this.#cluster.request({
			method: "POST",
			path: `/${this.index}/_refresh`,
			ignore: [404]
		}, limits);
		const answer = await this.#cluster.request({
			method: "POST",
			path: `/${this.index}/_search`,
			query: { allow_partial_search_results: false },
			body: {
				size: 1e3,
				query: { match_all: {} }
			},
			ignore: [404]
		}, limits);
		return listOf(at(answer, "hits", "hits")).map((hit) => ({
			id: textOf(at(hit, "_id")),
			body: at(hit, "_source")
		})).filter((found) => found.id.startsWith(prefix) && isObject(found.body)).sort((a, b) => a.id < b.id ? -1 : 1);
	}
	async #make(limits) {
		if (await this.#cluster.request({
			method: "GET",
			path: `/${this.index}`,
			ignore: [404]
		}, limits) !== null) return;
		try {
			await this.#cluster.request({
				method: "PUT",
				path: `/${this.index}`,
				body: SETTINGS
			}, limits);
		} catch (error) {
			if (!(error instanceof LookbackError) || !String(error.details["type"]).includes("resource_already_exists")) throw error;
		}
	}
};
/**
* A lock that one of several processes on a cluster holds. It is held for a time and must be taken again before that is
* over; a holder that dies loses it by doing nothing.
*/
var ClusterLock = class {
	#state;
	#id;
	#clock;
	#holdMs;
	constructor(state, name, clock, holdMs) {
		/** How others see the holder. */
		this.owner = `${hostname()} ${process.pid} ${randomUUID().slice(0, 8)}`;
		this.#state = state;
		this.#id = `lock-${name}`;
		this.#clock = clock;
		this.#holdMs = holdMs;
	}
	/** Takes the lock, or takes it again. Returns null when it is ours now, else who has it. */
	async take(limits) {
		const nowMs = this.#clock.nowMs();
		const found = await this.#state.get(this.#id, limits);
		const holder = textOf(found?.body["owner"]);
		if (found !== null && holder !== this.owner && numberOf(found.body["untilMs"]) > nowMs) return holder;
		return await this.#state.put(this.#id, {
			owner: this.owner,
			untilMs: nowMs + this.#holdMs
		}, found, limits) ? null : "another process";
	}
	/** Gives the lock up if it is ours. */
	async release(limits) {
		const found = await this.#state.get(this.#id, limits);
		if (found !== null && found.body["owner"] === this.owner) await this.#state.remove(this.#id, limits);
	}
};

// dist/index-store/elasticsearch/dead-letters.js
/**
* Rows that the cluster refused for good, one file a segment, a line of JSON each: reason, action and document as they
* were sent. A file is complete once it has its name; a shipper that is killed leaves a part that the next one overwrites.
*/
var DeadLetters = class {
	#directory;
	constructor(directory) {
		this.#directory = directory;
	}
	#file(segment) {
		return join(this.#directory, `${segment.replaceAll("/", "_")}.ndjson`);
	}
	/** Gathers the refused rows of a segment. */
	open(segment) {
		const file = this.#file(segment);
		let descriptor = null;
		let count = 0;
		return {
			add: (rows) => {
				if (rows.length === 0) return;
				mkdirSync(this.#directory, {
					recursive: true,
					mode: 448
				});
				descriptor ??= openSync(`${file}.part`, "w", 384);
				for (const row of rows) writeSync(descriptor, `${JSON.stringify({
					segment,
					...row
				})}\n`);
				count += rows.length;
			},
			close: () => {
				if (descriptor === null) {
					rmSync(file, { force: true });
					return 0;
				}
				fsyncSync(descriptor);
				closeSync(descriptor);
				renameSync(`${file}.part`, file);
				return count;
			},
			abandon: () => {
				if (descriptor === null) return;
				closeSync(descriptor);
				rmSync(`${file}.part`, { force: true });
			}
		};
	}
	/** Segments that have some. */
	list() {
		if (!existsSync(this.#directory)) return [];
		return readdirSync(this.#directory).filter((name) => name.endsWith(".ndjson")).sort().map((name) => {
			const file = join(this.#directory, name);
			return {
				segment: this.#segmentOf(file),
				file,
				bytes: statSync(file).size
			};
		});
	}
	#segmentOf(file) {
		const [first = ""] = readFileSync(file, "utf8").split("\n", 1);
		try {
			return textOf(at(JSON.parse(first), "segment"));
		} catch {
			return "";
		}
	}
	read(file) {
		const letters = [];
		for (const line of readFileSync(file, "utf8").split("\n")) {
			if (line === "") continue;
			const letter = JSON.parse(line);
			if (!isObject(letter)) continue;
			letters.push({
				reason: textOf(letter["reason"]),
				type: textOf(letter["type"]),
				status: numberOf(letter["status"]),
				action: textOf(letter["action"]),
				document: textOf(letter["document"])
			});
		}
		return letters;
	}
};

// dist/index-store/elasticsearch/index-list.js
/** Milliseconds that a list of indices is believed; other servers make and delete them too. */
const BELIEVED_MS = 1e3;
/** The indices of sessions that there are. */
var IndexList = class {
	#cluster;
	#names;
	#revision;
	#known = null;
	/** `revision` changes whenever this installation makes or deletes an index. */
	constructor(cluster, names, revision) {
		this.#cluster = cluster;
		this.#names = names;
		this.#revision = revision;
	}
	get pattern() {
		return this.#names.pattern;
	}
	/** Every index, in order of time; at most a second old. */
	list() {
		const revision = this.#revision();
		const nowMs = performance.now();
		if (this.#known !== null && this.#known.revision === revision && nowMs - this.#known.atMs < BELIEVED_MS) return this.#known.periods;
		const periods = this.#ask();
		this.#known = {
			periods,
			revision,
			atMs: nowMs
		};
		periods.catch(() => {
			this.#known = null;
		});
		return periods;
	}
	async #ask() {
		const answer = await this.#cluster.request({
			method: "GET",
			path: `/${this.pattern}/_alias`,
			query: {
				ignore_unavailable: true,
				allow_no_indices: true
			},
			ignore: [404]
		}, SHORT);
		return this.#periods(Object.keys(objectOf(answer)));
	}
	#periods(indices) {
		return indices.map((index) => this.#names.periodOf(index)).filter((period) => period !== null).sort((a, b) => a.startMs - b.startMs || (a.index < b.index ? -1 : 1));
	}
	/** Forgets the list: the next look asks the cluster. */
	forget() {
		this.#known = null;
	}
	/** What each index holds, in order of time. */
	async sizes() {
		const answer = await this.#cluster.request({
			method: "GET",
			path: `/${this.pattern}/_stats/docs,store,segments`,
			query: {
				ignore_unavailable: true,
				allow_no_indices: true,
				level: "indices"
			},
			ignore: [404]
		}, SHORT);
		const found = objectOf(at(answer, "indices"));
		return this.#periods(Object.keys(found)).map((period) => {
			const own = at(found[period.index], "primaries");
			return {
				...period,
				rows: numberOf(at(own, "docs", "count")),
				bytes: numberOf(at(found[period.index], "total", "store", "size_in_bytes")),
				segments: numberOf(at(own, "segments", "count"))
			};
		});
	}
	/** Primary shards by index: each is merged to one segment of its own. */
	async shards() {
		const answer = objectOf(await this.#cluster.request({
			method: "GET",
			path: `/${this.pattern}/_settings/index.number_of_shards`,
			query: {
				ignore_unavailable: true,
				allow_no_indices: true
			},
			ignore: [404]
		}, SHORT));
		return new Map(Object.keys(answer).map((index) => [index, Number(at(answer[index], "settings", "index", "number_of_shards")) || 1]));
	}
	/** Health of every index: `green`, `yellow` or `red`. */
	async health() {
		const answer = await this.#cluster.request({
			method: "GET",
			path: `/_cat/indices/${this.pattern}`,
			query: {
				format: "json",
				h: "index,health,status",
				expand_wildcards: "all"
			},
			ignore: [404]
		}, SHORT);
		return listOf(answer).map((row) => ({
			index: textOf(at(row, "index")),
			health: textOf(at(row, "health")),
			status: textOf(at(row, "status"))
		}));
	}
};

// dist/index-store/elasticsearch/index-names.js
const HOUR_MS = 36e5;
const DAY_MS$2 = 24 * HOUR_MS;
/** Two digits of a year mean 1970 to 2069; other years are written with four. */
const SHORT_YEARS = {
	first: 1970,
	last: 2069
};
const two = (number) => String(number).padStart(2, "0");
function yearText(year) {
	return year >= SHORT_YEARS.first && year <= SHORT_YEARS.last ? two(year % 100) : String(year).padStart(4, "0");
}
function yearOf(text) {
	const year = Number(text);
	if (text.length > 2) return year;
	return year < SHORT_YEARS.first % 100 ? 2e3 + year : 1900 + year;
}
/** Names of session indices, as Arkime names them: `sessions3-YYMMDD`, `…YYMMDDhHH`, `…YYwWW`, `…YYmMM`. */
var IndexNames = class {
	#base;
	/** `prefix` stands before every name, so that several installations can share a cluster. */
	constructor(prefix) {
		this.#base = `${prefix}sessions3-`;
	}
	/** Matches every index of sessions. */
	get pattern() {
		return `${this.#base}*`;
	}
	/** The index that takes a row of this last packet. */
	periodAt(ms, rotation) {
		const date = new Date(ms);
		const year = date.getUTCFullYear();
		const yy = yearText(year);
		const day = `${yy}${two(date.getUTCMonth() + 1)}${two(date.getUTCDate())}`;
		const midnight = Math.floor(ms / DAY_MS$2) * DAY_MS$2;
		if (rotation === "daily") return {
			index: this.#base + day,
			startMs: midnight,
			endMs: midnight + DAY_MS$2
		};
		if (rotation === "monthly") return {
			index: `${this.#base}${yy}m${two(date.getUTCMonth() + 1)}`,
			startMs: Date.UTC(year, date.getUTCMonth(), 1),
			endMs: Date.UTC(year, date.getUTCMonth() + 1, 1)
		};
		if (rotation === "weekly") {
			const first = Date.UTC(year, 0, 1);
			const week = Math.floor((ms - first) / (7 * DAY_MS$2));
			const startMs = first + week * 7 * DAY_MS$2;
			return {
				index: `${this.#base}${yy}w${two(week)}`,
				startMs,
				endMs: Math.min(startMs + 7 * DAY_MS$2, Date.UTC(year + 1, 0, 1))
			};
		}
		const hours = Number(rotation.slice(6) || "1");
		const hour = Math.floor(date.getUTCHours() / hours) * hours;
		return {
			index: `${this.#base}${day}h${two(hour)}`,
			startMs: midnight + hour * HOUR_MS,
			endMs: midnight + (hour + hours) * HOUR_MS
		};
	}
	/** The indices that take rows of last packets from `firstMs` to `lastMs`, both included. */
	periodsBetween(firstMs, lastMs, rotation) {
		const periods = [];
		for (let ms = firstMs; ms <= lastMs;) {
			const period = this.periodAt(ms, rotation);
			periods.push(period);
			ms = period.endMs;
		}
		return periods;
	}
	/** The period of an existing index by its name, or null when it is none of sessions. An hourly one of unknown width is taken to reach to the end of its day. */
	periodOf(index) {
		if (!index.startsWith(this.#base)) return null;
		const suffix = index.slice(this.#base.length);
		const day = /^(\d{2}|\d{4})(\d{2})(\d{2})(?:h(\d{2}))?$/.exec(suffix);
		if (day !== null) {
			const midnight = Date.UTC(yearOf(day[1] ?? ""), Number(day[2]) - 1, Number(day[3]));
			return {
				index,
				startMs: midnight + Number(day[4] ?? "0") * HOUR_MS,
				endMs: midnight + DAY_MS$2
			};
		}
		const week = /^(\d{2}|\d{4})w(\d{2})$/.exec(suffix);
		if (week !== null) {
			const year = yearOf(week[1] ?? "");
			return this.#named(index, Date.UTC(year, 0, 1) + Number(week[2]) * 7 * DAY_MS$2, "weekly");
		}
		const month = /^(\d{2}|\d{4})m(\d{2})$/.exec(suffix);
		return month === null ? null : this.#named(index, Date.UTC(yearOf(month[1] ?? ""), Number(month[2]) - 1, 1), "monthly");
	}
	#named(index, startMs, rotation) {
		const period = this.periodAt(startMs, rotation);
		return period.index === index ? period : null;
	}
};
/** UTC day of the last moment of a period, `YYYY-MM-DD`: the day by which an index is listed and expired. */
function lastDayOf({ endMs }) {
	return (/* @__PURE__ */ new Date(endMs - 1)).toISOString().slice(0, 10);
}

// dist/index-store/elasticsearch/leadership.js
/** Milliseconds that a leader leads without word. */
const LEAD_MS = 35e3;
/** Milliseconds between two words. */
const WORD_MS = 1e4;
/** Milliseconds that a follower waits for the leadership before it gives its turn up: longer than a dead leader leads. */
const PATIENCE_MS = 6e4;
const LOOK_MS$1 = 5e3;
/** Of several servers on one cluster one leads, and runs the tasks that change its indices. Another one takes over within a minute. */
var Leadership = class {
	#parts;
	#lock;
	#timer = null;
	constructor(parts) {
		this.#parts = parts;
		this.#lock = new ClusterLock(parts.state, "leader", parts.clock, LEAD_MS);
	}
	/** Takes part from now on: leads if nobody does. */
	start() {
		this.#timer ??= setInterval(() => {
			this.#word();
		}, WORD_MS);
		this.#timer.unref();
		this.#word();
	}
	async #word() {
		try {
			await this.#lock.take({
				signal: null,
				timeoutMs: WORD_MS
			});
		} catch (error) {
			if (!mayPass(error)) this.#parts.logger.warn({ error }, "the leadership of the cluster's tasks could not be asked for");
		}
	}
	/** Null when we lead, waiting for a leader that may be dead; else who leads. Throws when the cluster does not say. */
	async leads(signal) {
		const { clock, wait } = this.#parts;
		const untilMs = clock.nowMs() + PATIENCE_MS;
		for (;;) {
			const leader = await this.#lock.take({
				signal,
				timeoutMs: WORD_MS
			});
			if (leader === null || clock.nowMs() >= untilMs || signal.aborted) return leader;
			await wait(LOOK_MS$1, signal);
		}
	}
	/** Leaves: another server may lead at once. */
	async stop() {
		if (this.#timer !== null) clearInterval(this.#timer);
		this.#timer = null;
		try {
			await this.#lock.release({
				signal: null,
				timeoutMs: LOOK_MS$1
			});
		} catch (error) {
			if (!mayPass(error)) throw error;
		}
	}
};

// dist/index-store/elasticsearch/migrations.js
/** Where released steps lie: beside `src` and `dist`. */
const CLUSTER_MIGRATIONS = fileURLToPath(new URL("../../../migrations/elasticsearch/", import.meta.url));
/** What a step does; each may be done again without harm. */
const ACTIONS = ["template", "fields"];
/** Milliseconds that a process holds the lock of migrations without word. */
const LOCK_MS = 12e4;
function broken(message) {
	return new LookbackError("INTERNAL", `migrations/elasticsearch: ${message}`);
}
/** The steps that `manifest.json` lists, in order. Throws INTERNAL when a released step was edited or a number is missing. */
function loadClusterMigrations(directory = CLUSTER_MIGRATIONS) {
	const manifest = JSON.parse(readFileSync(`${directory}/manifest.json`, "utf8"));
	return listOf(manifest).map((entry, position) => {
		const [name, sha256] = [textOf(at(entry, "name")), textOf(at(entry, "sha256"))];
		const text = readFileSync(`${directory}/${name}`, "utf8");
		if (createHash("sha256").update(text).digest("hex") !== sha256) throw broken(`${name} differs from its checksum; a released step is never edited`);
		if (Number(name.slice(0, 4)) !== position + 1) throw broken(`${name} should have number ${position + 1}`);
		const step = JSON.parse(text);
		const actions = listOf(at(step, "actions")).map((action) => {
			const known = ACTIONS.find((one) => one === action);
			if (known === void 0) throw broken(`${name} names the action ${String(action)}`);
			return known;
		});
		return {
			number: position + 1,
			name,
			sha256,
			actions
		};
	});
}
/** Brings the indices of a cluster to what this version needs. One process at a time does so; who dies leaves a step that is done again. */
var ClusterMigrations = class {
	#state;
	#template;
	#indices;
	#clock;
	#migrations;
	#lock;
	/** Whether this process began to prepare an empty cluster, and the cluster went away before it was through. */
	#isPreparing = false;
	constructor(state, template, indices, clock, migrations = loadClusterMigrations()) {
		this.#state = state;
		this.#template = template;
		this.#indices = indices;
		this.#clock = clock;
		this.#migrations = migrations;
		this.#lock = new ClusterLock(state, "migrations", clock, LOCK_MS);
	}
	/** What was done and what waits. Changes nothing. */
	async plan(limits) {
		const found = new Map((await this.#state.all("migration-", limits)).map(({ id, body }) => [id.slice(10), body]));
		const steps = this.#migrations.map(({ name, sha256 }) => {
			const body = found.get(name);
			if (body === void 0) return {
				name,
				state: "waits",
				appliedMs: null,
				known: true
			};
			const done = body["state"] === "done";
			if (done && body["sha256"] !== sha256) throw broken(`${name} was applied with other content than it has now`);
			return {
				name,
				state: done ? "done" : "running",
				appliedMs: done ? numberOf(body["atMs"]) : null,
				known: true
			};
		});
		for (const [name, body] of found) if (!this.#migrations.some((one) => one.name === name)) steps.push({
			name,
			state: "done",
			appliedMs: numberOf(objectOf(body)["atMs"]),
			known: false
		});
		const template = await this.#template.state(limits);
		const open = steps.filter(({ state }) => state !== "done").map(({ name }) => name);
		return {
			steps,
			template,
			waiting: open.length > 0 || template === "current" ? open : ["the index template as this version makes it"]
		};
	}
	/** Does what waits. Returns what was done. Throws ROLE_HELD while another process does so, UNAVAILABLE when a newer version was here. */
	async up(limits) {
		const before = await this.plan(limits);
		this.#refuseNewer(before);
		if (before.waiting.length === 0) return [];
		const holder = await this.#lock.take(limits);
		if (holder !== null) throw new LookbackError("ROLE_HELD", `${holder} changes the indices of the cluster now; try again in ${LOCK_MS / 1e3} s`, { holder });
		try {
			const plan = await this.plan(limits);
			this.#refuseNewer(plan);
			for (const { name, sha256, actions } of this.#migrations) {
				if (plan.steps.some((step) => step.name === name && step.state === "done")) continue;
				await this.#note(name, {
					name,
					sha256,
					state: "running",
					atMs: this.#clock.nowMs()
				}, limits);
				for (const action of actions) {
					await this.#do(action, limits);
					await this.#lock.take(limits);
				}
				await this.#note(name, {
					name,
					sha256,
					state: "done",
					atMs: this.#clock.nowMs()
				}, limits);
			}
			if (await this.#template.state(limits) !== "current") for (const action of ACTIONS) await this.#do(action, limits);
			return plan.waiting;
		} finally {
			await this.#lock.release(limits);
		}
	}
	/**
	* At the start of a shipper: an empty cluster is prepared, another one must be as this version needs it. Called again
	* after the cluster went away, it finishes what it began. Throws INDEX_OUTDATED, also for a later step that another process began; ROLE_HELD while one does so.
	*/
	async prepare(limits) {
		const plan = await this.plan(limits);
		this.#refuseNewer(plan);
		const isFirst = plan.steps.every(({ state }) => state !== "done") && (plan.template === "absent" || plan.steps.some(({ state }) => state === "running"));
		if (this.#isPreparing || isFirst) {
			this.#isPreparing = true;
			await this.up(limits);
			this.#isPreparing = false;
			return;
		}
		const half = plan.steps.find(({ state }) => state === "running");
		if (half !== void 0) throw new LookbackError("INDEX_OUTDATED", `the step ${half.name} of the cluster was begun and not finished; run lookback migrate up`, { step: half.name });
		await this.#template.require(limits);
		const [waiting] = plan.waiting;
		if (waiting !== void 0) throw new LookbackError("INDEX_OUTDATED", `the step ${waiting} of the cluster waits; run lookback migrate up`, { step: waiting });
	}
	#refuseNewer({ steps }) {
		const newer = steps.find(({ known }) => !known);
		if (newer !== void 0) throw new LookbackError("UNAVAILABLE", `the indices of the cluster were written by a newer Lookback (step ${newer.name}); start that version`, { step: newer.name });
	}
	async #do(action, limits) {
		if (action === "template") {
			await this.#template.install(limits);
			return;
		}
		this.#indices.forget();
		await this.#template.extendIndices((await this.#indices.list()).map(({ index }) => index), limits);
	}
	async #note(name, body, limits) {
		const id = `migration-${name}`;
		if (!await this.#state.put(id, body, await this.#state.get(id, limits), limits)) throw new LookbackError("ROLE_HELD", "another process changes the indices of the cluster", { step: name });
	}
};

// dist/index-store/elasticsearch/pace.js
/** Bounds of a bulk request in bytes of JSON. */
const LEAST_BYTES = 262144;
const MOST_BYTES = 4194304;
/** Requests on the way at once. */
const MOST_REQUESTS = 3;
/** A request that is answered faster may be larger, one that is slower must be smaller. */
const FAST_MS = 500;
const SLOW_MS = 5e3;
/** Waits between tries: they double from the first to the longest. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 1e4;
/**
* How much is sent at once. Both size and number grow while the cluster answers fast and shrink by half when it is slow
* or says that it has too much to do.
*/
var Pace = class {
	#bytes;
	#requests = 2;
	#failures = 0;
	/** `bytes`: size of the first request. */
	constructor(bytes) {
		this.#bytes = Math.min(MOST_BYTES, Math.max(LEAST_BYTES, bytes));
	}
	get bytes() {
		return this.#bytes;
	}
	get requests() {
		return this.#requests;
	}
	/** Notes a request that was taken after this many milliseconds. */
	taken(ms) {
		this.#failures = 0;
		if (ms < FAST_MS) {
			this.#bytes = Math.min(MOST_BYTES, Math.round(this.#bytes * 1.25));
			this.#requests = Math.min(MOST_REQUESTS, this.#requests + 1);
		} else if (ms > SLOW_MS) {
			this.#bytes = Math.max(LEAST_BYTES, Math.round(this.#bytes / 2));
			this.#requests = Math.max(1, this.#requests - 1);
		}
	}
	/** Notes that something was refused for now. Returns the milliseconds to wait before the next try. */
	refused() {
		this.#bytes = Math.max(LEAST_BYTES, Math.round(this.#bytes / 2));
		this.#requests = 1;
		const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
		this.#failures = Math.min(this.#failures + 1, 16);
		return wait;
	}
};

// dist/index-store/elasticsearch/mapping.js
/** Version of the template; a change of it is a migration. */
const TEMPLATE_VERSION = 1;
/** Longest text that can be searched, in UTF-16 units: four bytes each stay below Lucene's 32,766 bytes of a term. */
const LONGEST_TERM = 8191;
/** Under which name the row's id stands as a value to sort by. */
const ID_PATH = "lookback.id";
const TYPES$1 = {
	integer: { type: "long" },
	float: { type: "double" },
	ip: { type: "ip" },
	seconds: {
		type: "date",
		format: "epoch_millis"
	},
	boolean: { type: "boolean" },
	termfield: {
		type: "keyword",
		ignore_above: LONGEST_TERM
	},
	lotermfield: {
		type: "keyword",
		ignore_above: LONGEST_TERM
	},
	uptermfield: {
		type: "keyword",
		ignore_above: LONGEST_TERM
	},
	lotextfield: {
		type: "keyword",
		ignore_above: LONGEST_TERM
	}
};
/** Kept in documents, neither searched nor aggregated. */
const STORED_LONG = {
	type: "long",
	index: false,
	doc_values: false
};
/** Path under which the words of a field are searched (Arkime's names: `http.hostTokens`). */
function wordsPath(path) {
	return `${path}Tokens`;
}
/** Path of the bytes that a session had after 2^step packets. */
function bytesAfterPath(step) {
	return `lookback.bytesAfter.p${step}`;
}
/** Path of the text that the bytes of a field decode to. */
function decodedPath(path) {
	return `lookback.${path}`;
}
function put(properties, path, mapping) {
	const dot = path.indexOf(".");
	if (dot < 0) {
		properties[path] = {
			...properties[path],
			...mapping
		};
		return;
	}
	const parent = properties[path.slice(0, dot)] ??= {};
	put(parent.properties ??= {}, path.slice(dot + 1), mapping);
}
function sorted(properties) {
	const entries = Object.entries(properties).sort(([a], [b]) => a < b ? -1 : 1);
	return Object.fromEntries(entries.map(([name, { properties: inner, ...rest }]) => [name, inner === void 0 ? rest : {
		...rest,
		properties: sorted(inner)
	}]));
}
/** The mapping of every declared field, its count and its views, beside what is ours. */
function properties(fields) {
	const found = {};
	const words = new Set(fields.derived.filter(({ view }) => view === "tokens").map(({ path }) => path));
	const decoded = fields.derived.filter(({ view }) => view === "utf8").map(({ path }) => path);
	for (const field of fields.declared) {
		if (field.path === "_id") continue;
		if (field.shape === "objects") put(found, field.path, { properties: {} });
		else put(found, field.path, {
			...TYPES$1[field.kind],
			...words.has(field.path) ? { copy_to: wordsPath(field.path) } : {}
		});
		if (words.has(field.path)) put(found, wordsPath(field.path), {
			type: "text",
			analyzer: "lookback_words",
			norms: false
		});
	}
	for (const field of fields.derived) if (field.countOf !== null) put(found, field.path, { type: "long" });
	put(found, "rootId", { type: "keyword" });
	put(found, "fileId", { type: "long" });
	put(found, "packetPos", STORED_LONG);
	put(found, "packetLen", STORED_LONG);
	put(found, "packetRange", {
		type: "date_range",
		format: "epoch_millis",
		doc_values: false
	});
	put(found, ID_PATH, {
		type: "keyword",
		index: false
	});
	put(found, "lookback.rowVersion", {
		type: "long",
		index: false
	});
	put(found, "lookback.final", {
		type: "boolean",
		doc_values: false
	});
	put(found, "lookback.bytesAfter", { type: "object" });
	put(found, "lookback.stream", {
		type: "keyword",
		doc_values: false
	});
	put(found, "lookback.segment", {
		type: "keyword",
		doc_values: false
	});
	for (const path of decoded) put(found, decodedPath(path), {
		type: "keyword",
		doc_values: false
	});
	return sorted(found);
}
/** Mappings of a session index, generated from the field catalogue. */
function mappings(fields) {
	return {
		_meta: {
			product: "lookback",
			template: 1
		},
		date_detection: false,
		numeric_detection: false,
		dynamic_templates: [{ bytes: {
			path_match: "lookback.bytesAfter.*",
			mapping: {
				type: "long",
				index: false
			}
		} }, { texts: {
			match_mapping_type: "string",
			mapping: TYPES$1.termfield
		} }],
		properties: properties(fields)
	};
}
/** The composable index template: settings, analysis and mappings of every index that matches the pattern. */
function indexTemplate(pattern, fields, settings) {
	return {
		index_patterns: [pattern],
		priority: 200,
		version: 1,
		_meta: {
			product: "lookback",
			description: "Sessions of Lookback; generated, see schema/elasticsearch"
		},
		template: {
			settings: { index: {
				number_of_shards: String(settings.shards),
				number_of_replicas: String(settings.replicas),
				refresh_interval: `${settings.refreshSeconds}s`,
				codec: "best_compression",
				mapping: { total_fields: { limit: "3000" } },
				gc_deletes: "0s",
				analysis: {
					analyzer: { lookback_words: {
						type: "custom",
						tokenizer: "lookback_words",
						filter: ["lowercase"]
					} },
					tokenizer: { lookback_words: {
						type: "pattern",
						pattern: "[^\\p{L}\\p{N}_]+"
					} }
				}
			} },
			mappings: mappings(fields)
		}
	};
}
/** The path by which a field is searched, sorted and aggregated. */
function indexedPath(field) {
	return field.path === "_id" ? ID_PATH : field.path;
}

// dist/index-store/elasticsearch/schema.js
/** JSON with the names of objects in order, so that equal content is equal text. */
function canonical(value) {
	if (Array.isArray(value)) return `[${listOf(value).map(canonical).join(",")}]`;
	if (!isObject(value)) return JSON.stringify(value) ?? "null";
	return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}
/** The index template of sessions in the cluster. */
var SessionTemplate = class {
	#cluster;
	#fields;
	#names;
	#body;
	constructor(cluster, prefix, names, fields, settings) {
		this.name = `${prefix}lookback-sessions3`;
		this.#cluster = cluster;
		this.#fields = fields;
		this.#names = names;
		const body = indexTemplate(names.pattern, fields, settings);
		const sha256 = createHash("sha256").update(canonical(at(body, "template"))).digest("hex");
		this.#body = {
			...body,
			_meta: {
				...isObject(body["_meta"]) ? body["_meta"] : {},
				sha256
			}
		};
	}
	/** How the template in the cluster stands to ours. `changed`: somebody edited it by hand. */
	async state(limits) {
		const answer = await this.#cluster.request({
			method: "GET",
			path: `/_index_template/${this.name}`,
			ignore: [404]
		}, limits);
		const [found] = listOf(at(answer, "index_templates")).map((one) => at(one, "index_template"));
		if (found === void 0) return "absent";
		const version = numberOf(at(found, "version"));
		const [ours, theirs] = [textOf(at(this.#body, "_meta", "sha256")), textOf(at(found, "_meta", "sha256"))];
		if (createHash("sha256").update(canonical(at(found, "template"))).digest("hex") !== theirs) return "changed";
		if (version !== 1) return version > 1 ? "newer" : "older";
		return ours === theirs ? "current" : "older";
	}
	/** Puts our template, whatever is there. */
	async install(limits) {
		await this.#cluster.request({
			method: "PUT",
			path: `/_index_template/${this.name}`,
			body: this.#body
		}, limits);
	}
	/** Adds fields that existing indices lack. Throws INDEX_MAPPING when one has a field of another type. */
	async extendIndices(indices, limits) {
		const body = mappings(this.#fields);
		for (const index of indices) await this.#cluster.request({
			method: "PUT",
			path: `/${index}/_mapping`,
			body,
			ignore: [404]
		}, limits);
	}
	/** Throws INDEX_OUTDATED unless the template is ours. */
	async require(limits) {
		const state = await this.state(limits);
		if (state === "current") return;
		const what = {
			absent: "is not there",
			older: "was made by an earlier version or with other settings",
			newer: "was made by a later version",
			changed: "was changed by hand"
		}[state];
		const way = state === "newer" ? "start that version" : "see lookback migrate plan, then run lookback migrate up";
		throw new LookbackError("INDEX_OUTDATED", `the index template ${this.name} of ${this.#names.pattern} ${what}; ${way}`, {
			template: this.name,
			state
		});
	}
};

// dist/index-store/elasticsearch/bulk.js
/** Milliseconds that one request may take. */
const TIMEOUT_MS = 12e4;
/** How long the cluster waits for a shard that is not there. */
const SHARD_WAIT = "5s";
/** What of an answer is read: nothing of a row that went well. */
const FILTER = "took,errors,items.*.status,items.*.error";
/** Statuses of a row that may go well later. */
const PASSING = /* @__PURE__ */ new Set([
	429,
	502,
	503,
	504
]);
/** Start and end of each row's two lines. */
function rowsOf(lines) {
	const rows = [];
	for (let start = 0; start < lines.length;) {
		const middle = lines.indexOf(10, start) + 1;
		const end = lines.indexOf(10, middle) + 1;
		if (middle <= 0 || end <= 0) break;
		rows.push({
			start,
			middle,
			end
		});
		start = end;
	}
	return rows;
}
/** Sends the lines of one request and sorts out what became of each row. Throws when the request as a whole failed. */
async function sendBulk(cluster, lines, signal) {
	const answer = await cluster.request({
		method: "POST",
		path: "/_bulk",
		query: {
			filter_path: FILTER,
			timeout: SHARD_WAIT
		},
		lines
	}, {
		signal,
		timeoutMs: TIMEOUT_MS
	});
	const items = listOf(at(answer, "items"));
	if (at(answer, "errors") !== true) return {
		written: items.length,
		repeated: 0,
		dead: [],
		again: null,
		cause: null
	};
	const rows = rowsOf(lines);
	if (rows.length !== items.length) throw new LookbackError("INTERNAL", `a bulk request of ${rows.length} rows was answered for ${items.length}`);
	let written = 0;
	let repeated = 0;
	const dead = [];
	const again = [];
	let cause = null;
	items.forEach((item, position) => {
		const row = rows[position];
		const result = isObject(item) ? Object.values(item)[0] : void 0;
		const status = numberOf(at(result, "status"));
		const failure = itemFailure(result);
		if (row === void 0) return;
		if (failure === null) written += 1;
		else if (status === 409) repeated += 1;
		else if (PASSING.has(status) || failure.type === "cluster_block_exception") {
			again.push(lines.subarray(row.start, row.end));
			cause ??= itemError(status, failure, indexOf(lines, row), cluster);
		} else dead.push({
			status,
			type: failure.type,
			reason: failure.reason,
			action: lines.toString("utf8", row.start, row.middle - 1),
			document: lines.toString("utf8", row.middle, row.end - 1)
		});
	});
	return {
		written,
		repeated,
		dead,
		again: again.length === 0 ? null : Buffer.concat(again),
		cause
	};
}
/** The index that the action of a row names. */
function indexOf(lines, { start, middle }) {
	return /"_index":"([^"]+)"/.exec(lines.toString("utf8", start, middle))?.[1] ?? "";
}
function itemError(status, failure, index, cluster) {
	if (failure.type === "cluster_block_exception") return new LookbackError("CLUSTER_READ_ONLY", `an index takes no writes: ${failure.reason}; make room on the data nodes and take the block away (index.blocks.read_only_allow_delete: null)`, {
		cluster: cluster.shown,
		status,
		reason: failure.reason,
		index
	});
	const [what, whose] = status === 429 ? ["the cluster has too much to do", {}] : [`the index ${index} cannot be written`, { index }];
	return new LookbackError("CLUSTER_BUSY", `${what}: ${failure.reason}; it is tried again`, {
		cluster: cluster.shown,
		status,
		reason: failure.reason,
		...whose
	});
}

// dist/index-store/elasticsearch/packet-positions.js
/** The packets of a stored document. Throws STORE_DAMAGED when its two lists do not fit. */
function packetsOf(id, source) {
	const packets = [];
	const lengths = listOf(source["packetLen"]);
	let fileId = null;
	for (const position of listOf(source["packetPos"])) {
		const length = lengths[packets.length];
		if (typeof position !== "number" || position >= 0 && (fileId === null || typeof length !== "number")) throw new LookbackError("STORE_DAMAGED", `the packet positions of session ${id} do not read back`, { id });
		if (position < 0) fileId = -position;
		else packets.push({
			fileId: fileId ?? 0,
			offset: position,
			length: numberOf(length)
		});
	}
	return packets;
}
/** Tells the packets of a list. */
function sessionPositions(packets) {
	return (visit) => {
		for (const { fileId, offset, length } of packets) visit(fileId, offset, length);
		return packets.length;
	};
}
/** What of a document tells where its packets are: the negative number of a file, then offsets into it. */
function packetsBody(packets) {
	const positions = [];
	let before = null;
	for (const { fileId, offset } of packets) {
		if (fileId !== before) positions.push(-fileId);
		before = fileId;
		positions.push(offset);
	}
	return {
		packetPos: positions,
		packetLen: packets.map(({ length }) => length),
		fileId: [...new Set(packets.map(({ fileId }) => fileId))]
	};
}
/** A move of packets as the catalogue keeps it: three numbers a packet. */
function printMove(packets) {
	return JSON.stringify(packets.map(({ fileId, offset, length }) => [
		fileId,
		offset,
		length
	]));
}
/** Reads what `printMove` printed. */
function readMove(text) {
	const list = JSON.parse(text);
	return listOf(list).map((packet) => ({
		fileId: numberOf(listOf(packet)[0]),
		offset: numberOf(listOf(packet)[1]),
		length: numberOf(listOf(packet)[2])
	}));
}

// dist/index-store/elasticsearch/overlay.js
/** Rows whose tags are written at once. */
const BATCH$1 = 1e3;
/** Tries of an update that another one overtakes. */
const TRIES$2 = 5;
const LIMITS = {
	signal: null,
	timeoutMs: 6e4
};
const LOWEST = Buffer.alloc(16);
/** The id of 16 bytes as text. */
function idOf(bytes) {
	return rowIdText(Buffer.from(bytes).toString("hex"));
}
/** 16 bytes of an id. */
function idBytes(id) {
	return Buffer.from(id.replaceAll("-", ""), "hex");
}
/** The tags of a row after its edits; null when it has none. */
function edited(tags, edits) {
	const found = new Set(tags.filter((tag) => typeof tag === "string"));
	for (const { tag, removed } of edits) if (removed) found.delete(tag);
	else found.add(tag);
	return found.size === 0 ? null : [...found];
}
/** Edits by id. */
function byRow(edits) {
	const rows = /* @__PURE__ */ new Map();
	for (const edit of edits) {
		const id = idOf(edit.rowId);
		rows.set(id, [...rows.get(id) ?? [], edit]);
	}
	return rows;
}
/** Puts the edited tags into the lines of a bulk request, so that a row that is written again keeps them. */
function withEditedTags(lines, edits) {
	if (edits.size === 0) return lines;
	const parts = [];
	let copied = 0;
	for (let start = 0; start < lines.length;) {
		const actionEnd = lines.indexOf(10, start);
		const end = lines.indexOf(10, actionEnd + 1);
		if (actionEnd < 0 || end < 0) break;
		const id = /"_id":"([0-9a-f-]{36})"/.exec(lines.toString("latin1", start, actionEnd))?.[1] ?? "";
		const own = edits.get(id);
		if (own !== void 0) {
			const document = JSON.parse(lines.toString("utf8", actionEnd + 1, end));
			const { tags: before, tagsCnt: _count, ...rest } = objectOf(document);
			const tags = edited(listOf(before), own);
			parts.push(lines.subarray(copied, actionEnd + 1), Buffer.from(JSON.stringify(tags === null ? rest : {
				...rest,
				tags,
				tagsCnt: tags.length
			})));
			copied = end;
		}
		start = end + 1;
	}
	parts.push(lines.subarray(copied));
	return Buffer.concat(parts);
}
/**
* Writes the queued edits of tags to the rows that the cluster has. A row that it has not yet stays queued while a segment
* that may hold it waits; whoever ships that segment puts the tags in. Returns how many rows changed.
*/
async function applyOverlays(parts) {
	let changed = 0;
	let after = LOWEST;
	let ids = parts.shipments.overlays(after, BATCH$1);
	if (ids.length === 0) return 0;
	if ((await parts.indices.list()).length > 0) await refresh(parts, parts.indices.pattern);
	for (; ids.length > 0; ids = parts.shipments.overlays(after, BATCH$1)) {
		changed += await applyTo(parts, ids);
		after = ids.at(-1) ?? after;
	}
	if (changed > 0) await refresh(parts, parts.indices.pattern);
	return changed;
}
async function refresh({ cluster }, indices) {
	await cluster.request({
		method: "POST",
		path: `/${indices}/_refresh`,
		query: {
			ignore_unavailable: true,
			allow_no_indices: true
		}
	}, LIMITS);
}
async function applyTo(parts, rows) {
	const { shipments, cluster } = parts;
	const waiting = shipments.queued(Number.MAX_SAFE_INTEGER);
	let open = rows.map(idOf);
	const done = [];
	let changed = 0;
	for (let tries = 0; tries < TRIES$2 && open.length > 0; tries++) {
		if (tries > 0) await refresh(parts, parts.indices.pattern);
		const hits = (await parts.indices.list()).length === 0 ? [] : await find(parts, open);
		const found = new Set(hits.map((hit) => textOf(at(hit, "_id"))));
		for (const id of open) {
			if (found.has(id)) continue;
			const time = idTimeMs(id);
			if (!waiting.some((shipment) => shipment.firstMs <= time && time <= shipment.lastMs)) done.push(id);
		}
		const lines = [];
		const written = [];
		for (const hit of hits) {
			const id = textOf(at(hit, "_id"));
			const doc = changeOf(hit, shipments);
			if (Object.keys(doc).length === 0) {
				done.push(id);
				continue;
			}
			const action = {
				_index: textOf(at(hit, "_index")),
				_id: id,
				if_seq_no: numberOf(at(hit, "_seq_no")),
				if_primary_term: numberOf(at(hit, "_primary_term"))
			};
			lines.push(JSON.stringify({ update: action }), JSON.stringify({ doc }));
			written.push(id);
		}
		const answer = lines.length === 0 ? null : await cluster.request({
			method: "POST",
			path: "/_bulk",
			lines: Buffer.from(`${lines.join("\n")}\n`)
		}, LIMITS);
		const again = [];
		listOf(at(answer, "items")).forEach((item, position) => {
			const id = written[position] ?? "";
			const status = numberOf(at(item, "update", "status"));
			if (status >= 200 && status < 300) {
				done.push(id);
				changed += 1;
			} else again.push(id);
		});
		open = again;
	}
	shipments.overlaysDone(done.map(idBytes));
	return changed;
}
/** What of a row is not as the catalogue wants it: its tags, and where its packets are once it is final. */
function changeOf(hit, shipments) {
	const row = idBytes(textOf(at(hit, "_id")));
	const before = listOf(at(hit, "_source", "tags"));
	const tags = edited(before, shipments.tagEdits(row, row));
	const moved = at(hit, "_source", "lookback", "final") === true ? shipments.moveOf(row) : null;
	return {
		...JSON.stringify(tags ?? []) === JSON.stringify(before) ? {} : {
			tags,
			tagsCnt: tags === null ? null : tags.length
		},
		...moved === null ? {} : packetsBody(readMove(moved))
	};
}
async function find({ cluster, indices }, ids) {
	const body = {
		size: BATCH$1,
		query: { ids: { values: ids } },
		_source: ["tags", "lookback.final"],
		seq_no_primary_term: true,
		track_total_hits: false
	};
	const answer = await cluster.request({
		method: "POST",
		path: `/${indices.pattern}/_search`,
		query: WHOLE,
		body
	}, LIMITS);
	return listOf(at(answer, "hits", "hits")).filter(isObject);
}
/** Tries to write queued edits at once; what the cluster does not take now, the shipper writes later. */
async function applyOverlaysSoon(parts) {
	try {
		await applyOverlays(parts);
	} catch (error) {
		if (!mayPass(error)) throw error;
	}
}

// dist/index-store/elasticsearch/versions.js
/** Rows whose versions are looked up at once. */
const BATCH = 1e3;
/**
* Deletes the versions of rows that another one hides. In one index the cluster itself keeps the highest; an open row of
* one day and its final one of the next lie in two. Of equal versions the one shipped now stays.
*/
async function dropSuperseded(cluster, indices, rows, limits) {
	const newest = /* @__PURE__ */ new Map();
	for (const row of rows) if ((newest.get(row.id)?.version ?? -1) <= row.version) newest.set(row.id, row);
	indices.forget();
	const existing = await indices.list();
	const elsewhere = [...newest.values()].filter((row) => existing.some((period) => period.index !== row.index && period.endMs > idTimeMs(row.id)));
	for (let from = 0; from < elsewhere.length; from += BATCH) await dropOf(cluster, indices, elsewhere.slice(from, from + BATCH), limits);
}
async function dropOf(cluster, indices, rows, limits) {
	await cluster.request({
		method: "POST",
		path: `/${indices.pattern}/_refresh`,
		query: {
			ignore_unavailable: true,
			allow_no_indices: true
		}
	}, limits);
	const byId = new Map(rows.map((row) => [row.id, row]));
	const lines = [];
	for (let again = true; again;) {
		const answer = await cluster.request({
			method: "POST",
			path: `/${indices.pattern}/_search`,
			query: WHOLE,
			body: {
				size: 1e4,
				query: { ids: { values: [...byId.keys()] } },
				_source: ["lookback.rowVersion"],
				track_total_hits: false
			}
		}, limits);
		const hits = listOf(at(answer, "hits", "hits"));
		const copies = /* @__PURE__ */ new Map();
		for (const hit of hits) {
			const id = textOf(at(hit, "_id"));
			copies.set(id, [...copies.get(id) ?? [], {
				index: textOf(at(hit, "_index")),
				version: numberOf(at(hit, "_source", "lookback", "rowVersion"))
			}]);
		}
		for (const [id, found] of copies) {
			const own = byId.get(id)?.index;
			const [keep, ...rest] = found.toSorted((a, b) => b.version - a.version || Number(b.index === own) - Number(a.index === own));
			if (keep === void 0) continue;
			for (const { index } of rest) lines.push(JSON.stringify({ delete: {
				_index: index,
				_id: id
			} }));
		}
		again = hits.length >= 1e4 && lines.length > 0;
		if (lines.length > 0) {
			await cluster.request({
				method: "POST",
				path: "/_bulk",
				query: { refresh: true },
				lines: Buffer.from(`${lines.join("\n")}\n`)
			}, limits);
			lines.length = 0;
		}
	}
}

// dist/index-store/elasticsearch/segment-shipping.js
const NEVER$1 = new AbortController().signal;
/** Milliseconds for the look-up and deletion of hidden versions. */
const VERSIONS_MS = 12e4;
/** Times that rows are sent before their index is left alone for a while. */
const TRIES$1 = 2;
/** An index takes no rows for now, while others may. `cause` is what the cluster said. */
var IndexHeldUp = class extends Error {
	constructor(index, cause) {
		super(cause.message, { cause });
		this.index = index;
	}
};
/** The ids that a time range can have: the lowest of its first millisecond and the highest of its last. */
function idRange(firstMs, lastMs) {
	const id = (ms, rest) => Buffer.from(Math.max(0, ms).toString(16).padStart(12, "0").slice(-12) + rest.repeat(20), "hex");
	return [id(firstMs, "0"), id(lastMs, "f")];
}
/** Sends the rows of one segment. */
var SegmentShipping = class {
	#parts;
	constructor(parts) {
		this.#parts = parts;
	}
	/** Sends every row of the file; resolves when the cluster answered for each. Throws when the cluster is away. */
	async ship(shipment, file, signal) {
		const { names, rotation, native, catalogue, deadLetters, pace } = this.#parts;
		const periods = names.periodsBetween(shipment.minLastMs, shipment.lastMs, rotation);
		const reader = native.readSegment(file, periods.map(({ index, startMs }) => ({
			index,
			startMs
		})), shipment.path);
		const dead = deadLetters.open(shipment.path);
		const edits = byRow(catalogue.shipments.tagEdits(...idRange(shipment.firstMs, shipment.lastMs)));
		const versioned = [];
		const sums = {
			rows: 0,
			repeated: 0,
			dead: 0,
			bytes: 0
		};
		const sending = /* @__PURE__ */ new Set();
		let failure = null;
		const send = async (lines) => {
			try {
				const { repeated, refused } = await this.#send(withEditedTags(lines, edits), dead, signal);
				sums.repeated += repeated;
				sums.dead += refused;
			} catch (error) {
				failure ??= error;
			}
		};
		try {
			while (failure === null) {
				const next = await reader.next(pace.bytes);
				if (next === null) break;
				sums.rows += next.rows;
				sums.bytes += next.lines.length;
				versioned.push(...next.versioned);
				const one = send(next.lines).finally(() => sending.delete(one));
				sending.add(one);
				while (sending.size >= pace.requests) await Promise.race(sending);
			}
			await Promise.all(sending);
			if (failure !== null) throw failure;
			if (versioned.length > 0) await dropSuperseded(this.#parts.cluster, this.#parts.indices, versioned, {
				signal,
				timeoutMs: VERSIONS_MS
			});
			dead.close();
			return {
				...sums,
				indices: new Set(periods.map(({ index }) => index))
			};
		} catch (error) {
			await Promise.allSettled(sending);
			dead.abandon();
			throw error;
		} finally {
			reader.close();
		}
	}
	/** Sends one request until the cluster has answered for each of its rows. */
	async #send(lines, dead, signal) {
		const { cluster, pace, clock, wait, status } = this.#parts;
		let open = lines;
		let repeated = 0;
		let refused = 0;
		for (let tries = 1;; tries++) {
			const startMs = clock.nowMs();
			try {
				const outcome = await sendBulk(cluster, open, signal);
				repeated += outcome.repeated;
				refused += outcome.dead.length;
				dead.add(outcome.dead);
				if (outcome.again === null) {
					pace.taken(clock.nowMs() - startMs);
					return {
						repeated,
						refused
					};
				}
				open = outcome.again;
				status.waiting(outcome.cause);
				const index = outcome.cause?.details["index"];
				if (tries >= TRIES$1 && outcome.cause !== null && typeof index === "string" && index !== "") throw new IndexHeldUp(index, outcome.cause);
			} catch (error) {
				if (!(error instanceof LookbackError) || ![
					"CLUSTER_BUSY",
					"QUERY_MEMORY",
					"LIMIT_EXCEEDED"
				].includes(error.code)) throw error;
				if (error.code === "LIMIT_EXCEEDED") {
					const [first, second] = halves(open);
					if (second.length === 0) throw error;
					pace.refused();
					const before = await this.#send(first, dead, signal);
					repeated += before.repeated;
					refused += before.refused;
					open = second;
					continue;
				}
				status.waiting(error);
			}
			await wait(pace.refused(), signal ?? NEVER$1);
			if (signal?.aborted === true) throw new LookbackError("SHUTTING_DOWN", "the shipper is stopping");
		}
	}
};
/** The rows of a request as two halves; the second is empty when there is one row. */
function halves(lines) {
	const starts = [];
	for (let start = 0; start < lines.length;) {
		starts.push(start);
		const middle = lines.indexOf(10, start) + 1;
		start = lines.indexOf(10, middle) + 1;
		if (middle <= 0 || start <= 0) break;
	}
	const cut = starts.length < 2 ? lines.length : starts[Math.ceil(starts.length / 2)] ?? lines.length;
	return [lines.subarray(0, cut), lines.subarray(cut)];
}

// dist/index-store/elasticsearch/expiry.js
/** Deletes an index; when some of its rows are kept, all its other rows. `kept` are ids. */
async function expireIndex(cluster, index, kept, limits) {
	const query = { ids: { values: kept } };
	if (kept.length > 0 && await countWhole(cluster, index, query, limits) > 0) {
		await deleteRows(cluster, index, { bool: { must_not: [query] } }, limits);
		return;
	}
	await cluster.request({
		method: "DELETE",
		path: `/${index}`,
		ignore: [404]
	}, limits);
}
/** Rows of indices that match now, whichever were written a moment ago. Throws CLUSTER_BUSY when a shard is missing or an index closed. */
async function countWhole(cluster, indices, query, limits) {
	await cluster.request({
		method: "POST",
		path: `/${indices}/_refresh`,
		query: {
			ignore_unavailable: true,
			allow_no_indices: true
		},
		ignore: [404]
	}, limits);
	const answer = await cluster.request({
		method: "POST",
		path: `/${indices}/_search`,
		query: WHOLE,
		body: {
			size: 0,
			track_total_hits: true,
			query
		},
		ignore: [404]
	}, limits);
	return numberOf(at(answer, "hits", "total", "value"));
}
/** Deletes every matching row of indices. Throws CLUSTER_BUSY when some may be left. */
async function deleteRows(cluster, indices, query, limits) {
	if (await countWhole(cluster, indices, query, limits) === 0) return;
	const answer = await cluster.request({
		method: "POST",
		path: `/${indices}/_delete_by_query`,
		query: {
			ignore_unavailable: true,
			allow_no_indices: true,
			conflicts: "proceed",
			refresh: true
		},
		body: { query }
	}, limits);
	const [failure] = listOf(at(answer, "failures"));
	if (failure === void 0 && at(answer, "timed_out") !== true) return;
	const reason = failure === void 0 ? "it took too long" : textOf(at(failure, "cause", "reason")) || textOf(at(failure, "reason", "reason"));
	throw new LookbackError("CLUSTER_BUSY", `rows of ${indices} could not all be deleted: ${reason}; it is tried again`, {
		cluster: cluster.shown,
		reason
	});
}

// dist/index-store/elasticsearch/shipper.js
/** Segments that are made visible by one refresh and acknowledged together. */
const ROUND_SEGMENTS = 16;
/** Rows of one round: what is shipped becomes visible after so many at the latest. */
const ROUND_ROWS = 2e5;
/** Milliseconds between two looks for new segments. */
const LOOK_MS = 1e3;
/** Milliseconds for which an index that takes no rows is passed over, so that rows of others go on. */
const PASSED_OVER_MS = 5e3;
/** Segments among which a round looks for some of other indices. */
const LOOK_AHEAD = 1e4;
/** Segments of a day whose rows are deleted by one request. */
const DELETE_MS = 6e5;
const NEVER = new AbortController().signal;
/**
* Brings segments to the cluster. A segment waits on disk until the cluster has said of each of its rows that it has it or
* never takes it; only then is that noted in the catalogue, and the file goes. So whatever dies, and whenever, the segment
* is shipped again, and rows that were there are conflicts that count as done.
*/
var Shipper = class {
	#parts;
	#segments;
	/** Indices that take no rows for now, and until when they are passed over, by `performance.now()`. */
	#passedOver = /* @__PURE__ */ new Map();
	constructor(parts) {
		this.#parts = parts;
		this.#segments = new SegmentShipping(parts);
	}
	/** Ships until the signal aborts. Never throws for what the cluster does: it waits and tries again. */
	async run(signal) {
		while (!signal.aborted) try {
			if (!await this.round(signal)) await this.#parts.wait(LOOK_MS, signal);
		} catch (error) {
			if (signal.aborted) return;
			this.#parts.status.failed(error);
			if (!mayPass(error)) this.#parts.logger.error({ error }, "shipping failed; it is tried again");
			await this.#parts.wait(this.#parts.pace.refused(), signal);
		}
	}
	/** Ships until nothing waits. Throws what stops it. */
	async drain(signal = null) {
		for (;;) {
			const busy = await this.round(signal);
			if (signal?.aborted === true) return;
			if (busy) continue;
			if (this.#parts.catalogue.shipments.waiting().segments === 0) return;
			await this.#parts.wait(LOOK_MS, signal ?? NEVER);
		}
	}
	/** Says that nothing more is shipped by this process. */
	end() {
		this.#parts.status.ended();
	}
	/** Ships what waits first, up to a bound. Returns whether there was anything. */
	async round(signal) {
		const { catalogue: { shipments }, prepare, status } = this.#parts;
		await prepare(signal);
		const removing = shipments.removing();
		for (const shipment of removing) await this.#forget(shipment, signal);
		const chosen = this.#choose();
		const shipped = [];
		try {
			for (const shipment of chosen) {
				const rows = await this.#ship(shipment, signal);
				if (rows !== null) shipped.push({
					shipment,
					rows
				});
			}
		} finally {
			if (shipped.length > 0) await this.#acknowledge(shipped, signal);
		}
		const changed = await applyOverlays({
			cluster: this.#parts.cluster,
			indices: this.#parts.indices,
			shipments
		});
		status.round(shipments.waiting());
		return removing.length > 0 || shipped.length > 0 || changed > 0;
	}
	/** The newest segments that wait, up to a bound; none of an index that is passed over. */
	#choose() {
		const { catalogue: { shipments } } = this.#parts;
		const nowMs = performance.now();
		for (const [index, untilMs] of this.#passedOver) if (untilMs <= nowMs) this.#passedOver.delete(index);
		const queued = shipments.queued(this.#passedOver.size === 0 ? ROUND_SEGMENTS : LOOK_AHEAD).filter((shipment) => !this.#isPassedOver(shipment)).slice(0, ROUND_SEGMENTS);
		let rows = 0;
		return queued.filter((shipment, position) => {
			rows += shipment.rows;
			return position === 0 || rows <= ROUND_ROWS;
		});
	}
	#isPassedOver({ minLastMs, lastMs }) {
		const { names, rotation } = this.#parts;
		return this.#passedOver.size > 0 && names.periodsBetween(minLastMs, lastMs, rotation).some(({ index }) => this.#passedOver.has(index));
	}
	async #ship(shipment, signal) {
		const { catalogue, segmentDirectory, logger } = this.#parts;
		if (this.#isPassedOver(shipment)) return null;
		try {
			return await this.#segments.ship(shipment, join(segmentDirectory, shipment.path), signal);
		} catch (error) {
			if (error instanceof IndexHeldUp) {
				this.#passedOver.set(error.index, performance.now() + PASSED_OVER_MS);
				this.#parts.status.failed(error.cause);
				return null;
			}
			if (!(error instanceof LookbackError) || error.code !== "STORE_DAMAGED") throw error;
			if (catalogue.shipments.get(shipment.path)?.state !== "queued") return null;
			logger.error({
				error,
				path: shipment.path
			}, `the segment ${shipment.path} cannot be shipped; lookback rebuild makes it again`);
			this.#parts.status.failed(error);
			catalogue.shipments.setDeadRows(shipment.path, shipment.rows);
			catalogue.shipments.shipped(shipment.path, shipment.rows);
			return null;
		}
	}
	/** Makes shipped rows visible, then notes them in the catalogue, then lets go of the files. */
	async #acknowledge(shipped, signal) {
		const { cluster, catalogue, indices, status } = this.#parts;
		const touched = [...new Set(shipped.flatMap(({ rows }) => [...rows.indices]))];
		if (touched.length > 0) await cluster.request({
			method: "POST",
			path: `/${touched.join(",")}/_refresh`,
			query: {
				ignore_unavailable: true,
				allow_no_indices: true
			}
		}, {
			signal,
			timeoutMs: DELETE_MS
		});
		catalogue.transaction(() => {
			for (const { shipment, rows } of shipped) if (catalogue.shipments.shipped(shipment.path, rows.dead)) catalogue.segments.apply({
				add: [],
				remove: [shipment.path],
				superseded: []
			});
		});
		indices.forget();
		for (const { shipment, rows } of shipped) {
			status.shipped(rows);
			this.unlink(shipment.path);
		}
	}
	/** Deletes the file of a segment that is retired, and forgets it. What fails stays for the next time. */
	unlink(path) {
		const { catalogue, segmentDirectory, logger } = this.#parts;
		try {
			rmSync(join(segmentDirectory, path));
		} catch (error) {
			if (systemErrorCode(error) !== "ENOENT") {
				logger.warn({
					error,
					path
				}, `the shipped segment ${path} could not be deleted`);
				return;
			}
		}
		catalogue.segments.forget(path);
	}
	/** Deletes files of segments that an earlier shipper acknowledged and did not come to delete. */
	unlinkLeftovers() {
		const { catalogue } = this.#parts;
		for (const path of catalogue.segments.retired()) if (catalogue.shipments.get(path)?.state !== "queued") this.unlink(path);
	}
	/** Deletes the rows of a segment that others replace. */
	async #forget(shipment, signal) {
		const { cluster, catalogue, indices } = this.#parts;
		const touched = (await indices.list()).filter(({ startMs, endMs }) => startMs <= shipment.lastMs && endMs > shipment.minLastMs).map(({ index }) => index);
		if (touched.length > 0) await deleteRows(cluster, touched.join(","), { term: { "lookback.segment": { value: shipment.path } } }, {
			signal,
			timeoutMs: DELETE_MS
		});
		catalogue.shipments.forget(shipment.path);
		this.unlink(shipment.path);
	}
};

// dist/index-store/elasticsearch/dialect.js
/** How long a cluster keeps a point in time between two requests: an export copies the packets of a page of sessions in between. */
const KEEP_ALIVE = "15m";
const QUERY = {
	keep_alive: KEEP_ALIVE,
	...EVERY_INDEX
};
const ELASTICSEARCH = {
	openPoint: (indices) => ({
		method: "POST",
		path: `/${indices}/_pit`,
		query: QUERY
	}),
	pointOf: (answer) => textOf(at(answer, "id")),
	closePoint: (id) => ({
		method: "DELETE",
		path: "/_pit",
		body: { id },
		ignore: [404]
	})
};
const OPENSEARCH = {
	openPoint: (indices) => ({
		method: "POST",
		path: `/${indices}/_search/point_in_time`,
		query: {
			...QUERY,
			allow_partial_pit_creation: false
		}
	}),
	pointOf: (answer) => textOf(at(answer, "pit_id")),
	closePoint: (id) => ({
		method: "DELETE",
		path: "/_search/point_in_time",
		body: { pit_id: [id] },
		ignore: [404]
	})
};
/** The dialect of a product. */
function dialectOf({ name }) {
	return name === "opensearch" ? OPENSEARCH : ELASTICSEARCH;
}
/** How a search names its point in time; the same in both. */
function pointBody(id) {
	return {
		id,
		keep_alive: KEEP_ALIVE
	};
}

// dist/index-store/elasticsearch/combinations.js
/** What a metric adds up. */
const METRIC_PATHS = {
	packets: "network.packets",
	bytes: "network.bytes",
	databytes: "totDataBytes"
};
/** Combinations that one request gives. */
const PAGE$3 = 1e4;
/** Values that a field of numbers with many values may have beside other fields. */
const MAX_INNER = 1e4;
function plain(key, field) {
	if (field.kind === "boolean") return key === true || key === 1 || key === "true";
	return typeof key === "string" || typeof key === "number" || typeof key === "boolean" ? key : null;
}
/** The value of a bucket of one field. */
function keyOf(bucket, field) {
	return plain(at(bucket, "key"), field);
}
/** The order of keys: numbers by size, addresses and texts by their bytes. */
function compareKeys(a, b, fields) {
	for (const [position, field] of fields.entries()) {
		const [one, other] = [a[position] ?? null, b[position] ?? null];
		if (one === other) continue;
		if (typeof one === "number" && typeof other === "number") return one - other;
		if (typeof one === "boolean" || typeof other === "boolean") return Number(one) - Number(other);
		const bytes = field.kind === "ip" ? addressBytes : textBytes;
		const order = Buffer.compare(bytes(String(one)), bytes(String(other)));
		if (order !== 0) return order;
	}
	return 0;
}
const textBytes = (text) => Buffer.from(text, "utf8");
/** Whether a session may hold a number twice: the cluster's walk over combinations would count it twice. */
function repeats(field) {
	return (field.kind === "integer" || field.kind === "float" || field.kind === "seconds" || field.kind === "boolean") && (field.object !== "" || field.shape === "list" && field.countOf === null);
}
/**
* Every combination of the distinct values that sessions have of the fields, walked in pages over one point in time, so
* that none is missed and none counted twice while rows are added.
*/
async function* everyCombination(read, fields, metrics) {
	const walked = fields.filter((field) => !repeats(field));
	const nested = fields.filter(repeats);
	const inner = innermost(nested, Object.fromEntries(metrics.map((metric) => [metric, { sum: { field: METRIC_PATHS[metric] } }])));
	const point = await read.point();
	if (point === null) return;
	try {
		let pit = point.id;
		if (walked.length === 0) {
			const answer = await read.search({
				size: 0,
				pit: pointBody(pit),
				query: read.query.body,
				track_total_hits: false,
				aggs: inner
			});
			yield* nestedCombinations(at(answer, "aggregations"), /* @__PURE__ */ new Map(), fields, nested, metrics);
			return;
		}
		const sources = walked.map((field) => ({ [`k${fields.indexOf(field)}`]: { terms: { field: indexedPath(field) } } }));
		for (let after = null;;) {
			const answer = await read.search({
				size: 0,
				pit: pointBody(pit),
				query: read.query.body,
				track_total_hits: false,
				aggs: { pairs: {
					composite: {
						size: nested.length === 0 ? PAGE$3 : PAGE$3 / 10,
						sources,
						...after === null ? {} : { after }
					},
					...Object.keys(inner).length === 0 ? {} : { aggs: inner }
				} }
			});
			pit = textOf(at(answer, "pit_id")) || pit;
			for (const bucket of listOf(at(answer, "aggregations", "pairs", "buckets"))) yield* nestedCombinations(bucket, new Map(walked.map((field) => [field, plain(at(bucket, "key", `k${fields.indexOf(field)}`), field)])), fields, nested, metrics);
			const next = at(answer, "aggregations", "pairs", "after_key");
			if (!isObject(next)) return;
			after = next;
		}
	} finally {
		await point.close();
	}
}
function innermost(nested, sums) {
	return nested.reduceRight((aggs, field) => ({ inner: {
		terms: {
			field: indexedPath(field),
			size: MAX_INNER
		},
		...Object.keys(aggs).length === 0 ? {} : { aggs }
	} }), sums);
}
function* nestedCombinations(bucket, keys, fields, nested, metrics) {
	const [field, ...rest] = nested;
	if (field === void 0) {
		yield {
			keys: fields.map((one) => keys.get(one) ?? null),
			sessions: numberOf(at(bucket, "doc_count")),
			values: metrics.map((metric) => numberOf(at(bucket, metric, "value")))
		};
		return;
	}
	if (numberOf(at(bucket, "inner", "sum_other_doc_count")) > 0) throw new LookbackError("LIMIT_EXCEEDED", `${field.expression || field.path} has more than ${MAX_INNER} values here; narrow the filter`, {
		limit: MAX_INNER,
		field: field.path
	});
	for (const one of listOf(at(bucket, "inner", "buckets"))) yield* nestedCombinations(one, new Map([...keys, [field, keyOf(one, field)]]), fields, rest, metrics);
}

// dist/index-store/elasticsearch/aggregate.js
/** Buckets that each shard hands up beyond those asked for: the more, the surer the order. */
const LEAST_SHARD_BUCKETS = 1e3;
/** Values up to which distinct values are counted one by one; the most that a cluster takes. */
const PRECISION = 4e4;
/** Relative error of a count of distinct values, three standard deviations at that precision. */
const RELATIVE_ERROR = .01;
/** Centroids of percentiles; the cluster's own default is 100. */
const COMPRESSION = 1e3;
const sumOf = (metric) => ({ sum: { field: METRIC_PATHS[metric] } });
/** Whether a session has one value of the field at most. */
function isSingle(field) {
	return field.object === "" && (field.shape === "one" || field.countOf !== null);
}
async function terms(read, request) {
	requireTerms(request);
	for (const field of request.fields) read.query.requireVisible(field);
	if (read.query.indices === null) return {
		buckets: [],
		otherValue: 0,
		errorBound: 0
	};
	const [field] = request.fields;
	if (field !== void 0 && request.fields.length === 1) {
		const quick = await termsOfOne(read, request, field);
		if (quick !== null) return quick;
	}
	return termsOfAll(read, request);
}
/** One aggregation of the cluster: exact, or with its bound stated. Null when it can state none. */
async function termsOfOne(read, { size, metric }, field) {
	const path = indexedPath(field);
	const measured = metric !== "sessions";
	const answer = await read.search({
		size: 0,
		query: read.query.body,
		track_total_hits: false,
		aggs: {
			values: {
				terms: {
					field: path,
					size,
					shard_size: Math.max(2 * size, LEAST_SHARD_BUCKETS),
					order: [{ [measured ? "value" : "_count"]: "desc" }, { _key: "asc" }]
				},
				...measured ? { aggs: { value: sumOf(metric) } } : {}
			},
			...measured && isSingle(field) ? { present: {
				filter: { exists: { field: path } },
				aggs: { value: sumOf(metric) }
			} } : {}
		}
	});
	const values = at(answer, "aggregations", "values");
	const buckets = listOf(at(values, "buckets")).map((bucket) => ({
		keys: [keyOf(bucket, field)],
		sessions: numberOf(at(bucket, "doc_count")),
		value: measured ? numberOf(at(bucket, "value", "value")) : numberOf(at(bucket, "doc_count"))
	}));
	const others = numberOf(at(values, "sum_other_doc_count"));
	const bound = numberOf(at(values, "doc_count_error_upper_bound"));
	if (!measured) return {
		buckets,
		otherValue: others,
		errorBound: bound
	};
	if (others === 0) return {
		buckets,
		otherValue: 0,
		errorBound: 0
	};
	if (numberOf(at(answer, "_shards", "total")) > 1 || !isSingle(field)) return null;
	const shown = buckets.reduce((sum, { value }) => sum + value, 0);
	return {
		buckets,
		otherValue: numberOf(at(answer, "aggregations", "present", "value", "value")) - shown,
		errorBound: 0
	};
}
/** Every combination of values, walked through: exact, however many there are. */
async function termsOfAll(read, { fields, metric, size }) {
	const metrics = metric === "sessions" ? [] : [metric];
	const top = new Top(size, (a, b) => b.value - a.value || compareKeys(a.keys, b.keys, fields));
	let total = 0;
	for await (const { keys, sessions, values } of everyCombination(read, fields, metrics)) {
		const value = metric === "sessions" ? sessions : values[0] ?? 0;
		total += value;
		top.add({
			keys,
			sessions,
			value
		});
	}
	const buckets = top.first();
	return {
		buckets,
		otherValue: total - buckets.reduce((sum, { value }) => sum + value, 0),
		errorBound: 0
	};
}
/** The first few of very many in an order; holds some times as many as it gives. */
var Top = class {
	#size;
	#order;
	#held = [];
	constructor(size, order) {
		this.#size = size;
		this.#order = order;
	}
	add(item) {
		this.#held.push(item);
		if (this.#held.length > 4 * this.#size + 1e3) this.#held = this.#held.sort(this.#order).slice(0, this.#size);
	}
	first() {
		return this.#held.sort(this.#order).slice(0, this.#size);
	}
};
async function stats(read, { field, percentiles }) {
	requirePercentiles({ percentiles });
	read.query.requireVisible(field);
	requireNumbers(field);
	const none = percentiles.map((percent) => ({
		percent,
		value: null
	}));
	if (read.query.indices === null) return {
		count: 0,
		min: null,
		max: null,
		sum: 0,
		average: null,
		percentiles: none
	};
	const path = indexedPath(field);
	const answer = await read.search({
		size: 0,
		query: read.query.body,
		track_total_hits: false,
		aggs: {
			numbers: { stats: { field: path } },
			...percentiles.length === 0 ? {} : { percentiles: { percentiles: {
				field: path,
				percents: percentiles,
				keyed: false,
				tdigest: { compression: COMPRESSION }
			} } }
		}
	});
	const numbers = at(answer, "aggregations", "numbers");
	const found = listOf(at(answer, "aggregations", "percentiles", "values"));
	const [least, most] = [numberOrNull(at(numbers, "min")), numberOrNull(at(numbers, "max"))];
	return {
		count: numberOf(at(numbers, "count")),
		min: least,
		max: most,
		sum: numberOf(at(numbers, "sum")),
		average: numberOrNull(at(numbers, "avg")),
		percentiles: percentiles.map((percent) => {
			if (percent === 0 || percent === 100) return {
				percent,
				value: percent === 0 ? least : most
			};
			return {
				percent,
				value: numberOrNull(at(found.find((one) => at(one, "key") === percent), "value"))
			};
		})
	};
}
async function cardinality(read, field) {
	read.query.requireVisible(field);
	if (read.query.indices === null) return {
		value: 0,
		relativeError: 0
	};
	const answer = await read.search({
		size: 0,
		query: read.query.body,
		track_total_hits: false,
		aggs: { values: { cardinality: {
			field: indexedPath(field),
			precision_threshold: PRECISION
		} } }
	});
	const value = numberOf(at(answer, "aggregations", "values", "value"));
	return {
		value,
		relativeError: value === 0 ? 0 : RELATIVE_ERROR
	};
}
async function connections(read, request) {
	requireLinks(request);
	const fields = [request.sourceField, request.destinationField];
	for (const field of fields) read.query.requireVisible(field);
	if (read.query.indices === null) return {
		links: [],
		truncated: false
	};
	const least = Math.max(1, request.minimumSessions);
	const top = new Top(request.limit + 1, (a, b) => b.sessions - a.sessions || compareKeys(a.keys, b.keys, fields));
	for await (const combination of everyCombination(read, fields, [
		"packets",
		"bytes",
		"databytes"
	])) if (combination.sessions >= least) top.add(combination);
	const found = top.first();
	return {
		links: found.slice(0, request.limit).map(({ keys: [source, destination], sessions, values: [packets = 0, bytes = 0, databytes = 0] }) => ({
			source: String(source),
			destination: String(destination),
			sessions,
			packets,
			bytes,
			databytes
		})),
		truncated: found.length > request.limit
	};
}

// dist/index-store/elasticsearch/source-values.js
/** What is ours in a stored document. */
const OURS = "lookback";
/** JSON as the value of a field. */
function valueOf(value) {
	if (value === null || value === void 0) return null;
	if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
	if (Array.isArray(value)) return value.map(valueOf);
	if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, valueOf(inner)]));
	throw new LookbackError("INTERNAL", "a document holds a value of no kind of JSON");
}
/** Every object at a path, those of lists one by one. */
function objectsAt(source, path) {
	let here = [source];
	for (const name of path.split(".")) here = here.flatMap((one) => {
		const inner = isObject(one) ? one[name] : void 0;
		return Array.isArray(inner) ? listOf(inner) : [inner];
	});
	return here.filter(isObject);
}
/** The value of a field in a stored document; members of objects are a list over all of them. */
function fieldValue(source, field) {
	if (field.object === "") {
		let here = source;
		for (const name of field.path.split(".")) here = isObject(here) ? here[name] : void 0;
		return valueOf(here);
	}
	const root = `${field.object.split(".")[0] ?? ""}Cnt`;
	const objects = objectsAt(source, field.object);
	const member = field.path.slice(field.object.length + 1);
	const values = objects.map((object) => valueOf(object[member]));
	if (objects.length === 0) return isObject(source) && typeof source[root] === "number" ? [] : null;
	return values.flat().filter((value) => value !== null);
}
/** What of a document must be fetched for a field. */
function sourcePaths(field) {
	if (field.object === "") return [field.path];
	return [field.path, `${field.object.split(".")[0] ?? ""}Cnt`];
}
/** The document that readers get: without what is ours, what is null and what they may not see. */
function documentOf(id, source, fields, maySee) {
	const visible = (object, above) => {
		const out = {};
		for (const [name, value] of Object.entries(object)) {
			const path = above === "" ? name : `${above}.${name}`;
			if (value === null || path === "lookback") continue;
			const field = fields.byPath(path);
			if (field !== null && !maySee(field)) continue;
			if (isObject(value)) {
				const inner = visible(value, path);
				if (Object.keys(inner).length > 0) out[name] = inner;
			} else out[name] = Array.isArray(value) && field?.shape === "objects" ? value.map((item) => isObject(item) ? visible(item, path) : item) : value;
		}
		return out;
	};
	const idField = fields.byPath("_id");
	return {
		...idField === null || maySee(idField) ? { id } : {},
		...visible(source, "")
	};
}

// dist/index-store/elasticsearch/translate.js
/** Clauses of one boolean query; a cluster takes 1,024 by default. */
const MAX_CLAUSES = 500;
/** Values of one `terms` query; a cluster takes 65,536 by default. */
const MAX_TERMS = 5e4;
/** Bounds of a 64-bit field that JSON numbers say exactly enough: beyond them no value lies. */
const LEAST_LONG = -0x7ffffffffffffc00;
const GREATEST_LONG = 0x7ffffffffffffc00;
const NONE = { match_none: {} };
const ALL = { match_all: {} };
function chunks(items, size) {
	const parts = [];
	for (let from = 0; from < items.length; from += size) parts.push(items.slice(from, from + size));
	return parts;
}
/** That one of several holds. Many are grouped, so that no query has more clauses than it may. */
function either(clauses) {
	const [only] = clauses;
	if (only === void 0) return NONE;
	if (clauses.length === 1) return only;
	if (clauses.length > MAX_CLAUSES) return either(chunks(clauses, MAX_CLAUSES).map(either));
	return { bool: {
		should: clauses,
		minimum_should_match: 1
	} };
}
/** That each of several holds. */
function every(clauses) {
	const [only] = clauses;
	if (only === void 0) return ALL;
	if (clauses.length === 1) return only;
	if (clauses.length > MAX_CLAUSES) return every(chunks(clauses, MAX_CLAUSES).map(every));
	return { bool: { filter: clauses } };
}
function none(clause) {
	return { bool: { must_not: [clause] } };
}
/** That a field has one of the values. */
function oneOf(path, values) {
	const [only] = values;
	if (only === void 0) return NONE;
	if (values.length === 1) return { term: { [path]: { value: only } } };
	return either(chunks(values, MAX_TERMS).map((part) => ({ terms: { [path]: part } })));
}
/**
* A query of the cluster's language, true exactly for the matching rows. Values stand as values in its body; no script
* and no query text is ever made.
*/
function translate(expression, translation) {
	switch (expression.node) {
		case "and": return every(expression.items.map((item) => translate(item, translation)));
		case "or": return either(expression.items.map((item) => translate(item, translation)));
		case "not": return none(translate(expression.item, translation));
		case "field": return translation.mayRead(expression.field) ? fieldTest(expression.field, expression.test) : NONE;
		case "file": return oneOf("fileId", expression.fileIds ?? []);
		case "ids": return idsTest(expression.ids);
		case "packetsAvailable": {
			const gone = translation.goneFiles();
			const available = every([exists("fileId"), ...gone.length === 0 ? [] : [none(oneOf("fileId", gone))]]);
			return expression.value ? available : none(available);
		}
		case "everything": return ALL;
	}
}
const exists = (path) => ({ exists: { field: path } });
function idsTest(ids) {
	return either(chunks(ids.filter(isRowId).map(rowIdText), MAX_TERMS).map((values) => ({ ids: { values } })));
}
/** `any`: one test for all values; `all`: one each, all of which must hold. */
function combined(mode, values, test) {
	return mode === "any" ? test(values) : every(values.map((value) => test([value])));
}
function fieldTest(field, test) {
	const path = indexedPath(field);
	switch (test.test) {
		case "exists": return exists(path);
		case "boolean": return { term: { [path]: { value: test.value } } };
		case "order": return orderTest(field, path, test.op, test.value);
		case "addressOrder": return { range: { [path]: { [ORDERS[test.op]]: addressText(test.value) } } };
		case "number": return combined(test.mode, test.ranges, (ranges) => numberTest(field, path, ranges));
		case "address": return combined(test.mode, test.matches, (matches) => addressTest(field, path, matches));
		case "text": return combined(test.mode, test.matches, (matches) => textTest(field, path, matches));
	}
}
const ORDERS = {
	"<": "lt",
	"<=": "lte",
	">": "gt",
	">=": "gte"
};
function orderTest(field, path, op, value) {
	if (field.kind === "float") return { range: { [path]: { [ORDERS[op]]: value } } };
	switch (op) {
		case "<": return wholeRange(path, -Infinity, Math.ceil(value) - 1);
		case "<=": return wholeRange(path, -Infinity, Math.floor(value));
		case ">": return wholeRange(path, Math.floor(value) + 1, Infinity);
		case ">=": return wholeRange(path, Math.ceil(value), Infinity);
	}
}
/** A closed range of a field of whole numbers; its ends are whole or infinite. */
function wholeRange(path, low, high) {
	if (low > high || low > GREATEST_LONG || high < LEAST_LONG) return NONE;
	const ends = {
		...low > LEAST_LONG ? { gte: low } : {},
		...high < GREATEST_LONG ? { lte: high } : {}
	};
	return Object.keys(ends).length === 0 ? exists(path) : { range: { [path]: ends } };
}
function numberTest(field, path, ranges) {
	const whole = field.kind !== "float";
	const single = ranges.filter(({ low, high }) => low === high && (!whole || Number.isInteger(low) && Math.abs(low) < GREATEST_LONG)).map(({ low }) => low);
	const wide = ranges.filter(({ low, high }) => low !== high).map(({ low, high }) => {
		if (whole) return wholeRange(path, Math.ceil(low), Math.floor(high));
		const ends = {
			...low === -Infinity ? {} : { gte: low },
			...high === Infinity ? {} : { lte: high }
		};
		return Object.keys(ends).length === 0 ? exists(path) : { range: { [path]: ends } };
	});
	return either([...single.length === 0 ? [] : [oneOf(path, single)], ...wide]);
}
/** An address of 32 hex digits as a cluster reads it. */
function addressText(hex) {
	return (hex.match(/.{4}/g) ?? []).join(":");
}
/** A range of addresses, a port beside the address, or both. */
function addressTest(field, path, matches) {
	const single = matches.filter(({ low, high, port }) => low !== null && low === high && port === null);
	const clauses = [];
	if (single.length > 0) clauses.push(oneOf(path, single.map(({ low }) => addressText(low ?? ""))));
	for (const match of matches) {
		if (single.includes(match)) continue;
		const parts = [];
		if (match.low !== null && match.high !== null) parts.push({ range: { [path]: {
			gte: addressText(match.low),
			lte: addressText(match.high)
		} } });
		if (match.port !== null) {
			if (field.portPath === null) continue;
			parts.push({ term: { [field.portPath]: { value: match.port } } });
		}
		if (parts.length > 0) clauses.push(every(parts));
	}
	return either(clauses);
}
function textTest(field, path, matches) {
	if (field.path === "_id") return idTextTest(matches);
	const exact = matches.filter((match) => match.kind === "exact").map(({ value }) => field.path === "rootId" && isRowId(value) ? rowIdText(value) : value);
	const patterns = matches.filter((match) => match.kind !== "exact").map((match) => patternTest(field, path, match));
	return either([...exact.length === 0 ? [] : [oneOf(path, exact)], ...patterns]);
}
/** Ids are looked up whole; a cluster keeps no index of their text. */
function idTextTest(matches) {
	return idsTest(matches.map((match) => {
		if (match.kind === "exact") return match.value;
		throw new LookbackError("UNAVAILABLE", "with Elasticsearch an id is compared whole; wildcards and regular expressions of ids need the embedded index", { field: "_id" });
	}));
}
function patternTest(field, path, match) {
	switch (match.kind) {
		case "wildcard": return { wildcard: { [path]: { value: match.pattern } } };
		case "regex": return { regexp: { [field.view === "utf8" ? decodedPath(path) : path]: {
			value: match.pattern,
			flags: "NONE",
			max_determinized_states: MAX_STATES
		} } };
		case "phrase": return { match_phrase: { [wordsPath(path)]: {
			query: match.words.join(" "),
			analyzer: "whitespace"
		} } };
	}
}
/** States of a regular expression's automaton. */
const MAX_STATES = 1e5;

// dist/index-store/elasticsearch/query.js
/** Longest list of names in a request's path; a cluster takes 4,096 bytes of a first line by default. */
const LONGEST_PATH = 3e3;
/** A filter as a query, and the indices that can hold rows of it. */
var SessionQuery = class {
	#filter;
	#context;
	#goneFiles;
	constructor(filter, context, existing, goneFiles) {
		this.#filter = filter;
		this.#context = context;
		this.#goneFiles = goneFiles;
		const touched = existing.filter((period) => mayHold(period, filter.range) && mayHold(period, {
			startMs: context.scope.oldestMs,
			endMs: null,
			bounding: "last"
		}));
		this.indices = touched.length === 0 ? null : pathOf(touched, existing);
	}
	/** Refuses a field that the reader may not see. Throws FORBIDDEN. */
	requireVisible(field) {
		if (!this.maySee(field)) throw hiddenField(field);
	}
	maySee(field) {
		return !isHidden(field, this.#context.scope.hiddenFields);
	}
	/** The filter, the range and the reader's scope as one query. */
	get body() {
		const { scope } = this.#context;
		const translation = {
			mayRead: (field) => this.maySee(field),
			goneFiles: this.#goneFiles
		};
		const clauses = [...rangeTests(this.#filter.range)];
		if (scope.oldestMs !== null) clauses.push(wholeRange("lastPacket", Math.ceil(scope.oldestMs), Infinity));
		if (this.#filter.expression.node !== "everything") clauses.push(translate(this.#filter.expression, translation));
		if (scope.forcedExpression !== null) clauses.push(translate(scope.forcedExpression, {
			...translation,
			mayRead: () => true
		}));
		return every(clauses);
	}
	/** The same reader over other sessions. */
	get scopeOnly() {
		return {
			expression: { node: "everything" },
			range: {
				startMs: null,
				endMs: null,
				bounding: "last"
			}
		};
	}
};
/** Whether an index can hold rows of a range: rows lie in the index of their last packet, and their first is not later. */
function mayHold(period, { startMs, endMs, bounding }) {
	if (startMs !== null && period.endMs <= startMs) return false;
	return endMs === null || bounding === "first" || bounding === "either" || period.startMs <= endMs;
}
/** Names joined for a path. When they would be too long, indices that stand close together are named by a common start. */
function pathOf(touched, existing) {
	const names = touched.map(({ index }) => index);
	const joined = names.join(",");
	if (joined.length <= LONGEST_PATH) return joined;
	for (let cut = 2; cut <= 6; cut += 2) {
		const patterns = [...new Set(names.map((name) => `${name.slice(0, Math.max(0, name.length - cut))}*`))].join(",");
		if (patterns.length <= LONGEST_PATH) return patterns;
	}
	const [first = ""] = existing.map(({ index }) => index);
	return `${first.slice(0, first.lastIndexOf("-") + 1)}*`;
}
function rangeTests({ startMs, endMs, bounding }) {
	const low = startMs === null ? -Infinity : Math.ceil(startMs);
	const high = endMs === null ? Infinity : Math.floor(endMs);
	const test = (path, from, to) => from === -Infinity && to === Infinity ? [] : [wholeRange(path, from, to)];
	switch (bounding) {
		case "first": return test("firstPacket", low, high);
		case "last": return test("lastPacket", low, high);
		case "both": return [...test("firstPacket", low, Infinity), ...test("lastPacket", -Infinity, high)];
		case "either": return [...test("firstPacket", -Infinity, high), ...test("lastPacket", low, Infinity)];
	}
}

// dist/index-store/elasticsearch/reads.js
/** Milliseconds that a cluster gets to end a query beside the time the query may run. */
const GRACE_MS = 2e3;
/** Longest run of one request, for readers without a limit. */
const LONGEST_MS = 6e5;
/** Looks for indices of one request, when some expire while it is made. */
const TRIES = 3;
/** One read: its query, and what is left of its time. */
var Read = class Read {
	#filter;
	#endsAt;
	constructor(parts, filter, query, context, endsAt) {
		this.parts = parts;
		this.#filter = filter;
		this.query = query;
		this.context = context;
		this.#endsAt = endsAt;
	}
	static async of(parts, filter, context) {
		checkCancelled(context.signal);
		const endsAt = performance.now() + context.timeoutMs;
		const existing = await parts.indices.list();
		return new Read(parts, filter, new SessionQuery(filter, context, existing, parts.goneFiles), context, endsAt);
	}
	/** The same reader and time over other sessions. */
	async over(filter) {
		const existing = await this.parts.indices.list();
		return new Read(this.parts, filter, new SessionQuery(filter, this.context, existing, this.parts.goneFiles), this.context, this.#endsAt);
	}
	/** Milliseconds left for the next request. Throws QUERY_CANCELLED or QUERY_TIMEOUT when there are none. */
	#leftMs() {
		checkCancelled(this.context.signal);
		const left = Math.min(LONGEST_MS, Math.floor(this.#endsAt - performance.now()));
		if (left <= 0) throw timedOut(this.context.timeoutMs);
		return left;
	}
	/** Searches the indices of the query, or a point in time when `body` has one. An index that went meanwhile is as empty. */
	async search(body) {
		const send = (path, query) => {
			const left = this.#leftMs();
			return this.parts.cluster.request({
				method: "POST",
				path,
				query,
				body: {
					...body,
					timeout: `${left}ms`
				}
			}, {
				signal: this.context.signal,
				timeoutMs: left + GRACE_MS
			});
		};
		const answer = "pit" in body ? await send("/_search", { allow_partial_search_results: false }) : await this.#named((indices) => send(`/${indices ?? this.parts.indices.pattern}/_search`, WHOLE));
		if (at(answer, "timed_out") === true) throw timedOut(this.context.timeoutMs);
		return answer;
	}
	/** Sends what names the indices of the query. One that expired since they were listed is left out the next time. */
	async #named(send) {
		const { indices } = this.parts;
		let named = this.query.indices;
		for (let tries = 1;; tries++) try {
			return await send(named);
		} catch (error) {
			if (!(error instanceof LookbackError) || error.code !== "NOT_FOUND" || tries >= TRIES) throw error;
			indices.forget();
			named = new SessionQuery(this.#filter, this.context, await indices.list(), this.parts.goneFiles).indices;
		}
	}
	/** Opens a point in time over the indices of the query, null when there are none; `close` gives it back. */
	async point() {
		const dialect = await this.parts.dialect();
		const answer = await this.#named((indices) => indices === null ? Promise.resolve(null) : this.parts.cluster.request(dialect.openPoint(indices), {
			signal: this.context.signal,
			timeoutMs: this.#leftMs() + GRACE_MS
		}));
		if (answer === null) return null;
		const id = dialect.pointOf(answer);
		return {
			id,
			close: async () => {
				await this.parts.cluster.request(dialect.closePoint(id), {
					signal: null,
					timeoutMs: GRACE_MS
				}).catch(() => null);
			}
		};
	}
};
function checkCancelled(signal) {
	if (signal?.aborted === true) throw new LookbackError("QUERY_CANCELLED", "the query was cancelled");
}
function timedOut(timeoutMs) {
	return new LookbackError("QUERY_TIMEOUT", `the query ran longer than ${timeoutMs} ms; narrow the time range`, { limit: timeoutMs });
}
function hitsOf(answer) {
	return listOf(at(answer, "hits", "hits"));
}

// dist/index-store/elasticsearch/search.js
/** From this size on a number in a sort is the cluster's stand-in for "no value". */
const STAND_IN = 0x7facf7419d980000;
/** A number that JSON prints with an exponent: the cluster reads it as a fraction and cuts it to the end of its whole numbers, of 64 bits or of 32. */
const LAST_UP = 1e21;
const LAST_DOWN = -1e21;
const TYPES = {
	integer: "long",
	float: "double",
	ip: "ip",
	seconds: "date",
	boolean: "boolean",
	termfield: "keyword",
	lotermfield: "keyword",
	uptermfield: "keyword",
	lotextfield: "keyword"
};
/** The order of a search: its keys, nulls last, then the id. A list sorts by its least value upwards and by its greatest downwards. */
function sortBody(order) {
	return [...order.map(sortKey), { [ID_PATH]: {
		order: "asc",
		unmapped_type: "keyword"
	} }];
}
function sortKey({ field, direction }) {
	return { [indexedPath(field)]: {
		order: direction,
		missing: "_last",
		mode: direction === "asc" ? "min" : "max",
		unmapped_type: TYPES[field.kind]
	} };
}
function wrongCursor() {
	return new LookbackError("CURSOR_INVALID", "the cursor does not fit the order of this query");
}
/** The position after a row as the cluster takes it. */
function afterBody(order, after) {
	if (after.values.length !== order.length || !isRowId(after.id)) throw wrongCursor();
	return [...order.map(({ field, direction }, position) => {
		const value = after.values[position];
		if (value === void 0) throw wrongCursor();
		switch (field.kind) {
			case "integer":
			case "seconds":
				if (value === null) return direction === "asc" ? LAST_UP : LAST_DOWN;
				if (typeof value !== "number" || !Number.isInteger(value)) throw wrongCursor();
				return value;
			case "float":
				if (value === null) return direction === "asc" ? "Infinity" : "-Infinity";
				if (typeof value !== "number" || !Number.isFinite(value)) throw wrongCursor();
				return value;
			case "boolean":
				if (value === null) return direction === "asc" ? LAST_UP : LAST_DOWN;
				if (typeof value !== "number") throw wrongCursor();
				return value;
			default:
				if (value !== null && typeof value !== "string") throw wrongCursor();
				return value;
		}
	}), rowIdText(after.id)];
}
function sortValue(value, field) {
	if (value === null || value === void 0) return null;
	if (typeof value === "boolean") return value ? 1 : 0;
	if (typeof value === "string") {
		if (field.kind === "float") return null;
		if (field.kind === "boolean") return value === "true" ? 1 : 0;
		return value;
	}
	if (typeof value !== "number") return null;
	return Math.abs(value) >= (field.kind === "boolean" ? 2 : STAND_IN) ? null : value;
}
/** The row of a hit: the fields asked for, those that the reader may not see as null. */
function rowOf(read, hit, fields) {
	const id = textOf(at(hit, "_id"));
	const source = at(hit, "_source");
	const values = new Map(fields.map(({ path }) => [path, null]));
	for (const field of fields) {
		if (!read.query.maySee(field)) continue;
		values.set(field.path, field.path === "_id" ? id : isObject(source) ? fieldValue(source, field) : null);
	}
	return {
		id,
		values
	};
}
/** What of a document a search fetches: the fields that the reader may see, nothing when there are none. */
function sourceBody(read, fields) {
	const paths = fields.filter((field) => field.path !== "_id" && read.query.maySee(field)).flatMap(sourcePaths);
	return paths.length === 0 ? false : [...new Set(paths)];
}
/**
* The range in which the rows of a first page lie, ties included, and how many rows match in all; null where it is not known.
*
* Rows are in one order only when their ids decide ties. But a node that sorts by ids, too, looks up the text of one for each
* row that is better than those before it, and where rows come in order of time that is every row. By a number alone it sorts in
* a third of the time, and then has few rows left to sort by both.
*/
async function nearestRows(read, { order, after, limit, countTotal }) {
	const [key, ...others] = order;
	if (key === void 0 || others.length > 0 || after !== null || key.field.kind !== "integer" && key.field.kind !== "seconds") return null;
	const { field, direction } = key;
	const answer = await read.search({
		size: limit + 1,
		query: read.query.body,
		sort: [sortKey(key)],
		_source: false,
		track_total_hits: countTotal
	});
	const hits = hitsOf(answer);
	const last = sortValue(listOf(at(hits.at(-1), "sort"))[0], field);
	if (hits.length <= limit || typeof last !== "number") return null;
	return {
		range: direction === "asc" ? wholeRange(indexedPath(field), -Infinity, last) : wholeRange(indexedPath(field), last, Infinity),
		total: at(answer, "hits", "total")
	};
}
async function search(read, request) {
	requirePage(request);
	for (const { field } of request.order) read.query.requireVisible(field);
	if (read.query.indices === null) return {
		rows: [],
		sortValues: [],
		hasMore: false,
		total: request.countTotal ? {
			value: 0,
			relation: "EQ"
		} : null
	};
	const wanted = request.limit + 1;
	const body = {
		size: wanted,
		query: read.query.body,
		sort: sortBody(request.order),
		_source: sourceBody(read, request.fields),
		...request.after === null ? {} : { search_after: afterBody(request.order, request.after) }
	};
	const nearest = await nearestRows(read, request);
	const narrowed = nearest === null ? null : await read.search({
		...body,
		query: { bool: { filter: [read.query.body, nearest.range] } },
		track_total_hits: false
	});
	const isWhole = narrowed !== null && hitsOf(narrowed).length >= wanted;
	const answer = isWhole ? narrowed : await read.search({
		...body,
		track_total_hits: request.countTotal
	});
	const total = isWhole && nearest !== null ? nearest.total : at(answer, "hits", "total");
	const hits = hitsOf(answer);
	const page = hits.slice(0, request.limit);
	return {
		rows: page.map((hit) => rowOf(read, hit, request.fields)),
		sortValues: page.map((hit) => {
			const values = listOf(at(hit, "sort"));
			return request.order.map(({ field }, position) => sortValue(values[position], field));
		}),
		hasMore: hits.length > page.length,
		total: request.countTotal ? {
			value: numberOf(at(total, "value")),
			relation: at(total, "relation") === "gte" ? "GTE" : "EQ"
		} : null
	};
}
/** Number of matching rows. */
async function count(read) {
	if (read.query.indices === null) return 0;
	const answer = await read.search({
		size: 0,
		query: read.query.body,
		track_total_hits: true
	});
	return numberOf(at(answer, "hits", "total", "value"));
}
/** The whole document of a row, or null. */
async function get(read) {
	if (read.query.indices === null) return null;
	const [hit] = hitsOf(await read.search({
		size: 1,
		query: read.query.body,
		track_total_hits: false
	}));
	if (hit === void 0) return null;
	return documentOf(textOf(at(hit, "_id")), objectOf(at(hit, "_source")), read.parts.fields, (field) => read.query.maySee(field));
}

// dist/index-store/elasticsearch/streams.js
/** Rows of one request. */
const PAGE$2 = 1e3;
/** Connections whose sessions are asked for at once. */
const ROOTS = 1e4;
/** Connections of one ordered stream: each ROOTS of them are a stream that is held open. */
const MAX_ROOTS = 1e6;
/** Matching documents in pages over one point in time, those after the sort values `from`. */
async function* pages(read, order, source, from = null, size = PAGE$2) {
	if (read.query.indices === null) return;
	const point = await read.point();
	if (point === null) return;
	try {
		let pit = point.id;
		for (let after = from;;) {
			const answer = await read.search({
				size,
				pit: pointBody(pit),
				query: read.query.body,
				sort: order,
				track_total_hits: false,
				_source: source,
				...after === null ? {} : { search_after: after }
			});
			pit = textOf(at(answer, "pit_id")) || pit;
			const hits = hitsOf(answer);
			if (hits.length > 0) yield hits;
			checkCancelled(read.context.signal);
			if (hits.length < size) return;
			after = listOf(at(hits.at(-1), "sort"));
		}
	} finally {
		await point.close();
	}
}
/** Reads of everything of the connections that matching sessions are parts of. */
async function* wholeConnections(read, rootId) {
	let roots = [];
	const over = (values) => {
		const expression = {
			node: "field",
			field: rootId,
			test: {
				test: "text",
				mode: "any",
				matches: values.map((value) => ({
					kind: "exact",
					value
				}))
			}
		};
		return read.over({
			expression,
			range: ALL_TIME
		});
	};
	for await (const { keys: [root] } of everyCombination(read, [rootId], [])) {
		roots.push(String(root));
		if (roots.length < ROOTS) continue;
		yield await over(roots);
		roots = [];
	}
	if (roots.length > 0) yield await over(roots);
}
function rootField(read) {
	const field = read.parts.fields.byPath("rootId");
	if (field === null) throw new LookbackError("INTERNAL", "the field rootId is not declared");
	return field;
}
async function* readsOf(read, request) {
	if (request.wholeConnections === true && read.query.indices !== null) yield* wholeConnections(read, rootField(read));
	else yield read;
}
/** Packet positions of sessions, in no order. */
async function* streamPackets(read, request) {
	const { shipments } = read.parts;
	for await (const one of readsOf(read, request)) for await (const hits of pages(one, sortBody([]), [
		"firstPacket",
		"lastPacket",
		"packetPos",
		"packetLen",
		"lookback.final"
	])) {
		const hasMoves = shipments.hasMoves();
		yield hits.map((hit) => {
			const id = textOf(at(hit, "_id"));
			const source = objectOf(at(hit, "_source"));
			const final = at(source, "lookback", "final") === true;
			const moved = final && hasMoves ? shipments.moveOf(idBytes(id)) : null;
			return {
				id,
				firstPacketMs: numberOf(source["firstPacket"]),
				lastPacketMs: numberOf(source["lastPacket"]),
				final,
				packets: moved === null ? packetsOf(id, source) : readMove(moved)
			};
		});
	}
}
async function* ordered(read, order, source) {
	for await (const hits of pages(read, order, source)) for (const hit of hits) yield {
		firstMs: numberOf(listOf(at(hit, "sort"))[0]),
		id: textOf(at(hit, "_id")),
		hit,
		read
	};
}
/** Several ordered streams as one: the least of their heads each time. */
async function* merged(streams) {
	const heads = [];
	try {
		for (const stream of streams) {
			const { value, done } = await stream.next();
			if (done !== true) heads.push({
				stream,
				head: value
			});
		}
		while (heads.length > 0) {
			let least = 0;
			heads.forEach(({ head }, position) => {
				const best = heads[least]?.head;
				if (best !== void 0 && (head.firstMs < best.firstMs || head.firstMs === best.firstMs && head.id < best.id)) least = position;
			});
			const entry = heads[least];
			if (entry === void 0) return;
			yield entry.head;
			const { value, done } = await entry.stream.next();
			if (done === true) heads.splice(least, 1);
			else entry.head = value;
		}
	} finally {
		for (const { stream } of heads) await stream.return(void 0);
	}
}
/** Sessions in order of first packet, ties by id. */
async function* streamRows(read, request) {
	const first = read.parts.fields.byPath("firstPacket");
	if (first === null) throw new LookbackError("INTERNAL", "the field firstPacket is not declared");
	const order = sortBody([{
		field: first,
		direction: "asc"
	}]);
	const source = sourceBody(read, request.fields);
	const streams = [];
	for await (const one of readsOf(read, request)) {
		if (streams.length * ROOTS >= MAX_ROOTS) throw new LookbackError("LIMIT_EXCEEDED", `more than ${MAX_ROOTS} connections match; narrow the filter`, { limit: MAX_ROOTS });
		streams.push(ordered(one, order, source));
	}
	let batch = [];
	for await (const { hit, read: from } of merged(streams)) {
		batch.push(rowOf(from, hit, request.fields));
		if (batch.length < PAGE$2) continue;
		yield batch;
		batch = [];
		checkCancelled(read.context.signal);
	}
	if (batch.length > 0) yield batch;
	checkCancelled(read.context.signal);
}
/** Ids of matching sessions, in no order. */
async function* streamIds(read) {
	for await (const hits of pages(read, sortBody([]), false)) yield hits.map((hit) => textOf(at(hit, "_id")));
}

// dist/index-store/elasticsearch/stored-rows.js
/** Whole documents of one request: they have every packet's place. */
const PAGE$1 = 500;
/** Whole rows of a read in order of last packet, ties by id, those after a position. */
async function* storedRows(read, after) {
	const { fields } = read.parts;
	const last = fields.byPath("lastPacket");
	if (last === null) throw new LookbackError("INTERNAL", "the field lastPacket is not declared");
	const order = sortBody([{
		field: last,
		direction: "asc"
	}]);
	for await (const hits of pages(read, order, true, after === null ? null : [after.lastMs, after.id], PAGE$1)) yield hits.map(storedRow);
}
function storedRow(hit) {
	const id = textOf(at(hit, "_id"));
	const source = objectOf(at(hit, "_source"));
	const { [OURS]: ours, ...rest } = source;
	const after = at(ours, "bytesAfter");
	return {
		id,
		rowVersion: numberOf(at(ours, "rowVersion")),
		final: at(ours, "final") === true,
		stream: textOf(at(ours, "stream")),
		firstMs: numberOf(source["firstPacket"]),
		lastMs: numberOf(source["lastPacket"]),
		packets: packetsOf(id, source),
		bytesByPacket: isObject(after) ? stepsOf(after) : null,
		document: Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, valueOf(value)]))
	};
}
/** `p0`, `p1`, … as a list. */
function stepsOf(after) {
	return Object.keys(after).map((name) => Number(name.slice(1))).sort((a, b) => a - b).map((step) => numberOf(after[`p${step}`]));
}

// dist/index-store/elasticsearch/byte-budget.js
/** Numbers of packets between two powers of two that are told apart; above that many, rows are taken as ending at the next power. */
const MAX_COUNTS = 1e4;
/**
* What matching sessions have, and what they would have if each kept its first `firstPackets` only. Rows keep the bytes after 1,
* 2, 4, 8, … packets and at their end; between two of those it is a straight line. So sums of the two neighbours give the
* estimate: of longer rows all at once, of rows that end before the next power by their number of packets.
*/
async function byteBudget(read, firstPackets) {
	if (read.query.indices === null) return {
		sessions: 0,
		packets: 0,
		bytes: 0,
		keptPackets: 0,
		keptBytes: 0
	};
	const step = Math.floor(Math.log2(firstPackets));
	const [low, high] = [2 ** step, 2 ** (step + 1)];
	const bytes = { sum: { field: "network.bytes" } };
	const ends = {
		low: { sum: { field: bytesAfterPath(step) } },
		next: { sum: { field: bytesAfterPath(step + 1) } }
	};
	const noted = { exists: { field: bytesAfterPath(step + 1) } };
	const answer = await read.search({
		size: 0,
		query: read.query.body,
		track_total_hits: true,
		aggs: {
			packets: { sum: { field: "network.packets" } },
			bytes,
			short: {
				filter: wholeRange("network.packets", -Infinity, firstPackets),
				aggs: {
					packets: { sum: { field: "network.packets" } },
					bytes
				}
			},
			unnoted: {
				filter: { bool: {
					filter: [wholeRange("network.packets", firstPackets + 1, Infinity)],
					must_not: [noted]
				} },
				aggs: { bytes }
			},
			long: {
				filter: { bool: { filter: [wholeRange("network.packets", Math.max(high, firstPackets + 1), Infinity), noted] } },
				aggs: ends
			},
			between: {
				filter: { bool: { filter: [wholeRange("network.packets", firstPackets + 1, high - 1), noted] } },
				aggs: { counts: {
					terms: {
						field: "network.packets",
						size: MAX_COUNTS
					},
					aggs: ends
				} }
			}
		}
	});
	const sums = at(answer, "aggregations");
	const sum = (...names) => numberOf(at(sums, ...names, "value"));
	const sessions = numberOf(at(answer, "hits", "total", "value"));
	const short = numberOf(at(sums, "short", "doc_count"));
	const line = (from, to, share) => from + (to - from) * share;
	let kept = sum("short", "bytes") + sum("unnoted", "bytes") + line(sum("long", "low"), sum("long", "next"), (firstPackets - low) / (high - low));
	for (const bucket of listOf(at(sums, "between", "counts", "buckets"))) {
		const share = (firstPackets - low) / Math.max(1, numberOf(at(bucket, "key")) - low);
		kept += line(numberOf(at(bucket, "low", "value")), numberOf(at(bucket, "next", "value")), share);
	}
	return {
		sessions,
		packets: sum("packets"),
		bytes: sum("bytes"),
		keptPackets: sum("short", "packets") + (sessions - short) * firstPackets,
		keptBytes: Math.min(sum("bytes"), Math.round(kept))
	};
}

// dist/index-store/elasticsearch/placement.js
const DAY_MS$1 = 864e5;
/** The cluster's setting for an allocation and its value. */
function allocationOf(allocation) {
	const colon = allocation.indexOf(":");
	const [name, value] = [allocation.slice(0, colon), allocation.slice(colon + 1)];
	return [name === "_tier_preference" ? "index.routing.allocation.include._tier_preference" : `index.routing.allocation.require.${name}`, value];
}
/**
* What must change so that every index has the copies and the nodes that are wanted for its age. An index that takes rows never
* moves; copies that the cluster counts by itself (`auto_expand_replicas`) are left alone. Pure.
*/
function planPlacements(indices, rules, nowMs) {
	return indices.flatMap((index) => {
		const isWarm = rules.warm !== null && index.endMs + rules.warm.afterDays * DAY_MS$1 <= nowMs;
		const settings = {};
		if (isWarm && rules.warm !== null) {
			const [name, value] = allocationOf(rules.warm.allocation);
			if (index.settings[name] !== value) settings[name] = value;
		}
		const moves = Object.keys(settings).length > 0;
		const replicas = isWarm ? rules.warm?.replicas ?? null : rules.replicas;
		const expands = (index.settings["index.auto_expand_replicas"] ?? "false") !== "false";
		if (replicas !== null && !expands && index.settings["index.number_of_replicas"] !== String(replicas)) settings["index.number_of_replicas"] = String(replicas);
		return Object.keys(settings).length === 0 ? [] : [{
			day: lastDayOf(index),
			index: index.index,
			bytes: index.bytes,
			reason: moves ? "warm" : "replicas",
			settings
		}];
	});
}
/** Every index and how it is placed. */
async function placedIndices(cluster, indices, limits) {
	const sizes = await indices.sizes();
	const answer = objectOf(await cluster.request({
		method: "GET",
		path: `/${indices.pattern}/_settings`,
		query: {
			flat_settings: true,
			ignore_unavailable: true,
			allow_no_indices: true
		},
		ignore: [404]
	}, limits));
	return sizes.map(({ index, startMs, endMs, bytes }) => {
		const found = objectOf(at(answer[index], "settings"));
		return {
			index,
			startMs,
			endMs,
			bytes,
			settings: Object.fromEntries(Object.entries(found).map(([name, value]) => [name, textOf(value)]))
		};
	});
}
/** Changes one index; one that expired meanwhile is none. */
async function placeIndex(cluster, { index, settings }, limits) {
	const body = { ...settings };
	await cluster.request({
		method: "PUT",
		path: `/${index}/_settings`,
		body,
		ignore: [404]
	}, limits);
}
/** Disk space of the nodes that hold data, as their node statistics tell it. */
async function nodeSpace(cluster, limits) {
	const answer = await cluster.request({
		method: "GET",
		path: "/_nodes/data:true/stats/fs",
		query: { filter_path: "nodes.*.name,nodes.*.fs.total" }
	}, limits);
	return Object.values(objectOf(at(answer, "nodes"))).filter(isObject).flatMap((node) => {
		const total = at(node, "fs", "total");
		const totalBytes = numberOf(at(total, "total_in_bytes"));
		return totalBytes === 0 ? [] : [{
			name: textOf(node["name"]),
			freeBytes: numberOf(at(total, "available_in_bytes")),
			totalBytes
		}];
	}).sort((a, b) => a.name < b.name ? -1 : 1);
}

// dist/index-store/elasticsearch/histogram.js
/** Buckets of one page, when there are more than the cluster gives at once. */
const PAGE = 1e4;
const SECONDS = {
	second: 1,
	minute: 60
};
/** The cluster's interval whose buckets make up ours: seconds and minutes are counted from 1970, others follow the zone's calendar unit by unit. */
function intervalBody({ interval: { unit, count }, timeZone }) {
	if (unit === "second" || unit === "minute") return { fixed_interval: `${SECONDS[unit] * count}s` };
	return {
		calendar_interval: unit,
		time_zone: timeZone
	};
}
function bucketOf(bucket, key, metrics) {
	return {
		startMs: numberOf(key),
		sums: metrics.map((metric) => metric === "sessions" ? numberOf(at(bucket, "doc_count")) : numberOf(at(bucket, metric, "value")))
	};
}
async function buckets(read, request) {
	const body = {
		size: 0,
		query: read.query.body,
		track_total_hits: false
	};
	const measured = request.metrics.filter((metric) => metric !== "sessions");
	const sums = measured.length === 0 ? {} : { aggs: Object.fromEntries(measured.map((metric) => [metric, { sum: { field: METRIC_PATHS[metric] } }])) };
	const source = {
		field: request.on,
		...intervalBody(request)
	};
	try {
		const answer = await read.search({
			...body,
			aggs: { times: {
				date_histogram: {
					...source,
					min_doc_count: 1
				},
				...sums
			} }
		});
		return listOf(at(answer, "aggregations", "times", "buckets")).map((bucket) => bucketOf(bucket, at(bucket, "key"), request.metrics));
	} catch (error) {
		if (!(error instanceof LookbackError) || error.code !== "LIMIT_EXCEEDED") throw error;
	}
	const found = [];
	for (let after = null;;) {
		const composite = {
			size: PAGE,
			sources: [{ time: { date_histogram: source } }],
			...after === null ? {} : { after }
		};
		const answer = await read.search({
			...body,
			aggs: { times: {
				composite,
				...sums
			} }
		});
		for (const bucket of listOf(at(answer, "aggregations", "times", "buckets"))) found.push(bucketOf(bucket, at(bucket, "key", "time"), request.metrics));
		if (found.length > 1e5) throw tooManyBuckets();
		const next = at(answer, "aggregations", "times", "after_key");
		if (!isObject(next)) return found;
		after = next;
	}
}
/** Sessions by time. Several units of a calendar are put together here, counted as every store counts them. */
async function histogram(read, request) {
	requireInterval(request);
	const startsMs = [];
	const values = request.metrics.map(() => []);
	if (read.query.indices === null) return {
		startsMs,
		values
	};
	const { unit, count } = request.interval;
	const calendar = unit === "second" || unit === "minute" ? null : {
		unit,
		...await import("./calendar-BHs-tCZL.js")
	};
	let end = -Infinity;
	for (const { startMs, sums } of await buckets(read, request)) {
		if (calendar === null || startMs >= end) {
			const bucket = calendar === null ? {
				start: startMs,
				end: startMs + 1
			} : calendar.calendarBucket(startMs, calendar.unit, count, request.timeZone);
			end = bucket.end;
			startsMs.push(bucket.start);
			for (const series of values) series.push(0);
		}
		sums.forEach((sum, position) => {
			const series = values[position];
			if (series !== void 0) series[series.length - 1] = (series.at(-1) ?? 0) + sum;
		});
	}
	if (startsMs.length > 1e5) throw tooManyBuckets();
	return {
		startsMs,
		values
	};
}

// dist/index-store/elasticsearch/store.js
const DAY_MS = 864e5;
/** Milliseconds that taking rows out of an index may take. */
const EXPIRE_MS = 36e5;
/** Milliseconds that merging an index may take. */
const MERGE_MS = 216e5;
/**
* The index in a cluster of Elasticsearch or OpenSearch. Committed segments wait on disk for the shipper; reads see what
* it has brought, and `queue` of the catalogue's shipments says what they do not see yet.
*/
var ElasticsearchStore = class {
	#parts;
	#reads;
	constructor(parts) {
		this.abilities = {
			exactPercentiles: false,
			exactCardinality: false
		};
		this.#parts = parts;
		const { cluster, catalogue, fields, indices } = parts;
		this.#reads = {
			cluster,
			fields,
			indices,
			dialect: async () => dialectOf(await cluster.product()),
			shipments: catalogue.shipments,
			goneFiles: parts.goneFiles ?? (() => catalogue.files.goneIds())
		};
	}
	async commitSegments(commit, alongside) {
		const { catalogue } = this.#parts;
		catalogue.transaction(() => {
			const fresh = catalogue.shipments.queue(commit.add);
			catalogue.segments.apply({
				add: fresh,
				remove: commit.remove,
				superseded: []
			});
			for (const path of commit.remove) catalogue.shipments.remove(path);
			alongside?.();
		});
		return Promise.resolve();
	}
	async changeTags(ids, add, remove) {
		requireTags(ids, add, remove);
		const { catalogue, cluster, indices } = this.#parts;
		const rows = ids.map(idBytes);
		const changed = catalogue.transaction(() => {
			const edited = catalogue.tags.edit(rows, add, remove);
			if (edited > 0) catalogue.shipments.queueOverlays(rows);
			return edited;
		});
		if (changed > 0) await applyOverlaysSoon({
			cluster,
			indices,
			shipments: catalogue.shipments
		});
		return changed;
	}
	async search(request, context) {
		return search(await Read.of(this.#reads, request, context), request);
	}
	async count(filter, context) {
		return count(await Read.of(this.#reads, filter, context));
	}
	async get(id, context) {
		if (!isRowId(id)) return null;
		return get(await Read.of(this.#reads, {
			expression: {
				node: "ids",
				ids: [id]
			},
			range: {
				startMs: idTimeMs(id),
				endMs: null,
				bounding: "last"
			}
		}, context));
	}
	async terms(request, context) {
		return terms(await Read.of(this.#reads, request, context), request);
	}
	async histogram(request, context) {
		return histogram(await Read.of(this.#reads, request, context), request);
	}
	async stats(request, context) {
		return stats(await Read.of(this.#reads, request, context), request);
	}
	async cardinality(request, context) {
		return cardinality(await Read.of(this.#reads, request, context), request.field);
	}
	async connections(request, context) {
		return connections(await Read.of(this.#reads, request, context), request);
	}
	async *streamPackets(request, context) {
		yield* streamPackets(await Read.of(this.#reads, request, context), request);
	}
	async *streamPositions(request, context) {
		for await (const sessions of this.streamPackets(request, context)) yield sessions.map(({ packets }) => sessionPositions(packets));
	}
	async *streamRows(request, context) {
		yield* streamRows(await Read.of(this.#reads, request, context), request);
	}
	async *streamIds(filter, context) {
		yield* streamIds(await Read.of(this.#reads, filter, context));
	}
	/** Whole rows whose last packet lies in a range, in its order, ties by id, those after a position. For copies; no scope narrows it. */
	async *storedRows(range, after, signal) {
		const context = {
			scope: SERVICE_SCOPE,
			signal,
			timeoutMs: Infinity
		};
		yield* storedRows(await Read.of(this.#reads, {
			expression: { node: "everything" },
			range
		}, context), after);
	}
	/** UTC days on which the indices can have rows, in order, each by its start in milliseconds since 1970. */
	async days() {
		const { indices } = this.#parts;
		indices.forget();
		const days = /* @__PURE__ */ new Set();
		for (const { startMs, endMs } of await indices.list()) for (let day = startMs - startMs % DAY_MS; day < endMs; day += DAY_MS) days.add(day);
		return [...days].sort((a, b) => a - b);
	}
	async partitions() {
		const days = /* @__PURE__ */ new Map();
		for (const index of await this.#parts.indices.sizes()) {
			const day = lastDayOf(index);
			const partition = days.get(day) ?? {
				day,
				rows: 0,
				bytes: 0,
				segments: 0
			};
			partition.rows += index.rows;
			partition.bytes += index.bytes;
			partition.segments += index.segments;
			days.set(day, partition);
		}
		return [...days.values()].sort((a, b) => a.day < b.day ? -1 : 1);
	}
	async movePackets(moves, alongside) {
		const { catalogue, cluster, indices } = this.#parts;
		catalogue.transaction(() => {
			catalogue.shipments.queueMoves(moves.filter(({ id }) => isRowId(id)).map(({ id, packets }) => ({
				rowId: idBytes(id),
				packets: printMove(packets)
			})));
			alongside?.();
		});
		await applyOverlaysSoon({
			cluster,
			indices,
			shipments: catalogue.shipments
		});
	}
	async byteBudget(request, context) {
		return byteBudget(await Read.of(this.#reads, request, context), request.firstPackets);
	}
	async expirePartition(day, keep = []) {
		const { catalogue, cluster, indices } = this.#parts;
		const kept = keep.filter(isRowId).map(rowIdText);
		if (kept.length === 0) catalogue.transaction(() => {
			const queued = catalogue.shipments.queuedOf(day);
			catalogue.segments.apply({
				add: [],
				remove: queued,
				superseded: []
			});
			for (const path of queued) catalogue.shipments.remove(path);
		});
		else if (catalogue.shipments.queuedOf(day).length > 0) throw new LookbackError("CLUSTER_BUSY", `sessions of ${day} are not in the cluster yet and some of the day are held; it expires when they are`, { day });
		indices.forget();
		const limits = {
			signal: null,
			timeoutMs: EXPIRE_MS
		};
		for (const period of await indices.list()) if (lastDayOf(period) === day) await expireIndex(cluster, period.index, kept, limits);
		if (kept.length === 0) catalogue.shipments.forgetDay(day);
		indices.forget();
	}
	async optimise(day, signal) {
		const { cluster } = this.#parts;
		let replaced = 0;
		for (const index of await this.#mergeable(day)) {
			if (signal?.aborted === true) break;
			await cluster.request({
				method: "POST",
				path: `/${index.index}/_forcemerge`,
				query: { max_num_segments: 1 },
				ignore: [404]
			}, {
				signal,
				timeoutMs: MERGE_MS
			});
			await cluster.request({
				method: "POST",
				path: `/${index.index}/_refresh`,
				ignore: [404]
			}, {
				signal,
				timeoutMs: MERGE_MS
			});
			replaced += index.segments;
		}
		return replaced;
	}
	/** Indices in parts that are worth merging. Of itself only one that takes no more rows is: each merge writes it whole. */
	async #mergeable(day) {
		const { indices, clock } = this.#parts;
		const shards = await indices.shards();
		return (await indices.sizes()).filter((index) => (day === null ? index.endMs <= clock.nowMs() : lastDayOf(index) === day) && index.segments > (shards.get(index.index) ?? 1));
	}
	async planPlacement() {
		const { cluster, indices, clock, placement } = this.#parts;
		return planPlacements(await placedIndices(cluster, indices, SHORT), placement, clock.nowMs());
	}
	async place(signal) {
		let changed = 0;
		for (const item of await this.planPlacement()) {
			if (signal?.aborted === true) break;
			await placeIndex(this.#parts.cluster, item, {
				...SHORT,
				signal
			});
			changed += 1;
		}
		return changed;
	}
	dataNodes() {
		return nodeSpace(this.#parts.cluster, SHORT);
	}
	async planMerges(day) {
		return (await this.#mergeable(day)).map((index) => ({
			day: lastDayOf(index),
			segments: index.segments,
			rows: index.rows,
			bytes: index.bytes,
			reason: "unmerged"
		}));
	}
	arrivedSegments() {
		return null;
	}
	async extent() {
		const { cluster, indices } = this.#parts;
		if ((await indices.list()).length === 0) return null;
		const answer = await cluster.request({
			method: "POST",
			path: `/${indices.pattern}/_search`,
			query: WHOLE,
			body: {
				size: 0,
				track_total_hits: false,
				aggs: {
					first: { min: { field: "firstPacket" } },
					last: { max: { field: "lastPacket" } }
				}
			}
		}, {
			signal: null,
			timeoutMs: 6e4
		});
		const firstMs = numberOrNull(at(answer, "aggregations", "first", "value"));
		const lastMs = numberOrNull(at(answer, "aggregations", "last", "value"));
		return firstMs === null || lastMs === null ? null : {
			firstMs,
			lastMs
		};
	}
	async health() {
		const { cluster, indices } = this.#parts;
		try {
			await cluster.product();
			const damaged = (await indices.health()).filter(({ index, health, status }) => index !== "" && (health === "red" || status === "close")).map(({ index, health, status }) => ({
				path: index,
				reason: status === "close" ? "the index is closed" : `its health is ${health}: a primary shard is missing`
			}));
			return {
				ok: damaged.length === 0,
				damaged
			};
		} catch (error) {
			if (!(error instanceof LookbackError) || !mayPass(error)) throw error;
			return {
				ok: false,
				damaged: [{
					path: cluster.shown,
					reason: `${error.code}: ${error.message}`
				}]
			};
		}
	}
	close() {
		return this.#parts.cluster.close();
	}
};

// dist/index-store/elasticsearch/open.js
/** Resolves after so many milliseconds, or as soon as the signal aborts. */
function passed(ms, signal) {
	return new Promise((over) => {
		const end = () => {
			clearTimeout(timer);
			signal.removeEventListener("abort", end);
			over();
		};
		const timer = setTimeout(end, ms);
		signal.addEventListener("abort", end, { once: true });
		if (signal.aborted) end();
	});
}
/** The migrations of a cluster alone, without a data directory. */
function openClusterMigrations(options) {
	const cluster = new Cluster(options.cluster);
	const names = new IndexNames(options.prefix);
	const template = new SessionTemplate(cluster, options.prefix, names, options.fields, options.settings);
	return {
		cluster,
		migrations: new ClusterMigrations(new ClusterState(cluster, options.prefix), template, new IndexList(cluster, names, () => 0), options.clock)
	};
}
/** Puts the engine together. Nothing is asked of the cluster yet: it may be away when a process starts. */
function openElasticsearch(options) {
	const { catalogue, fields, clock, logger, prefix } = options;
	const cluster = new Cluster(options.cluster);
	const names = new IndexNames(prefix);
	const indices = new IndexList(cluster, names, () => catalogue.shipments.revision());
	const template = new SessionTemplate(cluster, prefix, names, fields, options.settings);
	const state = new ClusterState(cluster, prefix);
	const migrations = new ClusterMigrations(state, template, indices, clock);
	const deadLetters = new DeadLetters(join(catalogue.directory, "dead-letters"));
	return {
		cluster,
		catalogue,
		indices,
		names,
		template,
		state,
		migrations,
		deadLetters,
		store: new ElasticsearchStore({
			cluster,
			catalogue,
			fields,
			indices,
			clock,
			logger,
			placement: {
				replicas: options.settings.replicas,
				warm: options.warm ?? null
			},
			...options.goneFiles === void 0 ? {} : { goneFiles: options.goneFiles }
		}),
		segmentShipping: (native) => new SegmentShipping({
			cluster,
			native,
			catalogue,
			indices,
			names,
			rotation: options.rotation,
			deadLetters,
			pace: new Pace(options.bulkBytes),
			clock,
			wait: passed,
			status: { waiting: (error) => {
				logger.warn({ error }, "the cluster has no room now; rows are sent again");
			} }
		}),
		leadership: () => new Leadership({
			state,
			clock,
			logger,
			wait: passed
		}),
		shipper: (native) => {
			let prepared = false;
			return new Shipper({
				cluster,
				native,
				catalogue,
				indices,
				names,
				rotation: options.rotation,
				segmentDirectory: options.segmentDirectory,
				deadLetters,
				clock,
				logger,
				wait: passed,
				pace: new Pace(options.bulkBytes),
				status: new ShipperStatus(catalogue.settings, clock),
				prepare: async (signal) => {
					if (prepared) return;
					await cluster.product();
					await migrations.prepare({
						...SHORT,
						signal
					});
					prepared = true;
				}
			});
		}
	};
}

// dist/app/cluster.js
/** User and password as they are written, plain or in base64. Throws CONFIG_INVALID; the message does not repeat them. */
function basicAuth(written) {
	const plain = written.includes(":") ? written : Buffer.from(written, "base64").toString("utf8");
	const colon = plain.indexOf(":");
	if (colon < 1) throw new LookbackError("CONFIG_INVALID", "elasticsearchBasicAuth: allowed: user:password, or base64 of it", { key: "elasticsearchBasicAuth" });
	return {
		username: plain.slice(0, colon),
		password: plain.slice(colon + 1)
	};
}
/** Whether a URL names this machine by its loopback addresses. */
function isLoopback(url) {
	const host = URL.canParse(url) ? new URL(url).hostname : "";
	return host === "localhost" || host === "[::1]" || host.startsWith("127.");
}
/** How the configuration reaches the cluster. Throws CONFIG_INVALID. */
function clusterOptions(config) {
	const { values } = config;
	const certificate = readNamedFile(config, "esClientCert");
	const key = readNamedFile(config, "esClientKey");
	if (certificate === null !== (key === null)) throw new LookbackError("CONFIG_INVALID", "esClientCert and esClientKey go together", { key: "esClientCert" });
	const apiKey = values.elasticsearchAPIKey;
	const basic = values.elasticsearchBasicAuth;
	const urls = values.elasticsearch.map((url) => url.includes("://") ? url : `http://${url}`);
	return {
		urls,
		auth: apiKey !== null ? { apiKey } : basic !== null ? basicAuth(basic) : null,
		authority: readNamedFile(config, "caTrustFile"),
		clientCertificate: certificate === null || key === null ? null : {
			certificate,
			key,
			passphrase: values.esClientKeyPass
		},
		compress: values.compressES && !urls.every((url) => isLoopback(url))
	};
}
function prefixOf({ values: { prefix } }) {
	return prefix === "" || /[_-]$/.test(prefix) ? prefix : `${prefix}_`;
}
function settingsOf({ values }) {
	return {
		shards: values.sessionShards,
		replicas: values.sessionReplicas,
		refreshSeconds: values.sessionRefreshSeconds
	};
}
/** The engine of the configured cluster; nothing is asked of it yet. */
function openCluster(config, catalogue, fields, logger, goneFiles) {
	const { values } = config;
	return openElasticsearch({
		cluster: clusterOptions(config),
		prefix: prefixOf(config),
		rotation: values.rotateIndex,
		settings: settingsOf(config),
		bulkBytes: values.dbBulkSize,
		catalogue,
		fields,
		segmentDirectory: path.join(config.dataDirectory, "sessions"),
		clock: systemClock,
		logger,
		warm: values.sessionWarmAfterDays === null ? null : {
			afterDays: values.sessionWarmAfterDays,
			allocation: values.sessionWarmAllocation,
			replicas: values.sessionWarmReplicas
		},
		...goneFiles === void 0 ? {} : { goneFiles }
	});
}
/** Runs `body` with the migrations of the configured cluster; null where the index is in the data directory. */
async function withClusterMigrations(config, body) {
	if (config.values.indexStore !== "elasticsearch") return null;
	const { cluster, migrations } = openClusterMigrations({
		cluster: clusterOptions(config),
		prefix: prefixOf(config),
		fields: packagedCatalogue(),
		settings: settingsOf(config),
		clock: systemClock
	});
	try {
		await cluster.product();
		return await body(migrations);
	} finally {
		await cluster.close();
	}
}

export { sendBulk as a, applyOverlays as i, openCluster as n, SHORT as o, withClusterMigrations as r, clusterOptions as t };