import { constants } from "node:fs";
import { copyFile, link, rename, rm, writeFile } from "node:fs/promises";
import { LookbackError, systemErrorCode } from "../base/errors.js";

/** Most old files that are kept beside one. */
const MOST_OLD = 1_000;
/** What file systems without hard links answer, and those that refuse one to a file of somebody else. */
const NO_LINK: ReadonlySet<string> = new Set(["EPERM", "EOPNOTSUPP", "ENOTSUP", "EMLINK", "ENOSYS"]);

/**
 * Writes a file whole, for its owner alone, and lets it take its place at once: there is never none, and never half of one. What
 * was there before stays beside it, as `.old`, or `.old.2` where that is taken, and so on.
 *
 * @param before Is called with the path of the new file before that takes its place; where it throws, nothing is replaced.
 * @returns Where the file that was there is kept, or null where there was none.
 * @throws LookbackError UNAVAILABLE when the file cannot be written.
 */
export async function replaceFile(target: string, content: string, before: (written: string) => Promise<void>): Promise<string | null> {
  const written = `${target}.new`;
  try {
    await writable(target, async () => {
      await rm(written, { force: true });
      await writeFile(written, content, { mode: 0o600, flag: "wx", flush: true });
    });
    await before(written);
    return await writable(target, async () => {
      const kept = await keepOld(target);
      await rename(written, target);
      return kept;
    });
  } catch (error) {
    await rm(written, { force: true }).catch(() => {});
    throw error;
  }
}

/** Gives the file a second name that was not taken. */
async function keepOld(target: string): Promise<string | null> {
  for (let number = 1; number <= MOST_OLD; number++) {
    const kept = number === 1 ? `${target}.old` : `${target}.old.${number}`;
    try {
      await link(target, kept).catch(async (error: unknown) => {
        if (!NO_LINK.has(systemErrorCode(error) ?? "")) throw error;
        await copyFile(target, kept, constants.COPYFILE_EXCL);
      });
      return kept;
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === "ENOENT") return null;
      if (code !== "EEXIST") throw error;
    }
  }
  throw new Error(`there are ${MOST_OLD} old ones beside it; remove some`);
}

async function writable<T>(target: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    throw new LookbackError("UNAVAILABLE", `${target} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}; name another with --config`, { path: target }, { cause });
  }
}
