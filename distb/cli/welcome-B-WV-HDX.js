import { i as systemErrorCode, n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as systemClock } from "./clock-COoNNce-.js";
import { d as measureSpace, l as isInside, u as diskSpaceProbe } from "./packet-store-Dqe2fRVP.js";
import { h as deviceTarget } from "./session-policy-BSxrUR4s.js";
import { a as retentionRules, r as freeSpaceConflicts } from "./retention-BeMbc1nZ.js";
import { t as lookbackVersion } from "./version-BJZLIN3h.js";
import { a as describeEvent, i as EVENT_KINDS } from "./webhooks-DP-0HEv3.js";
import { r as openCore } from "./core-bffivQ3T.js";
import { r as settingKeys } from "./config-CoZMqRVD.js";
import { n as sayPlaces } from "./places-C17UonuN.js";
import { n as STOP_MS, r as withLifecycle } from "./log-DJrCjcfp.js";
import { a as unmapped, i as AddressList, n as exposureWarning, r as loginParts } from "./logins-BTYvjP5d.js";
import { r as localUrl, t as announce } from "./local-endpoint-DGyMQ499.js";
import { n as tryWriting, t as hasNoRoom } from "./try-writing-DVgRFuEn.js";
import { t as EXPORT_FORMATS } from "./export-request-Bx6ximDr.js";
import { t as shippingOf } from "./shipping-Ct8BkBZL.js";
import { n as spendReserve } from "./room-CYhK-jdt.js";
import { n as openService } from "./service-DHjiMIrD.js";
import { o as seesPart, t as RequestContext } from "./context-C2q4EyF8.js";
import { _ as BoundingName, a as costOf, c as outcomesOf, d as schemaText, f as exportsOf, g as LIMITS, h as ExportPackets, i as checkShape, l as toGraphQLError, m as ExportFormatName, n as shownErrors, o as formatError, p as exportRequestOf, r as shownResult, s as httpStatusOf, t as prepareOperation, u as graphqlSchema } from "./streamed-operation-rHIA7esl.js";
import { createRequire } from "node:module";
import path, { dirname, join } from "node:path";
import { createHash, createHmac } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { stat } from "node:fs/promises";
import { TLSSocket } from "node:tls";
import { isIP } from "node:net";
import { createServer as createServer$1 } from "node:http";
import { createServer as createServer$2 } from "node:https";
import { monitorEventLoopDelay } from "node:perf_hooks";
import express from "express";
import { ApolloServer, HeaderMap } from "@apollo/server";
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from "@apollo/server/plugin/disabled";
import { GraphQLError, Kind, getOperationAST, print } from "graphql";
import { expressMiddleware } from "@as-integrations/express5";
import { createHandler } from "graphql-sse/lib/use/express";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";

// dist/http/health.js
/** How long an answer is given again, in milliseconds: the routes are open to everybody. */
const KEPT_MS = 2e3;
/** The list of checks; each part adds its own. */
var HealthChecks = class {
	#checks = /* @__PURE__ */ new Map();
	#clock;
	#newest = null;
	constructor(clock = systemClock) {
		this.#clock = clock;
	}
	/** Adds a check of something without which no question can be answered. */
	add(name, check) {
		this.#checks.set(name, {
			needed: true,
			check
		});
	}
	/** Adds a check of something that somebody should look after, while the service goes on answering. */
	watch(name, check) {
		this.#checks.set(name, {
			needed: false,
			check
		});
	}
	/** Runs every check, at most once in two seconds; one that throws has failed. */
	run() {
		const now = this.#clock.nowMs();
		if (this.#newest === null || Math.abs(now - this.#newest.atMs) >= KEPT_MS) this.#newest = {
			atMs: now,
			found: this.#runAll()
		};
		return this.#newest.found;
	}
	async #runAll() {
		return Promise.all([...this.#checks].map(async ([name, { needed, check }]) => {
			try {
				return {
					name,
					needed,
					...await check()
				};
			} catch (error) {
				return {
					name,
					needed,
					ok: false,
					detail: error instanceof Error ? error.message : String(error)
				};
			}
		}));
	}
};
/**
* Routes of health: the process lives (`/livez`), it can answer (`/readyz`), and nothing needs looking after
* (`/healthz`). The last two say why not: names of checks to everybody, details to those who may know them.
*/
function healthRoutes(checks, isStopping, mayKnow) {
	const route = (path, words, counts) => ({
		method: "get",
		path,
		access: "public",
		handlers: [async (request, response) => {
			const found = (await checks.run()).filter(counts);
			const good = !isStopping() && found.every((check) => check.ok);
			const detailed = mayKnow(request);
			response.status(good ? 200 : 503).json({
				status: isStopping() ? "stopping" : good ? words.good : words.bad,
				checks: found.map(({ name, ok, detail }) => detailed ? {
					name,
					ok,
					detail
				} : {
					name,
					ok
				})
			});
		}]
	});
	return [
		{
			method: "get",
			path: "/livez",
			access: "public",
			handlers: [(_request, response) => {
				response.json({ status: "alive" });
			}]
		},
		route("/readyz", {
			good: "ready",
			bad: "not ready"
		}, (check) => check.needed),
		route("/healthz", {
			good: "healthy",
			bad: "unhealthy"
		}, () => true)
	];
}

// dist/app/health.js
/** Names of things that one detail lists; the count beside them is of all. */
const MOST_NAMED = 20;
/** What the service needs to answer, and what somebody should look after. */
function healthChecks({ core, scheduler, watch }) {
	const { config, catalogue, store, directories } = core;
	const checks = new HealthChecks();
	checks.add("catalogue", () => Promise.resolve({
		ok: true,
		detail: `${catalogue.segments.live().length} segments`
	}));
	checks.add("segments", async () => {
		return verdict(await missingSegments(catalogue.segments.live(), directories.sessions), "every segment is there", (names) => `missing or cut: ${names}; \`lookback rebuild\` makes them again`);
	});
	checks.add("store", async () => {
		const extent = await store.extent();
		return {
			ok: true,
			detail: extent === null ? "no sessions" : `sessions from ${new Date(extent.firstMs).toISOString()} to ${new Date(extent.lastMs).toISOString()}`
		};
	});
	const shipping = shippingOf(config, catalogue);
	if (shipping !== null) checks.watch("shipping", () => Promise.resolve(shippingCheck(shipping)));
	checks.watch("disk", () => diskCheck(directories, config.storageOf(config.node).directories));
	checks.watch("retention", async () => retentionCheck(watch, await freeSpaceConflicts(core)));
	checks.watch("tasks", () => Promise.resolve(taskCheck(scheduler)));
	return checks;
}
/** Sessions that wait for the cluster: too many, refused ones, or nobody who ships. */
function shippingCheck(shipping) {
	const { queue, budgetBytes, nearlyFull, running, lastError } = shipping.status();
	return verdict([
		...nearlyFull ? [`${queue.bytes} bytes of at most ${budgetBytes} wait for the cluster`] : [],
		...queue.deadRows > 0 ? [`the cluster refused ${queue.deadRows} sessions; lookback ship --retry tries them again`] : [],
		...running ? [] : ["no shipper runs; start lookback ship"],
		...lastError === null ? [] : [`${lastError.code}: ${lastError.message}`]
	], `${queue.rows} sessions wait for the cluster`, (names) => names);
}
/** Writes to each directory, as capture, imports, exports and the catalogue must be able to. */
async function diskCheck(directories, packetDirectories) {
	const needed = [.../* @__PURE__ */ new Set([
		directories.data,
		directories.packets,
		...packetDirectories,
		directories.sessions,
		directories.exports
	])].filter((directory) => existsSync(directory) || !isInside(directories.data, directory));
	return verdict((await Promise.all(needed.map(async (directory) => {
		const reason = await tryWriting(directory);
		return reason === null ? [] : [`${directory}: ${reason}`];
	}))).flat(), "every directory can be written", (names) => names);
}
/** Targets that cannot be reached. Low forecasts, holds that block and rules that disagree are told, but are nothing that is broken. */
function retentionCheck(watch, conflicts) {
	return verdict(watch.conditions().filter(({ kind }) => kind === "target-unreachable").map((condition) => {
		const { kind, subject, ...facts } = condition;
		return describeEvent({
			id: null,
			atMs: 0,
			kind,
			subject,
			phase: "began",
			user: null,
			facts: { ...facts }
		});
	}), ["every device has the free space it should have", ...conflicts].join("; "), (names) => [names, ...conflicts].join("; "));
}
function taskCheck(scheduler) {
	const tasks = scheduler.status();
	const paused = tasks.filter((task) => task.paused !== null).map((task) => task.name);
	return verdict(tasks.filter((task) => task.failures > 0).map(({ name, failures, last }) => {
		const reason = last?.outcome === "failed" && typeof last.details["reason"] === "string" ? `: ${last.details["reason"]}` : "";
		return `${name} failed ${failures === 1 ? "once" : `${failures} times`}${reason}`;
	}), paused.length === 0 ? "no task fails" : `no task fails; paused: ${paused.join(", ")}`, (names) => names);
}
function verdict(wrong, good, bad) {
	if (wrong.length === 0) return {
		ok: true,
		detail: good
	};
	const more = wrong.length > MOST_NAMED ? ` and ${wrong.length - MOST_NAMED} more` : "";
	return {
		ok: false,
		detail: bad(wrong.slice(0, MOST_NAMED).join("; ") + more)
	};
}
/** Segments whose file is not there or has another size. Reading them whole is for `lookback rebuild`; a probe must be cheap. */
async function missingSegments(segments, directory) {
	const missing = [];
	for (const segment of segments) if ((await stat(path.join(directory, segment.path)).catch(() => null))?.size !== segment.bytes) missing.push(segment.path);
	return missing;
}

// dist/app/audited-configuration.js
/** Where the catalogue keeps what the settings were: digests with a key of its own, so that no secret can be guessed from them. */
const STORED = "configuration.digests";
function read(text) {
	if (text === null) return null;
	const value = JSON.parse(text);
	if (typeof value !== "object" || value === null) return null;
	return Object.fromEntries(Object.entries(value).filter((entry) => typeof entry[1] === "string"));
}
/**
* Notes in the audit log which settings changed: since the last start of the service, and with each reload. Their values may
* be secrets and are not in it. A setting that the last version did not have is no change.
*/
function auditConfiguration({ live, config, logger, catalogue: { settings } }, access) {
	const key = settings.secret("configuration");
	const digestOf = (value) => createHmac("sha256", key).update(value instanceof RegExp ? String(value) : JSON.stringify(value)).digest("base64url");
	const digestsOf = (values) => Object.fromEntries(settingKeys().map((name) => [name, digestOf(values[name])]));
	const note = (action, before, now) => {
		const changed = before === null ? [] : Object.keys(now).filter((name) => before[name] !== void 0 && before[name] !== now[name]);
		try {
			if (changed.length > 0) access.audit("service", action, {
				changed: changed.join(" "),
				file: config.file
			});
			if (changed.length > 0 || before === null || Object.keys(before).length !== Object.keys(now).length) settings.set(STORED, JSON.stringify(now));
		} catch (error) {
			logger.error({
				changed,
				error: error instanceof Error ? error.message : String(error)
			}, "a change of the configuration could not be noted in the audit log");
		}
		return now;
	};
	let before = note("config.change", read(settings.get(STORED)), digestsOf(live.values));
	live.onChange((values) => {
		before = note("config.reload", before, digestsOf(values));
	});
}

