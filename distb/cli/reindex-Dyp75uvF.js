import { i as applyOverlays, n as openCluster, o as SHORT } from "./cluster-BRTmDvjG.js";
import { a as EmbeddedStore, t as directoriesOf } from "./core-bffivQ3T.js";
import { r as withLifecycle, t as openLog } from "./log-DJrCjcfp.js";
import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as systemClock } from "./clock-COoNNce-.js";
import { n as openCatalogue } from "./catalogue-DuvUS5yj.js";
import { t as takeRole } from "./role-lock-CTpXvMHV.js";
import { t as SERVICE_SCOPE } from "./access-scope-DH4u4-1s.js";
import { t as ALL_TIME } from "./time-range-D3zEJG_k.js";
import { l as textOf, o as numberOf, r as at } from "./shipper-status-yFrbkpy6.js";
import { t as packagedCatalogue } from "./field-catalogue-CiZSzdjB.js";
import { t as loadNativeCore } from "./native-gzh5E7WJ.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";
import { join } from "node:path";
import { createHash } from "node:crypto";

// dist/index-store/elasticsearch/reindex.js
/** Milliseconds that the comparison may take. */
const COMPARE_MS = 216e5;
/**
* Copies every segment of the embedded index to the cluster. A segment that was copied is noted, so that a copy that was
* ended goes on where it was; rows that are there already stay. The source stays as it is.
*/
async function copyToCluster(parts, onProgress, signal) {
	const { catalogue, engine, shipping, segmentDirectory } = parts;
	const { shipments } = catalogue;
	await engine.cluster.product();
	await engine.migrations.prepare({
		...SHORT,
		signal
	});
	const live = catalogue.segments.live();
	let rows = 0;
	for (const [position, segment] of live.entries()) {
		if (signal?.aborted === true) throw new LookbackError("SHUTTING_DOWN", `the copy was ended after ${position} of ${live.length} segments; start it again to go on`);
		if (shipments.get(segment.path)?.state !== "shipped") {
			const shipped = await shipping.ship(segment, join(segmentDirectory, segment.path), signal);
			catalogue.transaction(() => {
				shipments.queue([segment]);
				shipments.shipped(segment.path, shipped.dead);
			});
		}
		rows += segment.rows;
		onProgress({
			segments: position + 1,
			ofSegments: live.length,
			rows
		});
	}
	await engine.cluster.request({
		method: "POST",
		path: `/${engine.indices.pattern}/_refresh`,
		query: {
			ignore_unavailable: true,
			allow_no_indices: true
		}
	}, {
		signal,
		timeoutMs: COMPARE_MS
	});
	shipments.queueOverlays([...catalogue.tags.all()].map(({ rowId }) => rowId));
	await applyOverlays({
		cluster: engine.cluster,
		indices: engine.indices,
		shipments
	});
}
function fieldAt(fields, path) {
	const field = fields.byPath(path);
	if (field === null) throw new LookbackError("INTERNAL", `the field ${path} is not declared`);
	return field;
}
/** Counts a store and adds up its ids, packets and bytes. */
async function summarise(store, fields, signal) {
	const context = {
		scope: SERVICE_SCOPE,
		signal,
		timeoutMs: COMPARE_MS
	};
	const all = {
		expression: { node: "everything" },
		range: ALL_TIME
	};
	let sum = 0n;
	let sessions = 0;
	for await (const ids of store.streamIds(all, context)) {
		for (const id of ids) sum += createHash("sha256").update(id).digest().readBigUInt64BE(0);
		sessions += ids.length;
	}
	const total = async (path) => (await store.stats({
		...all,
		field: fieldAt(fields, path),
		percentiles: []
	}, context)).sum;
	return {
		sessions,
		packets: await total("network.packets"),
		bytes: await total("network.bytes"),
		checksum: BigInt.asUintN(64, sum).toString(16).padStart(16, "0")
	};
}

