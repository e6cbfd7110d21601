import { i as systemErrorCode, n as LookbackError } from "./errors-iXTvzgJ7.js";
import { a as verifySignature, n as signedBytes } from "./manifest-RBPvnMM-.js";
import path from "node:path";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";

// dist/export/verify-export.js
/** Largest manifest that is read. */
const MAX_MANIFEST = 64 << 20;
/** The manifest's usual place: beside the file. */
function manifestPathOf(file) {
	return `${file}.manifest.json`;
}
/**
* Checks a file against a manifest and the manifest's signature against a public key in PEM. Nothing but these three is
* needed. Throws NOT_FOUND when one is not there, BAD_INPUT when the manifest is none.
*/
async function verifyExport(file, manifestFile, publicPem) {
	const manifest = await readManifest(manifestFile);
	const facts = object(manifest["file"], "file");
	const signature = object(manifest["signature"], "signature");
	const { keyId, valid } = verifySignature(publicPem, signedBytes(manifest), text(signature["value"], "signature.value"));
	const signedBy = text(signature["keyId"], "signature.keyId");
	const bytes = (await found(stat(file), file)).size;
	const sha256 = await found(hashOf(file), file);
	const checks = [
		{
			name: "signature",
			ok: valid,
			detail: valid ? `the manifest is as key ${keyId} signed it` : signedBy === keyId ? "the manifest was altered after it was signed" : `the manifest was signed by key ${signedBy}, not by ${keyId}, or altered`
		},
		compared("size", `${bytes} bytes`, `${String(facts["bytes"])} bytes`),
		compared("sha256", sha256, String(facts["sha256"]))
	];
	const request = object(manifest["request"], "request");
	return {
		ok: checks.every(({ ok }) => ok),
		keyId,
		checks,
		summary: `${String(manifest["sessions"])} sessions, ${String(manifest["packets"])} packets of ${JSON.stringify(request["query"])}, asked for by ${String(request["user"])} at ${String(request["at"])}`
	};
}
function compared(name, has, promised) {
	return {
		name,
		ok: has === promised,
		detail: has === promised ? `the file has ${has}` : `the file has ${has}; the manifest says ${promised}`
	};
}
async function readManifest(file) {
	const { size } = await found(stat(file), file);
	if (size > MAX_MANIFEST) throw none(file, `it has ${size} bytes`);
	let parsed;
	try {
		parsed = JSON.parse(await readFile(file, "utf8"));
	} catch (cause) {
		throw new LookbackError("BAD_INPUT", `${file} is no manifest: it is no JSON`, { path: file }, { cause });
	}
	const manifest = object(parsed, file);
	if (manifest["lookbackManifest"] !== 2) throw none(file, "it does not say lookbackManifest 2");
	return manifest;
}
async function found(answer, file) {
	try {
		return await answer;
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") throw new LookbackError("NOT_FOUND", `there is no file ${path.resolve(file)}`, { path: file }, { cause: error });
		throw error;
	}
}
async function hashOf(file) {
	const hash = createHash("sha256");
	for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
	return hash.digest("hex");
}
function none(file, why) {
	return new LookbackError("BAD_INPUT", `${file} is no manifest: ${why}`, { path: file });
}
function object(value, name) {
	if (typeof value !== "object" || value === null || Array.isArray(value)) throw none(name, "it is no object");
	return Object.fromEntries(Object.entries(value));
}
function text(value, name) {
	if (typeof value !== "string") throw none(name, "it is no text");
	return value;
}

export { verifyExport as n, manifestPathOf as t };