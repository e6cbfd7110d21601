import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { o as unwritable } from "./catalogue-DuvUS5yj.js";
import { join } from "node:path";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";

// dist/catalogue/role-lock.js
function holderOf(pidFile) {
	try {
		const pid = Number(readFileSync(pidFile, "utf8").trim());
		if (!Number.isSafeInteger(pid) || pid <= 0) return null;
		process.kill(pid, 0);
		return pid;
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "EPERM") return Number(readFileSync(pidFile, "utf8").trim());
		return null;
	}
}
/**
* Takes a role on a data directory, or throws ROLE_HELD naming the process that has it; UNAVAILABLE when the directory
* cannot be written.
*
* Node has no file locks of its own, SQLite has: an exclusive transaction on an empty database is an fcntl lock, which
* the kernel drops when the process ends, also by kill -9. The pid lies in a file beside it, for the message only.
* Nothing else may open the lock file: closing any descriptor of a file drops a process's locks on it.
*/
function takeRole(directory, role) {
	try {
		return lockRole(directory, role);
	} catch (error) {
		throw unwritable(error, directory);
	}
}
function lockRole(directory, role) {
	const locks = join(directory, "locks");
	mkdirSync(locks, {
		recursive: true,
		mode: 448
	});
	const pidFile = join(locks, `${role}.pid`);
	const lock = new Database(join(locks, `${role}.lock`), { timeout: 0 });
	try {
		lock.pragma("journal_mode = MEMORY");
		lock.exec("BEGIN EXCLUSIVE");
	} catch (error) {
		lock.close();
		if (!(error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY"))) throw error;
		const pid = holderOf(pidFile);
		const holder = pid === null ? "another process" : `process ${pid}`;
		throw new LookbackError("ROLE_HELD", `${holder} already runs the role "${role}" on ${directory}; stop it or use another data directory`, {
			role,
			directory,
			pid
		});
	}
	writeFileSync(`${pidFile}.new`, `${process.pid}\n`, { mode: 384 });
	renameSync(`${pidFile}.new`, pidFile);
	return {
		role,
		release() {
			if (!lock.open) return;
			lock.exec("ROLLBACK");
			lock.close();
		}
	};
}

export { takeRole as t };