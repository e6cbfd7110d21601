// dist/capture/live-account.js
/** The accounts of interfaces, whatever the number of their sources. */
function interfaceAccounts(ledgers, pushedFrom) {
	return [...new Set(ledgers.map((ledger) => ledger.interface))].map((name) => {
		const sources = ledgers.filter((ledger) => ledger.interface === name);
		const sum = (count) => sources.reduce((total, source) => total + count(source), 0);
		const known = (count) => sources.every((source) => count(source) === null) ? null : sum((source) => count(source) ?? 0);
		const [stored, byRule, duplicate] = [
			sum((source) => source.stored),
			sum((source) => source.byRule),
			sum((source) => source.duplicate)
		];
		const [lostToQueue, lostToDisk] = [sum((source) => source.lostToQueue), sum((source) => source.lostToDisk)];
		const droppedByKernel = known((source) => source.droppedByKernel);
		const droppedByInterface = known((source) => source === sources[0] ? source.droppedByInterface : null);
		return {
			name: name === "" ? pushedFrom : name,
			stored,
			byRule,
			duplicate,
			droppedByKernel,
			droppedByInterface,
			lostToQueue,
			lostToDisk,
			received: stored + byRule + duplicate + lostToQueue + lostToDisk + (droppedByKernel ?? 0) + (droppedByInterface ?? 0),
			cut: sum((source) => source.cut),
			malformed: sum((source) => source.malformed)
		};
	});
}
/** What became of closed sessions, by the core's counters. */
function sessionAccount(counters, open) {
	const count = (name) => counters[`sessions.${name}`] ?? 0;
	return {
		open,
		closed: count("saved"),
		indexed: count("indexed"),
		byRule: count("byRule"),
		lost: count("indexLost")
	};
}
/** The whole account. */
function liveAccount(ledgers, pushedFrom, sessions, times, failure) {
	const interfaces = interfaceAccounts(ledgers, pushedFrom);
	const sum = (count) => interfaces.reduce((total, account) => total + count(account), 0);
	return {
		...times,
		interfaces,
		sessions,
		failure,
		waits: ledgers.reduce((total, { waits }) => total + waits, 0),
		total: {
			received: sum(({ received }) => received),
			stored: sum(({ stored }) => stored),
			byRule: sum(({ byRule }) => byRule),
			bytes: ledgers.reduce((total, { bytes }) => total + bytes, 0),
			lost: sum(({ droppedByKernel, droppedByInterface, lostToQueue, lostToDisk }) => (droppedByKernel ?? 0) + (droppedByInterface ?? 0) + lostToQueue + lostToDisk)
		}
	};
}

// dist/capture/live-statistics.js
/** Key under which the catalogue keeps the statistics of a node's capture, for processes that serve. */
const keyOf = (node) => `live.statistics.${node}`;
function saveStatistics(settings, statistics) {
	settings.set(keyOf(statistics.node), JSON.stringify(statistics));
}
/** The statistics of a node's capture, running or ended, or null when it never captured. */
function loadStatistics(settings, node) {
	const stored = settings.get(keyOf(node));
	if (stored === null) return null;
	const parsed = JSON.parse(stored);
	return isStatistics(parsed) ? parsed : null;
}
function isStatistics(value) {
	return typeof value === "object" && value !== null && "node" in value && "interface" in value && "packets" in value && "counters" in value && "sources" in value && Array.isArray(value.sources) && value.sources.every((source) => typeof source === "object" && source !== null && "byRule" in source);
}

// dist/capture/wanted-rows.js
/** Number of the last wish for rows of the latest packets, and of the last one that was met. */
const WANTED = "live.rowsWanted";
const WRITTEN = "live.rowsWritten";
/**
* Asks the process that captures for rows of every open session, so that its latest packets can be found; returns the number of
* the wish. Rows are written for whoever asks, and not every second for nobody: an open session would else be written anew each time.
*/
function wantRows(settings) {
	return settings.increment(WANTED);
}
/** The number of the last wish; 0 when nobody ever had one. */
function rowsWanted(settings) {
	return Number(settings.get(WANTED) ?? 0);
}
/** The number of the last wish that was met. */
function rowsWritten(settings) {
	return Number(settings.get(WRITTEN) ?? 0);
}
/** Says in the transaction that commits the rows that this wish and all before it are met. */
function noteRowsWritten(settings, wish) {
	settings.set(WRITTEN, String(wish));
}

export { loadStatistics as a, liveAccount as c, wantRows as i, sessionAccount as l, rowsWanted as n, saveStatistics as o, rowsWritten as r, interfaceAccounts as s, noteRowsWritten as t };