import type { StoredSettings } from "../catalogue/stored-settings.js";

/** Number of the last wish for rows of the latest packets, and of the last one that was met. */
const WANTED = "live.rowsWanted";
const WRITTEN = "live.rowsWritten";

/**
 * Asks the process that captures for rows of every open session, so that its latest packets can be found; returns the number of
 * the wish. Rows are written for whoever asks, and not every second for nobody: an open session would else be written anew each time.
 */
export function wantRows(settings: Pick<StoredSettings, "increment">): number {
  return settings.increment(WANTED);
}

/** The number of the last wish; 0 when nobody ever had one. */
export function rowsWanted(settings: Pick<StoredSettings, "get">): number {
  return Number(settings.get(WANTED) ?? 0);
}

/** The number of the last wish that was met. */
export function rowsWritten(settings: Pick<StoredSettings, "get">): number {
  return Number(settings.get(WRITTEN) ?? 0);
}

/** Says in the transaction that commits the rows that this wish and all before it are met. */
export function noteRowsWritten(settings: Pick<StoredSettings, "set">, wish: number): void {
  settings.set(WRITTEN, String(wish));
}
