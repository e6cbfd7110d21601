import { t as shippingOf } from "./shipping-Ct8BkBZL.js";
import { t as systemClock } from "./clock-COoNNce-.js";
import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { n as openCatalogue } from "./catalogue-DuvUS5yj.js";
import { t as takeRole } from "./role-lock-CTpXvMHV.js";
import { t as packagedCatalogue } from "./field-catalogue-CiZSzdjB.js";
import { t as loadNativeCore } from "./native-gzh5E7WJ.js";
import { a as sendBulk, n as openCluster, o as SHORT } from "./cluster-BRTmDvjG.js";
import { r as withLifecycle, t as openLog } from "./log-DJrCjcfp.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";
import { r as printBytes } from "./progress-CMgCVw6k.js";
import { n as untilSignalled, t as endSoon } from "./signals-XmcktPSm.js";
import { rmSync } from "node:fs";

// dist/app/shipper-process.js
/** Takes the role of the shipper on the data directory. Throws ROLE_HELD, and UNAVAILABLE where the index is embedded. */
function openShipper(config, logger) {
	if (config.values.indexStore !== "elasticsearch") throw new LookbackError("UNAVAILABLE", "nothing is shipped: the index is in the data directory; set indexStore=elasticsearch to keep it in a cluster");
	return withLifecycle(logger, async (lifecycle) => {
		const data = config.dataDirectory;
		lifecycle.add("role shipper", takeRole(data, "shipper"), (lock) => {
			lock.release();
		});
		const catalogue = lifecycle.add("catalogue", openCatalogue(data, systemClock), (opened) => {
			opened.close();
		});
		const engine = openCluster(config, catalogue, packagedCatalogue(), logger);
		lifecycle.add("cluster", engine, (opened) => opened.cluster.close());
		const native = loadNativeCore();
		native.useSmallPages();
		const shipper = engine.shipper(native);
		shipper.unlinkLeftovers();
		return Promise.resolve({
			engine,
			shipper
		});
	});
}

// dist/index-store/elasticsearch/retry.js
/** Rows that are sent at once. */
const BATCH = 500;
/** Sends the dead letters again, after what was wrong with them was mended. What is refused again stays. */
async function retryDeadLetters({ cluster, deadLetters, catalogue, indices }) {
	let written = 0;
	let refused = 0;
	for (const { segment, file } of deadLetters.list()) {
		const letters = deadLetters.read(file);
		const still = [];
		for (let from = 0; from < letters.length; from += BATCH) {
			const lines = Buffer.from(letters.slice(from, from + BATCH).map(({ action, document }) => `${action}\n${document}\n`).join(""));
			const outcome = await sendBulk(cluster, lines, null);
			if (outcome.again !== null) throw outcome.cause ?? /* @__PURE__ */ new Error("the cluster has no room");
			written += outcome.written + outcome.repeated;
			still.push(...outcome.dead);
		}
		refused += still.length;
		if (still.length === 0) rmSync(file, { force: true });
		else {
			const rewritten = deadLetters.open(segment);
			rewritten.add(still);
			rewritten.close();
		}
		catalogue.shipments.setDeadRows(segment, still.length);
	}
	if (written > 0) await cluster.request({
		method: "POST",
		path: `/${indices.pattern}/_refresh`,
		query: {
			ignore_unavailable: true,
			allow_no_indices: true
		}
	}, SHORT);
	return {
		written,
		refused
	};
}

// dist/cli/commands/ship.js
/** Ships sessions to the cluster until a signal; or says what waits, or tries dead letters again. */
async function run(context) {
	const { options, config: configOf, print } = context;
	const config = await configOf();
	if (options["status"] === true) return printStatus(context, shippingOf);
	const { engine, shipper, stop } = await openShipper(config, openLog(config, "ship"));
	process.send?.({ shipping: engine.cluster.shown });
	const abort = new AbortController();
	try {
		if (options["retry"] === true) {
			const { written, refused } = await retryDeadLetters(engine);
			print(`${written} sessions were written, ${refused} were refused again`);
			return refused === 0 ? EXIT.ok : EXIT.failed;
		}
		if (options["once"] === true) {
			untilSignalled().then(() => {
				abort.abort();
			});
			await shipper.drain(abort.signal);
			return EXIT.ok;
		}
		print(`shipping to ${engine.cluster.shown}`);
		const running = shipper.run(abort.signal);
		await untilSignalled();
		abort.abort();
		await running;
		return EXIT.ok;
	} finally {
		try {
			shipper.end();
		} finally {
			await stop();
			endSoon();
		}
	}
}
async function printStatus({ options, config: configOf, print }, statusOf) {
	const config = await configOf();
	const catalogue = openCatalogue(config.dataDirectory, systemClock);
	try {
		const status = statusOf(config, catalogue)?.status() ?? null;
		if (options["json"] === true) print(JSON.stringify(status));
		else if (status === null) print("nothing is shipped: the index is in the data directory");
		else {
			const { queue, budgetBytes, rate, etaSeconds, lastError, running } = status;
			print(`shipper  ${running ? "running" : "not running"}`);
			print(`queue    ${queue.rows} sessions in ${queue.segments} segments, ${printBytes(queue.bytes)} of at most ${printBytes(budgetBytes)}`);
			print(`rate     ${Math.round(rate)} sessions a second${etaSeconds === null ? "" : `, done in ${Math.ceil(etaSeconds)} s`}`);
			print(`refused  ${queue.deadRows} sessions${queue.deadRows > 0 ? "; lookback ship --retry tries them again" : ""}`);
			print(`error    ${lastError === null ? "none" : `${new Date(lastError.atMs).toISOString()} ${lastError.code}: ${lastError.message}`}`);
		}
		return EXIT.ok;
	} finally {
		catalogue.close();
	}
}

export { run };