// dist/http/metrics.js
/** Most label combinations of one metric; further ones count under `other`. */
const MAX_SERIES = 500;
/** Upper bounds of duration buckets, in seconds. */
const DURATION_BUCKETS = [
	.005,
	.01,
	.025,
	.05,
	.1,
	.25,
	.5,
	1,
	2.5,
	5,
	10,
	30
];
const METRIC_NAME = /^[a-z][a-z0-9_]*$/;
function labelText(labels) {
	const parts = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (char) => char === "\n" ? "\\n" : `\\${char}`)}"`);
	return parts.length === 0 ? "" : `{${parts.join(",")}}`;
}
var Series = class {
	#values = /* @__PURE__ */ new Map();
	add(labels, amount) {
		let key = labelText(labels);
		if (!this.#values.has(key) && this.#values.size >= MAX_SERIES) key = labelText({ series: "other" });
		this.#values.set(key, (this.#values.get(key) ?? 0) + amount);
	}
	lines(name) {
		return [...this.#values].map(([labels, value]) => `${name}${labels} ${value}`);
	}
};
/** The list of metrics, in the text format of Prometheus; each part adds its own. */
var Metrics = class {
	#families = /* @__PURE__ */ new Map();
	#register(name, family) {
		if (!METRIC_NAME.test(name) || this.#families.has(name)) throw new TypeError(`metric ${name} is badly named or there twice`);
		this.#families.set(name, family);
	}
	/** A number that only grows; returns what adds to it. The name ends in `_total`. */
	counter(name, help) {
		const series = new Series();
		this.#register(name, {
			help,
			type: "counter",
			lines: (of) => series.lines(of)
		});
		return (labels, amount = 1) => series.add(labels, amount);
	}
	/** A number read when it is asked for; null when there is none. */
	gauge(name, help, read) {
		this.gauges(name, help, async () => {
			const value = await read();
			return value === null ? [] : [{
				labels: {},
				value
			}];
		});
	}
	/** Numbers read when they are asked for, one per set of labels; at most 500. */
	gauges(name, help, read) {
		this.#register(name, {
			help,
			type: "gauge",
			lines: async (of) => sampleLines(of, await read())
		});
	}
	/** A number that only grows and that another part counts; the name ends in `_total`. */
	counted(name, help, read) {
		this.#register(name, {
			help,
			type: "counter",
			lines: async (of) => sampleLines(of, await read())
		});
	}
	/** Durations in seconds; returns what observes one. */
	duration(name, help) {
		const buckets = new Series();
		const sum = new Series();
		const count = new Series();
		this.#register(name, {
			help,
			type: "histogram",
			lines: (of) => [
				...buckets.lines(`${of}_bucket`),
				...sum.lines(`${of}_sum`),
				...count.lines(`${of}_count`)
			]
		});
		return (labels, seconds) => {
			for (const bound of DURATION_BUCKETS) buckets.add({
				...labels,
				le: String(bound)
			}, seconds <= bound ? 1 : 0);
			buckets.add({
				...labels,
				le: "+Inf"
			}, 1);
			sum.add(labels, seconds);
			count.add(labels, 1);
		};
	}
	/** Everything as text. A metric that cannot be read is left out and counted in `lookback_metrics_unreadable`. */
	async text() {
		let unreadable = 0;
		const parts = await Promise.all([...this.#families].map(async ([name, family]) => {
			try {
				return [
					`# HELP ${name} ${family.help}`,
					`# TYPE ${name} ${family.type}`,
					...await family.lines(name)
				];
			} catch {
				unreadable += 1;
				return [];
			}
		}));
		const last = [
			"# HELP lookback_metrics_unreadable Metrics that could not be read just now",
			"# TYPE lookback_metrics_unreadable gauge",
			`lookback_metrics_unreadable ${unreadable}`
		];
		return [...parts.flat(), ...last].join("\n") + "\n";
	}
};
function sampleLines(name, samples) {
	return samples.slice(0, MAX_SERIES).map(({ labels, value }) => `${name}${labelText(labels)} ${value}`);
}
/** The route that shows the metrics. */
function metricsRoute(metrics) {
	return {
		method: "get",
		path: "/metrics",
		access: "statistics",
		wholeStore: true,
		handlers: [async (_request, response) => {
			response.type("text/plain; version=0.0.4; charset=utf-8").send(await metrics.text());
		}]
	};
}
/** Counts requests and how long they took, by route pattern. */
function observeRequests(metrics) {
	const total = metrics.counter("lookback_http_requests_total", "Requests by route and status class");
	const duration = metrics.duration("lookback_http_request_seconds", "Time from request to the end of its answer");
	return (request, response, next) => {
		const started = process.hrtime.bigint();
		response.once("close", () => {
			const matched = request.route;
			const path = typeof matched === "object" && matched !== null && "path" in matched && typeof matched.path === "string" ? matched.path : "none";
			const status = response.writableFinished ? `${Math.floor(response.statusCode / 100)}xx` : "aborted";
			total({
				route: path,
				status
			});
			duration({ route: path }, Number(process.hrtime.bigint() - started) / 1e9);
		});
		next();
	};
}
/** Counts queries and mutations and how long they took, by what they ask first. */
function observeOperations(metrics) {
	const total = metrics.counter("lookback_queries_total", "GraphQL queries and mutations by first field and outcome: ok or an error code");
	const duration = metrics.duration("lookback_query_seconds", "Time that GraphQL queries and mutations take");
	return (field, outcome, seconds) => {
		total({
			field,
			outcome
		});
		duration({ field }, seconds);
	};
}

// dist/app/process-metrics.js
/** Milliseconds between two looks at the event loop. */
const RESOLUTION_MS = 20;
/** Adds what Prometheus clients usually say of a process, under the usual names. */
function addProcessMetrics(metrics, version) {
	const startedSeconds = systemClock.nowMs() / 1e3 - process.uptime();
	const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
	delay.enable();
	metrics.gauges("lookback_build_info", "1; the labels say which version runs.", () => [{
		labels: {
			version,
			node: process.version
		},
		value: 1
	}]);
	metrics.gauge("process_start_time_seconds", "When the process started, in seconds since 1970.", () => startedSeconds);
	metrics.gauge("process_resident_memory_bytes", "Memory of the process that is in use.", () => process.memoryUsage.rss());
	metrics.gauge("process_open_fds", "Open file descriptors.", () => openDescriptors());
	metrics.counted("process_cpu_seconds_total", "Processor time used.", () => {
		const { user, system } = process.cpuUsage();
		return [{
			labels: {},
			value: (user + system) / 1e6
		}];
	});
	metrics.gauge("nodejs_heap_size_used_bytes", "Memory of JavaScript objects.", () => process.memoryUsage().heapUsed);
	metrics.gauge("nodejs_eventloop_lag_p99_seconds", "99th percentile of how late the event loop is.", () => Math.max(0, delay.percentile(99) / 1e9 - RESOLUTION_MS / 1e3));
}
/** Null where the host does not tell. */
function openDescriptors() {
	try {
		return readdirSync("/proc/self/fd").length;
	} catch {
		return null;
	}
}

