import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from "node:crypto";
import { chmodSync, closeSync, fsyncSync, linkSync, openSync, readFileSync, statSync, unlinkSync, writeSync } from "node:fs";
import path from "node:path";
import { LookbackError, systemErrorCode } from "../base/errors.js";

/** Name of the key's file in the data directory. */
export const SIGNING_KEY_FILE = "signing-key.pem";

/** The key with which an installation signs manifests: Ed25519 (RFC 8032). */
export interface SigningKey {
  /** SHA-256 of the public key's SubjectPublicKeyInfo in hex: its name in signatures. */
  readonly keyId: string;
  /** The public key in PEM, to be given to whoever verifies. */
  readonly publicPem: string;
  /** Signature of bytes, in base64. */
  sign(bytes: Buffer): string;
}

function keyIdOf(key: KeyObject): string {
  return createHash("sha256").update(key.export({ type: "spki", format: "der" })).digest("hex");
}

/**
 * The key of a data directory, made at first use: PKCS #8 in PEM, readable by its owner alone. Two processes that start at
 * once get the same. Throws STORE_DAMAGED when the file holds no Ed25519 key.
 */
export function openSigningKey(directory: string): SigningKey {
  const file = path.join(directory, SIGNING_KEY_FILE);
  const pem = readKey(file) ?? makeKey(file);
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw damaged(file, cause);
  }
  if (key.asymmetricKeyType !== "ed25519") throw damaged(file, null);
  const publicKey = createPublicKey(key);
  return {
    keyId: keyIdOf(publicKey),
    publicPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    sign: (bytes) => sign(null, bytes, key).toString("base64"),
  };
}

/** The public key of a data directory in PEM, to verify with. Throws NOT_FOUND when it has none. */
export function publicKeyOf(directory: string): string {
  const file = path.join(directory, SIGNING_KEY_FILE);
  if (readKey(file) === null) throw new LookbackError("NOT_FOUND", `there is no ${file}; name the public key with --key (the answer of /api/signing-key of the service that made the export)`, { path: file });
  return openSigningKey(directory).publicPem;
}

/** Whether `signature` (base64) is that of the key in PEM over the bytes, and the key's id. Throws BAD_INPUT for what is no Ed25519 key. */
export function verifySignature(publicPem: string, bytes: Buffer, signature: string): { readonly keyId: string; readonly valid: boolean } {
  let key: KeyObject;
  try {
    key = createPublicKey(publicPem);
  } catch (cause) {
    throw new LookbackError("BAD_INPUT", "the key is no public key in PEM", {}, { cause });
  }
  if (key.asymmetricKeyType !== "ed25519") throw new LookbackError("BAD_INPUT", `the key is ${key.asymmetricKeyType ?? "of no kind"}, not Ed25519`);
  return { keyId: keyIdOf(key), valid: verify(null, bytes, key, Buffer.from(signature, "base64")) };
}

function readKey(file: string): string | null {
  try {
    // A copy or a restore may have opened it to others.
    if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
    return readFileSync(file, "utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw error;
  }
}

function makeKey(file: string): string {
  const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const fresh = `${file}.${process.pid}`;
  const handle = openSync(fresh, "wx", 0o600);
  try {
    writeSync(handle, pem);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    // Whoever links first decides.
    linkSync(fresh, file);
  } catch (error) {
    if (systemErrorCode(error) !== "EEXIST") throw error;
  } finally {
    unlinkSync(fresh);
  }
  return readFileSync(file, "utf8");
}

function damaged(file: string, cause: unknown): LookbackError {
  return new LookbackError("STORE_DAMAGED", `${file} holds no Ed25519 key; restore it from a backup, or move it away to get a new key (what the old one signed then needs its public key)`, { path: file }, { cause });
}
