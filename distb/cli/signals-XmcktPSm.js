// dist/cli/signals.js
/** Resolves at SIGINT or SIGTERM; a second one ends the process at once. */
function untilSignalled() {
	return new Promise((resolve) => {
		const once = (signal) => {
			for (const name of ["SIGINT", "SIGTERM"]) {
				process.off(name, once);
				process.once(name, () => {
					process.kill(process.pid, "SIGKILL");
				});
			}
			resolve(signal);
		};
		process.on("SIGINT", once).on("SIGTERM", once);
	});
}
/** Longest that work which cannot be interrupted keeps a stopped process alive, in milliseconds. */
const LINGER_MS = 2e3;
/**
* Call when everything was told to stop. A process that has nothing left to do ends by itself; one that native work keeps
* alive (DuckDB's sort of a merge hears no interrupt, and leaving waits for its thread) is ended. That costs nothing:
* what such work has written no catalogue names, and the next start removes it.
*/
function endSoon(afterMs = LINGER_MS) {
	setTimeout(() => {
		process.kill(process.pid, "SIGKILL");
	}, afterMs).unref();
}

export { untilSignalled as n, endSoon as t };