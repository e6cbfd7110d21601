import { open, rm } from "node:fs/promises";
import path from "node:path";
import { systemErrorCode } from "../base/errors.js";

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "no room left", EDQUOT: "the quota is used up", EROFS: "mounted read-only", EACCES: "no right to write", EPERM: "no right to write", ENOENT: "does not exist",
  ENOTDIR: "not a directory", EIO: "the device fails (input/output error)", EMFILE: "too many open files", ENFILE: "too many open files",
};
/** Bytes of a small file. */
const SMALL_BYTES = 512;

/** Why nothing can be written in a directory, in words, or null when a small file can be, through to the device. */
export async function tryWriting(directory: string): Promise<string | null> {
  const error = await writingError(directory);
  if (error === null) return null;
  return REASONS[systemErrorCode(error) ?? ""] ?? (error instanceof Error ? error.message : String(error));
}

/**
 * What writing so many bytes in a directory fails with, or null; `toDevice`: through to the device, which a busy one may take long for.
 * Rights alone do not tell: a capability may be there in place of them.
 */
export async function writingError(directory: string, { bytes = SMALL_BYTES, toDevice = true }: { readonly bytes?: number; readonly toDevice?: boolean } = {}): Promise<unknown> {
  const file = path.join(directory, `.lookback-write-${process.pid}`);
  try {
    const handle = await open(file, "w", 0o600);
    try {
      await handle.writeFile(Buffer.alloc(bytes));
      if (toDevice) await handle.datasync();
    } finally {
      await handle.close();
    }
    return null;
  } catch (error) {
    return error ?? new Error("unknown");
  } finally {
    // What could not be made need not go; a device that fails now says so above.
    await rm(file, { force: true }).catch(() => {});
  }
}
