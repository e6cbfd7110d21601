import { t as systemClock } from "./clock-COoNNce-.js";
import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { n as openCatalogue } from "./catalogue-DuvUS5yj.js";
import { n as inspectCatalogue, t as backUpCatalogue } from "./inspect-DuGpkChV.js";
import { t as takeRole } from "./role-lock-CTpXvMHV.js";
import { r as withClusterMigrations } from "./cluster-BRTmDvjG.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";
import { r as printBytes } from "./progress-CMgCVw6k.js";
import { statSync } from "node:fs";

// dist/cli/commands/migrate.js
/** Fields are added to every index in turn, which takes a while where there are many. */
const CLUSTER_LIMITS = {
	signal: null,
	timeoutMs: 6e5
};
/** Which steps of the catalogue's schema were applied, and when. */
async function status({ options, config, print }) {
	const resolved = await config();
	const state = inspectCatalogue(resolved.dataDirectory);
	const cluster = await withClusterMigrations(resolved, (migrations) => migrations.plan(CLUSTER_LIMITS));
	if (options["json"] === true) print(JSON.stringify(cluster === null ? state : {
		...state,
		cluster
	}, null, 2));
	else {
		print(state.exists ? state.path : `${state.path} is not there yet; the first start makes it`);
		for (const { name, appliedMs, known } of state.steps) print(`${appliedMs === null ? "waits                   " : new Date(appliedMs).toISOString()}  ${name}${known ? "" : "  (of a newer Lookback)"}`);
	}
	if (cluster !== null && options["json"] !== true) {
		print(`the cluster's index template is ${cluster.template}`);
		for (const { name, appliedMs, known, state: reached } of cluster.steps) print(`${appliedMs === null ? reached.padEnd(24) : new Date(appliedMs).toISOString()}  ${name}${known ? "" : "  (of a newer Lookback)"}`);
	}
	return [...state.steps, ...cluster?.steps ?? []].every(({ known }) => known) ? EXIT.ok : EXIT.failed;
}
/** What `up` would do now. */
async function plan({ options, config, print }) {
	const resolved = await config();
	const state = inspectCatalogue(resolved.dataDirectory);
	refuseNewer(state);
	const waiting = waitingOf(state);
	const cluster = await withClusterMigrations(resolved, (migrations) => migrations.plan(CLUSTER_LIMITS));
	const copy = state.exists && waiting.length > 0 ? copyOf(state) : null;
	if (options["json"] === true) print(JSON.stringify({
		path: state.path,
		waiting,
		copy,
		...cluster === null ? {} : { cluster: cluster.waiting }
	}, null, 2));
	else if (waiting.length === 0 && (cluster?.waiting.length ?? 0) === 0) print("nothing to do");
	else {
		if (copy !== null) print(`copy ${state.path} (${printBytes(statSync(state.path).size)}) to ${copy}`);
		for (const name of waiting) print(`apply ${name}`);
		for (const name of cluster?.waiting ?? []) print(`apply to the cluster: ${name}`);
	}
	return EXIT.ok;
}
/** Copies the catalogue and applies the steps that wait. Nothing may serve or capture meanwhile. */
async function up({ options, config, print }) {
	const resolved = await config();
	const { dataDirectory } = resolved;
	const before = inspectCatalogue(dataDirectory);
	refuseNewer(before);
	const waiting = waitingOf(before);
	const inCluster = await withClusterMigrations(resolved, (migrations) => migrations.up(CLUSTER_LIMITS));
	for (const name of inCluster ?? []) if (options["json"] !== true) print(`applied to the cluster: ${name}`);
	if (waiting.length === 0) {
		if (options["json"] === true) print(JSON.stringify({
			applied: inCluster ?? [],
			copy: null
		}));
		else if ((inCluster?.length ?? 0) === 0) print("nothing to do");
		return EXIT.ok;
	}
	const locks = [takeRole(dataDirectory, "serve")];
	try {
		locks.push(takeRole(dataDirectory, "capture"));
		const copy = before.exists && options["backup"] !== false ? copyOf(before) : null;
		if (copy !== null) await backUpCatalogue(dataDirectory, copy);
		openCatalogue(dataDirectory, systemClock).close();
		if (options["json"] === true) print(JSON.stringify({
			applied: [...waiting, ...inCluster ?? []],
			copy
		}));
		else {
			if (copy !== null) print(`copied to ${copy}`);
			for (const name of waiting) print(`applied ${name}`);
		}
		return EXIT.ok;
	} finally {
		for (const lock of locks) lock.release();
	}
}
function waitingOf({ steps }) {
	return steps.filter(({ appliedMs }) => appliedMs === null).map(({ name }) => name);
}
/** Named by the first step that waits, so that a copy is never written over by the next one. */
function copyOf(state) {
	const [first = ""] = waitingOf(state);
	return `${state.path}.before-${first.slice(0, 4)}-${new Date(systemClock.nowMs()).toISOString().replace(/[-:]|\.\d+/g, "")}`;
}
function refuseNewer({ path, steps }) {
	const newer = steps.filter(({ known }) => !known).map(({ name }) => name);
	if (newer.length > 0) throw new LookbackError("UNAVAILABLE", `${path} was written by a newer Lookback (step ${newer.join(", ")}); start that version`, { step: newer[0] ?? null });
}

export { plan, status, up };