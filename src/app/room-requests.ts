import { LookbackError, systemErrorCode } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { RetentionService } from "../retention/retention-service.js";

/** Key under which a process that cannot delete asks the one that serves for room. */
const KEY = "retention.roomWanted";

/**
 * Asks the serving process to make room in a directory, when `error` is that of a full device. Its capture ends with that error
 * and is started again; by then there is room. A catalogue that is full, too, cannot note it: then the next run of the minute helps.
 */
export function askForRoom(catalogue: Pick<Catalogue, "settings">, directory: string, error: unknown): void {
  const code = error instanceof LookbackError ? error.code : systemErrorCode(error);
  if (code !== "DISK_FULL" && code !== "ENOSPC" && code !== "EDQUOT") return;
  try {
    catalogue.settings.set(KEY, directory);
  } catch (failure) {
    if (!(failure instanceof Error)) throw failure;
  }
}

/** Looks whether another process asked for room, and makes it. Returns the directory, or null when nobody asked. */
export async function answerRoomRequest(catalogue: Pick<Catalogue, "settings">, retention: Pick<RetentionService, "relieve">, logger: Logger): Promise<string | null> {
  const directory = catalogue.settings.get(KEY) ?? "";
  if (directory === "") return null;
  // Taken back first: a request that comes meanwhile is another.
  catalogue.settings.set(KEY, "");
  const { deleted, deletedBytes } = await retention.relieve(directory, null);
  logger.warn({ directory, deleted, deletedBytes }, "made room for a capture whose device was full");
  return directory;
}
