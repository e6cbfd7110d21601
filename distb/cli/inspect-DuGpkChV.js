import { a as damageOf, i as CATALOGUE_FILE, r as loadMigrations } from "./catalogue-DuvUS5yj.js";
import { join } from "node:path";
import { existsSync } from "node:fs";
import Database from "better-sqlite3";

// dist/catalogue/inspect.js
/** Looks at the catalogue of a data directory without changing anything. Throws STORE_DAMAGED. */
function inspectCatalogue(directory) {
	const path = join(directory, CATALOGUE_FILE);
	const released = loadMigrations();
	const applied = existsSync(path) ? appliedSteps(path) : null;
	const names = new Set(released.map(({ name }) => name));
	const steps = [...released.map(({ name }) => ({
		name,
		appliedMs: applied?.get(name) ?? null,
		known: true
	})), ...[...applied ?? []].filter(([name]) => !names.has(name)).map(([name, appliedMs]) => ({
		name,
		appliedMs,
		known: false
	}))];
	return {
		path,
		exists: applied !== null,
		steps
	};
}
function appliedSteps(path) {
	let connection = null;
	try {
		connection = new Database(path, {
			readonly: true,
			fileMustExist: true
		});
		if (connection.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'").get() === void 0) return /* @__PURE__ */ new Map();
		const rows = connection.prepare("SELECT name, applied_at AS appliedMs FROM migrations ORDER BY number").all();
		return new Map(rows.map(({ name, appliedMs }) => [name, appliedMs]));
	} catch (error) {
		throw damageOf(error, path);
	} finally {
		connection?.close();
	}
}
/** Copies a catalogue that other processes may have open to a file that is not there yet, in one consistent state. */
async function backUpCatalogue(directory, target) {
	const connection = new Database(join(directory, CATALOGUE_FILE), {
		readonly: true,
		fileMustExist: true
	});
	try {
		await connection.backup(target);
	} finally {
		connection.close();
	}
}

export { inspectCatalogue as n, backUpCatalogue as t };