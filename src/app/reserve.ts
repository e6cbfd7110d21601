import { open, rm, stat, statfs } from "node:fs/promises";
import path from "node:path";
import { isDiskFull } from "../base/errors.js";

/** Name of the reserve in the data directory. */
export const RESERVE_FILE = "reserve";
/** Share of the device that is reserved, between these bounds in bytes. */
const SHARE = 1 / 1024;
const LEAST_BYTES = 256 << 10;
const MOST_BYTES = 4 << 20;
/** The reserve is made only where so many times as much is free. */
const AMPLE = 4;

/**
 * Keeps a file of nothing in the data directory, which is given up when the service starts on a full device: opening the catalogue
 * takes room, and only who has opened it can make some. Returns whether it is there.
 */
export async function keepReserve(directory: string): Promise<boolean> {
  const file = path.join(directory, RESERVE_FILE);
  const { bavail, blocks, bsize } = await statfs(directory);
  const wanted = Math.round(Math.min(MOST_BYTES, Math.max(LEAST_BYTES, blocks * bsize * SHARE)));
  const there = await stat(file).catch(() => null);
  if (there !== null && there.size >= wanted) return true;
  if (bavail * bsize < wanted * AMPLE) return false;
  try {
    const handle = await open(file, "w", 0o600);
    try {
      await handle.writeFile(Buffer.alloc(wanted));
      await handle.sync();
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    await rm(file, { force: true });
    if (!isDiskFull(error)) throw error;
    return false;
  }
}

/** Gives the reserve up. Returns whether there was one. */
export async function spendReserve(directory: string): Promise<boolean> {
  const file = path.join(directory, RESERVE_FILE);
  if ((await stat(file).catch(() => null)) === null) return false;
  await rm(file, { force: true });
  return true;
}
