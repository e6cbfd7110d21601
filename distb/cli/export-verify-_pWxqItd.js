import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { i as publicKeyOf } from "./manifest-RBPvnMM-.js";
import { n as verifyExport, t as manifestPathOf } from "./verify-export-ByEbwdZB.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";
import { readFile } from "node:fs/promises";

// dist/cli/commands/export-verify.js
/** Checks a file against its manifest, and the manifest against a key: that of the data directory unless one is given. */
async function verify(file, { options, config, print }) {
	const manifest = typeof options["manifest"] === "string" ? options["manifest"] : manifestPathOf(file);
	const key = typeof options["key"] === "string" ? await keyIn(options["key"]) : publicKeyOf((await config()).dataDirectory);
	const found = await verifyExport(file, manifest, key);
	if (options["json"] === true) print(JSON.stringify({
		file,
		...found
	}));
	else {
		for (const { name, ok, detail } of found.checks) print(`${ok ? "ok    " : "FAILED"} ${name}: ${detail}`);
		print(`${file} ${found.ok ? "is the file that was exported" : "is NOT the file that was exported"}: ${found.summary}`);
	}
	return found.ok ? EXIT.ok : EXIT.failed;
}
/** The PEM in a file: itself, or the answer of /api/signing-key. */
async function keyIn(file) {
	let text;
	try {
		text = await readFile(file, "utf8");
	} catch (cause) {
		throw new LookbackError("NOT_FOUND", `the key file ${file} cannot be read`, { path: file }, { cause });
	}
	try {
		const answer = JSON.parse(text);
		if (typeof answer === "object" && answer !== null && "publicKey" in answer && typeof answer.publicKey === "string") return answer.publicKey;
	} catch {}
	return text;
}

export { verify };