// dist/app/metrics.js
/** How long a measurement of the devices is used again, in milliseconds: each starts a process. */
const SPACE_KEPT_MS = 1e4;
/** Every metric that is read from the parts; the server adds those of its requests. */
function metricsOf({ core, scheduler, watch, version, retention }) {
	const metrics = new Metrics();
	addProcessMetrics(metrics, version);
	addStoreMetrics(metrics, core);
	addDeviceMetrics(metrics, core);
	addShippingMetrics(metrics, core);
	addTaskMetrics(metrics, scheduler);
	addRetentionMetrics(metrics, core, retention);
	metrics.gauges("lookback_retention_conditions", "Conditions that last, by kind: see the subscription retention.", () => {
		const conditions = watch.conditions();
		return EVENT_KINDS.filter((kind) => kind !== "export-ready").map((kind) => ({
			labels: { kind },
			value: conditions.filter((one) => one.kind === kind).length
		}));
	});
	metrics.gauges("lookback_webhook_deliveries", "Deliveries of kept events to webhooks, by state.", () => [
		"waiting",
		"delivered",
		"given-up"
	].map((state) => ({
		labels: { state },
		value: core.catalogue.retentionEvents.count(state)
	})));
	return metrics;
}
function addStoreMetrics(metrics, { catalogue }) {
	const segments = () => catalogue.segments.live();
	metrics.gauge("lookback_sessions", "Session rows in live segments.", () => segments().reduce((sum, { rows }) => sum + rows, 0));
	metrics.gauge("lookback_segments", "Live segments.", () => segments().length);
	metrics.gauge("lookback_index_bytes", "Bytes of live segments.", () => segments().reduce((sum, { bytes }) => sum + bytes, 0));
	metrics.gauges("lookback_packet_files", "Packet files that are there, by who keeps them.", () => catalogue.files.totals().map(({ storage, files }) => ({
		labels: { storage },
		value: files
	})));
	metrics.gauges("lookback_packet_bytes", "Bytes of packet files that are there, by who keeps them.", () => catalogue.files.totals().map(({ storage, bytes }) => ({
		labels: { storage },
		value: bytes
	})));
	metrics.gauges("lookback_oldest_packet_age_seconds", "Age of the earliest packet that is there, by who keeps it.", () => catalogue.files.totals().flatMap(({ storage, firstMs }) => firstMs === null ? [] : [{
		labels: { storage },
		value: (systemClock.nowMs() - firstMs) / 1e3
	}]));
	metrics.gauge("lookback_import_jobs_queued", "Imports that wait.", () => catalogue.jobs.inState("queued").length);
	metrics.gauges("lookback_exports", "Exports by state.", () => catalogue.exports.counts().map(({ state, exports }) => ({
		labels: { state },
		value: exports
	})));
}
function addShippingMetrics(metrics, { config, catalogue }) {
	const shipping = shippingOf(config, catalogue);
	if (shipping === null) return;
	metrics.gauge("lookback_ship_queue_sessions", "Sessions that wait for the cluster.", () => shipping.status().queue.rows);
	metrics.gauge("lookback_ship_queue_bytes", "Bytes of segments that wait for the cluster.", () => shipping.status().queue.bytes);
	metrics.gauge("lookback_ship_budget_bytes", "Bytes of segments that may wait for the cluster.", () => shipping.status().budgetBytes);
	metrics.gauge("lookback_ship_refused_sessions", "Sessions that the cluster refused, kept as dead letters.", () => shipping.status().queue.deadRows);
	metrics.gauge("lookback_ship_sessions_per_second", "Sessions shipped a second, lately.", () => shipping.status().rate);
	metrics.gauge("lookback_shipper_up", "1 while a shipper runs, else 0.", () => shipping.status().running ? 1 : 0);
}
function addDeviceMetrics(metrics, core) {
	const { config, live, catalogue, directories } = core;
	const rules = () => retentionRules(config, live.values, catalogue.files.nodes()).packets;
	let newest = null;
	const space = () => {
		const now = systemClock.nowMs();
		if (newest === null || Math.abs(now - newest.atMs) >= SPACE_KEPT_MS) newest = {
			atMs: now,
			measured: measureSpace([
				...rules().storage.map(({ directory }) => directory),
				directories.data,
				directories.exports
			], diskSpaceProbe)
		};
		return newest.measured;
	};
	const perDevice = (value) => async () => (await space()).devices.flatMap((device) => device.directories.map((directory) => ({
		labels: { directory },
		value: value(device)
	})));
	metrics.gauges("lookback_device_free_bytes", "Free bytes of the device that a directory is on.", perDevice(({ freeBytes }) => freeBytes));
	metrics.gauges("lookback_device_size_bytes", "Size of the device that a directory is on.", perDevice(({ totalBytes }) => totalBytes));
	const ofPackets = (value) => async () => {
		const now = rules();
		const kept = new Set(now.storage.map(({ directory }) => directory));
		return (await space()).devices.flatMap((device) => {
			const target = deviceTarget({
				...device,
				pendingFiles: 0,
				pendingBytes: 0,
				writesFail: false
			}, now);
			return device.directories.filter((directory) => kept.has(directory)).map((directory) => ({
				labels: { directory },
				value: value(device.freeBytes, target)
			}));
		});
	};
	metrics.gauges("lookback_retention_target_bytes", "Free bytes that freeSpaceG asks for.", ofPackets((_free, target) => target));
	metrics.gauges("lookback_retention_target_reached", "1 while as much is free as freeSpaceG asks for, else 0.", ofPackets((free, target) => free >= target ? 1 : 0));
	metrics.gauge("lookback_free_space_conflicts", "Devices whose packet directories want different freeSpaceG: the larger is kept.", async () => (await freeSpaceConflicts(core)).length);
	metrics.gauge("lookback_directories_unmeasured", "Directories whose device cannot be measured, so that nothing is deleted there.", async () => (await space()).unmeasured.length);
}
function addRetentionMetrics(metrics, { catalogue }, { totals }) {
	const counted = (name, help, value) => {
		metrics.counted(name, help, () => [{
			labels: {},
			value: value()
		}]);
	};
	counted("lookback_retention_deleted_files_total", "Packet files that retention deleted.", () => totals.files);
	counted("lookback_retention_deleted_bytes_total", "Bytes of packet files that retention deleted.", () => totals.bytes);
	counted("lookback_retention_copied_bytes_total", "Bytes of held packets that were copied out of files which went.", () => totals.keptBytes);
	counted("lookback_retention_failed_deletions_total", "Deletions of packet files that failed, or are not finished.", () => totals.failures);
	counted("lookback_retention_expired_days_total", "Days of sessions that expired.", () => totals.days);
	metrics.gauges("lookback_forecast_days", "Days that packets and sessions will be kept at the recent rate, as forecast in the last hour.", () => {
		const { details = {} } = catalogue.taskRuns.lastOk("forecast") ?? {};
		return [["packets", details["packetDays"]], ["sessions", details["sessionDays"]]].flatMap(([of, days]) => typeof days === "number" ? [{
			labels: { of },
			value: days
		}] : []);
	});
	metrics.gauges("lookback_holds", "Holds in force, by what they hold.", () => {
		const active = catalogue.holds.active();
		return [
			"session",
			"day",
			"file"
		].map((subject) => ({
			labels: { subject },
			value: active.filter((hold) => hold.subject === subject).length
		}));
	});
	metrics.gauge("lookback_held_packet_bytes", "Bytes of packets of held sessions.", () => [...catalogue.holds.packetsByFile().values()].reduce((sum, { bytes }) => sum + bytes, 0));
}
function addTaskMetrics(metrics, scheduler) {
	const runs = metrics.counter("lookback_task_runs_total", "Runs of tasks that ended, by outcome.");
	const duration = metrics.duration("lookback_task_seconds", "Time that runs of tasks take.");
	scheduler.observe((task, outcome, seconds) => {
		runs({
			task,
			outcome
		});
		duration({ task }, seconds);
	});
	const perTask = (name, help, value) => {
		metrics.gauges(name, help, () => scheduler.status().flatMap((task) => {
			const found = value(task);
			return found === null ? [] : [{
				labels: { task: task.name },
				value: found
			}];
		}));
	};
	perTask("lookback_task_failures", "Failed runs since the last one that succeeded.", (task) => task.failures);
	perTask("lookback_task_paused", "1 while the task does not run by the clock.", (task) => task.paused === null ? 0 : 1);
	perTask("lookback_task_running", "1 while the task runs.", (task) => task.running ? 1 : 0);
	perTask("lookback_task_last_run_timestamp_seconds", "When the newest run began.", (task) => task.last === null ? null : task.last.startedAtMs / 1e3);
	perTask("lookback_task_last_success_timestamp_seconds", "When the newest run that succeeded ended.", (task) => task.lastOk?.finishedAtMs == null ? null : task.lastOk.finishedAtMs / 1e3);
	perTask("lookback_task_next_run_timestamp_seconds", "When the task runs next.", (task) => task.nextMs === null ? null : task.nextMs / 1e3);
}

// dist/graphql/catalogue-tag.js
/** Fields whose answer depends on the version, the field catalogue and the user's hidden fields only. */
const CATALOGUE_FIELDS = /* @__PURE__ */ new Set([
	"fields",
	"limits",
	"__schema",
	"__type",
	"__typename"
]);
/** Whether an operation asks for nothing but catalogue. */
function asksCatalogue(operation, document) {
	const fragments = new Map(document.definitions.flatMap((one) => one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one.selectionSet]] : []));
	const only = (set) => set.selections.every((node) => {
		if (node.kind === Kind.FIELD) return CATALOGUE_FIELDS.has(node.name.value);
		const inner = node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet : fragments.get(node.name.value);
		return inner !== void 0 && only(inner);
	});
	return operation.operation === "query" && only(operation.selectionSet);
}
let version = null;
/** What all answers of this version have in common. */
function versionOf(context) {
	version ??= createHash("sha256").update(schemaText()).update(JSON.stringify(context.services.fields.declared)).digest("hex");
	return version;
}
/** The tag of an answer: the same for as long as the same question has the same answer. `asOf` alone may differ, so it is weak. */
function tagOf(document, variables, operationName, context) {
	const { user } = context;
	const question = [
		versionOf(context),
		print(document),
		JSON.stringify(variables),
		operationName,
		user.role,
		[...context.scope.hiddenFields].sort(),
		context.services.queryTimeoutMs
	];
	return `W/"${createHash("sha256").update(JSON.stringify(question)).digest("base64url").slice(0, 32)}"`;
}
function matches(header, tag) {
	return header !== void 0 && header.split(",").some((one) => one.trim() === tag);
}
/**
* Gives answers that ask for catalogue only an `ETag`, and answers 304 to `If-None-Match` without running the operation
* (RFC 9110 section 13.1.2). A program that generates types from the catalogue need not read it again each time.
*/
const catalogueTagPlugin = { async requestDidStart() {
	let tag = null;
	return {
		async responseForOperation({ document, operation, request, operationName, contextValue, response }) {
			if (operation === void 0 || !asksCatalogue(operation, document)) return null;
			try {
				contextValue.require("search");
				tag = tagOf(document, request.variables ?? {}, operationName, contextValue);
			} catch {
				return null;
			}
			const header = request.http?.headers.get("if-none-match");
			if (request.http?.method !== "GET" && request.http?.method !== "POST") return null;
			if (!matches(header, tag)) return null;
			response.http.status = 304;
			response.http.headers.set("etag", tag);
			response.http.headers.set("cache-control", "private, no-cache");
			return {
				http: response.http,
				body: {
					kind: "single",
					singleResult: {}
				}
			};
		},
		async willSendResponse({ response, errors }) {
			if (tag === null || errors !== void 0 || response.body.kind !== "single" || response.body.singleResult.errors !== void 0) return;
			response.http.headers.set("etag", tag);
			response.http.headers.set("cache-control", "private, no-cache");
		}
	};
} };

// dist/graphql/document-store.js
/** Longest text of all documents that are kept, in characters; a parsed document takes some sixty times its text. */
const MOST_CHARACTERS = 262144;
/** Parsed and validated documents by hash, so that a program that asks the same again is not parsed again; the ones not asked for longest go. */
var DocumentStore = class {
	#documents = /* @__PURE__ */ new Map();
	#characters = 0;
	get(key) {
		const found = this.#documents.get(key);
		if (found !== void 0) {
			this.#documents.delete(key);
			this.#documents.set(key, found);
		}
		return Promise.resolve(found?.document);
	}
	set(key, document) {
		const characters = document.loc?.source.body.length ?? MOST_CHARACTERS;
		this.#remove(key);
		this.#documents.set(key, {
			document,
			characters
		});
		this.#characters += characters;
		for (const oldest of this.#documents.keys()) {
			if (this.#characters <= MOST_CHARACTERS) break;
			this.#remove(oldest);
		}
		return Promise.resolve();
	}
	delete(key) {
		return Promise.resolve(this.#remove(key));
	}
	/** Documents kept. */
	get size() {
		return this.#documents.size;
	}
	#remove(key) {
		const found = this.#documents.get(key);
		if (found === void 0) return false;
		this.#characters -= found.characters;
		return this.#documents.delete(key);
	}
};

// dist/graphql/server.js
/** A refusal before running, for which the server answers with HTTP status 400, or 429 with the wait; other errors as they are. */
function asBadRequest(error) {
	const refusal = error instanceof LookbackError ? toGraphQLError(error) : error;
	if (!(refusal instanceof GraphQLError)) return error;
	const wait = error instanceof LookbackError ? error.details["retryAfterSeconds"] : void 0;
	const http = typeof wait === "number" ? {
		status: 429,
		headers: new HeaderMap([["retry-after", String(wait)]])
	} : { status: 400 };
	return new GraphQLError(refusal.message, {
		originalError: refusal,
		extensions: {
			...refusal.extensions,
			http
		}
	});
}
/** How long a persisted query that is not used is kept, in seconds. */
const PERSISTED_SECONDS = 86400;
/** The size limits as a validation rule. */
const shapeRule = (context) => ({ Document(document) {
	try {
		checkShape(document);
	} catch (error) {
		if (!(error instanceof LookbackError)) throw error;
		context.reportError(toGraphQLError(error));
	}
} });
/** Counts the cost before the operation runs, and returns it with the answer. */
const costPlugin = { async requestDidStart() {
	return {
		async didResolveOperation({ schema, document, request, operation, operationName, contextValue }) {
			try {
				if (operation?.operation === "subscription") throw new LookbackError("BAD_INPUT", "a subscription is asked for at /graphql/stream (server-sent events) or over a WebSocket at /graphql");
				contextValue.spend(costOf(schema, document, request.variables ?? {}, operationName));
			} catch (error) {
				throw asBadRequest(error);
			}
		},
		async willSendResponse({ response, contextValue }) {
			if (response.body.kind !== "single") return;
			const { singleResult } = response.body;
			contextValue.finishReads(outcomesOf(singleResult.errors));
			singleResult.extensions = {
				...singleResult.extensions,
				...contextValue.spent
			};
		}
	};
} };
/** The first field of an operation that the schema has, so that clients cannot make up names; `none` for others. */
function firstField(operation) {
	return (operation?.selectionSet.selections.find((selection) => selection.kind === Kind.FIELD))?.name.value ?? "none";
}
function timing(listener) {
	return { async requestDidStart() {
		const started = process.hrtime.bigint();
		let field = "none";
		return {
			async didResolveOperation({ operation }) {
				field = firstField(operation);
			},
			async willSendResponse({ response, errors }) {
				if (response.body.kind !== "single") return;
				const code = response.body.singleResult.errors?.[0]?.extensions?.["code"] ?? errors?.[0]?.extensions["code"];
				listener(field, typeof code === "string" ? code : "ok", Number(process.hrtime.bigint() - started) / 1e9);
			}
		};
	} };
}
/** The server that answers queries and mutations; subscriptions have transports of their own. Start and stop it once. */
function createGraphqlServer(logger, listener = () => {}) {
	return new ApolloServer({
		schema: graphqlSchema(),
		introspection: true,
		csrfPrevention: true,
		allowBatchedHttpRequests: false,
		cache: "bounded",
		persistedQueries: { ttl: PERSISTED_SECONDS },
		documentStore: new DocumentStore(),
		includeStacktraceInErrorResponses: false,
		stopOnTerminationSignals: false,
		nodeEnv: "production",
		parseOptions: { maxTokens: LIMITS.tokens },
		validationRules: [shapeRule],
		plugins: [
			ApolloServerPluginLandingPageDisabled(),
			ApolloServerPluginCacheControlDisabled(),
			costPlugin,
			catalogueTagPlugin,
			timing(listener)
		],
		formatError: (formatted, error) => formatError(formatted, error, logger),
		logger: {
			debug: (message) => logger.debug({}, String(message)),
			info: (message) => logger.info({}, String(message)),
			warn: (message) => logger.warn({}, String(message)),
			error: (message) => logger.error({}, String(message))
		}
	});
}

