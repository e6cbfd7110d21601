import { r as openCore } from "./core-bffivQ3T.js";
import { r as withLifecycle, t as openLog } from "./log-DJrCjcfp.js";
import { t as takeRole } from "./role-lock-CTpXvMHV.js";
import { t as engineSettings } from "./engine-settings-D-gEOmC5.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";

// dist/capture/rebuild.js
/** Rows per segment that a rebuild writes, as imports do. */
const ROWS_PER_SEGMENT = 131072;
/**
* Makes damaged segments again from the packet files of their time; rows whose packets are gone cannot come back. Rows
* that other segments hold as well become visible once. The caller holds the roles of serving and capturing: nobody else
* writes. A second run finds nothing damaged.
*/
async function rebuildSegments(parts) {
	const { catalogue, store, native, settings, segmentDirectory } = parts;
	const { damaged } = await store.health();
	if (damaged.length === 0) return {
		damaged,
		lostRows: 0,
		sessions: 0,
		files: []
	};
	const paths = new Set(damaged.map(({ path }) => path));
	const segments = catalogue.segments.live().filter(({ path }) => paths.has(path));
	const runs = runsOf(catalogue.files.list()).filter((run) => run.some((file) => segments.some((segment) => overlaps(file, segment))));
	const made = [];
	let sessions = 0;
	for (const run of runs) {
		const [first] = run;
		if (first === void 0) continue;
		const result = await native.importStream({
			files: run.map((file) => ({
				path: file.path,
				fileId: file.id
			})),
			stream: first.stream,
			firstOrdinal: first.firstOrdinal,
			settings: {
				...settings,
				node: first.node
			},
			segmentDirectory,
			batchRows: ROWS_PER_SEGMENT,
			replay: null
		}, null, () => {});
		made.push(...result.segments);
		sessions += result.sessions;
	}
	const again = new Set(made.map(({ path }) => path));
	await store.commitSegments({
		add: made,
		remove: damaged.map(({ path }) => path).filter((path) => !again.has(path))
	});
	return {
		damaged,
		lostRows: segments.reduce((sum, { rows }) => sum + rows, 0),
		sessions,
		files: runs.flat().map(({ path }) => path)
	};
}
/**
* The files that were read or written in one go, which is what sessions span: an imported file alone, files of live
* capture as far as their numbers follow one another. A capture that starts takes numbers of its own.
*/
function runsOf(files) {
	const runs = [];
	for (const file of [...files].sort((a, b) => a.stream === b.stream ? a.firstOrdinal - b.firstOrdinal || a.id - b.id : a.stream < b.stream ? -1 : 1)) {
		if (file.state !== "complete" || file.packets === 0 || !/^[0-9a-f]{32}$/.test(file.stream)) continue;
		const last = runs.at(-1)?.at(-1);
		if (last?.stream === file.stream && last.id + 1 === file.id) runs.at(-1)?.push(file);
		else runs.push([file]);
	}
	return runs;
}
function overlaps(file, segment) {
	return (file.firstMs ?? 0) <= segment.lastMs && (file.lastMs ?? 0) >= segment.firstMs;
}

// dist/cli/commands/rebuild.js
/** Makes damaged segments again from their packets. Nothing may serve or capture meanwhile. */
async function run({ options, config: configOf, print }) {
	const config = await configOf();
	const logger = openLog(config, "rebuild");
	const { core, stop } = await withLifecycle(logger, async (lifecycle) => {
		const opened = await openCore(config, "serve", logger, lifecycle);
		lifecycle.add("role capture", takeRole(opened.directories.data, "capture"), (lock) => {
			lock.release();
		});
		return { core: opened };
	});
	try {
		const { damaged, lostRows, sessions, files } = await rebuildSegments({
			native: core.native,
			catalogue: core.catalogue,
			store: core.store,
			settings: engineSettings(config),
			segmentDirectory: core.directories.sessions
		});
		if (options["json"] === true) {
			print(JSON.stringify({
				damaged,
				lostRows,
				sessions,
				files
			}));
			return EXIT.ok;
		}
		for (const { path, reason } of damaged) print(`damaged: ${path}: ${reason}`);
		for (const file of files) print(`read again: ${file}`);
		print(damaged.length === 0 ? "no segment is damaged" : `${damaged.length} segments with ${lostRows} rows were damaged; ${sessions} sessions were made again from ${files.length} packet files`);
		return EXIT.ok;
	} finally {
		await stop();
	}
}

export { run };