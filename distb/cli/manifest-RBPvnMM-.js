import { i as systemErrorCode, n as LookbackError } from "./errors-iXTvzgJ7.js";
import path from "node:path";
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { chmodSync, closeSync, fsyncSync, linkSync, openSync, readFileSync, statSync, unlinkSync, writeSync } from "node:fs";

// dist/export/signing-key.js
/** Name of the key's file in the data directory. */
const SIGNING_KEY_FILE = "signing-key.pem";
function keyIdOf(key) {
	return createHash("sha256").update(key.export({
		type: "spki",
		format: "der"
	})).digest("hex");
}
/**
* The key of a data directory, made at first use: PKCS #8 in PEM, readable by its owner alone. Two processes that start at
* once get the same. Throws STORE_DAMAGED when the file holds no Ed25519 key.
*/
function openSigningKey(directory) {
	const file = path.join(directory, SIGNING_KEY_FILE);
	const pem = readKey(file) ?? makeKey(file);
	let key;
	try {
		key = createPrivateKey(pem);
	} catch (cause) {
		throw damaged(file, cause);
	}
	if (key.asymmetricKeyType !== "ed25519") throw damaged(file, null);
	const publicKey = createPublicKey(key);
	return {
		keyId: keyIdOf(publicKey),
		publicPem: publicKey.export({
			type: "spki",
			format: "pem"
		}).toString(),
		sign: (bytes) => sign(null, bytes, key).toString("base64")
	};
}
/** The public key of a data directory in PEM, to verify with. Throws NOT_FOUND when it has none. */
function publicKeyOf(directory) {
	const file = path.join(directory, SIGNING_KEY_FILE);
	if (readKey(file) === null) throw new LookbackError("NOT_FOUND", `there is no ${file}; name the public key with --key (the answer of /api/signing-key of the service that made the export)`, { path: file });
	return openSigningKey(directory).publicPem;
}
/** Whether `signature` (base64) is that of the key in PEM over the bytes, and the key's id. Throws BAD_INPUT for what is no Ed25519 key. */
function verifySignature(publicPem, bytes, signature) {
	let key;
	try {
		key = createPublicKey(publicPem);
	} catch (cause) {
		throw new LookbackError("BAD_INPUT", "the key is no public key in PEM", {}, { cause });
	}
	if (key.asymmetricKeyType !== "ed25519") throw new LookbackError("BAD_INPUT", `the key is ${key.asymmetricKeyType ?? "of no kind"}, not Ed25519`);
	return {
		keyId: keyIdOf(key),
		valid: verify(null, bytes, key, Buffer.from(signature, "base64"))
	};
}
function readKey(file) {
	try {
		if ((statSync(file).mode & 63) !== 0) chmodSync(file, 384);
		return readFileSync(file, "utf8");
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return null;
		throw error;
	}
}
function makeKey(file) {
	const pem = generateKeyPairSync("ed25519").privateKey.export({
		type: "pkcs8",
		format: "pem"
	}).toString();
	const fresh = `${file}.${process.pid}`;
	const handle = openSync(fresh, "wx", 384);
	try {
		writeSync(handle, pem);
		fsyncSync(handle);
	} finally {
		closeSync(handle);
	}
	try {
		linkSync(fresh, file);
	} catch (error) {
		if (systemErrorCode(error) !== "EEXIST") throw error;
	} finally {
		unlinkSync(fresh);
	}
	return readFileSync(file, "utf8");
}
function damaged(file, cause) {
	return new LookbackError("STORE_DAMAGED", `${file} holds no Ed25519 key; restore it from a backup, or move it away to get a new key (what the old one signed then needs its public key)`, { path: file }, { cause });
}

// dist/export/manifest.js
/**
* The bytes that are signed: the manifest without `signature` as JSON with the members of every object in ascending order
* of their names, no white space, in UTF-8. Numbers are whole and below 2^53, so that every JSON printer agrees on them.
*/
function signedBytes(manifest) {
	const { signature: _, ...facts } = manifest;
	return Buffer.from(canonical(facts));
}
function canonical(value) {
	if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
	if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
	return `{${Object.entries(value).filter(([, member]) => member !== void 0).sort(([left], [right]) => left < right ? -1 : 1).map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(",")}}`;
}
/** The text of a signed manifest. */
function signManifest(facts, key) {
	const manifest = {
		lookbackManifest: 2,
		...facts
	};
	const signed = {
		...manifest,
		signature: {
			algorithm: "Ed25519",
			keyId: key.keyId,
			value: key.sign(signedBytes(manifest))
		}
	};
	return `${JSON.stringify(signed, null, 2)}\n`;
}

export { verifySignature as a, publicKeyOf as i, signedBytes as n, openSigningKey as r, signManifest as t };