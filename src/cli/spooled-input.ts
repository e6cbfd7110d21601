import { randomBytes } from "node:crypto";
import { open, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isRunning } from "../app/local-endpoint.js";
import { unwritable } from "../catalogue/unwritable.js";

/** Names of spooled files: the process that wrote one, and a random part. */
const NAME = /^standard-input-(\d{1,10})-[0-9a-f]{8}\.pcap$/;
/** Age from which what a killed process left is removed, in milliseconds; until then a service may still read it. */
const OLD_MS = 24 * 60 * 60_000;

/**
 * Writes `input` to a file in the data directory and resolves to its path, for the service to read: it may see no temporary directory of
 * this process (PrivateTmp), and not be this user. So the file belongs to the directory's owner. The caller removes it.
 *
 * @throws LookbackError DISK_FULL, UNAVAILABLE when the data directory takes no file; what `input` fails with otherwise, or an AbortError.
 */
export async function spoolInput(input: Readable, dataDirectory: string, nowMs: number, signal: AbortSignal): Promise<string> {
  const target = path.join(dataDirectory, `standard-input-${process.pid}-${randomBytes(4).toString("hex")}.pcap`);
  try {
    await removeLeft(dataDirectory, nowMs);
    const { uid, gid } = await stat(dataDirectory);
    const file = await open(target, "wx", 0o600);
    try {
      // By the open file: the directory's owner could have put another in its place.
      if (uid !== process.geteuid?.()) await file.chown(uid, gid);
      await pipeline(input, file.createWriteStream(), { signal });
    } catch (error) {
      await rm(target, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    return target;
  } catch (error) {
    throw unwritable(error, dataDirectory);
  }
}

/** Removes files of processes that were killed before they could. */
async function removeLeft(dataDirectory: string, nowMs: number): Promise<void> {
  for (const name of await readdir(dataDirectory)) {
    const pid = NAME.exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    const file = path.join(dataDirectory, name);
    const written = await stat(file).catch(() => null);
    if (written !== null && nowMs - written.mtimeMs > OLD_MS) await rm(file, { force: true });
  }
}