// dist/http/client.js
/**
* Where a request comes from. `X-Forwarded-For` and `X-Forwarded-Proto` are believed from listed proxies alone, and of a
* list of hops the last one that is no listed proxy: what stands before it was written by the client.
*/
function clientOf(request, proxies) {
	const peer = unmapped(request.socket.remoteAddress ?? "unknown");
	const overTls = request.socket instanceof TLSSocket;
	if (!proxies.has(peer)) return {
		address: peer,
		peer,
		secure: overTls
	};
	const header = request.headers["x-forwarded-for"];
	const hops = (Array.isArray(header) ? header.join(",") : header ?? "").split(",").map((hop) => unmapped(hop.trim())).slice(-20);
	let address = peer;
	for (const hop of hops.toReversed()) {
		if (isIP(hop) === 0) break;
		address = hop;
		if (!proxies.has(hop)) break;
	}
	return {
		address,
		peer,
		secure: overTls || request.headers["x-forwarded-proto"] === "https"
	};
}
const clients = /* @__PURE__ */ new WeakMap();
/** Remembers where a request comes from. */
function setClient(request, client) {
	clients.set(request, client);
}
/** The client's address of a request. */
function addressOf(request) {
	return clients.get(request)?.address ?? unmapped(request.socket.remoteAddress ?? "unknown");
}
/** Whether the client of a request speaks TLS. */
function isSecure(request) {
	return clients.get(request)?.secure ?? request.socket instanceof TLSSocket;
}

// dist/http/trusted-header.js
/** Longest header that is looked at. */
const MAX_HEADER = 4096;
/** A header by its name in any spelling, or null when it is not there or too long. */
function headerOf(request, name) {
	const value = request.headers[name.toLowerCase()];
	return typeof value === "string" && value.length <= MAX_HEADER ? value : null;
}
/** The user name that a trusted proxy gives for a request, or null: from another peer, without the header, or without what is required beside it. */
function headerUser(request, peer, { userNameHeader, proxies, required }) {
	if (!proxies.has(peer)) return null;
	if (required !== null) {
		const given = headerOf(request, required.header)?.split(",").map((value) => value.trim()) ?? [];
		if (!required.values.some((value) => given.includes(value))) return null;
	}
	const name = headerOf(request, userNameHeader)?.trim() ?? "";
	return name === "" ? null : name;
}

// dist/http/principal.js
/** Name of the login cookie. */
const LOGIN_COOKIE = "lookback_login";
/** Longest cookie header that is searched. */
const MAX_COOKIE_HEADER = 8192;
const SECRET = /^[A-Za-z0-9_-]{20,100}$/;
/** The login id in a request's cookies, or null. */
function loginIdOf(request) {
	return cookieOf(request, LOGIN_COOKIE);
}
/** The secret in a cookie of a request, or null. */
function cookieOf(request, name) {
	const header = request.headers.cookie;
	if (header === void 0 || header.length > MAX_COOKIE_HEADER) return null;
	for (const part of header.split(";")) {
		const equals = part.indexOf("=");
		if (equals < 0 || part.slice(0, equals).trim() !== name) continue;
		const value = part.slice(equals + 1).trim();
		if (SECRET.test(value)) return value;
	}
	return null;
}
/**
* Who a request is from: a bearer token when it carries one, else what a trusted proxy says, else the login cookie; null
* when none holds. A wrong token falls back to nothing. Notes where the request comes from (`addressOf`) as well.
*/
function principalOf(request, { access, proxies, header, admission }) {
	const client = clientOf(request, proxies);
	setClient(request, client);
	const { authorization } = request.headers;
	if (authorization !== void 0) {
		const token = /^Bearer +([A-Za-z0-9_-]{20,100})$/i.exec(authorization)?.[1];
		return token === void 0 ? null : access.principalOfToken(token);
	}
	if (header !== null) {
		const name = headerUser(request, client.peer, header);
		if (name !== null) {
			const known = access.principalOfHeader(name, client.address);
			if (known !== null || admission === void 0 || admission === null) return known;
			const admitted = admission.admit(name, "header", (fact) => headerOf(request, fact), client.address);
			return admitted === null ? null : access.principalOfHeader(admitted.name, client.address);
		}
	}
	const id = loginIdOf(request);
	return id === null ? null : access.principalOfCookie(id);
}
const principals = /* @__PURE__ */ new WeakMap();
/** Remembers who a request is from. */
function setPrincipal(request, principal) {
	principals.set(request, principal);
}
/** Who a request is from. UNAUTHENTICATED when nobody is logged in. */
function requirePrincipal(request) {
	const principal = principals.get(request);
	if (principal === void 0) throw new LookbackError("UNAUTHENTICATED", "log in first: POST /login, or send a bearer token");
	return principal;
}
/** Who a request is from, or null. */
function knownPrincipal(request) {
	return principals.get(request) ?? null;
}

// dist/http/downloads.js
function one(value) {
	if (typeof value === "string") return value;
	throw new LookbackError("LINK_INVALID", "this link is incomplete");
}
/** File name for `Content-Disposition`: quoted, other characters replaced. */
function safeName(name) {
	return name.replace(/[^A-Za-z0-9._-]/g, "_");
}
/** The file of a link, for the user that is logged in. LINK_INVALID, FORBIDDEN, NOT_FOUND. */
async function fileOf(request, downloads) {
	const { user } = requirePrincipal(request);
	const grant = {
		exportId: one(request.params["id"]),
		user: one(request.query["user"]),
		expiresMs: Number(one(request.query["expires"]))
	};
	if (grant.user !== user.name) throw new LookbackError("LINK_INVALID", "this link was made for another user");
	const file = await downloads.openLink(grant, one(request.query["signature"]));
	if (file.createdMs < user.rightsChangedMs) throw new LookbackError("FORBIDDEN", "this export was made before your rights changed; make it again");
	return file;
}
function send(response, path, next) {
	response.sendFile(path, {
		acceptRanges: true,
		cacheControl: false,
		lastModified: false,
		dotfiles: "allow"
	}, (error) => {
		if (error === void 0 || error === null || response.headersSent) return;
		next(systemErrorCode(error) === "ENOENT" ? new LookbackError("NOT_FOUND", "the export's file has gone") : error);
	});
}
/**
* The routes of signed links: `/api/exports/:id/download` and `/api/exports/:id/manifest`. A link is for one user, who must
* be logged in; ranges and conditional requests are answered by the file's SHA-256. `/api/signing-key` tells the public key
* that verifies manifests; it is no secret, and who verifies need not have a login.
*/
function downloadRoutes(access, downloads) {
	return [
		{
			method: "get",
			path: "/api/exports/:id/download",
			access: "export",
			handlers: [async (request, response, next) => {
				const { user, method } = requirePrincipal(request);
				const file = await fileOf(request, downloads);
				access.audit(user.name, "export.download", {
					export: file.id,
					bytes: file.bytes,
					range: request.headers.range ?? null
				}, {
					address: addressOf(request),
					method
				});
				response.setHeader("ETag", `"${file.sha256}"`);
				response.setHeader("Content-Disposition", `attachment; filename="${safeName(file.fileName)}"`);
				send(response.type(file.contentType), file.path, next);
			}]
		},
		{
			method: "get",
			path: "/api/exports/:id/manifest",
			access: "export",
			handlers: [async (request, response, next) => {
				const { user, scopes } = requirePrincipal(request);
				access.require(user, "files", scopes);
				const file = await fileOf(request, downloads);
				response.setHeader("Content-Disposition", `attachment; filename="${safeName(file.fileName)}.manifest.json"`);
				send(response.type("application/json"), file.manifestPath, next);
			}]
		},
		{
			method: "get",
			path: "/api/signing-key",
			access: "public",
			handlers: [(_request, response) => {
				const { keyId, publicPem } = downloads.publicKey;
				response.json({
					algorithm: "Ed25519",
					keyId,
					publicKey: publicPem
				});
			}]
		}
	];
}

// dist/http/error-response.js
/** Statuses of HTTP itself that say more than the status of the code: too large, wrong type, no such range. */
const OWN_STATUSES = /* @__PURE__ */ new Set([
	413,
	415,
	416
]);
/** Sends an error as `{"error":{"code","message"}}` with its HTTP status. */
function sendError(response, error, status = httpStatusOf(error)) {
	const wait = error.details["retryAfterSeconds"];
	if (typeof wait === "number") response.setHeader("Retry-After", String(wait));
	if (error.code === "UNAUTHENTICATED") response.setHeader("WWW-Authenticate", "Bearer");
	response.status(status).json({ error: {
		code: error.code,
		message: error.message
	} });
}
/** The type that body-parser and send give their errors, or null. */
function httpFault(error) {
	if (!(error instanceof Error) || !("status" in error) || typeof error.status !== "number") return null;
	return {
		status: error.status,
		type: "type" in error && typeof error.type === "string" ? error.type : ""
	};
}
/** What a client sees of an error of a handler. */
function shownError(error) {
	if (error instanceof LookbackError) return error;
	const fault = httpFault(error);
	if (fault === null || fault.status >= 500) return null;
	if (fault.type === "entity.too.large") return new LookbackError("LIMIT_EXCEEDED", "the request's body is too large");
	if (fault.status === 404) return new LookbackError("NOT_FOUND", "there is no such file");
	return new LookbackError("BAD_INPUT", fault.type === "entity.parse.failed" ? "the request's body is not the JSON that it claims to be" : "the request cannot be read");
}
/** The last handler: errors as JSON; faults of ours go to the log under a reference. */
function errorHandler(logger) {
	return (error, request, response, _next) => {
		const shown = shownError(error);
		if (shown === null) logger.error({
			method: request.method,
			path: request.path,
			error
		}, "a request failed");
		if (response.headersSent) {
			response.destroy();
			return;
		}
		const fault = httpFault(error);
		if (fault?.type === "entity.too.large") response.setHeader("Connection", "close");
		const answer = shown ?? new LookbackError("INTERNAL", "an internal fault; the log has it");
		sendError(response, answer, fault !== null && OWN_STATUSES.has(fault.status) ? fault.status : httpStatusOf(answer));
	};
}

