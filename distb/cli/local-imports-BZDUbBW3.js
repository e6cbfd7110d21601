import { n as importsOn, r as openCore } from "./core-bffivQ3T.js";
import { t as keepRoom } from "./room-CYhK-jdt.js";
import { r as withLifecycle } from "./log-DJrCjcfp.js";
import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as openCommandLog } from "./command-log-NED0Osi4.js";

// dist/app/importing.js
/**
* Imports on a core that holds the role `serve`, without the rest of the service, which takes longer to load than a small
* capture to import. What an ended process left of exports and deletions waits for the next service; retention is loaded
* where there is no room, and makes some.
*/
async function openImporting(core, lifecycle) {
	core.native.useSmallPages();
	let opened = null;
	const room = await keepRoom(core, lifecycle, { relieve: async (...given) => (await (opened ??= openRetention(core, lifecycle))).relieve(...given) });
	const imports = importsOn(core, (directory) => room.make(directory));
	await imports.start();
	return lifecycle.add("imports", imports, (started) => started.stop());
}
async function openRetention(core, lifecycle) {
	const [{ RetentionService: Retention }, { retentionParts }, { startWatching }, { PacketReader }] = await Promise.all([
		import("./retention-service-CTauE7JX.js"),
		import("./retention-BwFvcloU.js"),
		import("./watching-DFa3mzpF.js"),
		import("./packet-store-DRJ18T1M.js")
	]);
	const reader = lifecycle.add("packet reader", new PacketReader(), (started) => started.close());
	const { watch } = startWatching(core, lifecycle);
	return new Retention(Object.assign(retentionParts(core, reader), { events: watch }));
}

// dist/cli/local-imports.js
/** Opens the data directory to import into it, and for nothing else: an import must not wait for all that it does not use. */
async function openLocalImports(config) {
	const logger = openCommandLog(config);
	const { imports, stop } = await withLifecycle(logger, async (lifecycle) => ({ imports: await openImporting(await openCore(config, "serve", logger, lifecycle), lifecycle) }));
	const refuse = () => {
		throw new LookbackError("INTERNAL", "a connection for imports was asked for something else");
	};
	return {
		kind: "local",
		place: config.dataDirectory,
		ask: async () => refuse(),
		download: async () => refuse(),
		imports,
		close: stop
	};
}

export { openLocalImports };