// dist/index-store/elasticsearch/reindex-back.js
/** Rows, and packets of them, that become one commit; with some kilobytes a row this bounds memory. */
const COMMIT_ROWS = 1e4;
const COMMIT_PACKETS = 1e6;
const DAY_MS = 864e5;
/** Where a copy keeps how far it is. */
const KEY = "reindex.position";
/**
* Copies every row of the cluster into the embedded index, day by day in order of last packet. How far it is, is noted in the
* transaction that makes rows visible, so a copy that was ended goes on where it was; a row that is there already is replaced
* by itself. The cluster stays as it is.
*/
async function copyFromCluster({ engine, target, catalogue }, onProgress, signal) {
	const { store, cluster, indices } = engine;
	const from = `${cluster.shown} ${indices.pattern}`;
	await cluster.product();
	await applyOverlays({
		cluster,
		indices,
		shipments: catalogue.shipments
	});
	const days = await store.days();
	let after = positionOf(catalogue.settings.get(KEY), from);
	let rows = 0;
	for (const [position, startMs] of days.entries()) {
		const day = new Date(startMs).toISOString().slice(0, 10);
		const endMs = startMs + DAY_MS - 1;
		if (after !== null && after.lastMs > endMs) continue;
		const within = after !== null && after.lastMs >= startMs ? after : null;
		let batch = [];
		let packets = 0;
		const commit = async () => {
			const last = batch.at(-1);
			if (last === void 0) return;
			await target.addStored(batch, () => {
				catalogue.settings.set(KEY, JSON.stringify({
					from,
					lastMs: last.lastMs,
					id: last.id
				}));
			});
			rows += batch.length;
			after = {
				lastMs: last.lastMs,
				id: last.id
			};
			batch = [];
			packets = 0;
			onProgress({
				day,
				days: position + 1,
				ofDays: days.length,
				rows
			});
		};
		for await (const page of store.storedRows({
			startMs,
			endMs,
			bounding: "last"
		}, within, signal)) {
			batch = [...batch, ...page];
			packets += page.reduce((sum, row) => sum + row.packets.length, 0);
			if (batch.length >= COMMIT_ROWS || packets >= COMMIT_PACKETS) await commit();
			if (signal?.aborted === true) throw new LookbackError("SHUTTING_DOWN", `the copy was ended at ${day} after ${rows} sessions; start it again to go on`);
		}
		await commit();
	}
}
/** Lets the next copy begin anew. */
function forgetPosition({ settings }) {
	settings.set(KEY, "");
}
/** Where a copy of the same cluster was ended, or null. */
function positionOf(text, from) {
	if (text === null || text === "") return null;
	const noted = JSON.parse(text);
	return at(noted, "from") === from ? {
		lastMs: numberOf(at(noted, "lastMs")),
		id: textOf(at(noted, "id"))
	} : null;
}

// dist/cli/commands/reindex.js
/** Copies the index of one store to the other and compares the two. */
async function run({ options, config: configOf, print, note, signal }) {
	const [from, to] = [String(options["from"]), String(options["to"])];
	if ([from, to].sort().join(" ") !== "elasticsearch embedded") throw new LookbackError("BAD_INPUT", `--from ${from} --to ${to}: allowed: --from embedded --to elasticsearch, --from elasticsearch --to embedded`);
	const config = await configOf({ indexStore: "embedded" });
	const logger = openLog(config, "reindex");
	const { catalogue, store, engine, stop } = await withLifecycle(logger, async (lifecycle) => {
		for (const role of [
			"serve",
			"capture",
			"shipper"
		]) lifecycle.add(`role ${role}`, takeRole(config.dataDirectory, role), (lock) => {
			lock.release();
		});
		const opened = lifecycle.add("catalogue", openCatalogue(config.dataDirectory, systemClock), (one) => {
			one.close();
		});
		const embedded = lifecycle.add("store", await EmbeddedStore.open({
			catalogue: opened,
			fields,
			clock: systemClock,
			logger,
			segmentDirectory: directoriesOf(config).sessions,
			memoryBytes: config.values.queryMemoryMiB * 2 ** 20,
			threads: config.values.queryThreads,
			removeOrphans: "all"
		}), (one) => one.close());
		const cluster = openCluster(config, opened, fields, logger);
		lifecycle.add("cluster", cluster, (started) => started.cluster.close());
		return {
			catalogue: opened,
			store: embedded,
			engine: cluster
		};
	});
	try {
		if (to === "elasticsearch") await copyToCluster({
			source: store,
			engine,
			shipping: engine.segmentShipping(loadNativeCore()),
			catalogue,
			fields,
			segmentDirectory: directoriesOf(config).sessions
		}, ({ segments, ofSegments, rows }) => {
			note(`${segments} of ${ofSegments} segments, ${rows} sessions`);
		}, signal);
		else {
			await copyFromCluster({
				engine,
				target: store,
				catalogue
			}, ({ day, days, ofDays, rows }) => {
				note(`${day}, day ${days} of ${ofDays}, ${rows} sessions`);
			}, signal);
			forgetPosition(catalogue);
		}
		const [here, there] = [await summarise(store, fields, signal), await summarise(engine.store, fields, signal)];
		const equal = here.sessions === there.sessions && here.packets === there.packets && here.bytes === there.bytes && here.checksum === there.checksum;
		if (options["json"] === true) {
			print(JSON.stringify({
				embedded: here,
				elasticsearch: there,
				equal
			}));
			return equal ? EXIT.ok : EXIT.failed;
		}
		print(`embedded       ${printed(here)}`);
		print(`elasticsearch  ${printed(there)}`);
		print(equal ? `both hold the same sessions; set indexStore=${to} to use ${to === "embedded" ? "the data directory" : "the cluster"}` : differing(to));
		return equal ? EXIT.ok : EXIT.failed;
	} finally {
		await stop();
	}
}
const fields = packagedCatalogue();
function differing(to) {
	return to === "embedded" ? "they differ; sessions that only one of them has stay there: ship what waits (lookback ship --once), then start the copy again" : "they differ; see lookback ship --status for refused sessions";
}
function printed({ sessions, packets, bytes, checksum }) {
	return `${sessions} sessions, ${packets} packets, ${bytes} bytes, checksum ${checksum}`;
}

export { run };