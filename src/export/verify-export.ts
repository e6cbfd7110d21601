import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { LookbackError, systemErrorCode } from "../base/errors.js";
import { signedBytes } from "./manifest.js";
import { verifySignature } from "./signing-key.js";

/** One thing that was checked. */
export interface Check {
  readonly name: "signature" | "size" | "sha256";
  readonly ok: boolean;
  readonly detail: string;
}

/** What checking a file against its manifest found. */
export interface Verification {
  readonly ok: boolean;
  readonly keyId: string;
  readonly checks: readonly Check[];
  /** Who asked for it, when and what, and what was lost meanwhile, for the reader of the report. */
  readonly summary: string;
}

/** Largest manifest that is read. */
const MAX_MANIFEST = 64 << 20;

type Json = Readonly<Record<string, unknown>>;

/** The manifest's usual place: beside the file. */
export function manifestPathOf(file: string): string {
  return `${file}.manifest.json`;
}

/**
 * Checks a file against a manifest and the manifest's signature against a public key in PEM. Nothing but these three is
 * needed. Throws NOT_FOUND when one is not there, BAD_INPUT when the manifest is none.
 */
export async function verifyExport(file: string, manifestFile: string, publicPem: string): Promise<Verification> {
  const manifest = await readManifest(manifestFile);
  const facts = object(manifest["file"], "file");
  const signature = object(manifest["signature"], "signature");
  const { keyId, valid } = verifySignature(publicPem, signedBytes(manifest), text(signature["value"], "signature.value"));
  const signedBy = text(signature["keyId"], "signature.keyId");
  const bytes = (await found(stat(file), file)).size;
  const sha256 = await found(hashOf(file), file);
  const checks: Check[] = [
    {
      name: "signature", ok: valid,
      detail: valid ? `the manifest is as key ${keyId} signed it` : signedBy === keyId ? "the manifest was altered after it was signed" : `the manifest was signed by key ${signedBy}, not by ${keyId}, or altered`,
    },
    compared("size", `${bytes} bytes`, `${String(facts["bytes"])} bytes`),
    compared("sha256", sha256, String(facts["sha256"])),
  ];
  const request = object(manifest["request"], "request");
  return {
    ok: checks.every(({ ok }) => ok), keyId, checks,
    summary: `${String(manifest["sessions"])} sessions, ${String(manifest["packets"])} packets of ${JSON.stringify(request["query"])}, asked for by ${String(request["user"])} at ${String(request["at"])}${lossesIn(manifest["losses"])}`,
  };
}

/** What a manifest says of losses, in words; nothing where it says that there were none, or says nothing. */
function lossesIn(losses: unknown): string {
  if (losses === undefined || losses === null) return "";
  const { packets, uncounted, unknownDrops } = object(losses, "losses");
  return [
    packets === 0 ? "" : `; ${String(packets)} packets were lost in that time`, uncounted === true ? "; a capture died in that time, and what it lost was counted by nobody" : "",
    unknownDrops === true ? "; what the kernel dropped in that time is unknown (libpcap)" : "",
  ].join("");
}

function compared(name: Check["name"], has: string, promised: string): Check {
  return { name, ok: has === promised, detail: has === promised ? `the file has ${has}` : `the file has ${has}; the manifest says ${promised}` };
}

async function readManifest(file: string): Promise<Json> {
  const { size } = await found(stat(file), file);
  if (size > MAX_MANIFEST) throw none(file, `it has ${size} bytes`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new LookbackError("BAD_INPUT", `${file} is no manifest: it is no JSON`, { path: file }, { cause });
  }
  const manifest = object(parsed, file);
  if (manifest["lookbackManifest"] !== 2) throw none(file, "it does not say lookbackManifest 2");
  return manifest;
}

async function found<T>(answer: Promise<T>, file: string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") throw new LookbackError("NOT_FOUND", `there is no file ${path.resolve(file)}`, { path: file }, { cause: error });
    throw error;
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

function none(file: string, why: string): LookbackError {
  return new LookbackError("BAD_INPUT", `${file} is no manifest: ${why}`, { path: file });
}

function object(value: unknown, name: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw none(name, "it is no object");
  return Object.fromEntries(Object.entries(value));
}

function text(value: unknown, name: string): string {
  if (typeof value !== "string") throw none(name, "it is no text");
  return value;
}
