import { n as LookbackError } from "./errors-iXTvzgJ7.js";

// dist/cli/connect.js
/** Longest wait for a process that holds the role and does not serve: another command, or a service that starts, in milliseconds. */
const LONGEST_WAIT_MS = 1e4;
const LOOK_MS = 250;
/**
* Connects: to the remote service that is named; else to the service that runs on the data directory; else to the
* directory itself, for changes with the role `serve`. Another command that holds the role is waited for, for at most
* `waitMs`. The caller closes the connection.
*
* @throws LookbackError ROLE_HELD when a process keeps the role and does not answer; NOT_FOUND to read where nothing is.
*/
async function connect(source, access, waitMs = LONGEST_WAIT_MS) {
	const { HttpConnection } = await import("./http-connection-Dg7nahMN.js");
	if (source.remote !== null) return HttpConnection.remote(source.remote, source.signal);
	const config = await source.config();
	const openDirectory = access === "import" ? (await import("./local-imports-BZDUbBW3.js")).openLocalImports : await opener(access, source.signal);
	for (let waited = 0;; waited += LOOK_MS) {
		const served = await HttpConnection.served(config.dataDirectory, source.signal);
		if (served !== null) return served;
		try {
			return await openDirectory(config);
		} catch (error) {
			if (!(error instanceof LookbackError) || error.code !== "ROLE_HELD" || source.signal.aborted) throw error;
			if (waited >= waitMs) throw new LookbackError("ROLE_HELD", `${error.message}. It does not answer: it starts, still imports what it was started with, or is another command; try again`, error.details, { cause: error });
		}
		await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
	}
}
async function opener(access, signal) {
	const { openLocal } = await import("./local-connection-DUEkr2pE.js");
	return (config) => openLocal(config, access, signal);
}

export { connect };