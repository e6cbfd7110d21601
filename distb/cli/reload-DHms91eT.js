import { n as LookbackError } from "./errors-iXTvzgJ7.js";

// dist/cli/reload.js
/**
* Takes the configuration up again at each SIGHUP: what can change does, the rest is named. A configuration that does not
* read leaves everything as it was. Where a person sits at the terminal SIGHUP says that the terminal is gone, and ends the
* process as ever: nothing is installed then.
*/
function reloadAtHangup(reread, live, log, also = () => {}) {
	if (process.stdin.isTTY) return;
	live.onChange(({ logLevel, logLevels }) => {
		log.setLevels(logLevel, logLevels);
	});
	process.on("SIGHUP", () => {
		also();
		reread().then((config) => {
			const { changed, waiting } = live.reload(config);
			const later = waiting.length === 0 ? "" : `; ${waiting.join(", ")} wait for the next start`;
			log.info({
				changed,
				waiting
			}, `configuration read again: ${changed.length === 0 ? "nothing changed" : `changed ${changed.join(", ")}`}${later}`);
		}).catch((error) => {
			log.error({ code: error instanceof LookbackError ? error.code : "INTERNAL" }, `the configuration was not taken, and nothing changed: ${error instanceof Error ? error.message : String(error)}`);
		});
	});
}

export { reloadAtHangup as t };