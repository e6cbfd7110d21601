import { access } from "node:fs/promises";

// dist/cli/is-there.js
/** Whether there is a file of that name that this process may see. */
async function isThere(file) {
	try {
		await access(file);
		return true;
	} catch {
		return false;
	}
}

export { isThere as t };