// dist/http/pages.js
/** Text as HTML shows it. */
function escapeHtml(text) {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\"", "&quot;").replaceAll("'", "&#39;");
}
function page(title, body, head = "") {
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/login/page.css">
${head}
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}
/** Style of the pages. */
const PAGE_CSS = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 36rem; margin: 12vh auto; padding: 0 1.5rem; }
label { display: block; margin: 1rem 0 .25rem; }
input { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; }
button { font: inherit; margin-top: 1.25rem; padding: .5rem 1.25rem; }
pre { overflow-x: auto; padding: 1rem; border: 1px solid #8886; border-radius: .25rem; }
.error { color: #c22; }
`;
/** The login form; `next` is where a login leads, `message` what an administrator has to say, `atProvider` whether there is an OpenID provider as well. */
function loginPage(next, error, { message, atProvider }) {
	return page("Lookback: log in", `<h1>Lookback</h1>
${message === "" ? "" : `<p>${escapeHtml(message)}</p>`}
${atProvider ? `<p><a href="/auth/login?next=${escapeHtml(encodeURIComponent(next))}">Log in at your organisation</a>, or here:</p>` : ""}
${error === null ? "" : `<p class="error" role="alert">${escapeHtml(error)}</p>`}
<form method="post" action="/login">
<input type="hidden" name="next" value="${escapeHtml(next)}">
<label for="user">User name</label>
<input id="user" name="user" autocomplete="username" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">Log in</button>
</form>`);
}
/** What is shown when no login came of a visit to the OpenID provider. */
function failedLoginPage(error) {
	return page("Lookback: log in", `<h1>Lookback</h1>
<p class="error" role="alert">${escapeHtml(error)}</p>
<p><a href="/auth/login">Try again</a></p>`);
}
/** Leads on to a path of ours. */
function continuePage(next) {
	return page("Lookback", `<h1>Lookback</h1>
<p>You are logged in. <a href="${escapeHtml(next)}">Go on</a></p>`, `<meta http-equiv="refresh" content="0; url=${escapeHtml(next)}">`);
}
/** The first page after a login. */
function rootPage(user) {
	return page("Lookback", `<h1>Lookback</h1>
<p>Logged in as <strong>${escapeHtml(user)}</strong>.</p>
<ul>
<li><a href="/explorer">API explorer</a>: ask in GraphQL, with the schema's documentation beside it</li>
<li><a href="/metrics">Metrics</a> and <a href="/healthz">health</a></li>
</ul>
<p>A first question:</p>
<pre>{ sessions(first: 10) { nodes { id firstPacket source { ip port } destination { ip port } protocol } } }</pre>
<form method="post" action="/logout"><button type="submit">Log out</button></form>`);
}
/** The page that holds the explorer. */
const EXPLORER_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Lookback: API explorer</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/explorer/graphiql.css">
<link rel="stylesheet" href="/explorer/page.css">
</head>
<body>
<div id="explorer">Loading the explorer…</div>
<script src="/explorer/react.js"><\/script>
<script src="/explorer/react-dom.js"><\/script>
<script src="/explorer/graphiql.js"><\/script>
<script src="/explorer/start.js"><\/script>
</body>
</html>
`;
/** Style of the explorer's page. */
const EXPLORER_CSS = "html, body, #explorer { height: 100%; margin: 0; }\n";
/** Starts GraphiQL: queries and mutations by POST, subscriptions as server-sent events (distinct connections mode). */
const EXPLORER_START = `"use strict";
(() => {
  const headers = { "content-type": "application/json", "x-lookback-csrf": "1" };

  const isSubscription = (request, options) => {
    const definitions = options && options.documentAST ? options.documentAST.definitions : [];
    const operations = definitions.filter((definition) => definition.kind === "OperationDefinition");
    const chosen = operations.find((operation) => !request.operationName || (operation.name && operation.name.value === request.operationName));
    return chosen !== undefined && chosen.operation === "subscription";
  };

  async function* events(request) {
    const abort = new AbortController();
    try {
      const response = await fetch("/graphql/stream", {
        method: "POST", signal: abort.signal, headers: { ...headers, accept: "text/event-stream" }, body: JSON.stringify(request),
      });
      if (!response.ok || response.body === null) throw new Error("the stream answered " + response.status);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        text += value;
        for (let end = text.indexOf("\\n\\n"); end >= 0; end = text.indexOf("\\n\\n")) {
          const lines = text.slice(0, end).split("\\n");
          text = text.slice(end + 2);
          if (lines.some((line) => line === "event: complete")) return;
          const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5)).join("\\n").trim();
          if (data !== "") yield JSON.parse(data);
        }
      }
    } finally {
      abort.abort();
    }
  }

  const fetcher = async (request, options) => {
    if (isSubscription(request, options)) return events(request);
    const response = await fetch("/graphql", { method: "POST", headers: { ...headers, accept: "application/json" }, body: JSON.stringify(request) });
    if (response.status === 401) location.assign("/login?next=/explorer");
    return response.json();
  };

  const first = [
    "# Sessions that match an expression, newest first. Documentation is in the panel on the left.",
    "{",
    "  sessions(expression: \\"protocols == dns\\", first: 10) {",
    "    asOf",
    "    completeUntil",
    "    totalCount { value relation }",
    "    nodes { id firstPacket source { ip port } destination { ip port } dns { host } }",
    "  }",
    "}",
    "",
  ].join("\\n");

  const root = ReactDOM.createRoot(document.getElementById("explorer"));
  root.render(React.createElement(GraphiQL, { fetcher, defaultQuery: first, defaultEditorToolsVisibility: true }));
})();
`;

// dist/http/security-headers.js
/** Pages may load nothing but our own style sheet, and their forms lead to us. */
const STRICT = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
/** The explorer: our scripts, and styles that its editor writes as it goes. */
const EXPLORER_POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** Headers of every answer. `afterLogout` is where a logout leads to, or null: browsers hold forms to their policy on every redirect. */
function securityHeaders(afterLogout) {
	const policy = afterLogout === null ? STRICT : `${STRICT} ${afterLogout.origin}`;
	return (_request, response, next) => {
		setHeaders(response, policy);
		next();
	};
}
function setHeaders(response, policy) {
	response.setHeader("Content-Security-Policy", policy);
	response.setHeader("X-Content-Type-Options", "nosniff");
	response.setHeader("X-Frame-Options", "DENY");
	response.setHeader("Referrer-Policy", "same-origin");
	response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
	response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
	response.setHeader("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
	response.setHeader("Cache-Control", "no-store");
}
/** Tells browsers that came by TLS to come by TLS only (RFC 6797), for a year. */
const strictTransport = (request, response, next) => {
	if (isSecure(request)) response.setHeader("Strict-Transport-Security", "max-age=31536000");
	next();
};
/** Lets a file of ours be cached; it changes with the version only. */
function cacheable(response) {
	response.setHeader("Cache-Control", "private, max-age=3600");
}

// dist/http/explorer.js
/** Files of packages that the explorer's page loads: path on the server, package, file in it. */
const PACKAGE_FILES = [
	[
		"/explorer/react.js",
		"react",
		"umd/react.production.min.js",
		"text/javascript"
	],
	[
		"/explorer/react-dom.js",
		"react-dom",
		"umd/react-dom.production.min.js",
		"text/javascript"
	],
	[
		"/explorer/graphiql.js",
		"graphiql",
		"graphiql.min.js",
		"text/javascript"
	],
	[
		"/explorer/graphiql.css",
		"graphiql",
		"graphiql.min.css",
		"text/css"
	]
];
function text(type, body) {
	return (_request, response) => {
		cacheable(response);
		response.type(type).send(body);
	};
}
/** Routes of the API explorer: GraphiQL out of our own packages, nothing from elsewhere. */
function explorerRoutes() {
	const require = createRequire(import.meta.url);
	const files = PACKAGE_FILES.map(([path, name, file, type]) => {
		const location = join(dirname(require.resolve(`${name}/package.json`)), file);
		return {
			method: "get",
			path,
			access: "login",
			handlers: [(_request, response, next) => {
				cacheable(response);
				response.type(type).sendFile(location, {
					cacheControl: false,
					dotfiles: "allow"
				}, (error) => {
					if (error !== void 0 && error !== null) next(error);
				});
			}]
		};
	});
	return [
		{
			method: "get",
			path: "/explorer",
			access: "login",
			handlers: [(_request, response) => {
				response.setHeader("Content-Security-Policy", EXPLORER_POLICY);
				response.type("text/html").send(EXPLORER_PAGE);
			}]
		},
		{
			method: "get",
			path: "/explorer/start.js",
			access: "login",
			handlers: [text("text/javascript", EXPLORER_START)]
		},
		{
			method: "get",
			path: "/explorer/page.css",
			access: "login",
			handlers: [text("text/css", EXPLORER_CSS)]
		},
		...files
	];
}

// dist/http/same-origin.js
/** Header that only our own pages and programs can set: a browser asks first before it sends it to another origin. */
const CSRF_HEADER = "x-lookback-csrf";
/** What a request says of its origin: `same`, `other`, or `unsaid` (not a browser, or an old one). */
function originOf(request) {
	const { origin, host } = request.headers;
	const site = request.headers["sec-fetch-site"];
	if (site === "same-origin") return "same";
	if (site !== void 0 && site !== "none") return "other";
	if (origin === void 0) return site === void 0 ? "unsaid" : "same";
	try {
		return host !== void 0 && new URL(origin).host === new URL(`http://${host}`).host ? "same" : "other";
	} catch {
		return "other";
	}
}
/**
* Refuses requests that change something and may come from another site's page: all from another origin; and those
* with a cookie that do not prove theirs, by its name, by a JSON body, or by `x-lookback-csrf`. FORBIDDEN.
*/
const refuseForeign = (request, _response, next) => {
	if (request.method === "GET" || request.method === "HEAD" || request.method === "OPTIONS") {
		next();
		return;
	}
	const origin = originOf(request);
	if (origin === "other") throw new LookbackError("FORBIDDEN", "this request comes from another site's page");
	const method = knownPrincipal(request)?.method;
	const byCookie = method === "cookie" || method === "header";
	const asked = request.headers["x-lookback-csrf"] !== void 0 || request.is("application/json") === "application/json";
	if (byCookie && origin === "unsaid" && !asked) throw new LookbackError("FORBIDDEN", `a change under a login cookie needs a JSON body or the header ${CSRF_HEADER}`);
	next();
};

// dist/http/stream-request.js
/** Whether a client takes server-sent events. */
const TAKES_EVENTS = /text\/event-stream|text\/\*|\*\/\*/;
function isObject$1(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
function wrong(what) {
	return new LookbackError("BAD_INPUT", `an operation that is streamed ${what}`);
}
/**
* Checks the form of a request for a stream of events, so that each mistake has its answer in our form, and says what the
* library goes by: that events are wanted. Throws BAD_INPUT.
*/
function checkStreamRequest(request) {
	if (!TAKES_EVENTS.test(request.headers.accept ?? "*/*")) throw wrong("is answered as text/event-stream: ask for that in `Accept`, or send it to /graphql");
	request.headers.accept = "text/event-stream";
	if (request.method === "GET") {
		for (const name of ["variables", "extensions"]) {
			const text = request.query[name];
			if (text === void 0 || text === "") continue;
			if (typeof text !== "string" || !isObject$1(parsed(text))) throw wrong(`has "${name}" as the JSON of an object`);
		}
		checkQuery(request.query["query"]);
		return;
	}
	const body = request.body;
	if (!isObject$1(body)) throw wrong("comes as a JSON object, with the type application/json");
	checkQuery(body["query"]);
	for (const name of ["variables", "extensions"]) if (body[name] !== void 0 && body[name] !== null && !isObject$1(body[name])) throw wrong(`has "${name}" as an object`);
	const { operationName } = body;
	if (operationName !== void 0 && operationName !== null && typeof operationName !== "string") throw wrong("has \"operationName\" as text");
}
function checkQuery(query) {
	if (typeof query !== "string") throw wrong("has \"query\" as text");
}
function parsed(text) {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

// dist/http/graphql-endpoint.js
/** Most WebSocket connections at once, and most operations that run on one. */
const MAX_SOCKETS = 200;
const MAX_SOCKET_OPERATIONS = 50;
/** Milliseconds between pings that keep a connection through proxies. */
const KEEP_ALIVE_MS = 12e3;
function gone() {
	return new LookbackError("QUERY_CANCELLED", "the client left");
}
function isStream(result) {
	return typeof result === "object" && result !== null && Symbol.asyncIterator in result;
}
/** Everything under `/graphql`: queries and mutations by POST or GET, subscriptions by SSE and WebSocket. */
var GraphqlEndpoint = class {
	#services;
	#apollo;
	#stopping = new AbortController();
	#sockets = new WebSocketServer({
		noServer: true,
		maxPayload: LIMITS.bodyBytes
	});
	#doors;
	#live;
	#disposeSockets;
	constructor(services, apollo, doors, live) {
		this.#services = services;
		this.#doors = doors;
		this.#apollo = apollo;
		this.#live = live;
		this.#disposeSockets = this.#serveSockets();
	}
	/** The routes; the Apollo server must have started. */
	routes() {
		const json = express.json({ limit: LIMITS.bodyBytes });
		const apollo = expressMiddleware(this.#apollo, { context: ({ req, res }) => Promise.resolve(this.#contextOf(req, res, [])) });
		const withBody = (request, _response, next) => {
			request.body ??= {};
			next();
		};
		const stream = this.#streamHandler();
		return [
			{
				method: "get",
				path: "/graphql",
				access: "login",
				handlers: [withBody, apollo]
			},
			{
				method: "post",
				path: "/graphql",
				access: "login",
				handlers: [
					json,
					withBody,
					apollo
				]
			},
			{
				method: "get",
				path: "/graphql/stream",
				access: "login",
				handlers: [stream]
			},
			{
				method: "post",
				path: "/graphql/stream",
				access: "login",
				handlers: [json, stream]
			}
		];
	}
	/** Ends streams and connections; their clients are told SHUTTING_DOWN. */
	async stop() {
		await this.#live.endAll();
		this.#stopping.abort(new LookbackError("SHUTTING_DOWN", "the service is stopping"));
		await this.#disposeSockets();
	}
	/** The context of a request; `ends` ends it too. Queries go on while the server drains, streams do not. */
	#contextOf(request, response, ends) {
		const abort = new AbortController();
		response.once("close", () => {
			if (!response.writableFinished) abort.abort(gone());
		});
		return new RequestContext(this.#services, requirePrincipal(request), AbortSignal.any([abort.signal, ...ends]), addressOf(request));
	}
	#begin(principal) {
		try {
			return this.#live.begin(principal);
		} catch (error) {
			if (error instanceof LookbackError) return toGraphQLError(error);
			throw error;
		}
	}
	#streamHandler() {
		const { logger } = this.#services;
		const running = /* @__PURE__ */ new WeakMap();
		const refused = (errors) => ({
			data: null,
			errors: shownErrors(errors, logger)
		});
		const handler = createHandler({
			schema: graphqlSchema(),
			authenticate: () => "",
			onSubscribe: (request, { query, variables, operationName }) => {
				const live = this.#begin(requirePrincipal(request.raw));
				if (live instanceof GraphQLError) return refused([live]);
				request.context.res.once("close", () => live.end());
				const context = this.#contextOf(request.raw, request.context.res, [this.#stopping.signal, live.signal]);
				running.set(context, live);
				const prepared = prepareOperation({
					query,
					variables,
					operationName
				}, context);
				if ("errors" in prepared) return refused(prepared.errors);
				if (request.method === "GET" && getOperationAST(prepared.args.document, operationName)?.operation === "mutation") return refused([toGraphQLError(new LookbackError("BAD_INPUT", "a change is sent by POST"))]);
				return {
					...prepared.args,
					contextValue: Object.assign(context, {})
				};
			},
			onOperation: (context, _request, _args, result) => {
				const live = running.get(context);
				return live === void 0 || !isStream(result) ? void 0 : this.#live.whileAllowed(result, live);
			},
			onNext: (context, _request, result) => "hasNext" in result || !running.has(context) ? void 0 : shownResult(result, context, logger)
		});
		return async (request, response) => {
			checkStreamRequest(request);
			await handler(request, response);
		};
	}
	#serveSockets() {
		const { logger } = this.#services;
		const running = /* @__PURE__ */ new WeakMap();
		const operationsOf = (socket) => {
			let operations = running.get(socket);
			if (operations === void 0) running.set(socket, operations = /* @__PURE__ */ new Map());
			return operations;
		};
		const disposable = useServer({
			schema: graphqlSchema(),
			onSubscribe: ({ extra }, id, { query, variables, operationName }) => {
				const principal = principalOf(extra.request, this.#doors);
				const operations = operationsOf(extra.socket);
				if (principal === null) return [toGraphQLError(new LookbackError("UNAUTHENTICATED", "the login has ended"))];
				if (operations.size >= MAX_SOCKET_OPERATIONS) return [toGraphQLError(new LookbackError("LIMIT_EXCEEDED", `a connection runs ${MAX_SOCKET_OPERATIONS} operations at once`, { limit: MAX_SOCKET_OPERATIONS }))];
				const live = this.#begin(principal);
				if (live instanceof GraphQLError) return [live];
				const abort = new AbortController();
				const context = new RequestContext(this.#services, principal, AbortSignal.any([
					abort.signal,
					this.#stopping.signal,
					live.signal
				]), addressOf(extra.request));
				const prepared = prepareOperation({
					query,
					variables,
					operationName
				}, context);
				if ("errors" in prepared) {
					live.end();
					return prepared.errors;
				}
				operations.set(id, {
					context,
					abort,
					live
				});
				return prepared.args;
			},
			onOperation: ({ extra }, id, _payload, _args, result) => {
				const operation = operationsOf(extra.socket).get(id);
				return operation === void 0 || !isStream(result) ? void 0 : this.#live.whileAllowed(result, operation.live);
			},
			onNext: ({ extra }, id, _payload, _args, result) => {
				const operation = operationsOf(extra.socket).get(id);
				return operation === void 0 ? void 0 : shownResult(result, operation.context, logger);
			},
			onError: (_context, _id, _payload, errors) => [...shownErrors(errors.filter((error) => error instanceof GraphQLError), logger)],
			onComplete: ({ extra }, id) => {
				const operation = operationsOf(extra.socket).get(id);
				operation?.abort.abort(gone());
				operation?.live.end();
				operationsOf(extra.socket).delete(id);
			},
			onDisconnect: ({ extra }) => {
				for (const { abort, live } of operationsOf(extra.socket).values()) {
					abort.abort(gone());
					live.end();
				}
				running.delete(extra.socket);
			}
		}, this.#sockets, KEEP_ALIVE_MS);
		return async () => {
			await disposable.dispose();
		};
	}
	/** Takes WebSocket upgrades of `/graphql` on a server; others, and those of nobody or of another site, are refused. */
	acceptUpgrades(server) {
		server.on("upgrade", (request, socket, head) => {
			const refuse = (status) => {
				socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
			};
			socket.on("error", () => socket.destroy());
			if (request.url?.split("?")[0] !== "/graphql") return refuse("404 Not Found");
			if (principalOf(request, this.#doors) === null) return refuse("401 Unauthorized");
			if (originOf(request) === "other") return refuse("403 Forbidden");
			if (this.#stopping.signal.aborted || this.#sockets.clients.size >= MAX_SOCKETS) return refuse("503 Service Unavailable");
			this.#sockets.handleUpgrade(request, socket, head, (client) => this.#sockets.emit("connection", client, request));
		});
	}
};

// dist/http/live-operations.js
/** Milliseconds between two looks for logins and tokens that expired, or were ended by another process. */
const LOOK_MS = 1e3;
/** Longest wait for operations to tell their clients that the service stops, in milliseconds. */
const FAREWELL_MS = 1e3;
/** Most operations of one user on streaming transports at a time. */
const MAX_PER_USER = 100;
/** The operations on streaming transports: each ends when what let it in does. */
var LiveOperations = class {
	#access;
	#operations = /* @__PURE__ */ new Set();
	#timer;
	#forget;
	#stopping = false;
	#onEmpty = () => {};
	constructor(access) {
		this.#access = access;
		this.#timer = setInterval(() => {
			this.#endStale();
		}, LOOK_MS).unref();
		this.#forget = access.onChange(() => {
			this.#endStale();
		});
	}
	/** Begins an operation of a user. LIMIT_EXCEEDED when the user has too many, SHUTTING_DOWN when the service stops. */
	begin(principal) {
		if (this.#stopping) throw stoppingError();
		const { name } = principal.user;
		let count = 0;
		for (const other of this.#operations) if (other.principal.user.name === name) count += 1;
		if (count >= MAX_PER_USER) throw new LookbackError("LIMIT_EXCEEDED", `a user runs ${MAX_PER_USER} operations on streams at once; end some`, { limit: MAX_PER_USER });
		const operation = {
			principal,
			abort: new AbortController()
		};
		this.#operations.add(operation);
		return {
			principal,
			signal: operation.abort.signal,
			end: () => {
				this.#end(operation);
			}
		};
	}
	/** The results of an operation for as long as what let it in holds; then one with the error, and no more. */
	async *whileAllowed(results, { principal, signal, end }) {
		const iterator = results[Symbol.asyncIterator]();
		let wake = () => {};
		const onAbort = () => wake();
		signal.addEventListener("abort", onAbort, { once: true });
		try {
			for (;;) {
				const next = await new Promise((resolve, reject) => {
					wake = () => resolve(null);
					if (signal.aborted) resolve(null);
					else iterator.next().then(resolve, reject);
				});
				if (next === null || !this.#access.stillHolds(principal)) {
					const reason = signal.aborted ? signal.reason : null;
					yield { errors: [toGraphQLError(reason instanceof LookbackError ? reason : endedError())] };
					return;
				}
				if (next.done === true) return;
				yield next.value;
			}
		} finally {
			signal.removeEventListener("abort", onAbort);
			end();
			iterator.return?.();
		}
	}
	/** Ends every operation because the service stops, and lets none begin; resolves when their clients were told, within a second. */
	async endAll() {
		this.#stopping = true;
		if (this.#operations.size === 0) return;
		const empty = new Promise((resolve) => {
			this.#onEmpty = resolve;
		});
		for (const { abort } of this.#operations) abort.abort(stoppingError());
		let timer;
		await Promise.race([empty, new Promise((resolve) => {
			timer = setTimeout(resolve, FAREWELL_MS);
		})]);
		clearTimeout(timer);
	}
	/** Looks no more. */
	stop() {
		clearInterval(this.#timer);
		this.#forget();
	}
	#end(operation) {
		this.#operations.delete(operation);
		if (this.#operations.size === 0) this.#onEmpty();
	}
	#endStale() {
		for (const operation of this.#operations) {
			if (this.#access.stillHolds(operation.principal)) continue;
			this.#end(operation);
			operation.abort.abort(endedError());
		}
	}
};
function stoppingError() {
	return new LookbackError("SHUTTING_DOWN", "the service is stopping");
}
function endedError() {
	return new LookbackError("UNAUTHENTICATED", "the login or token has ended, or its rights have changed; log in and subscribe again");
}

// dist/http/local-path.js
/** A path of this server to go to; anything else becomes `/`, so that a login leads nowhere foreign. */
function localPath(value) {
	return typeof value === "string" && /^\/(?![/\\])[\w\-./?=&%]{0,500}$/.test(value) ? value : "/";
}

// dist/http/oidc.js
/** Cookie of a browser that went to the provider. `Lax`: it must come back with the provider's redirect. */
const BROWSER_COOKIE = "lookback_oidc";
const COOKIE_SECONDS = 600;
/** Routes of the login at an OpenID provider; the paths are Arkime's, so that a provider's registration can stay. */
function oidcRoutes(oidc, access, setLogin, isSecureCookie) {
	const setBrowser = (response, value, seconds) => {
		response.append("Set-Cookie", `${BROWSER_COOKIE}=${value}; Path=/auth/login; HttpOnly; SameSite=Lax; Max-Age=${seconds}${isSecureCookie(response) ? "; Secure" : ""}`);
	};
	const fail = (response, error) => {
		if (!(error instanceof LookbackError)) throw error;
		response.status(httpStatusOf(error)).type("text/html").send(failedLoginPage(error.message));
	};
	return [{
		method: "get",
		path: "/auth/login",
		access: "public",
		handlers: [async (request, response) => {
			try {
				const { url, browser } = await oidc.begin(request.headers.host ?? "", localPath(request.query["next"]));
				setBrowser(response, browser, COOKIE_SECONDS);
				response.redirect(303, url.href);
			} catch (error) {
				fail(response, error);
			}
		}]
	}, {
		method: "get",
		path: "/auth/login/callback",
		access: "public",
		handlers: [async (request, response) => {
			setBrowser(response, "", 0);
			try {
				const query = new URL(request.originalUrl, "http://localhost").searchParams;
				const { user, next } = await oidc.finish(query, cookieOf(request, BROWSER_COOKIE), addressOf(request));
				setLogin(response, access.startLogin(user, addressOf(request)));
				response.type("text/html").send(continuePage(next));
			} catch (error) {
				fail(response, error);
			}
		}]
	}];
}

// dist/http/login.js
/** Largest login body. */
const BODY_BYTES = 16384;
function isObject(value) {
	return typeof value === "object" && value !== null;
}
function fieldOf(body, name) {
	const value = isObject(body) ? body[name] : void 0;
	if (typeof value === "string") return value;
	throw new LookbackError("BAD_INPUT", `a login has "user" and "password" as text; "${name}" is missing`);
}
/** Routes of login and logout. */
function loginRoutes(access, clock, { passwords, oidc, secureCookies, message, afterLogout = null }) {
	const secure = (response) => secureCookies === "auto" ? isSecure(response.req) : secureCookies;
	const setCookie = (response, id, maxAgeSeconds) => {
		response.append("Set-Cookie", `${LOGIN_COOKIE}=${id}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${secure(response) ? "; Secure" : ""}`);
	};
	const setLogin = (response, { id, expiresMs }) => {
		setCookie(response, id, Math.floor((expiresMs - clock.nowMs()) / 1e3));
	};
	const login = async (request, response) => {
		const body = request.body;
		const byForm = request.is("application/x-www-form-urlencoded") !== false;
		const next = localPath(isObject(body) ? body["next"] : void 0);
		try {
			if (!passwords) throw new LookbackError("FORBIDDEN", `passwords are not taken here; log in at ${oidc === null ? "the proxy in front" : "/auth/login"}, or send a bearer token`);
			const started = await access.login(fieldOf(body, "user"), fieldOf(body, "password"), addressOf(request));
			setLogin(response, started);
			if (byForm) response.redirect(303, next);
			else response.json({
				user: started.user.name,
				role: started.user.role,
				expires: new Date(started.expiresMs).toISOString()
			});
		} catch (error) {
			if (!byForm || !(error instanceof LookbackError)) throw error;
			response.status(httpStatusOf(error)).type("text/html").send(loginPage(next, error.message, {
				message,
				atProvider: oidc !== null
			}));
		}
	};
	const logout = (request, response) => {
		const id = loginIdOf(request);
		if (id !== null) access.logout(id, addressOf(request));
		setCookie(response, "", 0);
		if (request.is("application/x-www-form-urlencoded") !== false || request.accepts(["json", "html"]) === "html") response.redirect(afterLogout?.method === "POST" ? 307 : 303, afterLogout?.url.href ?? "/login");
		else response.json({
			loggedOut: true,
			...afterLogout === null ? {} : { logoutUrl: afterLogout.url.href }
		});
	};
	return [
		{
			method: "get",
			path: "/login",
			access: "public",
			handlers: [(request, response) => {
				const next = localPath(request.query["next"]);
				if (passwords) response.type("text/html").send(loginPage(next, null, {
					message,
					atProvider: oidc !== null
				}));
				else if (oidc !== null) response.redirect(303, `/auth/login?next=${encodeURIComponent(next)}`);
				else throw new LookbackError("UNAUTHENTICATED", "log in at the proxy in front of this service");
			}]
		},
		{
			method: "get",
			path: "/login/page.css",
			access: "public",
			handlers: [(_request, response) => {
				cacheable(response);
				response.type("text/css").send(PAGE_CSS);
			}]
		},
		{
			method: "post",
			path: "/login",
			access: "public",
			handlers: [
				express.json({ limit: BODY_BYTES }),
				express.urlencoded({
					extended: false,
					limit: BODY_BYTES
				}),
				login
			]
		},
		{
			method: "post",
			path: "/logout",
			access: "login",
			handlers: [logout]
		},
		...oidc === null ? [] : oidcRoutes(oidc, access, setLogin, secure)
	];
}

// dist/http/session-streams.js
/** What the query of a stream may have; anything else is a mistake that would export too much. */
const PARAMETERS = [
	"expression",
	"ids",
	"start",
	"end",
	"bounding",
	"packets",
	"fields",
	"maxBytes"
];
const FORMATS = {
	pcap: ExportFormatName.PCAP,
	pcapng: ExportFormatName.PCAPNG,
	csv: ExportFormatName.CSV,
	ndjson: ExportFormatName.NDJSON,
	parquet: ExportFormatName.PARQUET
};
const BOUNDINGS = {
	first: BoundingName.FIRST_PACKET,
	last: BoundingName.LAST_PACKET,
	both: BoundingName.BOTH,
	either: BoundingName.EITHER
};
/**
* Exports as they are made, for scripts that only want bytes: `/api/sessions.pcap?expression=…` and the other formats. The
* rights and limits are those of `createExport`; there is no job and no manifest. A client that leaves ends it; a slow one
* slows it down; one that fails in the middle is cut off, so that half a file does not look like a whole one. It ends with
* the login or token that began it.
*/
function sessionStreamRoutes(services, live, stopping) {
	return EXPORT_FORMATS.map((format) => ({
		method: "get",
		path: `/api/sessions.${format}`,
		access: "export",
		handlers: [streamOf(format, services, live, stopping)]
	}));
}
function streamOf(format, services, operations, stopping) {
	return async (request, response) => {
		const gone = new AbortController();
		response.once("close", () => {
			if (!response.writableFinished) gone.abort();
		});
		const principal = requirePrincipal(request);
		const live = operations.begin(principal);
		response.once("close", () => live.end());
		const signal = AbortSignal.any([
			gone.signal,
			stopping,
			live.signal
		]);
		const context = new RequestContext(services, principal, signal, addressOf(request));
		const exports = exportsOf(context);
		const asked = exportRequestOf(argsOf(request, format), context);
		if (request.method === "HEAD") {
			response.end();
			return;
		}
		let sent = 0;
		let complete = false;
		let made = null;
		try {
			made = await exports.send(asked, {
				...context.read,
				signal
			}, {
				begin: (what) => {
					response.setHeader("Content-Disposition", `attachment; filename="sessions.${what.format}"`);
					response.type(what.contentType);
					response.flushHeaders();
				},
				write: async (bytes) => {
					await write(response, bytes, signal);
					sent += bytes.length;
				}
			});
			complete = true;
			response.end();
		} catch (error) {
			if (!gone.signal.aborted) throw error;
		} finally {
			context.audit("export.stream", {
				query: asked.query.slice(0, 1e3),
				format,
				wholeConnections: asked.wholeConnections,
				sessions: made?.sessions ?? null,
				packets: made?.packets ?? null,
				bytes: sent,
				complete
			});
		}
	};
}
/** Writes a piece; resolves when the connection has taken it, and the bytes may change. */
function write(response, bytes, signal) {
	return new Promise((resolve, reject) => {
		const left = () => {
			reject(new LookbackError("QUERY_CANCELLED", "the client left"));
		};
		if (signal.aborted) {
			left();
			return;
		}
		signal.addEventListener("abort", left, { once: true });
		response.write(bytes, (error) => {
			signal.removeEventListener("abort", left);
			if (error === null || error === void 0) resolve();
			else left();
		});
	});
}
function argsOf(request, format) {
	const given = /* @__PURE__ */ new Map();
	for (const [name, value] of Object.entries(request.query)) {
		const parameter = PARAMETERS.find((one) => one === name);
		if (parameter === void 0) throw new LookbackError("BAD_INPUT", `there is no parameter ${JSON.stringify(name.slice(0, 60))}; there are ${PARAMETERS.join(", ")}`);
		if (typeof value !== "string") throw new LookbackError("BAD_INPUT", `${name} is given more than once`);
		given.set(parameter, value);
	}
	const listed = (name) => given.get(name)?.split(",").map((item) => item.trim()).filter((item) => item !== "") ?? null;
	const start = timeOf("start", given.get("start"));
	const end = timeOf("end", given.get("end"));
	const maxBytes = given.get("maxBytes");
	return {
		expression: given.get("expression") ?? null,
		filter: null,
		ids: listed("ids"),
		fields: listed("fields"),
		format: FORMATS[format],
		timeRange: start === null && end === null && !given.has("bounding") ? null : {
			start,
			end,
			bounding: choice("bounding", given.get("bounding") ?? "last", BOUNDINGS)
		},
		packets: choice("packets", given.get("packets") ?? "matching", {
			matching: ExportPackets.MATCHING_PART,
			whole: ExportPackets.WHOLE_CONNECTION
		}),
		maxBytes: maxBytes === void 0 ? null : Number(maxBytes)
	};
}
/** Milliseconds since 1970 of ISO 8601 with a zone, or of seconds since 1970. */
function timeOf(name, text) {
	if (text === void 0) return null;
	if (/^\d{1,12}(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1e3);
	const time = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d))?$/i.test(text) ? Date.parse(text) : NaN;
	if (Number.isNaN(time)) throw new LookbackError("BAD_INPUT", `${name} is a time: ISO 8601 with a zone, or seconds since 1970; not ${JSON.stringify(text.slice(0, 60))}`, { argument: name });
	return time;
}
function choice(name, given, choices) {
	const found = Object.hasOwn(choices, given) ? choices[given] : void 0;
	if (found === void 0) throw new LookbackError("BAD_INPUT", `${name} is one of ${Object.keys(choices).join(", ")}; not ${JSON.stringify(given.slice(0, 60))}`, { argument: name });
	return found;
}

// dist/http/server.js
/** Longest time for a request's headers and body, in milliseconds. */
const REQUEST_TIMEOUT_MS = 6e4;
const HEADERS_TIMEOUT_MS = 2e4;
const BY_PASSWORD = {
	passwords: true,
	oidc: null,
	secureCookies: "auto",
	message: ""
};
/** Who is asking; public paths go on without anybody, all others need a login even to learn that they do not exist. */
function gate(doors, routes) {
	const open = new Set(routes.filter((route) => route.access === "public").map((route) => `${route.method} ${route.path}`));
	return (request, response, next) => {
		const principal = principalOf(request, doors);
		if (principal !== null) {
			setPrincipal(request, principal);
			next();
			return;
		}
		const method = request.method === "HEAD" ? "get" : request.method.toLowerCase();
		if (open.has(`${method} ${request.path}`)) {
			next();
			return;
		}
		if (method === "get" && request.accepts(["json", "html"]) === "html" && request.headers.authorization === void 0) {
			response.redirect(303, `/login?next=${encodeURIComponent(request.path)}`);
			return;
		}
		throw new LookbackError("UNAUTHENTICATED", "log in first: POST /login, or send a bearer token");
	};
}
/** Whether a request is from somebody who may see statistics, and of every session. */
function maySeeWholeStore(request, access) {
	const principal = knownPrincipal(request);
	if (principal === null) return false;
	const { user, scopes } = principal;
	if (seesPart(user)) return false;
	try {
		access.require(user, "statistics", scopes);
		return true;
	} catch (error) {
		if (error instanceof LookbackError && error.code === "FORBIDDEN") return false;
		throw error;
	}
}
/** Refuses those whom the route's decision does not let in. */
function requireAccess({ access: needed, wholeStore, path }, access) {
	if (needed === "public" || needed === "login") return [];
	return [(request, _response, next) => {
		const { user, scopes, method } = requirePrincipal(request);
		try {
			access.require(user, needed, scopes);
			if (wholeStore === true) access.requireWholeStore(user, path);
		} catch (error) {
			if (error instanceof LookbackError) access.log.note({
				user: user.name,
				address: addressOf(request),
				method,
				action: "access.refused",
				outcome: error.code,
				details: { route: path }
			});
			throw error;
		}
		next();
	}];
}
function rootRoute() {
	return {
		method: "get",
		path: "/",
		access: "login",
		handlers: [(request, response) => {
			response.type("text/html").send(rootPage(requirePrincipal(request).user.name));
		}]
	};
}
async function listen(server, host, port) {
	await new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, host, () => {
			server.removeListener("error", reject);
			resolve();
		});
	});
	const address = server.address();
	if (address === null || typeof address === "string") throw new LookbackError("INTERNAL", "the server listens on no port");
	return address;
}
/** Starts the server. UNAVAILABLE when it cannot listen there. */
async function startHttpServer(parts) {
	const { services, host, port } = parts;
	const { logger, access, clock } = services;
	const apollo = createGraphqlServer(logger, observeOperations(parts.metrics));
	await apollo.start();
	const doors = {
		access,
		...parts.trusted ?? {
			proxies: new AddressList([]),
			header: null
		}
	};
	const live = new LiveOperations(access);
	const endpoint = new GraphqlEndpoint(services, apollo, doors, live);
	let stopping = false;
	const ending = new AbortController();
	const routes = [
		...healthRoutes(parts.health, () => stopping, (request) => maySeeWholeStore(request, access)),
		...loginRoutes(access, clock, parts.logins ?? BY_PASSWORD),
		rootRoute(),
		...endpoint.routes(),
		...explorerRoutes(),
		metricsRoute(parts.metrics),
		...parts.downloads === null ? [] : downloadRoutes(access, parts.downloads),
		...sessionStreamRoutes(services, live, ending.signal)
	];
	const app = express();
	app.disable("x-powered-by");
	app.disable("etag");
	app.enable("case sensitive routing");
	app.enable("strict routing");
	app.use(securityHeaders(parts.logins?.afterLogout?.url ?? null), observeRequests(parts.metrics));
	app.use((_request, response, next) => {
		if (stopping) response.setHeader("Connection", "close");
		response.once("finish", () => {
			if (stopping) setImmediate(() => {
				for (const each of servers) each.closeIdleConnections();
			});
		});
		next();
	});
	app.use(gate(doors, routes), ...parts.strictTransport === true ? [strictTransport] : [], refuseForeign);
	for (const route of routes) app[route.method](route.path, ...requireAccess(route, access), ...route.handlers);
	app.use((request) => {
		throw new LookbackError("NOT_FOUND", `there is no ${request.method} ${request.path}`);
	});
	app.use(errorHandler(logger));
	const timeouts = {
		requestTimeout: REQUEST_TIMEOUT_MS,
		headersTimeout: HEADERS_TIMEOUT_MS
	};
	const certificate = parts.certificate ?? null;
	const secure = certificate === null ? null : createServer$2({
		...timeouts,
		...certificate.read()
	}, app);
	certificate?.watch((files) => secure?.setSecureContext(files));
	const server = secure ?? createServer$1(timeouts, app);
	const local = secure === null ? null : createServer$1(timeouts, app);
	const servers = local === null ? [server] : [server, local];
	for (const each of servers) endpoint.acceptUpgrades(each);
	let address;
	let localAddress;
	try {
		address = await listen(server, host, port);
		localAddress = local === null ? null : await listen(local, "127.0.0.1", 0);
	} catch (cause) {
		certificate?.stop();
		live.stop();
		await apollo.stop();
		throw new LookbackError("UNAVAILABLE", `cannot listen on ${host} port ${port}: ${cause instanceof Error ? cause.message : String(cause)}`, {
			host,
			port
		}, { cause });
	}
	const shownHost = host.includes(":") ? `[${host}]` : host;
	const stop = async () => {
		if (stopping) return;
		stopping = true;
		certificate?.stop();
		live.stop();
		const closed = Promise.all(servers.map((each) => new Promise((resolve) => {
			each.close(() => resolve());
		})));
		for (const each of servers) each.closeIdleConnections();
		ending.abort();
		await endpoint.stop();
		const cut = setTimeout(() => {
			for (const each of servers) each.closeAllConnections();
		}, parts.drainMs);
		await closed;
		clearTimeout(cut);
		await apollo.stop();
	};
	const url = `${secure === null ? "http" : "https"}://${shownHost}:${address.port}`;
	return {
		url,
		localUrl: localAddress === null ? url : `http://127.0.0.1:${localAddress.port}`,
		port: address.port,
		routes,
		stop
	};
}

// dist/app.js
/** Milliseconds between two looks for imports that other processes queued. */
const QUEUE_LOOK_MS = 1e3;
/** Share of the stop time that requests may use to end. */
const DRAIN_MS = STOP_MS / 2;
/** Builds and starts a server. `beforeListening` runs when imports can be made and nobody is served yet. */
function startServer(config, logger, beforeListening = async () => {}) {
	return withLifecycle(logger, async (lifecycle) => {
		if (await hasNoRoom(config.dataDirectory) && await spendReserve(config.dataDirectory)) logger.warn({ directory: config.dataDirectory }, "the device is full: gave up the reserve to start, and make room");
		const core = await openCore(config, "serve", logger, lifecycle);
		for (const conflict of await freeSpaceConflicts(core)) logger.warn({ code: "FREE_SPACE_CONFLICT" }, conflict);
		const { services, access, imports, exports, scheduler, watch, retention, makeRoom } = await openService(core, lifecycle, async (started) => {
			lifecycle.add("import queue of others", setInterval(() => {
				started.wake();
			}, QUEUE_LOOK_MS), (timer) => {
				clearInterval(timer);
			});
			await beforeListening(started);
		});
		auditConfiguration(core, access);
		sayPlaces(core.native, config, logger.child({ area: "imports" }));
		const metrics = metricsOf({
			core,
			scheduler,
			watch,
			retention,
			version: lookbackVersion()
		});
		scheduler.start();
		lifecycle.add("scheduler", scheduler, (started) => started.stop());
		const firstAdministrator = await access.firstStart();
		const server = await startHttpServer({
			services,
			downloads: exports,
			health: healthChecks({
				core,
				scheduler,
				watch
			}),
			metrics,
			host: config.values.viewHost,
			port: config.values.viewPort,
			drainMs: DRAIN_MS,
			...loginParts(config, {
				records: services.users.records,
				access,
				users: services.users,
				clock: services.clock,
				logger
			})
		});
		const warning = exposureWarning(config);
		if (warning !== null) logger.warn({ viewHost: config.values.viewHost }, warning);
		lifecycle.add("HTTP server", server, (started) => started.stop());
		const endpoint = {
			url: localUrl(server.localUrl),
			token: access.admitLocalOwner(),
			pid: process.pid
		};
		lifecycle.add("local endpoint", announce(core.directories.data, endpoint), (announced) => {
			announced.withdraw();
		});
		return {
			...core,
			url: server.url,
			routes: server.routes,
			imports,
			access,
			firstAdministrator,
			warning,
			makeRoom
		};
	});
}

// dist/cli/welcome.js
/** The same for programs, as one line. */
function readyLine({ url, firstAdministrator: first }) {
	return JSON.stringify({
		ready: true,
		url,
		pid: process.pid,
		...first === null ? {} : { firstAdministrator: first }
	});
}
/** What a started server prints: where it is, how to log in at the very first start, and a first query to paste. */
function printWelcome({ url, firstAdministrator: first, warning, config: { values } }, print) {
	print(`Lookback serves on ${url}  (explorer: ${url}/explorer)`);
	if (warning !== null) print(`WARNING: ${warning}`);
	const query = `-H 'Content-Type: application/json' -d '{"query":"{ sessions(first: 5) { totalCount { value } edges { node { id protocol source { ip port } destination { ip port } } } } }"}' ${url}/graphql`;
	if (values.authMode === "oidc" || values.authMode === "headerOnly") {
		const [login, place] = values.authMode === "oidc" ? ["oidc", "at the OpenID provider"] : ["header", "at the proxy in front"];
		if (first !== null) print(`First start: users log in ${place} (authMode=${values.authMode}); make yourself one: lookback user add NAME --role administrator --login ${login}`);
		print("A first query:");
		print(`  curl -s -H "Authorization: Bearer $(lookback user token NAME first)" ${query}`);
	} else {
		if (first !== null) print(`First start: log in as ${first.name} with password ${first.password}  (shown this once)`);
		print("A first query:");
		print(`  curl -s -c /tmp/lookback.cookie -H 'Content-Type: application/json' -d '{"user":"${first?.name ?? "admin"}","password":"${first?.password ?? "PASSWORD"}"}' ${url}/login`);
		print(`  curl -s -b /tmp/lookback.cookie ${query}`);
	}
	print("Ready.");
}

export { readyLine as n, startServer as r, printWelcome as t };