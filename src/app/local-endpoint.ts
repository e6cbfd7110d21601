import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { systemErrorCode } from "../base/errors.js";

/** Where a serving process is reached by whoever owns its data directory. */
export interface LocalEndpoint {
  /** Base URL on this machine. */
  readonly url: string;
  /** Bearer token of the local owner; good until the process ends. */
  readonly token: string;
  readonly pid: number;
}

/** Longest file that is read, in bytes; ours has about 150. */
const LONGEST = 4_096;

function fileOf(dataDirectory: string): string {
  return path.join(dataDirectory, "serve.json");
}

/** Writes the endpoint for the commands of the same owner, readable by nobody else, until it is withdrawn. */
export function announce(dataDirectory: string, endpoint: LocalEndpoint): { readonly withdraw: () => void } {
  const file = fileOf(dataDirectory);
  rmSync(`${file}.new`, { force: true });
  // A rename, so that a reader never sees half of it.
  writeFileSync(`${file}.new`, `${JSON.stringify(endpoint)}\n`, { mode: 0o600, flag: "wx" });
  renameSync(`${file}.new`, file);
  return { withdraw: () => { rmSync(file, { force: true }); } };
}

/**
 * The endpoint that a process left, or null when there is none, it is another user's, or its process has ended. That the
 * process runs does not say that it still serves: a pid is used again.
 */
export function announced(dataDirectory: string): LocalEndpoint | null {
  let text: string;
  try {
    text = readFileSync(fileOf(dataDirectory), "utf8");
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "EACCES" || code === "ENOTDIR") return null;
    throw error;
  }
  const endpoint = text.length > LONGEST ? null : readEndpoint(text);
  return endpoint === null || !isRunning(endpoint.pid) ? null : endpoint;
}

function readEndpoint(text: string): LocalEndpoint | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not ours, or of a later version: as good as none.
    return null;
  }
  if (typeof value !== "object" || value === null || !("url" in value && "token" in value && "pid" in value)) return null;
  const { url, token, pid } = value;
  return typeof url === "string" && typeof token === "string" && typeof pid === "number" && Number.isInteger(pid) && pid > 0 ? { url, token, pid } : null;
}

/** Whether there is a process of that number. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, and belongs to somebody else.
    return systemErrorCode(error) === "EPERM";
  }
}

/** The URL by which this machine reaches a server: one that listens on every address is reached by loopback. */
export function localUrl(url: string): string {
  const local = new URL(url);
  if (local.hostname === "0.0.0.0") local.hostname = "127.0.0.1";
  if (local.hostname === "[::]") local.hostname = "[::1]";
  return local.origin;
}
